//! A look at a record's text, which costs less than working out what it says.

use std::net::IpAddr;

use aho_corasick::AhoCorasick;
use trailhound_detect::event::Event;

use super::sought::Sought;
use crate::query::Query;

/// So long a part of a name is worth looking for.
const SHORT: usize = 4;
/// Ids of Entra are told with dashes and without.
const GUID: usize = 32;

/// What a record's text has to have in it for its facts to have a name.
#[derive(Debug, Default)]
pub(crate) struct Glance(Vec<AhoCorasick>);

impl Glance {
    /// At the names that are sought; what an actor did in sessions has their keys in it and not the actor's name.
    pub(crate) fn at(sought: &Sought, sessions: &[String]) -> Self {
        let actor = sought
            .actor
            .as_deref()
            .and_then(part)
            .map(|part| [part].into_iter().chain(sessions.iter().map(String::as_str)));
        // Of the ways to write an address the shortest has what all others have too.
        let address = sought.thing.as_ref().and_then(|thing| thing.parse::<IpAddr>().ok());
        let thing = address.map(|address| address.to_string()).or_else(|| sought.thing.clone());
        let machine = sought.machine.as_deref().or(thing.as_deref()).and_then(part).map(|part| [part]);
        let all = [actor.map(Iterator::collect::<Vec<_>>), machine.map(|part| part.to_vec())];
        let words = sought.query.iter().flat_map(Query::needles).filter_map(part).map(|part| vec![part]);
        let needle =
            |parts| AhoCorasick::builder().ascii_case_insensitive(true).build::<Vec<&str>, &str>(parts).ok();
        Self(all.into_iter().flatten().chain(words).filter_map(needle).collect())
    }

    /// May its facts have all of the names? Where the text is escaped anything may.
    pub(crate) fn may_find(&self, event: &Event<'_>) -> bool {
        let text = event.document().text();
        self.0.iter().all(|needle| needle.is_match(text)) || text.contains("\\u")
    }

    /// The same of a row of an index, in which all texts stand as they are.
    pub(crate) fn may_be_of(&self, row: &[u8]) -> bool {
        self.0.iter().all(|needle| needle.is_match(row))
    }
}

/// The longest part of a name that stands in every spelling of it: what joins the parts may be another.
fn part(name: &str) -> Option<&str> {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let longest = parts.max_by_key(|part| part.len()).filter(|part| part.len() >= SHORT)?;
    let is_guid = longest.len() >= GUID && longest.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_guid).then_some(longest)
}
