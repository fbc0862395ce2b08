//! Rules of one's own, as the command takes them.

mod common;

use serde_json::Value;

use common::{Folder, err, out, trailhound};

/// The rules that spoke, with their levels.
fn spoke(arguments: &[&str]) -> Vec<String> {
    let output = trailhound(&[&["scan", "--format", "ndjson"], arguments].concat());
    let told = |line: &str| {
        let event: Value = serde_json::from_str(line).expect("a CloudEvent a line");
        format!("{} {}", event["ruleid"].as_str().unwrap(), event["severity"].as_str().unwrap())
    };
    out(&output).lines().map(told).collect()
}

const WINDOWS: &str = r#"{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2026-01-02 03:04:05.678","Image":"C:\\Windows\\System32\\reg.exe","CommandLine":"reg add HKLM\\x","User":"A\\b","Computer":"h","ProcessId":"1"}"#;

fn process_rule(product: &str) -> String {
    format!(
        "title: Reg on {product}\nlogsource: {{product: {product}, category: process_creation}}\ndetection: {{s: {{CommandLine|contains: reg add}}, condition: s}}\nlevel: high\n"
    )
}

#[test]
fn a_rule_meets_the_records_of_its_own_system_alone() {
    let folder = Folder::new();
    let log = folder.write("win.json", WINDOWS);
    for (product, due) in [("linux", vec![]), ("macos", vec![]), ("windows", vec!["reg-on-windows high"])] {
        let rule = folder.write(&format!("{product}.yml"), process_rule(product));
        assert_eq!(spoke(&["--rules", &rule, "--only-rules", &log]), due, "{product}");
    }
}

#[test]
fn two_of_one_name_are_an_error_at_check_and_at_scan() {
    let folder = Folder::new();
    let log = folder.write("win.json", WINDOWS);
    folder.write("mine/a.yml", process_rule("windows"));
    folder.write("mine/b.yml", process_rule("windows").replace("reg add", "whoami"));
    let mine = folder.path("mine");
    let check = trailhound(&["rules", "check", &mine]);
    let told = out(&check);
    assert_eq!(check.status.code(), Some(2));
    assert!(told.contains("b.yml:1:1:") && told.contains("a.yml\n"), "{told}");
    let scan = trailhound(&["scan", "--rules", &mine, &log]);
    assert_eq!(scan.status.code(), Some(2));
    assert!(err(&scan).contains("a.yml") && err(&scan).contains("b.yml"), "{}", err(&scan));
    assert!(out(&scan).contains("reg-on-windows"), "the first is in force");
}

#[test]
fn whose_place_a_rule_takes_is_said_everywhere() {
    let folder = Folder::new();
    let rule = folder.write(
        "mine.yml",
        "title: Mine\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: ConsoleLogin}, condition: s}\ntrailhound: {replaces: aws-root-console-login}\n",
    );
    let check = trailhound(&["rules", "check", &rule]);
    assert!(
        check.status.success()
            && out(&check).contains("takes the place of the shipped rule `aws-root-console-login`")
    );
    assert!(
        out(&trailhound(&["rules", "list", "--rules", &rule])).contains("in place of aws-root-console-login")
    );
    let scan = trailhound(&["scan", "--rules", &rule, "events/example-cloudtrail-session-manager.json"]);
    assert!(err(&scan).contains("takes the place of aws-root-console-login"), "{}", err(&scan));
    assert_eq!(scan.status.code(), Some(0));
}

#[test]
fn a_mixed_folder_is_a_page_and_no_error() {
    let folder = Folder::new();
    for at in 0..300 {
        let rule = process_rule("windows").replace("Reg on", &format!("Reg {at} on"));
        let rule = match at % 3 {
            0 => rule,
            1 => rule.replace("process_creation", "registry_set"),
            _ => rule.replace("product: windows, category: process_creation", "product: zeek, service: dns"),
        };
        folder.write(&format!("mine/{at}.yml"), format!("{rule}owner: team-{at}\n"));
    }
    let mine = folder.path("mine");
    let check = trailhound(&["rules", "check", &mine]);
    let told = out(&check);
    assert_eq!(check.status.code(), Some(0), "{told}");
    assert!(told.lines().count() < 80, "{told}");
    for line in
        ["outside 100 rules: windows/registry_set is not read", "outside 100 rules: zeek/dns is not read"]
    {
        assert!(told.contains(line), "{told}");
    }
    assert!(told.contains("300 files loaded, 0 with errors, 300 warnings, 200 rules left out"), "{told}");
    assert_eq!(trailhound(&["rules", "check", "--strict", &mine]).status.code(), Some(2));
    let scan = trailhound(&["scan", "--rules", &mine, "events/example-cloudtrail-session-manager.json"]);
    let told = err(&scan);
    assert_eq!(scan.status.code(), Some(0), "{told}");
    assert!(told.lines().count() == 3 && told.contains("100 rules left out: zeek/dns is not read"), "{told}");
}

#[test]
fn checkers_and_build_servers_read_what_was_found() {
    let folder = Folder::new();
    folder.write("mine/good.yml", process_rule("windows"));
    folder.write("mine/bad <&>.yml", process_rule("linux").replace("contains", "contians"));
    folder.write("mine/odd.yml", process_rule("macos").replace("level", "levle"));
    let mine = folder.path("mine");
    let run = |format: &str| trailhound(&["rules", "check", "--format", format, &mine]);
    let json: Value = serde_json::from_str(&out(&run("json"))).unwrap();
    let of = |name: &str| {
        let files = json["files"].as_array().unwrap();
        files.iter().find(|file| file["path"].as_str().unwrap().ends_with(name)).unwrap().clone()
    };
    assert_eq!(of("good.yml")["rules"][0], "reg-on-windows");
    assert_eq!(of("bad <&>.yml")["diagnostics"][0]["severity"], "error");
    assert_eq!(of("odd.yml")["diagnostics"][0]["help"], "did you mean `level`?");
    let sarif: Value = serde_json::from_str(&out(&run("sarif"))).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let known: Vec<&Value> = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["id"])
        .collect();
    assert!(results.iter().all(|result| known.contains(&&result["ruleId"])));
    let location = &results.iter().find(|result| result["level"] == "error").unwrap()["locations"][0];
    assert!(
        location["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .ends_with("bad%20%3C%26%3E.yml")
    );
    assert_eq!(location["physicalLocation"]["region"]["startLine"], 3);
    let junit = out(&run("junit"));
    assert!(
        junit.contains("tests=\"3\" failures=\"1\"") && junit.contains("bad &lt;&amp;&gt;.yml"),
        "{junit}"
    );
    assert_eq!(run("junit").status.code(), Some(2));
}

#[test]
fn tests_of_ones_own_speak_of_these_alone() {
    let folder = Folder::new();
    folder.write("mine/reg.yml", process_rule("windows"));
    folder.write("mine/other.yml", process_rule("linux"));
    let tests = format!(
        "rule: reg-on-windows\ntests:\n  - {{name: it does, expect: match, level: high, event: {WINDOWS}}}\n  - {{name: wrong on purpose, from: it does, expect: none}}\n"
    );
    folder.write("mine/reg.tests.yml", &tests);
    let mine = folder.path("mine");
    let run = trailhound(&["rules", "test", &mine]);
    let told = out(&run);
    assert_eq!(run.status.code(), Some(1));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(
        lines[0].contains("reg.tests.yml:4") && lines[0].contains("'wrong on purpose' expected none"),
        "{told}"
    );
    assert_eq!(lines[1], "note: reg-on-linux has no tests beside it");
    assert_eq!(lines[2], "1 rule, 1 passed, 1 failed");
    let junit = out(&trailhound(&["rules", "test", "--format", "junit", &mine]));
    assert!(junit.contains("tests=\"2\" failures=\"1\"") && junit.contains("name=\"it does\""), "{junit}");
    let empty = Folder::new();
    empty.write("reg.yml", process_rule("windows"));
    assert_eq!(trailhound(&["rules", "test", &empty.path("")]).status.code(), Some(2), "no tests at all");
}

#[test]
fn a_rule_that_finds_its_records_by_nothing_telling_is_named() {
    let folder = Folder::new();
    let costly = folder.write(
        "costly.yml",
        "title: Anything by erin\nlogsource: {product: aws, service: cloudtrail}\ndetection: {a: {userIdentity.userName: erin}, condition: a}\n",
    );
    let check = trailhound(&["rules", "check", &costly]);
    assert!(
        check.status.success() && out(&check).contains("`anything-by-erin` is costly"),
        "{}",
        out(&check)
    );
    let cheap = folder.write(
        "cheap.yml",
        "title: Cheap\nlogsource: {product: aws, service: cloudtrail}\ndetection: {a: {eventName: X, userIdentity.userName: erin}, condition: a}\n",
    );
    assert!(!out(&trailhound(&["rules", "check", &cheap])).contains("costly"));
}

#[test]
fn placeholders_may_be_named() {
    let folder = Folder::new();
    let log = folder.write("win.json", WINDOWS);
    let rule = folder.write(
        "r.yml",
        process_rule("windows").replace("contains: reg add", "contains|expand: '%tool% add'"),
    );
    let values = folder.write("values.yml", "tool: [reg, net]\n");
    assert_eq!(trailhound(&["rules", "check", &rule]).status.code(), Some(2));
    let arguments = ["--rules", &rule, "--only-rules", "--placeholders", &values, &log];
    assert_eq!(spoke(&arguments), ["reg-on-windows high"]);
}

#[test]
fn correlations_of_correlations_group_by_raw_fields() {
    let folder = Folder::new();
    let rule = |name: &str| {
        format!(
            "title: {name}\nname: {name}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection: {{s: {{eventName: {name}}}, condition: s}}\n---\n"
        )
    };
    let rules = folder.write("chain.yml", &(rule("GetObject") + &rule("DeleteBucket") + "title: many\nname: many\ncorrelation: {type: event_count, rules: [GetObject], group-by: [userIdentity.userName], timespan: 10m, condition: {gte: 3}}\n---\ntitle: chain\nname: chain\ncorrelation: {type: temporal_ordered, rules: [many, DeleteBucket], group-by: [userIdentity.userName], timespan: 10m}\nlevel: high\n"));
    let record = |n: usize, name: &str, user: &str| {
        format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/{user}","accountId":"123456789012","userName":"{user}"}},"eventTime":"2026-03-18T09:00:{n:02}Z","eventSource":"s3.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","eventID":"e{n}","eventType":"AwsApiCall","recipientAccountId":"123456789012"}}"#
        )
    };
    let log = |last: &str| -> String {
        let mut lines: Vec<String> = (0..3).map(|n| record(n, "GetObject", "alice")).collect();
        lines.push(record(9, "DeleteBucket", last));
        lines.join("\n")
    };
    let alice = folder.write("alice.jsonl", log("alice"));
    let bob = folder.write("bob.jsonl", log("bob"));
    assert_eq!(spoke(&["--rules", &rules, "--only-rules", &alice]), ["chain high"]);
    assert_eq!(spoke(&["--rules", &rules, "--only-rules", &bob]), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_text_is_named_and_stops_no_other() {
    let folder = Folder::new();
    let log = folder.write("win.json", WINDOWS);
    let good = folder.write("rules/good.yml", process_rule("windows"));
    let rules = std::path::Path::new(&good).parent().unwrap().to_owned();
    std::fs::write(rules.join("latin.yml"), b"title: caf\xe9\n").unwrap();
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            process_rule("linux")
                .replace("title: ", "title: other ")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    std::fs::write(rules.join("notepad.yml"), &utf16).unwrap();
    let rules = rules.display().to_string();
    let check = trailhound(&["rules", "check", &rules]);
    assert_eq!(check.status.code(), Some(2), "{}", out(&check));
    assert!(out(&check).contains("latin.yml:1:11: neither UTF-8 nor UTF-16"), "{}", out(&check));
    assert!(out(&check).contains("2 files loaded, 1 with errors"), "{}", out(&check));
    assert_eq!(spoke(&["--rules", &rules, "--only-rules", &log]), ["reg-on-windows high"]);
}
