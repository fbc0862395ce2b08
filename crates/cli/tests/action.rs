//! What others put into their builds: the steps of `action.yml` and the hooks of `.pre-commit-hooks.yaml` run as they stand,
//! over rules that are right and rules that are not.

#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use common::{Folder, err, out, trailhound};
use serde_json::Value;
use trailhound_sigma::yaml;

const SAMPLE: &str = "events/example-cloudtrail-session-manager.json";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(name: &str) -> Value {
    let text = fs::read_to_string(root().join(name)).unwrap();
    serde_json::from_str(&yaml::parse(name, &text).unwrap()[0].to_json()).unwrap()
}

/// A shell with the command at hand, in a folder.
fn bash(folder: &Folder, first: &str, script: &str) -> Command {
    let bin = Path::new(env!("CARGO_BIN_EXE_trailhound")).parent().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]).current_dir(folder.path(""));
    bash.env("PATH", format!("{first}:{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    bash.env("NO_COLOR", "1").env("GITHUB_STEP_SUMMARY", folder.path("summary.md"));
    bash
}

/// Runs the steps of the action with these inputs, each whatever became of those before; answers by their names.
fn act(folder: &Folder, given: &[(&str, &str)]) -> BTreeMap<String, Output> {
    let action = read("action.yml");
    let inputs = action["inputs"].as_object().unwrap();
    let input = |name: &str| {
        let declared = inputs.get(name).unwrap_or_else(|| panic!("no input {name}"));
        let typed = given.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        typed.unwrap_or_else(|| declared["default"].as_str().unwrap_or_default().to_owned())
    };
    let mut outputs = BTreeMap::new();
    for step in action["runs"]["steps"].as_array().unwrap() {
        let name = step["name"].as_str().unwrap();
        assert_eq!(step["shell"], "bash", "{name}: a step of such an action names its shell");
        let run = step["run"].as_str().unwrap();
        assert!(!run.contains("${{"), "{name}: what is typed into a script is run by it");
        let condition = step["if"].as_str().unwrap_or_default();
        let asked = inputs.keys().find(|name| condition.contains(&format!("inputs.{name} != ''")));
        if asked.is_some_and(|asked| input(asked).is_empty()) {
            continue;
        }
        let mut bash = bash(folder, "/", run);
        for (key, value) in step["env"].as_object().unwrap() {
            let named = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            bash.env(key, input(named));
        }
        outputs.insert(name.to_owned(), bash.output().unwrap());
    }
    outputs
}

const RULE: &str = "title: Sessions\nname: sessions\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  selection:\n    eventSource: ssm.amazonaws.com\n    eventName: StartSession\n  condition: selection\nlevel: low\n";
const TESTS: &str = "rule: sessions\ntests:\n  - name: one\n    event: {eventVersion: '1.09', eventSource: ssm.amazonaws.com, eventName: StartSession, eventID: '1', eventTime: '2026-03-18T10:00:00Z', recipientAccountId: '111122223333', userIdentity: {userName: erin}}\n    expect: match\n    level: low\n";

/// A repository with rules and history in it.
fn repository() -> Folder {
    let folder = Folder::new();
    folder.write("my rules/a.yml", RULE);
    folder.write("my rules/a.tests.yml", TESTS);
    folder.write("history/a.json", fs::read(root().join(SAMPLE)).unwrap());
    git(&folder, "git init -q && git add . && git commit -qm 'As it was'");
    folder
}

fn git(folder: &Folder, script: &str) {
    let mut bash = bash(folder, "/", script);
    for role in ["AUTHOR", "COMMITTER"] {
        bash.env(format!("GIT_{role}_NAME"), "someone")
            .env(format!("GIT_{role}_EMAIL"), "someone@example.com");
    }
    let output = bash.output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
}

#[test]
fn the_action_passes_rules_that_are_right_and_writes_its_reports() {
    let folder = repository();
    let inputs = [
        ("rules", "my rules"),
        ("only-rules", "true"),
        ("strict", "true"),
        ("history", "history/a.json\n\n"),
        ("against-revision", "HEAD"),
        ("fail-on-change", "true"),
    ];
    let outputs = act(&folder, &inputs);
    let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["Backtest", "Check", "Prove", "Test"]);
    for (name, output) in &outputs {
        assert!(output.status.success(), "{name}: {}{}", out(output), err(output));
    }
    let report = |name: &str| fs::read_to_string(folder.path(&format!("trailhound-reports/{name}"))).unwrap();
    let sarif: Value = serde_json::from_str(&report("check.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    for name in ["check.xml", "test.xml", "backtest.xml"] {
        assert!(report(name).contains("failures=\"0\""), "{name}: {}", report(name));
    }
    assert_eq!(serde_json::from_str::<Value>(&report("prove.json")).unwrap()[0]["verdict"], "fires");
    assert_eq!(fs::read_to_string(folder.path("summary.md")).unwrap(), report("backtest.md"));
}

#[test]
fn inputs_are_called_as_the_options_are() {
    let help = ["check", "test", "prove"].map(|of| out(&trailhound(&["rules", of, "--help"]))).concat();
    let help = help + &out(&trailhound(&["backtest", "--help"]));
    let action = read("action.yml");
    for name in action["inputs"].as_object().unwrap().keys() {
        let is_own = ["rules", "history", "reports", "version"].contains(&name.as_str());
        assert!(
            is_own || help.contains(&format!("--{name} ")) || help.contains(&format!("--{name}\n")),
            "{name}"
        );
    }
}

#[test]
fn the_action_fails_where_anything_does() {
    let folder = repository();
    folder.write("my rules/a.yml", RULE.replace("level: low", "level: high\nodd: key"));
    folder.write("my rules/b.yml", "title: Broken\n");
    let inputs = [
        ("rules", "my rules"),
        ("only-rules", "true"),
        ("history", "history"),
        ("against-revision", "HEAD"),
        ("fail-on-change", "true"),
    ];
    let outputs = act(&folder, &inputs);
    for (name, output) in &outputs {
        let is_due = name != "Prove" || out(output).contains("CANNOT");
        assert!(!output.status.success() && is_due, "{name}: {}{}", out(output), err(output));
    }
    fs::remove_file(folder.path("my rules/b.yml")).unwrap();
    let outputs = act(&folder, &inputs);
    assert!(outputs["Check"].status.success() && outputs["Prove"].status.success());
    assert!(out(&outputs["Test"]).contains("expected match at low, got match at high"));
    assert_eq!(outputs["Backtest"].status.code(), Some(1), "{}", err(&outputs["Backtest"]));
    assert!(fs::read_to_string(folder.path("summary.md")).unwrap().contains(" at another level"));
    let strict = act(&folder, &[&inputs[..2], &[("strict", "true")]].concat());
    assert_eq!(strict["Check"].status.code(), Some(2));
    assert!(!strict.contains_key("Backtest"), "without history nothing is backtested");
}

/// The release is a folder here, and who fetches copies.
#[test]
fn what_the_action_installs_is_what_its_sums_say() {
    let action = read("action.yml");
    let install = &action["runs"]["steps"][0];
    assert_eq!(install["if"], "inputs.version != ''");
    let folder = Folder::new();
    folder
        .write("release/trailhound-0.1.0-x86_64-unknown-linux-gnu/trailhound", "#!/bin/sh\necho installed\n");
    let pack = "cd release && chmod +x */trailhound && tar czf trailhound-0.1.0-x86_64-unknown-linux-gnu.tar.gz trailhound-0.1.0-x86_64-unknown-linux-gnu && sha256sum *.tar.gz > SHA256SUMS";
    assert!(bash(&folder, "/", pack).status().unwrap().success());
    let curl = folder.write("bin/curl", format!("#!/bin/sh\nfor last; do :; done\ncase \"$last\" in https://github.com/trailhound/trailhound/releases/download/v0.1.0/*) cp '{}'/release/\"${{last##*/}}\" . ;; *) exit 22 ;; esac\n", folder.path("")));
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755)).unwrap();
    let run = |version: &str| {
        let mut bash = bash(&folder, &folder.path("bin"), install["run"].as_str().unwrap());
        bash.env("VERSION", version).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        bash.env("RUNNER_TEMP", folder.path("temp")).env("GITHUB_PATH", folder.path("path"));
        bash.output().unwrap()
    };
    let output = run("0.1.0");
    assert!(output.status.success(), "{}", err(&output));
    let installed = fs::read_to_string(folder.path("path")).unwrap();
    let told = Command::new(Path::new(installed.trim()).join("trailhound")).output().unwrap();
    assert_eq!(out(&told), "installed\n");
    assert!(!run("9.9.9").status.success(), "a release that is not there");
    let archive = folder.path("release/trailhound-0.1.0-x86_64-unknown-linux-gnu.tar.gz");
    fs::write(&archive, [fs::read(&archive).unwrap(), b"x".to_vec()].concat()).unwrap();
    let output = run("0.1.0");
    assert!(!output.status.success(), "what is not what it should be is not unpacked");
}

#[test]
fn the_hooks_pass_what_is_right_and_stop_what_is_not() {
    let hooks = read(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().unwrap();
    let folder = Folder::new();
    folder.write("rules/a.yml", RULE);
    folder.write("rules/a.tests.yml", TESTS);
    folder.write("history/a.json", fs::read(root().join(SAMPLE)).unwrap());
    git(&folder, "git init -q && git add . && git commit -qm 'As it was'");
    let run = |hook: &Value| {
        let args = hook["args"].as_array().cloned().unwrap_or_default();
        let args: Vec<&str> = args.iter().map(|arg| arg.as_str().unwrap()).collect();
        let files = if hook["pass_filenames"] == false { "" } else { "rules/a.yml" };
        let script = format!("{} {} {files}", hook["entry"].as_str().unwrap(), args.join(" "));
        bash(&folder, "/", &script).output().unwrap()
    };
    let ids: Vec<&str> = hooks.iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["trailhound-check", "trailhound-test", "trailhound-prove", "trailhound-backtest"]);
    for hook in hooks {
        assert_eq!(hook["language"], "system");
        let output = run(hook);
        assert!(output.status.success(), "{hook}: {}{}", out(&output), err(&output));
    }
    folder.write("rules/a.yml", RULE.replace("level: low", "level: high"));
    let failing = || -> Vec<bool> { hooks.iter().map(|hook| !run(hook).status.success()).collect() };
    assert_eq!(failing(), [false, true, false, true], "another level is what tests and history say");
    folder.write("rules/a.yml", RULE.replace("eventName:", "eventNaem:"));
    assert_eq!(failing(), [true, true, true, true]);
}
