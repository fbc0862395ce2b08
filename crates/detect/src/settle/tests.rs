mod bought;
mod strangers;

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::matched::Match;
use crate::pipeline::{Ending, Pipeline};
use crate::rules::load_embedded;

const NOW: &str = "2026-11-20T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// What one CloudTrail record matches, settled with these suppressions.
fn settled(record: &str, suppressions: &Suppressions) -> Vec<(Match, Option<String>)> {
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    let mut session = pipeline.delivery("test", now());
    session.push(record.as_bytes());
    let matches = session.finish(Ending::Whole).matches;
    assert!(!matches.is_empty(), "nothing matched {record}");
    matches.into_iter().map(|found| again(found, suppressions)).collect()
}

/// A match settled with these suppressions, and what keeps it back.
fn again(found: Match, suppressions: &Suppressions) -> (Match, Option<String>) {
    let mut verdict = found.verdict.clone();
    let kept_back = settle(&found, &mut verdict, suppressions, Level::Informational, now());
    (found.with(verdict), kept_back)
}

fn load(text: &str) -> Result<Suppressions, String> {
    Suppressions::load("suppressions.yml", text, &load_embedded().rules, now())
        .map_err(|wrong| wrong.to_string())
}

fn entry(changes: &str) -> String {
    let mut lines = vec![
        ("id", "ci-ansible".to_owned()),
        ("rules", "[AWS-04]".to_owned()),
        ("when", "{actor.issuer_arn: [\"arn:aws:iam::111122223333:role/ci/ansible-*\"]}".to_owned()),
        ("action", "downgrade".to_owned()),
        ("to", "informational".to_owned()),
        ("reason", "Ansible over SSM".to_owned()),
        ("owner", "platform@example.com".to_owned()),
        ("expires", "2026-12-31".to_owned()),
    ];
    for change in changes.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (key, value) = change.split_once(": ").unwrap_or((change.trim_end_matches(':'), ""));
        lines.retain(|(other, _)| *other != key);
        if !value.is_empty() {
            lines.push((key, value.to_owned()));
        }
    }
    let body: Vec<String> = lines.iter().map(|(key, value)| format!("    {key}: {value}")).collect();
    format!("version: 1\nsuppressions:\n  -{}\n", body.join("\n").trim_start_matches("   "))
}

#[test]
fn a_role_is_named_with_or_without_its_path() {
    let record = send_command("ci/ansible-1");
    for name in ["role/ci/ansible-1", "role/ansible-1"] {
        let by_key = format!("when: {{actor.key: [\"arn:aws:iam::111122223333:{name}\"]}}");
        let suppressions = load(&entry(&by_key)).unwrap_or_else(|wrong| panic!("{wrong}"));
        let (found, _) = settled(&record, &suppressions).remove(0);
        assert_eq!(found.verdict.level, Level::Informational, "{name}");
    }
}

fn send_command(role: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"SendCommand","eventTime":"2026-11-20T09:00:00Z","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000000001","userIdentity":{{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/x/run","accountId":"111122223333","sessionContext":{{"sessionIssuer":{{"arn":"arn:aws:iam::111122223333:role/{role}"}}}}}},"requestParameters":{{"documentName":"AWS-RunShellScript","instanceIds":["i-0123456789abcdef0"]}},"responseElements":{{"command":{{"commandId":"11111111-1111-4111-8111-111111111111","targetCount":1}}}}}}"#
    )
}

#[test]
fn a_suppression_acts_on_whom_it_names_and_on_nobody_else() {
    let suppressions = load(&entry("")).unwrap();
    let (found, _) = settled(&send_command("ci/ansible-prod"), &suppressions).remove(0);
    assert_eq!(found.verdict.level, Level::Informational);
    assert_eq!(found.verdict.suppressions[0].id, "ci-ansible");
    assert!(found.verdict.adjustments.last().unwrap().because.contains("Ansible over SSM"));

    for somebody_else in ["ops/dana", "ci/ansible-prod/evil", "ci/other"] {
        let (found, _) = settled(&send_command(somebody_else), &suppressions).remove(0);
        assert_eq!(found.verdict.level, Level::Medium, "{somebody_else}");
        assert!(found.verdict.suppressions.is_empty());
    }
}

#[test]
fn a_drop_is_told_by_its_id() {
    let suppressions = load(&entry("action: drop\nto:")).unwrap();
    let (_, kept_back) = settled(&send_command("ci/ansible-prod"), &suppressions).remove(0);
    assert_eq!(kept_back.as_deref(), Some("ci-ansible"));
}

#[test]
fn nothing_drops_a_critical_match_and_only_leave_drops_a_high_one() {
    let suppressions = load(&entry("action: drop\nto:")).unwrap();
    for (level, dropped) in [(Level::Medium, true), (Level::High, false), (Level::Critical, false)] {
        let mut found = settled(&send_command("ci/ansible-prod"), &Suppressions::default()).remove(0).0;
        found.verdict.level = level;
        assert_eq!(again(found, &suppressions).1.is_some(), dropped, "{level}");
    }
    let with_leave = load(&entry("action: drop\nto:\nallow_high: true\nticket: CHG-1")).unwrap();
    let mut found = settled(&send_command("ci/ansible-prod"), &Suppressions::default()).remove(0).0;
    found.verdict.level = Level::High;
    assert!(again(found, &with_leave).1.is_some());
    let mut found = settled(&send_command("ci/ansible-prod"), &Suppressions::default()).remove(0).0;
    found.verdict.level = Level::Critical;
    let (found, kept_back) = again(found, &with_leave);
    assert!(kept_back.is_none());
    assert_eq!(found.verdict.labels.last().unwrap(), "ci-ansible");
}

#[test]
fn something_new_wakes_the_alert() {
    let suppressions = load(&entry("unless: {first_seen: [network]}")).unwrap();
    let mut found = settled(&send_command("ci/ansible-prod"), &Suppressions::default()).remove(0).0;
    found.verdict.newness.first.push("network".to_owned());
    let (found, _) = again(found, &suppressions);
    assert_eq!(found.verdict.level, Level::Medium);
}

#[test]
fn the_most_specific_decides_and_all_are_recorded() {
    let specific = entry(
        "id: narrow\naction: tag\nto:\nwhen: {actor.issuer_arn: [\"arn:aws:iam::111122223333:role/ci/*\"], source.cidr: [198.51.100.0/24]}",
    );
    let both = format!("{}{}", entry(""), specific.trim_start_matches("version: 1\nsuppressions:\n"));
    let (found, _) = settled(&send_command("ci/ansible-prod"), &load(&both).unwrap()).remove(0);
    assert_eq!(found.verdict.level, Level::Medium);
    let ids: Vec<_> = found.verdict.suppressions.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["narrow", "ci-ansible"]);
}

#[test]
fn a_window_follows_the_event_and_its_time_zone() {
    let window = |tz: &str| {
        let text = format!("time_window: {{tz: {tz}, cron: \"0 10 * * 5\", duration: 1h}}");
        let (found, _) = settled(&send_command("ci/ansible-prod"), &load(&entry(&text)).unwrap()).remove(0);
        found.verdict.level == Level::Informational
    };
    // The event is at 09:00 UTC on a Friday, 10:00 in Paris.
    assert!(window("Europe/Paris"));
    assert!(!window("UTC"));
}

#[test]
fn expired_entries_are_ignored_and_told() {
    let suppressions = load(&entry("expires: 2026-11-19")).unwrap();
    assert_eq!(suppressions.expired[0].id, "ci-ansible");
    let (found, _) = settled(&send_command("ci/ansible-prod"), &suppressions).remove(0);
    assert_eq!(found.verdict.level, Level::Medium);
}

#[test]
fn bad_entries_are_refused_with_place_and_remedy() {
    for (change, message) in [
        ("owner:", "`owner` is missing"),
        ("reason:", "`reason` is missing"),
        ("expires:", "`expires` is missing"),
        ("expires: 2028-01-01", "more than 365 days"),
        ("action: drop\nto:\nexpires: 2027-06-01", "more than 90 days"),
        ("action: downgrade\nto:", "without `to`"),
        ("action: hide\nto:", "unknown action 'hide'"),
        ("rules: [AWS-99]", "no rule is called 'AWS-99'"),
        ("rules: [\"*\"]", "can only be tagged"),
        ("rules: [AWS-13]\naction: drop\nto:", "which is not dropped"),
        ("rules: [COR-06]\naction: drop\nto:", "a correlation is not dropped"),
        ("allow_high: true", "without a ticket"),
        ("when: {user_agent: [\"Terraform*\"]}", "names neither who nor where"),
        ("when: {actor.session: [deploy-12345678]}", "names neither who nor where"),
        ("when: {actor.display: [ops/deploy-12345678]}", "names neither who nor where"),
        ("when: {actor.source_identity: [dana]}", "names neither who nor where"),
        ("when: {actor.type: [role]}", "names neither who nor where"),
        ("when: {actor.is_service: true, document: [x]}", "names neither who nor where"),
        ("when: {actor.mfa: true}", "names neither who nor where"),
        ("when: {source.cidr: [0.0.0.0/0]}", "hold nearly everybody"),
        ("when: {source.cidr: [0.0.0.0/1, 128.0.0.0/1]}", "hold nearly everybody"),
        ("when: {actor.issuer_arn: [\"arn:aws:iam::111122223333:role/*\"]}", "a whole class"),
        ("when: {actor.key: [\"dep*\"]}", "fewer than eight"),
        ("when: {actor.issuer_arn: [\"*\"]}", "a wildcard alone names nobody"),
        ("when: {actor.key: [\"**@example.com\"]}", "names nobody"),
        ("when: {actor.appid: [04B07795-8ddb-461a-bbee-02f9e1bf7b46]}", "a client that everybody may use"),
        ("when: {actor.issuer_arn: [\" \"]}", "matches nothing"),
        ("when: {account: [\"111122223333\"], document: [\"\"]}", "matches nothing"),
        ("when: {account: [\"111122223333 \"]}", "matches nothing"),
        ("when: {actor.issuer_arn: [\"arn:aws:iam::111122223333:role/ops?\"]}", "stands for itself"),
        ("when: {source.cidr: [\"::ffff:0:0/96\"]}", "matches nothing"),
        ("when: {source.cidr: [\"::ffff:203.0.113.7\"]}", "matches nothing"),
        ("when: {account: [\"111122223333\"], target.count: {lte: -1}}", "no number is within"),
        ("when: {account: [\"111122223333\"], target.count: {gte: 5, lt: 5}}", "no number is within"),
        ("to: critical", "lowers nothing"),
        ("time_window: {cron: \"0 0 30 2 *\", duration: 6h}", "never opens"),
        ("time_window: {cron: \"* * * * *\", duration: 1m}", "open for more than a week"),
        ("time_window: {cron: \"0 22 * * 6\", duration: 99999999h}", "open for more than a week"),
        ("time_window: {cron: \"0 0 * * *\", duration: 1d}", "open for more than a week"),
        ("when: {actor.isuer_arn: [\"a\"]}", "did you mean 'actor.issuer_arn'?"),
        ("when: {source.cidr: [10.0.0.0/99]}", "is no network"),
        ("when: {account: [\"1\"], document: {lte: 3}}", "bounds belong to"),
        ("time_window: {cron: \"not a cron\", duration: 1h}", "the time window cannot be read"),
        ("unless: {first_seen: [everything]}", "unknown key 'everything'"),
        ("expire: 2026-12-31", "did you mean 'expires'?"),
    ] {
        let refused = load(&entry(change)).expect_err(change);
        assert!(refused.contains(message), "{change}:\n{refused}");
        assert!(refused.starts_with("suppressions.yml:"), "{refused}");
    }
    assert!(load("version: 2\nsuppressions: []\n").unwrap_err().contains("not a version"));
}

#[test]
fn the_score_says_what_it_is_made_of() {
    let (found, _) = settled(&send_command("ops/dana"), &Suppressions::default()).remove(0);
    assert_eq!(found.verdict.score.value, 45);
    assert_eq!(found.verdict.score.parts[0].because, "level medium");

    let wide = send_command("ops/dana").replace("\"targetCount\":1", "\"targetCount\":12");
    let (found, _) = settled(&wide, &Suppressions::default()).remove(0);
    assert!(found.verdict.score.parts.iter().any(|part| part.because == "many targets" && part.points == 15));
}

/// A file of entries that differ as said.
fn entries(changes: &[String]) -> String {
    let all = changes.iter().enumerate().map(|(i, change)| {
        entry(&format!("id: e{i}\n{change}")).trim_start_matches("version: 1\nsuppressions:\n").to_owned()
    });
    format!("version: 1\nsuppressions:\n{}", all.collect::<String>())
}

#[test]
fn what_no_entry_may_hide_several_may_not_hide_together() {
    let eighths =
        |count: u8| (0..count).map(|a| format!("when: {{source.cidr: [{a}.0.0.0/8]}}")).collect::<Vec<_>>();
    assert!(load(&entries(&eighths(16))).is_ok());
    let refused = load(&entries(&eighths(17))).unwrap_err();
    assert!(refused.contains("together hold nearly everybody"), "{refused}");
    // Whoever is named beside the network is not everybody, and a label hides nobody.
    let of_one =
        |line: &String| line.replace('}', ", actor.issuer_arn: [\"arn:aws:iam::111122223333:role/ops\"]}");
    assert!(load(&entries(&eighths(17).iter().map(of_one).collect::<Vec<_>>())).is_ok());
    assert!(
        load(&entries(
            &eighths(17).iter().map(|line| format!("{line}\naction: tag\nto:")).collect::<Vec<_>>()
        ))
        .is_ok()
    );

    let rules = load_embedded().rules;
    let names: Vec<String> = rules.detections().iter().map(|detection| detection.info.name.clone()).collect();
    let a_third = names.len() / 3;
    let split = |count: usize| {
        let one = |name: &String| format!("rules: [{name}]\nwhen: {{account: [\"111122223333\"]}}");
        load(&entries(&names[..count].iter().map(one).collect::<Vec<_>>()))
    };
    assert!(split(a_third).is_ok());
    assert!(split(a_third + 1).unwrap_err().contains("for the same somebody"));
}

#[test]
fn what_no_file_may_hide_several_may_not_hide_together() {
    let half = |from: u8, to: u8| {
        let lines = (from..to).map(|a| format!("id: n{a}\nwhen: {{source.cidr: [{a}.0.0.0/8]}}"));
        let file: String = lines
            .map(|line| entry(&line).trim_start_matches("version: 1\nsuppressions:\n").to_owned())
            .collect();
        load(&format!("version: 1\nsuppressions:\n{file}")).unwrap()
    };
    let rules = load_embedded().rules;
    let mut all = half(0, 10);
    let refused = all.and(half(10, 20), &rules).unwrap_err();
    assert!(refused.contains("hold nearly everybody"), "{refused}");
    assert_eq!(all.active().len(), 10);
    assert!(all.and(half(10, 16), &rules).is_ok());
}

/// Run Command in Azure, with these claims.
fn run_command(claims: &str) -> String {
    format!(
        r#"{{"records":[{{"time":"2026-11-20T09:00:00Z","resourceId":"/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM1","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION","category":"Administrative","resultType":"Success","resultSignature":"Succeeded.","correlationId":"00000000-0000-0000-0000-0000000000c1","callerIpAddress":"203.0.113.45","identity":{{"claims":{{{claims}}}}},"properties":{{}}}}]}}"#
    )
}

#[test]
fn an_application_is_named_by_its_id_only_where_it_acts_by_itself() {
    let ours = load(&entry(
        "rules: [azure-vm-runcommand-v1]\nwhen: {actor.appid: [11111111-2222-3333-4444-555555555555]}\naction: drop\nto:",
    ))
    .unwrap();
    let app = r#""appid":"11111111-2222-3333-4444-555555555555""#;
    let by_itself = format!(r#"{app},"idtyp":"app","oid":"00000000-0000-0000-0000-0000000000a1""#);
    let by_a_person =
        format!(r#"{app},"upn":"alice@example.com","oid":"00000000-0000-0000-0000-0000000000a2""#);
    assert!(settled(&run_command(&by_itself), &ours).remove(0).1.is_some());
    assert!(settled(&run_command(&by_a_person), &ours).remove(0).1.is_none());
}
