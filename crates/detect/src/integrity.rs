//! What is wrong with the trail itself: two records of one event that disagree, an object that is not what was announced,
//! or not what CloudTrail signed for. Each says that somebody writes where only CloudTrail should, so these are one rule's;
//! and that nothing comes any more, which is another's.

mod digest_file;
mod silence;
#[cfg(test)]
mod tests;
mod unlike;

use std::sync::Arc;

use jiff::Timestamp;

use crate::digest;
use crate::facts::{Action, Actor, Facts, Outcome, Scope, Target};
use crate::log_type::LogType;
use crate::matched::{Level, Match, Provenance, RuleInfo};
pub use digest_file::{DigestFile, Named};
pub use silence::{Silence, TrailSource};
pub use unlike::{BrokenDigest, Unlike};

/// The rule of such alerts.
const RULE: &str = "trail-integrity";

/// An object that was announced as one content and read as another.
#[derive(Clone, Copy, Debug)]
pub struct Replaced<'o> {
    /// Its address.
    pub uri: &'o str,
    /// The entity tag that its notice named,
    pub announced: &'o str,
    /// and the one that it has.
    pub read: &'o str,
    /// When that was written.
    pub written: Option<Timestamp>,
}

impl Replaced<'_> {
    /// The alert about it, in the account of whoever read it. Nobody vouches for the notice: who may send one may name
    /// any content.
    pub fn told(&self, scope: &Scope) -> Match {
        let Self { uri, announced, read, written } = self;
        about(
            AlertBasis {
                // The same object in the same state, told again, is the same event.
                event: format!("{uri}@{announced}/{read}"),
                uris: &[(*uri).to_owned()],
                is_file: false,
                origin: uri,
                operation: "ObjectReplaced",
                time: *written,
                is_vouched: false,
            },
            scope,
            of_an_object(),
        )
    }
}

/// What an alert about objects rests on.
struct AlertBasis<'o> {
    event: String,
    uris: &'o [String],
    /// Are they told by the last part of their keys, which for files of a trail says it all?
    is_file: bool,
    origin: &'o str,
    operation: &'static str,
    time: Option<Timestamp>,
    is_vouched: bool,
}

/// An alert about objects; nobody knows who did it.
fn about(about: AlertBasis<'_>, scope: &Scope, rule: RuleInfo) -> Match {
    let AlertBasis { event, uris, is_file, origin, operation, time, is_vouched } = about;
    let name =
        |uri: &String| if is_file { uri.rsplit('/').next().unwrap_or(uri).to_owned() } else { uri.clone() };
    let from = Provenance {
        origin: origin.to_owned(),
        delivery: origin.to_owned(),
        raw_hash: digest::of_bytes(event.as_bytes()),
        raw_size: event.len() as u64,
        unvouched: !is_vouched,
        replayed: false,
    };
    let facts = Facts {
        event_uid: event,
        time,
        original_time: time.map(|at| at.to_string()).unwrap_or_default(),
        action: Action {
            service: "s3".to_owned(),
            operation: operation.to_owned(),
            key: format!("trailhound:{operation}"),
        },
        outcome: Outcome::done(),
        actor: Actor {
            key: "unknown".to_owned(),
            type_name: "Unknown".to_owned(),
            display: "somebody".to_owned(),
            ..Actor::default()
        },
        target: Target {
            ids: uris.to_vec().into(),
            names: uris.iter().map(name).collect::<Vec<_>>().into(),
            kind: "AWS::S3::Object".to_owned(),
            count: u32::try_from(uris.len()).unwrap_or(u32::MAX),
            ..Target::default()
        },
        scope: scope.clone(),
        ..Facts::new(LogType::CloudTrail)
    };
    Match::of(Arc::new(rule), facts, from)
}

/// The rule as it speaks of two records.
pub(crate) fn of_two_records() -> RuleInfo {
    RuleInfo {
        id: "5b0c6ac1-6f57-4b0e-9a52-6b1c0a3d7e91".to_owned(),
        title: "Two records of CloudTrail under one event id".to_owned(),
        description: "Two records with the same eventID say different things. CloudTrail never writes that: one of them \
                      was made or changed by somebody who can write where records are read."
            .to_owned(),
        why: "Whoever forges a record under the id of a true one wants the true one taken for known.".to_owned(),
        check: "Compare both records with the trail itself (LookupEvents, or the digest files of log file validation), \
                and find out who may write to the bucket or the bus that the other one came by."
            .to_owned(),
        sentence: "two records under one event id say different things; the second says that {actor} called {action} \
                   on {target}"
            .to_owned(),
        ..rule()
    }
}

/// The rule as it speaks of an object.
fn of_an_object() -> RuleInfo {
    RuleInfo {
        id: "5b0c6ac1-6f57-4b0e-9a52-6b1c0a3d7e92".to_owned(),
        title: "An object of the trail is not what its notice announced".to_owned(),
        description: "The notice of a new object and the object itself do not agree, and the version that the notice is \
                      about cannot be read. CloudTrail never writes an object twice: somebody wrote it anew, or sent a \
                      notice of his own."
            .to_owned(),
        why: "Whoever overwrites an object before it is read hides what it told.".to_owned(),
        check: "Find out who may write to the bucket and who may send to the queue, and compare the object with the \
                digest files of log file validation. Keep versions in the bucket, and let the function read them \
                (s3:GetObjectVersion)."
            .to_owned(),
        sentence: "an object of the trail is not what its notice announced; what it told before may be lost: {target}"
            .to_owned(),
        ..rule()
    }
}

fn rule() -> RuleInfo {
    RuleInfo {
        name: RULE.to_owned(),
        status: "stable".to_owned(),
        version: "1".to_owned(),
        level: Level::High,
        techniques: vec!["T1562.008".to_owned()],
        tactics: vec!["defense-evasion".to_owned()],
        family: RULE.to_owned(),
        ..RuleInfo::default()
    }
}
