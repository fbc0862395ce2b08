//! The sign of life: an informational finding that takes the way every finding takes.

use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::event::{
    Action, Actor, ActorKind, Facts, LogType, Outcome, OutcomeKind, Scope, Target,
};
use trailhound_detect::matched::{Level, Match, Newness, RuleInfo, Score};

use super::Home;

/// The rule of canaries.
pub const RULE: &str = "trailhound-canary";

/// One canary for each delivery of the schedule; a retry of the same delivery is the same canary.
pub(crate) fn sign_of_life(home: &Home, origin: &str, now: Timestamp) -> Match {
    Match {
        rule: Arc::new(RuleInfo {
            name: RULE.to_owned(),
            id: "00000000-0000-4000-8000-00000000ca01".to_owned(),
            title: "trailhound is alive".to_owned(),
            description: "A scheduled canary went through publishing and memory.".to_owned(),
            status: "stable".to_owned(),
            version: "1".to_owned(),
            level: Level::Informational,
            family: RULE.to_owned(),
            sentence: "trailhound is alive: a scheduled canary came through".to_owned(),
            ..RuleInfo::default()
        }),
        attempt: false,
        level: Level::Informational,
        adjustments: Vec::new(),
        labels: Vec::new(),
        extra_techniques: Vec::new(),
        score: Score::default(),
        facts: Facts {
            event_uid: origin.to_owned(),
            time: Some(now),
            original_time: now.to_string(),
            action: Action {
                service: "trailhound".to_owned(),
                operation: "Canary".to_owned(),
                key: "trailhound:Canary".to_owned(),
            },
            outcome: Outcome { kind: OutcomeKind::Success, code: None, message: None },
            actor: Actor {
                key: "trailhound".to_owned(),
                kind: ActorKind::Service,
                type_name: "AWSService".to_owned(),
                display: "trailhound".to_owned(),
                name: Some("trailhound".to_owned()),
                is_service: true,
                ..Actor::default()
            },
            target: Target {
                ids: vec![home.function.clone()],
                names: vec![home.function.clone()],
                kind: "AWS::Lambda::Function".to_owned(),
                count: 1,
                ..Target::default()
            },
            scope: Scope {
                account: home.account.clone(),
                region: Some(home.region.clone()),
                partition: Some(home.partition.clone()),
                ..Scope::default()
            },
            ..Facts::new(LogType::CloudTrail)
        },
        shown: Vec::new(),
        redactions: Vec::new(),
        raw_hash: String::new(),
        raw_size: 0,
        origin: origin.to_owned(),
        delivery: origin.to_owned(),
        suppressions: Vec::new(),
        newness: Newness::default(),
    }
}
