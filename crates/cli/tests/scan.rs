//! The real binary, as a person runs it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn trailhound(arguments: &[&str]) -> Output {
    run(arguments, b"")
}

fn run(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(arguments)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early does not read its input.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn findings(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).expect("a CloudEvent a line")).collect()
}

fn session(id: u8) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:{id:02}Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-0000000000{id:02}","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}},"requestParameters":{{"target":"i-0123456789abcdef0"}},"responseElements":{{"sessionId":"dana-0a1b2c3d4e5f67890"}}}}"#
    )
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }

    fn path(&self) -> String {
        self.0.path().to_string_lossy().into_owned()
    }
}

#[test]
fn the_sample_deliveries_are_scanned_without_a_complaint() {
    let output = trailhound(&["scan", "events"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).lines().all(|line| line.chars().count() <= 80), "wider than 80 columns");
    assert!(!out(&output).contains('\u{1b}'), "colour where none was wanted");
}

#[test]
fn origins_name_line_or_ordinal_and_order_is_that_of_the_input() {
    let folder = Folder::new();
    folder.write("b.jsonl", format!("{}\n\n{}\n", session(1), session(2)));
    folder.write("a.json", format!(r#"{{"Records":[{},{}]}}"#, session(3), session(4)));
    for jobs in ["1", "2", "8"] {
        let output = trailhound(&["scan", "--format", "ndjson", "--jobs", jobs, &folder.path()]);
        let origins: Vec<String> =
            findings(&output).iter().map(|f| f["origin"].as_str().unwrap().to_owned()).collect();
        let at = |name: &str| format!("{}/{name}", folder.path());
        assert_eq!(origins, [at("a.json#1"), at("a.json#2"), at("b.jsonl:1"), at("b.jsonl:3")]);
    }
}

#[test]
fn an_event_that_occurs_twice_is_one_finding() {
    let folder = Folder::new();
    folder.write("a.jsonl", format!("{}\n{}\n", session(1), session(1)));
    folder.write("b.json", format!(r#"{{"Records":[{}]}}"#, session(1)));
    let output = trailhound(&["scan", "--format", "ndjson", &folder.path()]);
    assert_eq!(findings(&output).len(), 1);
}

#[test]
fn standard_input_is_an_input() {
    let output = run(&["scan", "--format", "ndjson", "-"], session(1).as_bytes());
    assert_eq!(findings(&output)[0]["origin"], "stdin:1");
}

#[test]
fn levels_decide_what_is_shown_and_how_it_ends() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", session(1));
    let level = findings(&trailhound(&["scan", "--format", "ndjson", &file]))[0]["severity"].clone();
    assert_eq!(level, "low");
    assert_eq!(trailhound(&["scan", "--fail-on", "low", &file]).status.code(), Some(1));
    assert_eq!(trailhound(&["scan", "--fail-on", "medium", &file]).status.code(), Some(0));
    let output =
        trailhound(&["scan", "--format", "ndjson", "--min-level", "medium", "--fail-on", "low", &file]);
    assert!(findings(&output).is_empty());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn times_narrow_the_scan() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", format!("{}\n{}\n", session(10), session(20)));
    let since = trailhound(&["scan", "--format", "ndjson", "--since", "2026-03-18T10:15:15Z", &file]);
    assert_eq!(findings(&since).len(), 1);
    let until = trailhound(&["scan", "--format", "ndjson", "--until", "2026-03-18T10:15:15Z", &file]);
    assert_eq!(findings(&until).len(), 1);
    for until in ["2026-03-18T10:15:15", "2026-03-18 10:15:15", "2026-03-18T12:15:15"] {
        let zone = if until.contains("T12") { "+02:00" } else { "UTC" };
        let local = trailhound(&["scan", "--format", "ndjson", "--until", until, "--tz", zone, &file]);
        assert_eq!(findings(&local).len(), 1, "{until}");
        assert!(err(&local).contains("--until 2026-03-18"), "the zone is said back: {}", err(&local));
    }
    let backwards = trailhound(&["scan", "--since", "2026-03-19", "--until", "2026-03-18", &file]);
    assert!(backwards.status.code() == Some(2) && err(&backwards).contains("nothing lies between"));
    let nothing = trailhound(&["scan", "--until", "2026-03-18T09:00:00Z", &file]);
    assert!(err(&nothing).contains("2 matches lie from 2026-03-18T10:15:10Z"), "{}", err(&nothing));
    let wrong = trailhound(&["scan", "--since", "someday", &file]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("2026-03-18"), "{}", err(&wrong));
}

#[test]
fn bad_usage_and_absent_paths_end_with_2() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", session(1));
    let absent = trailhound(&["scan", "--format", "ndjson", "/no/such/file", &file]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(err(&absent).contains("/no/such/file: no such file or folder"));
    assert_eq!(findings(&absent).len(), 1, "the rest is still scanned");
    assert_eq!(trailhound(&["scan", "--format", "yaml", &file]).status.code(), Some(2));
    assert_eq!(trailhound(&["scan"]).status.code(), Some(2));
}

#[test]
fn rejected_input_is_named_and_costs_nothing_else() {
    let folder = Folder::new();
    folder.write("binary.bin", [0u8, 159, 146, 150, 255, 0, 1, 2]);
    folder.write("broken.jsonl", format!("{}\n{{\"eventName\": NaN}}\n{}\n", session(1), session(2)));
    folder.write("deep.json", "[".repeat(200) + &"]".repeat(200));
    folder.write(
        "sibling.json",
        format!(r#"{{"Records":[{},{{"eventName":"StartSession","x":tru}},{}]}}"#, session(3), session(4)),
    );
    folder.write("unknown.json", r#"{"hello":"world"}"#);
    folder.write("utf8.jsonl", [session(5).as_bytes(), b"\n{\"eventName\":\"\xff\"}\n"].concat());
    let output = trailhound(&["scan", "--format", "ndjson", &folder.path()]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(findings(&output).len(), 5, "{}", err(&output));
    for name in ["binary.bin", "broken.jsonl", "deep.json", "sibling.json", "unknown.json", "utf8.jsonl"] {
        assert!(err(&output).contains(name), "{name} is not named in:\n{}", err(&output));
    }
    assert_eq!(trailhound(&["scan", "--strict", &folder.path()]).status.code(), Some(3));
}

#[test]
fn what_comes_before_a_truncation_is_found() {
    let folder = Folder::new();
    let whole = format!(r#"{{"Records":[{},{}]}}"#, session(1), session(2));
    let file = folder.write("cut.json", &whole[..whole.len() - 20]);
    let output = trailhound(&["scan", "--format", "ndjson", &file]);
    assert_eq!(findings(&output).len(), 1);
    assert!(err(&output).contains("truncated"), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn a_folder_that_contains_itself_is_scanned_once() {
    let folder = Folder::new();
    folder.write("a/a.jsonl", session(1));
    std::os::unix::fs::symlink(folder.0.path(), folder.0.path().join("a/loop")).unwrap();
    let output = trailhound(&["scan", "--format", "ndjson", &folder.path()]);
    assert_eq!((findings(&output).len(), output.status.code()), (1, Some(0)));
}

#[test]
fn csv_and_html_are_safe_to_open() {
    let folder = Folder::new();
    let hostile = session(1).replace("user/dana", "user/=cmd|<script>alert(1)</script>");
    let file = folder.write("a.jsonl", hostile.replace("\"dana\"", "\"=cmd|<script>alert(1)</script>\""));
    let csv = out(&trailhound(&["scan", "--format", "csv", &file]));
    assert_eq!(csv.lines().count(), 2);
    assert!(!csv.contains(",=cmd") && !csv.contains("\n=cmd"), "{csv}");
    let html = out(&trailhound(&["scan", "--format", "html", &file]));
    assert!(html.contains("Content-Security-Policy") && html.matches("<script").count() == 2, "{html}");
}

#[test]
fn a_file_appears_whole() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", session(1));
    let target = format!("{}/out.ndjson", folder.path());
    let output = trailhound(&["scan", "--format", "ndjson", "--output", &target, &file]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).is_empty());
    assert_eq!(fs::read_to_string(&target).unwrap().lines().count(), 1);
    assert!(!Path::new(&format!("{target}.partial")).exists());
}

#[test]
fn every_format_explains_what_was_wanted_and_met() {
    let folder = Folder::new();
    let rule = "title: Somebody outside\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {eventName: StartSession}\n  inside: {sourceIPAddress|cidr: 10.0.0.0/8}\n  condition: s and not inside\nlevel: high\n";
    let rules = folder.write("r.yml", rule);
    let file = folder.write("a.jsonl", session(1));
    let explained = |format: &str| {
        let output =
            trailhound(&["scan", "--explain", "--format", format, "--rules", &rules, "--only-rules", &file]);
        assert!(err(&output).is_empty(), "{}", err(&output));
        out(&output).replace("&#x2f;", "/")
    };
    for format in ["table", "csv", "html", "ndjson"] {
        let text = explained(format);
        for told in ["eventName wanted StartSession, met", "sourceIPAddress|cidr wanted 10.0.0.0/8, met"] {
            assert!(text.contains(told), "{format}: {text}");
        }
    }
    let event: Value = serde_json::from_str(explained("ndjson").trim()).expect("still a CloudEvent a line");
    assert_eq!(event["data"]["unmapped"]["explanation"][0], "+ s and not inside");
    let plain = trailhound(&["scan", "--format", "ndjson", "--rules", &rules, "--only-rules", &file]);
    assert!(findings(&plain)[0]["data"]["unmapped"]["explanation"].is_null(), "as the functions publish it");
}

#[test]
fn an_explanation_tells_no_more_than_its_finding() {
    let folder = Folder::new();
    let rule = "title: Content\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {requestParameters.content|contains: curl}\n  k: [curl]\n  condition: s and k\nlevel: high\n";
    let rules = folder.write("r.yml", rule);
    let call = session(1).replace(r#""target":"#, r#""content":"curl -u me:canary x","target":"#);
    let file = folder.write("a.jsonl", call);
    for format in ["table", "csv", "html", "ndjson"] {
        let output =
            trailhound(&["scan", "--explain", "--format", format, "--rules", &rules, "--only-rules", &file]);
        let text = out(&output) + &err(&output);
        assert!(text.contains("held back") && !text.contains("canary"), "{format}: {text}");
    }
}

#[test]
fn own_rules_add_and_replace_and_a_bad_one_is_told() {
    let folder = Folder::new();
    let file = folder.write("logs/a.jsonl", session(1));
    let rule = |name: &str, level: &str, field: &str| {
        format!(
            "title: Any session\nname: {name}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  selection:\n    {field}: StartSession\n  condition: selection\nlevel: {level}\ntags: [attack.t1021.008]\n"
        )
    };
    folder.write("rules/more.yml", rule("any-session", "critical", "eventName"));
    let same = rule("aws-ssm-session-shell", "high", "eventName");
    folder.write("rules/same.yml", same + "trailhound: {replaces: aws-ssm-session-shell}\n");
    let rules = format!("{}/rules", folder.path());
    let output = trailhound(&["scan", "--format", "ndjson", "--rules", &rules, &file]);
    let mut levels: Vec<_> = findings(&output).iter().map(|f| f["severity"].to_string()).collect();
    levels.sort();
    assert_eq!(levels, ["\"critical\"", "\"high\""], "{}", err(&output));

    folder.write("rules/bad.yml", rule("bad", "low", "eventName|contians"));
    let output = trailhound(&["scan", "--format", "ndjson", "--rules", &rules, &file]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(findings(&output).len(), 2, "the good ones still run");
    assert!(err(&output).contains("bad.yml:6:5"), "{}", err(&output));
    let check = trailhound(&["rules", "check", &rules]);
    assert_eq!(check.status.code(), Some(2));
    assert!(out(&check).contains("ok      ") && out(&check).contains("contains"), "{}", out(&check));
}

#[test]
fn the_shipped_rules_pass_their_tests() {
    let output = trailhound(&["rules", "test"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains(" passed, 0 failed"));
    assert_eq!(trailhound(&["rules", "check"]).status.code(), Some(0));
}

#[test]
fn rules_can_be_listed_and_explained() {
    assert!(out(&trailhound(&["rules", "list"])).contains("aws-ssm-session-shell"));
    assert!(out(&trailhound(&["rules", "explain", "AWS-02"])).contains("Why it matters"));
    let wrong = trailhound(&["rules", "explain", "aws-ssm-session-shel"]);
    assert!(err(&wrong).contains("did you mean 'aws-ssm-session-shell'?"));
    assert_eq!(wrong.status.code(), Some(2));
    assert!(out(&trailhound(&["rules", "coverage"])).contains("T1021.008"));
    let layer: Value =
        serde_json::from_str(&out(&trailhound(&["rules", "coverage", "--format", "navigator"]))).unwrap();
    assert_eq!(layer["domain"], "enterprise-attack");
}

#[test]
fn suppressions_are_applied_or_refused_with_a_place() {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", session(1));
    let good = folder.write(
        "good.yml",
        format!(
            "version: 1\nsuppressions:\n  - id: dana\n    rules: [AWS-01]\n    when: {{actor.key: [\"arn:aws:iam::111122223333:user/dana\"]}}\n    action: drop\n    reason: on duty\n    owner: ops@example.com\n    expires: {}\n",
            jiff::Zoned::now().date().tomorrow().unwrap()
        ),
    );
    let output = trailhound(&["scan", "--suppressions", &good, &file]);
    assert!(out(&output).contains("1 kept back by dana"), "{}{}", out(&output), err(&output));
    let bad = folder.write("bad.yml", "version: 1\nsuppressions:\n  - id: x\n");
    let output = trailhound(&["scan", "--suppressions", &bad, &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("bad.yml:3:"), "{}", err(&output));
}
