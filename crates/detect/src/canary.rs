//! The sign of life: `{"trailhound":"canary"}` where records are expected, and the informational finding it makes,
//! which takes the way every finding takes.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::digest;
use crate::event::{Action, Actor, ActorKind, Facts, LogType, Outcome, Provider, Scope, Target};
use crate::matched::{Level, Match, Provenance, RuleInfo};

/// The rule of canaries.
pub const RULE: &str = "trailhound-canary";
/// The event that makes one, as its finding counts and hashes it.
const EVENT: &[u8] = br#"{"trailhound":"canary"}"#;
/// No canary is longer.
const LONGEST: usize = 256;

/// Is this body a canary?
pub fn is_canary(body: &[u8]) -> bool {
    body.len() <= LONGEST && serde_json::from_slice(body).is_ok_and(|body| sings(&body))
}

/// The same of a body that was read already.
pub fn sings(body: &Value) -> bool {
    body["trailhound"] == "canary"
}

/// Does a canary know its installation's key?
pub fn knows(body: &[u8], key: &str) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|body| body["key"] == key)
}

/// Whose sign of life it is: a function of one of the clouds.
#[derive(Clone, Debug)]
pub struct Singer {
    /// Its cloud.
    pub provider: Provider,
    /// Its name.
    pub function: String,
    /// Where it lives.
    pub scope: Scope,
}

impl Singer {
    /// One canary for each origin; the same delivery tried again is the same canary.
    pub fn sing(&self, origin: &str, now: Timestamp) -> Match {
        let from = Provenance {
            origin: origin.to_owned(),
            delivery: origin.to_owned(),
            raw_hash: digest::of_bytes(EVENT),
            raw_size: EVENT.len() as u64,
            unvouched: false,
            replayed: false,
        };
        Match::of(Arc::new(rule()), self.facts(origin, now), from)
    }

    fn facts(&self, origin: &str, now: Timestamp) -> Facts {
        let (log, actor, target) = match self.provider {
            Provider::Aws => (LogType::CloudTrail, "AWSService", "AWS::Lambda::Function"),
            Provider::Azure => (LogType::AzureActivity, "ServicePrincipal", "Microsoft.Web/sites"),
            Provider::Gcp => (LogType::GcpAudit, "serviceAccount", "run.googleapis.com/Service"),
            Provider::Host => (LogType::EndpointOther, "Service", "Process"),
        };
        Facts {
            event_uid: origin.to_owned(),
            // It says when it was sung, so one that is delivered again says something else and is none the less the same.
            content: Some(RULE.to_owned()),
            time: Some(now),
            original_time: now.to_string(),
            action: Action {
                service: "trailhound".to_owned(),
                operation: "Canary".to_owned(),
                key: "trailhound:Canary".to_owned(),
            },
            outcome: Outcome::done(),
            actor: Actor {
                key: "trailhound".to_owned(),
                kind: ActorKind::Service,
                type_name: actor.to_owned(),
                display: "trailhound".to_owned(),
                name: Some("trailhound".to_owned()),
                is_service: true,
                ..Actor::default()
            },
            target: Target {
                ids: vec![self.function.clone()].into(),
                names: vec![self.function.clone()].into(),
                kind: target.to_owned(),
                count: 1,
                ..Target::default()
            },
            scope: self.scope.clone(),
            ..Facts::new(log)
        }
    }
}

fn rule() -> RuleInfo {
    RuleInfo {
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
    }
}
