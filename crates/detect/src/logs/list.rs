//! The list of logs, each with all that is known of it.

use std::collections::HashSet;
use std::sync::LazyLock;

use trailhound_sigma::json::{Document, Node};

use super::log::LogDefinition;
use crate::digest;
use crate::facts::Facts;
use crate::log_type::{LogType, list_of_logs};
use crate::logs::members::{self, ObjectMember};

macro_rules! define {
    ($($variant:ident $name:literal $provider:ident $folder:ident::$log:ident;)+) => {
        /// Every log, in the list's order.
        pub(crate) static LOGS: &[&LogDefinition] = &[$(&super::$folder::$log),+];

        /// What is known of a log.
        pub(crate) fn of(log: LogType) -> &'static LogDefinition {
            match log {
                $(LogType::$variant => &super::$folder::$log,)+
            }
        }
    };
}
list_of_logs!(define);

/// Is this the name, in small letters, of a member that no log shows as one?
pub(crate) fn is_open(name: &str) -> bool {
    static OPEN: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let mut names = HashSet::new();
        let members = LOGS.iter().flat_map(|log| log.members);
        members.for_each(|member| member.visit_open(&mut |name| _ = names.insert(name.to_ascii_lowercase())));
        names
    });
    OPEN.contains(name)
}

/// Is what stands at this path of a log's record a list?
pub(crate) fn is_list(log: LogType, path: &str) -> bool {
    ObjectMember::find(of(log).members, path).is_some_and(ObjectMember::is_list)
}

/// Is a key the name of an object or list that records of a log have at their top?
pub(crate) fn has_member(log: LogType, key: Node<'_>) -> bool {
    members::is_member(of(log).members, key)
}

/// Do records of a log say which sessions were handed out?
pub(crate) fn hands_out(log: LogType) -> bool {
    matches!(log, LogType::CloudTrail | LogType::EntraSignIn)
}

impl Facts {
    /// Reads the facts of a record in its log's canonical form.
    pub(crate) fn read(log: LogType, record: &Document<'_>) -> Self {
        let mut facts = (of(log).facts)(record);
        facts.name_by_text(record);
        facts
    }

    /// Of the facts of a record those that the session has which it hands out: as [`read`](Self::read) has them, and no
    /// others where the log tells them cheaper.
    pub(crate) fn of_hand_out(log: LogType, record: &Document<'_>) -> Option<Self> {
        let mut facts = match log {
            LogType::CloudTrail => super::cloudtrail::of_hand_out(log, record)?,
            _ => return Some(Self::read(log, record)),
        };
        facts.name_by_text(record);
        Some(facts)
    }

    fn name_by_text(&mut self, record: &Document<'_>) {
        if self.event_uid.is_empty() {
            self.event_uid = digest::of_parts(&[self.log.as_str(), record.text()]);
        }
    }

    /// What makes this event itself, the same whatever path brought it: part of every finding's id.
    pub fn identity(&self) -> String {
        (of(self.log).identity)(self)
    }

    /// What joins the records of one operation, such as Azure's Start, Accept and Success; nothing for logs that write
    /// one, or when the record has no correlation id.
    pub fn operation_key(&self) -> Option<String> {
        (of(self.log).operation)(self)
    }
}
