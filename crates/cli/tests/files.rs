//! What the command reads and writes besides plain files.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

const EVENT: &str = "../../events/example-cloudtrail-single-record.json";

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
