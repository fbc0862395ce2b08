//! Completions and man pages.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

fn trailhound(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = trailhound(&["completions", shell]);
        assert!(script.contains("suppressions") && script.contains("baseline"), "{shell}");
    }
}

#[test]
fn bash_completes_a_command_and_an_option() {
    let mut script = trailhound(&["completions", "bash"]);
    script.push_str(
        "\nCOMP_WORDS=(trailhound sc); COMP_CWORD=1; _trailhound trailhound sc trailhound; echo \"${COMPREPLY[@]}\"\n\
         COMP_WORDS=(trailhound scan --min); COMP_CWORD=2; _trailhound trailhound --min scan; echo \"${COMPREPLY[@]}\"\n",
    );
    let mut bash = Command::new("bash").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let said = String::from_utf8(bash.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(said.lines().collect::<Vec<_>>(), ["scan", "--min-level"]);
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    trailhound(&["man", pages.to_str().unwrap()]);
    for page in
        ["trailhound.1", "trailhound-scan.1", "trailhound-rules-check.1", "trailhound-baseline-learn.1"]
    {
        let text = fs::read_to_string(pages.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(".TH") && text.contains(".SH DESCRIPTION"), "{page}");
    }
}
