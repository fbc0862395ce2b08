//! What a record is, decided by its content alone.

use std::sync::LazyLock;

use trailhound_sigma::json::{AskedNames, Document, Kind, Node, asked};

use super::list::LOGS;
use super::log::{LogDefinition, Recognised};
use super::marks::NameMarks;
use super::node::word;
use super::{ecs, wrapper, xml};
use crate::log_type::LogType;

/// Names a record's log type; nothing for what is no record we know, and for wrappers, whose inside decides.
pub fn classify(record: &Document<'_>) -> Option<LogType> {
    match of(record.root())? {
        Recognised::As(log) | Recognised::Like(log, _) => Some(log),
        Recognised::Around(_) => None,
    }
}

/// The surest sign first.
pub(crate) fn of(root: Node<'_>) -> Option<Recognised<'_>> {
    if root.kind() != Kind::Object || !MARKS.is_in(root) {
        return None;
    }
    known(root)
}

fn known(root: Node<'_>) -> Option<Recognised<'_>> {
    by_keys(root).or_else(|| {
        let root = root.gathered();
        kept(root).or_else(|| by_words(root))
    })
}

/// The names of which something that any log recognises has one.
static MARKS: LazyLock<NameMarks> = LazyLock::new(|| NameMarks::of(&marks()));

/// Those that recognising asks an object for that has none: of an object without any of them it says what it says of an
/// empty one.
fn marks() -> AskedNames {
    asked(|nothing| {
        for root in [nothing, nothing.ignoring_case()] {
            let found = known(root);
            debug_assert!(found.is_none(), "an empty object is no record");
        }
    })
}

fn by_keys(root: Node<'_>) -> Option<Recognised<'_>> {
    any(|log| (log.recognise.keys)(root))
}

/// By what it says of itself, which carriers say too.
fn by_words(root: Node<'_>) -> Option<Recognised<'_>> {
    (if is_in_another_case(root) { None } else { by_azure(root) })
        .or_else(|| by_dataset(root))
        .or_else(|| wrapper::shape(root))
}

/// By what diagnostic settings write, and by other looks.
fn by_azure(root: Node<'_>) -> Option<Recognised<'_>> {
    by_category(root).or_else(|| any(|log| (log.recognise.look)(root)))
}

/// A record of a diagnostic setting whose names are not as Azure writes them, though some are as short as not to show
/// it; they are to be looked for in any case.
fn is_in_another_case(root: Node<'_>) -> bool {
    const OTHERS: [&str; 9] = [
        "operationname",
        "resulttype",
        "resourceid",
        "correlationid",
        "calleripaddress",
        "tenantid",
        "result_type",
        "result_signature",
        "caller_ip_address",
    ];
    if root.ignores_case() {
        return false;
    }
    let has = |name: &str| root.key(name).is_some();
    (has("category") && OTHERS.iter().any(|name| has(name)))
        || (has("Category") && has("Time") && has("Properties"))
}
/// What a record of a log says that it is, for people: its category, table, data set or event; else the log's name.
pub(crate) fn kind(log: LogType, root: Node<'_>) -> String {
    /// Longer words name no kind.
    const LONGEST: usize = 64;
    let said = [
        "category",
        "CategoryValue",
        "Category",
        "Type",
        "event.dataset",
        "metricName",
        "event_simpleName",
        "ActionType",
    ]
    .iter()
    .find_map(|path| root.get(path).and_then(word))
    .or_else(|| {
        let id = ["EventID", "Event.System.EventID", "winlog.event_id", "event_id"];
        let id = id.iter().find_map(|path| root.get(path)?.scalar())?;
        Some(format!("event {id}").into())
    });
    let is_name = |name: &&str| {
        (1..=LONGEST).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || " ._-/:".contains(c))
    };
    let said = said.as_deref().map(str::trim).filter(is_name);
    said.unwrap_or(super::of(log).words.log).to_owned()
}

fn any<'d>(look: impl Fn(&LogDefinition) -> Option<Recognised<'d>>) -> Option<Recognised<'d>> {
    LOGS.iter().find_map(|log| look(log))
}

/// The record itself, where somebody kept it beside what they made of it.
fn kept(root: Node<'_>) -> Option<Recognised<'_>> {
    let is_one = |inner: Node<'_>| by_keys(inner).or_else(|| by_words(inner)).is_some();
    let holds = |text: &str| Document::parse(text).is_ok_and(|inner| is_one(inner.root()));
    let text = ecs::record_in(root.key("_raw")?)?;
    (xml::is_xml(&text) || holds(&text)).then_some(Recognised::Around(text))
}

fn by_category(root: Node<'_>) -> Option<Recognised<'_>> {
    let category = root.key("category").and_then(word)?;
    let category = category.trim().trim_matches('"');
    any(|log| (log.recognise.category)(root, category))
}

/// What an integration made of a record, unless it kept the record itself.
fn by_dataset(root: Node<'_>) -> Option<Recognised<'_>> {
    if !ecs::is_ecs(root) {
        return None;
    }
    if let Some(original) = ecs::original(root) {
        return Some(Recognised::Around(original));
    }
    let dataset = root.get("event.dataset").and_then(Node::as_str).unwrap_or_default();
    any(|log| (log.recognise.dataset)(root, &dataset))
}

#[cfg(test)]
mod tests {
    use super::marks;

    /// Else every object is looked at for every log.
    #[test]
    fn logs_are_known_by_names_alone() {
        let asked = marks();
        assert!(!asked.all, "a log looks through all entries of an object that has none of its names");
        assert!(asked.names.iter().any(|name| name == "eventName"), "{:?}", asked.names);
    }
}
