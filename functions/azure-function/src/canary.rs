//! The sign of life: `{"trailhound":"canary"}` as an event of Event Hubs, and the informational finding it makes,
//! which takes the way every finding takes.

use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::event::{
    Action, Actor, ActorKind, Facts, LogType, Outcome, OutcomeKind, Provider, Scope, Source, Target,
};
use trailhound_detect::matched::{Level, Match, Newness, RuleInfo, Score};

/// The rule of canaries.
pub const RULE: &str = "trailhound-canary";
/// No canary is longer.
const LONGEST: usize = 256;

/// Is this event a canary?
pub fn is_canary(body: &[u8]) -> bool {
    body.len() <= LONGEST
        && serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|body| body["trailhound"] == "canary")
}

/// One canary for each event; the same event delivered again is the same canary.
pub fn sign_of_life(account: &str, origin: &str, now: Timestamp) -> Match {
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
        facts: facts(account, origin, now),
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

fn facts(account: &str, origin: &str, now: Timestamp) -> Facts {
    Facts {
        log: LogType::AzureActivity,
        provider: Provider::Azure,
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
            type_name: "ServicePrincipal".to_owned(),
            display: "trailhound".to_owned(),
            name: Some("trailhound".to_owned()),
            is_service: true,
            ..Actor::default()
        },
        source: Source::default(),
        target: Target {
            ids: vec!["trailhound".to_owned()],
            names: vec!["trailhound".to_owned()],
            kind: "Microsoft.Web/sites".to_owned(),
            count: 1,
            ..Target::default()
        },
        scope: Scope { account: account.to_owned(), ..Scope::default() },
        document: None,
        document_account: None,
        extension_type: None,
        session_id: None,
        command_id: None,
        request_id: None,
        correlation_id: None,
        tunnel: None,
        key_fingerprint: None,
        reason: None,
        entra: None,
        process: None,
        log_version: None,
        log_name: None,
        resource: None,
        content: None,
    }
}
