use std::sync::Arc;

use super::*;
use crate::describe::tests::fixture::{all, aws, azure, entra, text, time};
use crate::matched::Routine;
use crate::rules::PLACEHOLDERS;

fn with(sentence: &str, change: impl FnOnce(&mut Match)) -> String {
    let mut found = aws();
    Arc::make_mut(&mut found.rule).sentence = sentence.to_owned();
    change(&mut found);
    of(&found)
}

/// Two events of some actors.
fn episode(actors: &[&str], is_in_order: bool) -> Episode {
    let key =
        crate::state::Key { kind: crate::state::ItemKind::Group, scope: String::new(), name: String::new() };
    Episode {
        id: String::new(),
        window: crate::matched::WindowPlace { item: key, window: String::new(), about: None },
        anchor: String::new(),
        members: Vec::new(),
        count: 2,
        or_more: false,
        actors: actors.iter().map(|&actor| actor.to_owned()).collect(),
        values: Vec::new(),
        span: Some((time(), time())),
        is_sequence: false,
        is_in_order,
        is_tried: false,
    }
}

#[test]
fn what_was_only_tried_is_told_as_tried() {
    let denied = |found: &mut Match| {
        found.verdict.attempt = true;
        found.facts.outcome.kind = OutcomeKind::Denied;
        found.facts.outcome.code = text("AccessDenied");
    };
    assert_eq!(
        with("{actor} opened a shell on {target}", denied),
        "OpsReadOnly/dana tried to open a shell on i-0123456789abcdef0 from 203.0.113.45 without MFA: denied \
         (AccessDenied)."
    );
    assert_eq!(
        with("{actor} changed or ran {document}", |found| {
            denied(found);
            found.facts.outcome.code = None;
        }),
        "OpsReadOnly/dana tried to change or run AWS-StartPortForwardingSessionToRemoteHost from 203.0.113.45 without \
         MFA: denied."
    );
    assert_eq!(
        with("A guest agent started a shell on {target}", denied),
        "Denied attempt: A guest agent started a shell on i-0123456789abcdef0 from 203.0.113.45 without MFA \
         (AccessDenied)."
    );
}

#[test]
fn mfa_is_mentioned_only_where_a_person_is_known_to_lack_it() {
    assert!(!with("{actor} came", |found| found.facts.actor.mfa = None).contains("MFA"));
    assert!(!with("{actor} came", |found| found.facts.actor.is_human = false).contains("MFA"));
}

#[test]
fn the_source_is_named_once() {
    let message = with("{actor} came from {source}", |_| {});
    assert_eq!(message.matches("203.0.113.45").count(), 1);
}

#[test]
fn newness_follows_in_a_sentence_of_its_own() {
    let first = with("{actor} came", |found| {
        found.verdict.newness.first = vec!["actor-action".to_owned(), "network".to_owned()];
        found.verdict.newness.within = Some(jiff::SignedDuration::from_hours(30 * 24));
    });
    assert!(
        first.ends_with("without MFA. Not seen in the 30 days before: actor and action, network."),
        "{first}"
    );
    let known = with("{actor} came", |found| {
        let ago = |hours| time() - jiff::SignedDuration::from_hours(hours);
        found.verdict.newness.last_seen =
            vec![("network".to_owned(), ago(2)), ("actor-target".to_owned(), ago(75))];
    });
    assert!(known.ends_with("Last seen 3 days ago: actor and target."), "{known}");
    let usual = with("{actor} came", |found| {
        found.verdict.newness.last_seen = vec![("network".to_owned(), time())];
        found.verdict.newness.routine = Some(Routine { days: 12, of: 14 });
    });
    assert!(usual.ends_with("without MFA. As on 12 of the last 14 days."), "{usual}");
}

#[test]
fn targets_are_counted_when_they_are_many() {
    let many = with("{actor} ran it on {targets}", |found| {
        let target = &mut found.facts.target;
        target.ids = (0..5).map(|n| format!("i-000000000000000{n}")).collect();
        target.names.clone_from(&target.ids);
        target.count = 5;
    });
    assert!(
        many.contains(
            "on 5 machines (i-0000000000000000, i-0000000000000001, i-0000000000000002 and 2 more)"
        ),
        "{many}"
    );
    let chosen = with("{actor} ran it on {targets}", |found| {
        found.facts.target =
            Target { wildcard: true, selectors: vec!["tag:Role=web".to_owned()], ..Target::default() };
    });
    assert!(chosen.contains("on every machine chosen by tag:Role=web"), "{chosen}");
}

#[test]
fn every_placeholder_has_words_even_when_nothing_is_known() {
    let sentence = PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(" ");
    let message = with(&sentence, |found| found.facts = Facts::new(found.facts.log));
    assert!(!message.contains(['{', '}']), "{message}");
    assert!(with("{nobody} {", |_| {}).starts_with("{nobody} {"));
}

#[test]
fn a_service_principal_is_called_one_once() {
    let mut found = azure();
    assert!(of(&found).starts_with("Service principal 7777"));
    Arc::make_mut(&mut found.rule).sentence = "The service principal {actor} signed in".to_owned();
    assert!(of(&found).starts_with("The service principal 7777"), "{}", of(&found));
}

#[test]
fn what_the_record_does_not_say_is_not_told_as_done() {
    let message = with("{actor} did {action}", |found| found.facts.outcome.kind = OutcomeKind::Unknown);
    assert!(message.contains("(the record does not say how it ended)"), "{message}");
    let nobody = with("{actor} did {action}", |found| found.facts.actor = crate::event::Actor::default());
    assert!(nobody.starts_with("Somebody unknown did"), "{nobody}");
}

#[test]
fn a_tunnel_is_told_whatever_its_document() {
    let message = with("{actor} opened a tunnel to {remote}", |found| found.facts.document = text("Custom"));
    assert!(message.contains("tunnel to db.internal.example:5432"), "{message}");
    let secret = with("{actor} opened a tunnel to {remote}", |found| {
        found.facts.tunnel.as_mut().unwrap().host = text("AKIAIOSFODNN7EXAMPLE");
    });
    assert!(secret.contains("tunnel to an unknown host"), "{secret}");
}

#[test]
fn the_message_stays_short_and_visible_whatever_the_record_says() {
    for mut found in all() {
        let long = "\u{202e}\u{1b}x".repeat(2_000);
        found.facts.actor.display.clone_from(&long);
        found.facts.target.ids = vec![long.clone(); 3].into();
        found.facts.target.names.to_mut().clear();
        found.facts.outcome.code = Some(long);
        let message = of(&found);
        assert!(message.chars().count() <= MOST && !message.contains(['\u{202e}', '\u{1b}']));
    }
}

#[test]
fn every_shipped_sentence_reads_well_when_tried() {
    for sentence in [
        "{actor} pushed an SSH key",
        "{actor} took on another role or changed who may",
        "{actor} wrote an extension",
    ] {
        assert!(tense::tried(sentence).is_some(), "{sentence}");
    }
    assert_eq!(tense::tried("Somebody opened a door"), None);
}

#[test]
fn what_came_late_is_not_told_as_what_completed_it() {
    let told = |is_in_order| {
        with("{actor} took over the session on {target}", |found| {
            Arc::make_mut(&mut found.rule).title = "Session resumed by somebody else".to_owned();
            found.episode = Some(episode(&["dana", "erin"], is_in_order));
        })
    };
    assert!(told(true).starts_with("OpsReadOnly/dana took over the session on i-0123"), "{}", told(true));
    let late = told(false);
    assert!(late.starts_with("Session resumed by somebody else: 2 events of dana and erin within"), "{late}");
}

#[test]
fn what_was_cancelled_is_told_as_cancelled() {
    let cancelled = |found: &mut Match| {
        found.verdict.attempt = true;
        found.facts.outcome.kind = OutcomeKind::Cancelled;
        found.facts.outcome.code = text("Canceled");
    };
    let message = with("{actor} ran a script on {target}", cancelled);
    assert!(message.contains("tried to run a script on i-0123456789abcdef0"), "{message}");
    assert!(message.ends_with(": cancelled (Canceled)."), "{message}");
}

#[test]
fn memory_tells_no_more_than_it_looks_back() {
    let told = |hours: i64| {
        with("{actor} came", |found| {
            found.verdict.newness.first = vec!["network".to_owned()];
            found.verdict.newness.within = Some(jiff::SignedDuration::from_hours(hours));
        })
    };
    assert!(told(30 * 24).ends_with("Not seen in the 30 days before: network."), "{}", told(30 * 24));
    assert!(told(30).ends_with("Not seen in the day before: network."), "{}", told(30));
    assert!(told(2).ends_with("Not seen before, as far as it is remembered: network."), "{}", told(2));
}

#[test]
fn a_sign_in_names_its_application() {
    assert_eq!(of(&entra()), "alice@example.com signed in to Azure Portal from 2001:db8::7.");
}
