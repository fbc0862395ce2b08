//! Rules in shadow beside those that alert.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use trailhound_detect::describe::{ShadowLine, Shadowed};
use trailhound_detect::matched::Level;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::rules::{Loading, RuleFile, load, load_as};
use trailhound_testkit::records;

use super::bench::{Bench, FACES, Face, MINUTE, Process, deliver, deliver_by, sessions};

const AT_ONCE: Duration = Duration::ZERO;

const RULE: &str = "\
title: A session, in shadow
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0a9001
name: shadow-session
status: experimental
level: high
logsource: {product: aws, service: cloudtrail}
detection: {selection: {eventName: StartSession}, condition: selection}
trailhound: {shadow: true}
";

/// The shipped rules, and one in shadow.
fn with_shadow() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| {
        let loaded = load(&[RuleFile { path: "shadow.yml".to_owned(), text: RULE.to_owned() }]);
        assert_eq!(loaded.errors().count(), 0);
        Pipeline::new(Arc::new(loaded.rules))
    })
}

async fn in_shadow(face: Face, process: &Process, count: u64) -> Result<(), String> {
    let done = deliver_by(with_shadow(), face, process, ("one", MINUTE), &sessions(count)).await;
    done.map_err(|failed| failed.to_string())
}

fn found(bench: &Bench) -> Vec<Shadowed> {
    let found = bench.shadow().into_iter().filter_map(|line| match line {
        ShadowLine::Found(found) => Some(*found),
        ShadowLine::More { .. } => None,
    });
    found.collect()
}

#[tokio::test(start_paused = true)]
async fn a_rule_in_shadow_is_parked_and_told_to_nobody() {
    for face in FACES {
        let (alone, bench) = (Bench::default(), Bench::default());
        deliver(face, &alone.process(AT_ONCE), "one", MINUTE, &sessions(3)).await.unwrap();
        in_shadow(face, &bench.process(AT_ONCE), 3).await.unwrap();
        let told = |bench: &Bench| {
            let accepted = bench.accepted.lock().unwrap();
            accepted.iter().map(|finding| (finding.uid.clone(), finding.level())).collect::<Vec<_>>()
        };
        assert_eq!(told(&bench), told(&alone), "{face:?}: as without it");
        let found = found(&bench);
        assert_eq!(found.len(), 3, "{face:?}");
        assert!(found.iter().all(|found| found.rule == "shadow-session" && found.level == "high"));
        assert_eq!(found[0].beside, ["aws-ssm-session-shell"], "what it doubles");
        let account = bench.account();
        assert_eq!((account.tally.matches, account.tally.published), (3, 3), "{face:?}");
        assert_eq!((account.shadow.matches, account.shadow.published), (3, 3), "{face:?}");
        assert_eq!(account.line("2026-03-18T10:20:00Z".parse().unwrap())["shadow"]["parked"], 3);
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_again_is_parked_once() {
    for face in FACES {
        let bench = Bench::default();
        in_shadow(face, &bench.process(AT_ONCE), 3).await.unwrap();
        in_shadow(face, &bench.process(AT_ONCE), 3).await.unwrap();
        assert_eq!(found(&bench).len(), 3, "{face:?}");
        assert_eq!(bench.account().shadow.duplicates, 3, "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_that_never_answers_delays_no_finding_and_fails_no_delivery() {
    for face in FACES {
        let bench = Bench::default();
        let mut process = bench.process(AT_ONCE);
        process.parking.as_mut().unwrap().0.shadow_takes = Duration::from_hours(1);
        let began = Instant::now();
        in_shadow(face, &process, 3).await.unwrap();
        assert!(began.elapsed() <= Duration::from_secs(2), "{face:?}: {:?}", began.elapsed());
        assert_eq!(bench.published(), 3, "{face:?}");
        assert_eq!((bench.account().failure, bench.account().shadow.deferred), (None, 3), "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_place_it_is_counted_and_fails_nothing() {
    for face in FACES {
        let bench = Bench::default();
        let mut process = bench.process(AT_ONCE);
        process.parking = None;
        in_shadow(face, &process, 3).await.unwrap();
        assert_eq!((bench.published(), bench.account().shadow.deferred), (3, 3), "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_alert_waits_for_what_does() {
    for face in FACES {
        let bench = Bench::default();
        // The sink takes longer than the delivery has.
        let failed = in_shadow(face, &bench.process(2 * MINUTE), 3).await.unwrap_err();
        assert!(failed.contains("not published"), "{face:?}: {failed}");
        assert_eq!((found(&bench).len(), bench.account().shadow.matches), (0, 0), "{face:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_flood_a_thousand_are_kept_and_the_rest_is_counted() {
    let bench = Bench::default();
    let mut records = Vec::new();
    for hour in 0..40 {
        for mut record in sessions(27) {
            let id = record["eventID"].as_str().unwrap().to_owned();
            record["eventID"] = format!("{id}-{hour}").into();
            records.push(record);
        }
    }
    let done = deliver_by(with_shadow(), FACES[0], &bench.process(AT_ONCE), ("one", MINUTE), &records).await;
    done.unwrap();
    assert_eq!(found(&bench).len(), 1_000);
    let more: Vec<ShadowLine> =
        bench.shadow().into_iter().filter(|line| matches!(line, ShadowLine::More { .. })).collect();
    assert!(
        matches!(&more[..], [ShadowLine::More { rule, more: 80, .. }] if rule == "shadow-session"),
        "{more:?}"
    );
    assert_eq!((bench.account().shadow.matches, bench.account().shadow.truncated), (1_000, 80));
}

/// The level of a session by somebody whom a rule of the same family saw resume one a day before.
async fn level_of_a_first_session(shadow: bool) -> Level {
    let rule = |name: &str, event: &str, shadow: bool| {
        format!(
            "title: {name}\nid: 5b0f6f0e-3f57-4d0c-9a55-{:012}\nname: {name}\nlevel: low\n\
             logsource: {{product: aws, service: cloudtrail}}\n\
             detection: {{selection: {{eventName: {event}}}, condition: selection}}\n\
             trailhound: {{shadow: {shadow}, family: own, baseline: [{{first: [actor, action], learning: 1s, \
             level: critical}}]}}\n",
            name.len()
        )
    };
    let text = format!(
        "{}---\n{}",
        rule("a-session", "StartSession", false),
        rule("resumed", "ResumeSession", shadow)
    );
    let files = [RuleFile { path: "rules.yml".to_owned(), text }];
    let loaded = load_as(&files, Loading { shipped: false, ..Loading::default() });
    assert_eq!(loaded.errors().count(), 0);
    let pipeline = Pipeline::new(Arc::new(loaded.rules));
    let bench = Bench::default();
    let process = bench.process(AT_ONCE);
    for (day, event, user) in [(1, "StartSession", 9), (2, "ResumeSession", 1), (3, "StartSession", 1)] {
        let mut record = records::ssm(day, event, &format!("2026-03-0{day}T10:15:30Z"), day);
        // Somebody by himself: a role is one actor, whatever its sessions are called.
        record["userIdentity"] = json!({
            "type": "IAMUser", "principalId": format!("AIDAEXAMPLEEXAMPLE{user:03}"), "accountId": "111122223333",
            "userName": format!("u{user}"), "arn": format!("arn:aws:iam::111122223333:user/u{user}")
        });
        deliver_by(&pipeline, FACES[0], &process, ("one", MINUTE), &[record]).await.unwrap();
    }
    let accepted = bench.accepted.lock().unwrap();
    assert_eq!(accepted.len(), if shadow { 2 } else { 3 });
    accepted.last().unwrap().level()
}

#[tokio::test(start_paused = true)]
async fn what_is_seen_in_shadow_makes_nothing_known_to_what_alerts() {
    assert_eq!(level_of_a_first_session(true).await, Level::Critical);
    assert_eq!(level_of_a_first_session(false).await, Level::Low, "which it would, were it no shadow");
}
