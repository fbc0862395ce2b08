//! `demo`: the first thing somebody sees, from what the command carries with it.

mod common;

use std::fs;

use common::{Folder, err, out, trailhound};

#[test]
fn a_demo_writes_a_story_for_each_cloud_and_tells_it() {
    let folder = Folder::new();
    let at = folder.path("new/demo");
    let output = trailhound(&["demo", &at]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let (table, said) = (out(&output), err(&output));
    for rule in ["aws-serial-console-opened-and-used", "azure-serial-console-seen-on-host"] {
        assert!(table.contains(rule), "{table}");
    }
    assert!(table.contains("2 files, 11 records, 10 findings (2 critical, 3 high"), "{table}");
    for source in ["Permiso, September 2023", "Mandiant, May 2023", "https://permiso.io/"] {
        assert!(said.contains(source), "{said}");
    }
    let mut written: Vec<String> =
        fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    written.sort();
    assert_eq!(written, ["2023-lucr-3.jsonl", "2023-unc3944-serial-console.jsonl"]);

    // What it proposes next works, in the folder it names.
    let next: Vec<&str> =
        said.lines().filter_map(|line| line.trim_start().strip_prefix("trailhound ")).collect();
    assert_eq!(next.len(), 4, "{said}");
    for line in next {
        let command = line.split("    ").next().unwrap().replace("report.html", &folder.path("report.html"));
        let words: Vec<&str> = command.split_whitespace().collect();
        let output = trailhound(&words);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", err(&output));
    }
    assert!(fs::read_to_string(folder.path("report.html")).unwrap().contains("alice@example.com"));
}

#[test]
fn a_demo_changes_nothing_that_is_there() {
    let folder = Folder::new();
    let other = folder.write("demo/notes.txt", "mine");
    let at = folder.path("demo");
    assert_eq!(trailhound(&["demo", &at]).status.code(), Some(0));
    // Once more is the same once more.
    let again = trailhound(&["demo", &at]);
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    assert!(!out(&again).contains("notes.txt") && err(&again).find("notes.txt").is_none());

    let mine = folder.write("demo/2023-unc3944-serial-console.jsonl", "mine");
    let first = folder.path("demo/2023-lucr-3.jsonl");
    fs::remove_file(&first).unwrap();
    let refused = trailhound(&["demo", &at]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("name another folder"), "{}", err(&refused));
    assert_eq!(out(&refused), "");
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    assert!(!fs::exists(&first).unwrap());

    let refused = trailhound(&["demo", &other]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("cannot be made"), "{}", err(&refused));
}

#[cfg(unix)]
#[test]
fn a_demo_follows_no_link() {
    let folder = Folder::new();
    let target = folder.path("elsewhere");
    fs::create_dir(folder.path("demo")).unwrap();
    std::os::unix::fs::symlink(&target, folder.path("demo/2023-lucr-3.jsonl")).unwrap();
    assert_eq!(trailhound(&["demo", &folder.path("demo")]).status.code(), Some(2));
    assert!(!fs::exists(&target).unwrap());
}
