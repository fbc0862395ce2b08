//! Windows events as Splunk's forwarder writes them where it does not render XML: `LogName=Security` and its like, a line
//! each, and the event's text behind `Message=`.
//! <https://docs.splunk.com/Documentation/Splunk/latest/Data/MonitorWindowseventlogdata>
//!
//! The time on the first line is of a clock whose zone it does not say, so only the time that Splunk keeps beside counts.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use trailhound_sigma::json::{Document, Kind, Node};

use super::windows;
use crate::log_type::LogType;
use crate::logs::json::Object;
use crate::logs::log::Recognised;

const HEAD: &[(&str, &str)] = &[
    ("EventID", "EventCode"),
    ("Channel", "LogName"),
    ("ProviderName", "SourceName"),
    ("Computer", "ComputerName"),
    ("EventRecordID", "RecordNumber"),
];
const MARK: &str = "\nMessage=";

pub(super) fn shape(root: Node<'_>) -> Option<Recognised<'_>> {
    let flat = flat(root)?;
    let document = Document::parse(&flat).ok()?;
    Some(match windows::shape(document.root())? {
        Recognised::As(LogType::EndpointOther) => Recognised::As(LogType::EndpointOther),
        _ => Recognised::Like(LogType::ProcessCreation, canonical),
    })
}

fn canonical(root: Node<'_>) -> String {
    let flat = flat(root).unwrap_or_default();
    let made = Document::parse(&flat).map(|document| windows::canonical(document.root()));
    made.unwrap_or(flat)
}

/// The event's parts beside each other.
fn flat(root: Node<'_>) -> Option<String> {
    let text = text(root)?.replace("\r\n", "\n");
    let (head, message) = text.split_once(MARK)?;
    let mut record = Object::default();
    for (name, theirs) in HEAD {
        let value = head.lines().find_map(|line| line.strip_prefix(theirs)?.strip_prefix('='));
        record.text_some(name, value.map(str::trim));
    }
    record.copy_some("TimeCreated", root.key("_time").or_else(|| root.key("time")));
    record.text("Message", message);
    Some(record.finish())
}

fn text(root: Node<'_>) -> Option<Cow<'_, str>> {
    static MARKS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["LogName=", "EventCode=", "Message="].map(Finder::new));
    static ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(r"\u"));
    let has_all = |text: &str| MARKS.iter().all(|mark| mark.find(text.as_bytes()).is_some());
    // Texts are long, and nearly none is one of these.
    let may_be = |node: &Node<'_>| ESCAPE.find(node.raw().as_bytes()).is_some() || has_all(node.raw());
    let mut given = ["_raw", "event", "message"].iter().filter_map(|name| root.key(name));
    let given = given.find(|node| node.kind() == Kind::String)?;
    Some(given).filter(may_be)?.as_str().filter(|text| has_all(text))
}
