//! What the function itself finds wrong with the trail: an object that is no longer what its notice was about.

use std::fmt::Write;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use trailhound_detect::canary::Singer;
use trailhound_detect::event::{Action, Actor, ActorKind, Facts, LogType, Outcome, OutcomeKind, Target};
use trailhound_detect::matched::{Level, Match, Provenance, RuleInfo};

/// The same name as for two records that disagree: both say that somebody writes where only the cloud should.
const RULE: &str = "trail-integrity";

/// That an object which was announced as one thing was read as another.
pub(crate) fn replaced(function: &Singer, uri: &str, announced: &str, read: &str, now: Timestamp) -> Match {
    let event = format!("{uri}@{announced}/{read}");
    let from = Provenance {
        origin: uri.to_owned(),
        delivery: uri.to_owned(),
        raw_hash: digest(&event),
        raw_size: event.len() as u64,
        unvouched: false,
    };
    let facts = Facts {
        // The same object in the same state, told again, is the same event.
        event_uid: event,
        time: Some(now),
        original_time: now.to_string(),
        action: Action {
            service: "s3".to_owned(),
            operation: "ObjectReplaced".to_owned(),
            key: "trailhound:ObjectReplaced".to_owned(),
        },
        outcome: Outcome { kind: OutcomeKind::Success, ..Outcome::default() },
        actor: Actor {
            key: "unknown".to_owned(),
            kind: ActorKind::Unknown,
            type_name: "Unknown".to_owned(),
            display: "somebody".to_owned(),
            ..Actor::default()
        },
        target: Target {
            ids: vec![uri.to_owned()].into(),
            names: vec![uri.to_owned()].into(),
            kind: "AWS::S3::Object".to_owned(),
            count: 1,
            ..Target::default()
        },
        scope: function.scope.clone(),
        ..Facts::new(LogType::CloudTrail)
    };
    Match::of(Arc::new(rule()), facts, from)
}

/// SHA-256 in hex, as findings tell what they are about.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        // A string takes all that is written to it.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn rule() -> RuleInfo {
    RuleInfo {
        name: RULE.to_owned(),
        id: "5b0c6ac1-6f57-4b0e-9a52-6b1c0a3d7e92".to_owned(),
        title: "An object of the trail was replaced before it was read".to_owned(),
        description: "The notice of a new object and the object itself do not agree, and the version that the notice is \
                      about cannot be read. CloudTrail never writes an object twice: somebody else wrote it."
            .to_owned(),
        why: "Whoever overwrites an object before it is read hides what it told.".to_owned(),
        check: "Find out who may write to the bucket, and compare the object with the digest files of log file \
                validation. Keep versions in the bucket, and let the function read them (s3:GetObjectVersion)."
            .to_owned(),
        status: "stable".to_owned(),
        version: "1".to_owned(),
        level: Level::High,
        techniques: vec!["T1562.008".to_owned()],
        tactics: vec!["defense-evasion".to_owned()],
        family: RULE.to_owned(),
        sentence: "an object of the trail is no longer what was announced; what it told before may be lost: {target}"
            .to_owned(),
        ..RuleInfo::default()
    }
}
