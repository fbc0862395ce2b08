//! What the command reads and writes besides plain files.

#![cfg(unix)]

mod named;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

const EVENT: &str = "../../events/example-cloudtrail-single-record.json";
const RULE: &str = "../../rules/aws/ssm-session-shell.yml";

fn trailhound(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailhound")).args(arguments).output().expect("it runs")
}

fn scan_to(path: &Path) -> Output {
    trailhound(&["scan", "--format", "ndjson", "-o", path.to_str().unwrap(), EVENT])
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_is_written_is_for_its_owner_and_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(scan_to(&path("new")).status.success());
    assert_eq!(mode(&path("new")), 0o600);
    fs::write(path("shared"), "x").unwrap();
    fs::set_permissions(path("shared"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(scan_to(&path("shared")).status.success());
    assert_eq!(mode(&path("shared")), 0o640);
    assert!(fs::read_to_string(path("shared")).unwrap().starts_with('{'));

    // What somebody put where a partial file could be guessed stays as it is.
    fs::write(path("victim"), "keep").unwrap();
    symlink(path("victim"), path("out.partial")).unwrap();
    assert!(scan_to(&path("out")).status.success());
    assert_eq!(fs::read_to_string(path("victim")).unwrap(), "keep");

    // A link stays one, its target is written, and that is told.
    symlink("victim", path("link")).unwrap();
    let told = scan_to(&path("link"));
    assert!(told.status.success());
    assert!(String::from_utf8_lossy(&told.stderr).contains("is a link"), "{told:?}");
    assert!(path("link").symlink_metadata().unwrap().is_symlink());
    assert!(fs::read_to_string(path("victim")).unwrap().starts_with('{'));

    let device = scan_to(Path::new("/dev/null"));
    assert_eq!(device.status.code(), Some(2));
    assert!(!Path::new("/dev/null").metadata().unwrap().is_file());

    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["link", "new", "out", "out.partial", "shared", "victim"], "nothing is left behind");
}

#[test]
fn what_is_no_file_in_a_folder_is_named_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let _socket = UnixListener::bind(path("socket")).unwrap();
    symlink("/dev/zero", path("zero")).unwrap();
    fs::copy(EVENT, path("event.json")).unwrap();
    let scanned = trailhound(&["scan", "--format", "ndjson", folder.path().to_str().unwrap()]);
    let told = String::from_utf8_lossy(&scanned.stderr);
    assert!(told.contains("socket: no file") && told.contains("zero: no file"), "{told}");
    assert!(scanned.status.success() && !scanned.stdout.is_empty());
    let checked = trailhound(&["rules", "check", folder.path().to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&checked.stderr).contains("zero: no file"), "{checked:?}");
}

#[test]
fn an_empty_baseline_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("e.base");
    fs::write(&base, "").unwrap();
    let refused = trailhound(&["scan", "--baseline", base.to_str().unwrap(), EVENT]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("e.base is empty"), "{refused:?}");
}

#[test]
fn what_is_read_is_not_written_over_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let kept = fs::read(EVENT).unwrap();
    fs::write(path("log.json"), &kept).unwrap();
    symlink(path("log.json"), path("symlink.html")).unwrap();
    fs::hard_link(path("log.json"), path("hardlink.html")).unwrap();
    for (inputs, output) in [
        (path("log.json"), path("log.json")),
        (path("log.json"), path("symlink.html")),
        (path("log.json"), path("hardlink.html")),
        (path("hardlink.html"), path("log.json")),
        (path("."), path("log.json")),
        (
            path("*.json"),
            format!("{}/../{}/log.json", path("."), folder.path().file_name().unwrap().display()),
        ),
    ] {
        let refused = trailhound(&["scan", &inputs, "-o", &output]);
        let told = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{inputs} to {output}: {told}");
        assert!(told.contains("is an input") && told.contains("name another file"), "{told}");
        assert_eq!(fs::read(path("log.json")).unwrap(), kept, "{inputs} to {output}");
    }
    // A shell's redirection does the same.
    for command in ["scan", "timeline"] {
        let log = fs::File::options().append(true).open(path("log.json")).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        let refused = process.args([command, &path("log.json")]).stdout(log).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{command}");
        assert_eq!(fs::read(path("log.json")).unwrap(), kept, "{command}");
    }
    assert!(trailhound(&["scan", &path("log.json"), "-o", &path("other.json")]).status.success());
}

#[test]
fn what_a_scan_goes_by_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::copy(EVENT, path("in.json")).unwrap();
    fs::create_dir(path("rules")).unwrap();
    fs::copy(RULE, path("rules/one.yml")).unwrap();
    fs::write(path("supp.yml"), "version: 1\nsuppressions: []\n").unwrap();
    fs::write(path("settings.toml"), "").unwrap();
    assert!(trailhound(&["scan", "--baseline", &path("base"), EVENT]).status.success());
    // It says who reaches which machine.
    assert_eq!(mode(Path::new(&path("base"))), 0o600);
    for arguments in [
        &["scan", EVENT, "--only-rules", "--rules", &path("rules"), "-o", &path("rules/one.yml")][..],
        &["scan", EVENT, "--suppressions", &path("supp.yml"), "-o", &path("supp.yml")],
        &["scan", EVENT, "--baseline", &path("base"), "-o", &path("base")],
        &["baseline", "export", &path("base"), "-o", &path("base")],
        &["scan", "-", "-o", &path("in.json")],
        &["scan", EVENT, "-o", &path("settings.toml")],
    ] {
        let to = arguments.last().unwrap();
        let before = fs::read(to).unwrap();
        let input = fs::File::open(path("in.json")).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        process.env("TRAILHOUND_SETTINGS", path("settings.toml"));
        let told = process.args(arguments).stdin(input).output().unwrap();
        assert_eq!(told.status.code(), Some(2), "{arguments:?} {told:?}");
        assert!(String::from_utf8_lossy(&told.stderr).contains("would be written over"), "{told:?}");
        assert!(before == fs::read(to).unwrap(), "{arguments:?}");
    }
}

#[test]
fn what_two_options_would_both_make_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    symlink(path("new"), path("link")).unwrap();
    symlink(folder.path(), path("same")).unwrap();
    for (output, baseline) in [
        (path("new"), path("new")),
        (path("new"), path("link")),
        (path("new"), path("same/new")),
        (path("same/./new"), path("new")),
    ] {
        let refused = trailhound(&["scan", EVENT, "-o", &output, "--baseline", &baseline]);
        assert_eq!(refused.status.code(), Some(2), "{output} {baseline}: {refused:?}");
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains("named twice") && told.contains("name another file"), "{told}");
        assert!(!Path::new(&path("new")).exists(), "{output} {baseline}");
    }
    assert!(trailhound(&["scan", EVENT, "-o", &path("new"), "--baseline", &path("other")]).status.success());
}

#[test]
fn man_pages_follow_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("victim"), "keep").unwrap();
    fs::create_dir(path("pages")).unwrap();
    symlink(path("victim"), path("pages/trailhound.1")).unwrap();
    fs::hard_link(path("victim"), path("pages/trailhound-scan.1")).unwrap();
    assert!(trailhound(&["man", path("pages").to_str().unwrap()]).status.success());
    assert_eq!(fs::read_to_string(path("victim")).unwrap(), "keep");
    let page = path("pages/trailhound.1");
    assert!(!page.is_symlink() && fs::read_to_string(&page).unwrap().contains(".TH"));
    assert_eq!(mode(&page), 0o644);
}

/// What a file is called, and what is in it, makes no line of its own on standard error and turns none around.
#[test]
fn names_and_rules_are_shown_harmless_where_rules_are_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let name = "r\u{202e}x\nrule not loaded: forged\u{1b}[31m.yml";
    let rule =
        "title: \"a\\nforged\\u202e\"\nname: \"b\\nforged\\e[31m\"\nlogsource: {product: \"aws\\nforged\"}\n";
    fs::write(folder.path().join(name), rule).unwrap();
    fs::write(
        folder.path().join("s.yml"),
        "version: 1\nsuppressions:\n  - id: \"x\\e[31m\"\n    \"ow\\e[31mner\": 1\n",
    )
    .unwrap();
    let at = folder.path().to_str().unwrap();
    let supp = format!("{at}/s.yml");
    let missing = format!("{at}/m\u{202e}\u{1b}[31m.json");
    for arguments in [
        &["scan", "--rules", at, EVENT][..],
        &["scan", "--suppressions", &supp, EVENT],
        &["scan", &missing],
        &["rules", "check", &missing],
    ] {
        let told = trailhound(arguments);
        let said = String::from_utf8_lossy(&told.stderr);
        assert!(!said.is_empty(), "{arguments:?}");
        assert!(!said.contains(['\u{202e}', '\u{1b}']), "{said:?}");
        assert!(
            !said
                .lines()
                .any(|line| line.starts_with("forged") || line.starts_with("rule not loaded: forged")),
            "{said}"
        );
    }
}
