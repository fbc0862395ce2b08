//! Nobody hides behind a suppression by what they may choose.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::facts::ActorKind;
use crate::proving::{Expect, Tests, parse_all, shipped};
use crate::settle::suppress::{FACTS, Fact, texts};

/// What the rules' own tests find.
fn found() -> Vec<Match> {
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    let tests = parse_all(&shipped()).into_iter().filter_map(|tests| match tests {
        Ok(Tests::Rule(tests)) => Some(tests.tests),
        _ => None,
    });
    let positive = tests.flatten().filter(|test| matches!(test.expect, Expect::Match));
    let matches = positive.flat_map(|test| {
        let mut session = pipeline.delivery("test", now());
        session.push(&test.event);
        session.finish(Ending::Whole).matches
    });
    matches.collect()
}

/// Somebody else in another place, who writes all that a caller may choose as the one before did.
fn intruder(found: &Match) -> Match {
    let mut other = found.clone();
    let facts = &mut other.facts;
    let actor = &mut facts.actor;
    actor.key = "intruder".to_owned();
    for name in [&mut actor.issuer, &mut actor.uid, &mut actor.principal_id, &mut actor.credential_uid] {
        *name = name.as_ref().map(|_| "intruder".to_owned());
    }
    actor.groups.clear();
    if matches!(actor.kind, ActorKind::ServicePrincipal | ActorKind::ManagedIdentity) {
        actor.kind = ActorKind::User;
    }
    facts.source.ip = "192.0.2.99".parse().ok();
    facts.scope.account = "999988887777".to_owned();
    facts.scope.subscription = facts.scope.subscription.as_ref().map(|_| "intruder".to_owned());
    other
}

#[test]
fn what_a_caller_may_choose_hides_nobody() {
    let rules = load_embedded().rules;
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut tried = BTreeSet::new();
    for found in found() {
        for (name, key) in FACTS {
            let values: Vec<String> = texts(key, &found);
            let plain = |text: &String| !text.is_empty() && text.trim() == text && !text.contains(['*', '?']);
            if values.is_empty() || !values.iter().all(plain) || !tried.insert((name, values.clone())) {
                continue;
            }
            let listed = serde_json::to_string(&values).unwrap();
            let file = entry(&format!("rules: [{}]\nwhen: {{{name}: {listed}}}", found.rule.name));
            let Ok(suppressions) = Suppressions::load("s.yml", &file, &rules, now()) else { continue };
            *accepted.entry(name).or_default() += 1;
            let hides = |found: &Match| suppressions.naming(found, now()).next().is_some();
            assert!(hides(&found) || key == Fact::ActorAppId, "{file}");
            assert!(!hides(&intruder(&found)), "{name} hides whoever writes {listed}");
        }
    }
    for name in ["actor.key", "actor.issuer_arn", "source.cidr", "account", "subscription"] {
        assert!(accepted.contains_key(name), "{name}: {accepted:?}");
    }
}
