//! Files that options name: which there are, and what none of them may be.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Debug;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{EVENT, RULE, trailhound};

const NO_SUPPRESSIONS: &str = "version: 1\nsuppressions: []\n";

/// Every command with what it needs, and its options that name a file to read.
const READERS: &[(&[&str], &[&str])] = &[
    (&["scan", EVENT], &["--rules", "--placeholders", "--suppressions", "--baseline"]),
    (&["scan", EVENT], CONTEXT),
    (&["scan", EVENT, "--format", "html"], &["--triage", "--since-report"]),
    (&["timeline", EVENT], RULES),
    (&["timeline", EVENT], CONTEXT),
    (&["timeline", EVENT], &["--index"]),
    (&["who", "dana", EVENT], RULES),
    (&["who", "dana", EVENT], CONTEXT),
    (&["who", "dana", EVENT], &["--index"]),
    (&["machine", "i-0123456789abcdef0", EVENT], RULES),
    (&["machine", "i-0123456789abcdef0", EVENT], CONTEXT),
    (&["machine", "i-0123456789abcdef0", EVENT], &["--index"]),
    (&["pivot", "203.0.113.45", EVENT], RULES),
    (&["pivot", "203.0.113.45", EVENT], CONTEXT),
    (&["pivot", "203.0.113.45", EVENT], &["--index"]),
    (&["cases", EVENT], RULES),
    (&["cases", EVENT], CONTEXT),
    (&["search", "dana", EVENT], RULES),
    (&["search", "dana", EVENT], CONTEXT),
    (&["stats", EVENT], RULES),
    (&["stats", EVENT], CONTEXT),
    (&["why", "AWS-01", EVENT], &["--rules", "--placeholders", "--baseline"]),
    (&["try", "AWS-01", EVENT], &["--rules", "--placeholders", "--baseline"]),
    (&["backtest", RULE, EVENT], &["--against", "--placeholders", "--baseline", "--suppressions"]),
    (&["replay", EVENT], &["--rules", "--placeholders", "--suppressions", "--baseline"]),
    (&["rules", "list"], RULES),
    (&["rules", "check", RULE], RULES),
    (&["rules", "test", RULE], RULES),
    (&["rules", "prove", RULE], RULES),
    (&["rules", "explain", "AWS-01"], RULES),
    (&["rules", "coverage"], RULES),
    (&["rules", "docs"], RULES),
    (&["rules", "diff", RULE, RULE], &["--placeholders"]),
    (&["rules", "new"], &["--sample"]),
    (&["rules", "promote", EVENT], &["--rules", "--placeholders", "--triage"]),
    (&["suppressions", "check", "suppressions.yml", EVENT], RULES),
    (&["baseline", "learn", EVENT, "--to", "base"], RULES),
];
const RULES: &[&str] = &["--rules", "--placeholders"];
const CONTEXT: &[&str] = &["--geo", "--inventory", "--indicators"];

/// What tells of a file that it cannot be read, and goes on.
const TELLS: &[(&[&str], &[&str])] = &[
    (&["doctor"], &["--rules", "--placeholders", "--suppressions", "--baseline"]),
    (&["rules", "lsp"], RULES),
];

#[test]
fn the_options_that_read_are_those_in_help() {
    let named = |command: &[&str]| {
        let told = trailhound(&[command, &["--help"]].concat());
        let told = String::from_utf8(told.stdout).unwrap();
        let option = |line: &str| {
            let option = line.split_whitespace().find(|word| word.starts_with("--"))?;
            (line.contains("<FILE>") || line.contains("<DIR>")).then(|| option.to_owned())
        };
        told.lines()
            .filter_map(option)
            .filter(|option| !["--output", "--shadow", "--ledger"].contains(&option.as_str()))
            .collect::<BTreeSet<_>>()
    };
    let mut ours: BTreeMap<&[&str], BTreeSet<String>> = BTreeMap::new();
    for (command, options) in READERS.iter().chain(TELLS) {
        let words = if ["rules", "suppressions", "baseline"].contains(&command[0]) { 2 } else { 1 };
        let options = options.iter().map(|option| (*option).to_owned());
        ours.entry(&command[..words]).or_default().extend(options);
    }
    for (command, options) in ours {
        assert_eq!(named(command), options, "{command:?}");
    }
    let told = String::from_utf8(trailhound(&["--help"]).stdout).unwrap();
    let known = |word: &str| READERS.iter().chain(TELLS).any(|(command, _)| command[0] == word);
    let commands = told.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    for word in commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()) {
        assert!(known(word) || ["", "demo", "completions", "man", "help"].contains(&word), "{word}");
    }
}

/// A folder with what commands ask for beside.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("suppressions.yml"), NO_SUPPRESSIONS).unwrap();
    folder
}

/// Every way in which a command reads this file beside its inputs.
fn readings(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let options = READERS.iter().flat_map(|(command, options)| {
        options.iter().map(move |option| [command, &[*option, file][..]].concat())
    });
    let more = [
        &["scan", EVENT, "--baseline", file, "--read-only"][..],
        &["why", file, EVENT],
        &["try", file, EVENT],
        &["backtest", file, EVENT],
        &["rules", "check", file],
        &["rules", "test", file],
        &["rules", "prove", file],
        &["rules", "diff", RULE, file],
        &["rules", "diff", file, RULE],
        &["suppressions", "check", file],
        &["baseline", "show", file],
        &["baseline", "export", file],
        &["baseline", "import", file, "--to", "base"],
        &["baseline", "learn", EVENT, "--to", file],
    ];
    let filled = |word: &str| match word {
        "base" | "suppressions.yml" => folder.join(word).to_str().unwrap().to_owned(),
        _ => word.to_owned(),
    };
    let all = options.chain(more.map(<[_]>::to_vec));
    all.map(|arguments| arguments.into_iter().map(filled).collect()).collect()
}

#[test]
fn an_option_reads_nothing_that_may_never_end() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert!(Command::new("mkfifo").arg(path("pipe.yml")).status().unwrap().success());
    symlink("/dev/zero", path("zero.yml")).unwrap();
    for endless in [path("pipe.yml"), path("zero.yml")] {
        for arguments in readings(folder.path(), &endless) {
            let told = refused(&arguments, None);
            assert!(told.contains(&endless) && told.contains("write it to a file"), "{arguments:?}: {told}");
        }
        let told = refused(&["scan", EVENT], Some(&endless));
        assert!(told.contains(&endless) && told.contains("write it to a file"), "{told}");
    }
    let long = fs::File::create(path("long.yml")).unwrap();
    long.set_len((16 << 20) + 1).unwrap();
    for arguments in [
        &["scan", EVENT, "--suppressions", &path("long.yml")][..],
        &["rules", "check", &path("long.yml")],
        &["baseline", "import", &path("long.yml"), "--to", &path("base")],
    ] {
        let told = refused(arguments, None);
        assert!(told.contains("more than 16 MiB") || told.contains("longer than any entry"), "{told}");
    }
}

/// A shell's redirection writes over what is read as an option's file does.
#[test]
fn what_a_command_goes_by_is_not_what_standard_output_goes_to() {
    let folder = folder();
    let read = folder.path().join("read.yml");
    for kept in [fs::read(RULE).unwrap(), NO_SUPPRESSIONS.into(), Vec::new()] {
        fs::write(&read, &kept).unwrap();
        for arguments in readings(folder.path(), read.to_str().unwrap()) {
            let out = fs::File::options().append(true).open(&read).unwrap();
            let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
            let told = process.args(&arguments).stdout(out).output().unwrap();
            assert_eq!(told.status.code(), Some(2), "{arguments:?} {told:?}");
            assert!(
                String::from_utf8_lossy(&told.stderr).contains("would be written over"),
                "{arguments:?} {told:?}"
            );
            assert!(fs::read(&read).unwrap() == kept, "{arguments:?}");
        }
        let out = fs::File::options().append(true).open(&read).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        let process = process.args(["scan", EVENT]).env("TRAILHOUND_SETTINGS", &read).stdout(out);
        assert_eq!(process.output().unwrap().status.code(), Some(2));
        assert!(fs::read(&read).unwrap() == kept);
    }
    // Nor what standard input comes from.
    let log = folder.path().join("log.json");
    let kept = fs::read(EVENT).unwrap();
    for command in [&["scan", "-"][..], &["timeline", "-"], &["who", "dana", "-"], &["why", "AWS-01", "-"]] {
        fs::write(&log, &kept).unwrap();
        let out = fs::File::options().append(true).open(&log).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        let process = process.args(command).stdin(fs::File::open(&log).unwrap()).stdout(out);
        assert_eq!(process.output().unwrap().status.code(), Some(2), "{command:?}");
        assert!(fs::read(&log).unwrap() == kept, "{command:?}");
    }
}

/// What it says, which must come at once: a pipe that nobody writes to is never read.
fn refused<Word: AsRef<OsStr> + Debug>(arguments: &[Word], settings: Option<&str>) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_trailhound"));
    let process = process.args(arguments).envs(settings.map(|file| ("TRAILHOUND_SETTINGS", file)));
    let mut child = process.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let until = Instant::now() + Duration::from_mins(2);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("{arguments:?} {settings:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let told = child.wait_with_output().unwrap();
    assert_eq!(told.status.code(), Some(2), "{arguments:?} {settings:?}: {told:?}");
    String::from_utf8(told.stderr).unwrap()
}
