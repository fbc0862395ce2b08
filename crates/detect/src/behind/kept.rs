//! A hand-out as it is kept between deliveries: who asked by no more than tells whom and what to look for next.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::HandOut;
use crate::facts::{Actor, ActorKind, HandedOut};
use crate::state::Keepable;

/// One of more bytes is not kept: what AWS writes is well below, and no name of it may be cut.
const MOST_BYTES: usize = 3_000;

/// A hand-out as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptHandOut {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    display: String,
    call: String,
    /// In milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    event: String,
    record: String,
    by: KeptAsker,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    contested: bool,
}

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptAsker {
    key: String,
    kind: ActorKind,
    #[serde(rename = "type")]
    type_name: String,
    display: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<String>,
    /// The key that the asker acted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    with: Option<String>,
    /// When the asker's own session was made, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    console: bool,
}

impl Keepable for KeptHandOut {
    fn bytes(&self) -> usize {
        let Self { key, principal, role, account, display, call, at: _, event, record, by, contested: _ } =
            self;
        let own = [key, display, call, event, record].map(String::len).into_iter().sum::<usize>();
        size_of::<Self>() + own + lengths(&[principal, role, account]) + by.length()
    }
}

impl KeptAsker {
    fn length(&self) -> usize {
        let Self { key, kind: _, type_name, display, uid, account, principal, with, made: _, console: _ } =
            self;
        let own = [key, type_name, display].map(String::len).into_iter().sum::<usize>();
        own + lengths(&[uid, account, principal, with])
    }
}

fn lengths(all: &[&Option<String>]) -> usize {
    all.iter().filter_map(|one| one.as_ref()).map(String::len).sum()
}

impl KeptHandOut {
    /// Of a hand-out; nothing where it names no key or is longer than anything that AWS writes.
    pub(crate) fn of(out: &HandOut) -> Option<Self> {
        let HandOut { session, asker, call, at, event, record, is_contested } = out;
        let kept = Self {
            key: session.key.clone()?,
            principal: session.principal.clone(),
            role: session.role.clone(),
            account: session.account.clone(),
            display: session.display.clone(),
            call: call.clone(),
            at: at.map(Timestamp::as_millisecond),
            event: event.clone(),
            record: record.clone(),
            by: KeptAsker {
                key: asker.key.clone(),
                kind: asker.kind,
                type_name: asker.type_name.clone(),
                display: asker.display.clone(),
                uid: asker.uid.clone(),
                account: asker.account.clone(),
                principal: asker.principal_id.clone(),
                with: asker.credential_uid.clone(),
                made: asker.session_created.map(Timestamp::as_millisecond),
                console: asker.console,
            },
            contested: *is_contested,
        };
        (kept.bytes() <= MOST_BYTES).then_some(kept)
    }

    /// With what another record tells of the same.
    pub(crate) fn meeting(&self, other: HandOut) -> Option<Self> {
        let mut both = self.hand_out();
        both.meet(other);
        Self::of(&both)
    }

    /// The hand-out again.
    pub(crate) fn hand_out(&self) -> HandOut {
        let Self { key, principal, role, account, display, call, at, event, record, by, contested } = self;
        let time = |millis: i64| Timestamp::from_millisecond(millis).ok();
        HandOut {
            session: HandedOut {
                key: Some(key.clone()),
                principal: principal.clone(),
                role: role.clone(),
                account: account.clone(),
                display: display.clone(),
                is_lasting: false,
            },
            asker: Arc::new(Actor {
                key: by.key.clone(),
                kind: by.kind,
                type_name: by.type_name.clone(),
                display: by.display.clone(),
                uid: by.uid.clone(),
                account: by.account.clone(),
                principal_id: by.principal.clone(),
                credential_uid: by.with.clone(),
                session_created: by.made.and_then(time),
                console: by.console,
                ..Actor::default()
            }),
            call: call.clone(),
            at: at.and_then(time),
            event: event.clone(),
            record: record.clone(),
            is_contested: *contested,
        }
    }

    /// Who asked, whose own session may be asked about next.
    pub(crate) fn asker(&self) -> Actor {
        Actor::clone(&self.hand_out().asker)
    }
}
