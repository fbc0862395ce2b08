//! What a record is, decided by its content alone.

use std::sync::LazyLock;

use trailhound_sigma::json::{AskedNames, Document, Kind, Node, asked};

use super::list::LOGS;
use super::log::{LogDefinition, Recognised, Recognizer};
use super::marks::{AskerBits, NameMarks};
use super::node::word;
use super::notices::notice;
use super::{cloudtrail, ecs, wrapper, xml};
use crate::log_type::LogType;
use crate::tally::Notice;

/// Names a record's log type; nothing for what is no record we know, and for wrappers, whose inside decides.
pub fn classify(record: &Document<'_>) -> Option<LogType> {
    match of(record.root())? {
        Recognised::As(log) | Recognised::Like(log, _) => Some(log),
        Recognised::Around(_) => None,
    }
}

/// What a value is.
pub(crate) fn of(root: Node<'_>) -> Option<Recognised<'_>> {
    askers(root).recognise(root)
}

/// Who could find something in a value, as far as the names of its members tell, in whatever case those are written.
pub(crate) fn askers(root: Node<'_>) -> Askers {
    Askers(if root.kind() == Kind::Object { MARKS.readers(root) } else { 0 })
}

/// Those that could find something in a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Askers(AskerBits);

impl Askers {
    /// What the value is that they were gathered of, its names as they are written or in any case: the surest sign first.
    pub(crate) fn recognise(self, root: Node<'_>) -> Option<Recognised<'_>> {
        let readers = self.0 & !(1 << NOTICE);
        if readers == 0 { None } else { known(root, readers) }
    }

    /// The notice that the value is that they were gathered of.
    pub(crate) fn notice(self, root: Node<'_>) -> Option<Notice> {
        if self.0 & (1 << NOTICE) == 0 { None } else { notice(root) }
    }
}

/// Asks those recognisers that could find something.
fn known(root: Node<'_>, readers: AskerBits) -> Option<Recognised<'_>> {
    let is_asked = |reader: usize| readers & (1 << reader) != 0;
    let mut root = root;
    for (at, log) in LOGS.iter().enumerate() {
        if !is_asked(KEYS + at) {
            continue;
        }
        if let Some(found) = (log.recognise.keys)(root) {
            return Some(found);
        }
        // The first is asked of nearly all records, and finds what it asks for.
        root = root.gathered();
    }
    let root = root.gathered();
    if let Some(found) = is_asked(KEPT).then(|| kept(root)).flatten() {
        return Some(found);
    }
    // What it says of itself, which carriers say too.
    let look =
        || looks().enumerate().find_map(|(at, look)| is_asked(LOOKS + at).then(|| look(root)).flatten());
    let azure = || is_asked(CATEGORY).then(|| by_category(root)).flatten().or_else(look);
    (if readers >> CATEGORY == 0 || is_in_another_case(root) { None } else { azure() })
        .or_else(|| is_asked(DATASET).then(|| by_dataset(root)).flatten())
        .or_else(|| is_asked(WRAPPER).then(|| wrapper::shape(root)).flatten())
}

/// Recognisers that belong to no log, a bit each, then the first of those that each log has: its keys, and its other looks.
const KEPT: usize = 0;
const DATASET: usize = 1;
const WRAPPER: usize = 2;
const NOTICE: usize = 3;
const KEYS: usize = 4;
const CATEGORY: usize = KEYS + LogType::ALL.len();
const LOOKS: usize = CATEGORY + 1;

/// The other looks of all logs.
fn looks() -> impl Iterator<Item = Recognizer> {
    LOGS.iter().flat_map(|log| log.recognise.looks.iter().copied())
}

/// Who asks for which names. Of an object without any name that a recogniser asks for, it says what it says of an empty
/// one: nothing.
static MARKS: LazyLock<NameMarks> = LazyLock::new(|| NameMarks::of(&marks()));

/// What each recogniser asks an object for that has none of it.
fn marks() -> Vec<AskedNames> {
    let told = asked(|nothing| {
        let found = notice(nothing);
        debug_assert!(found.is_none(), "an empty object tells nothing");
    });
    let mut all = vec![heard(&kept), heard(&by_dataset), heard(&wrapper::shape), told];
    all.extend(LOGS.iter().map(|log| heard(&log.recognise.keys)));
    all.push(heard(&by_category));
    all.extend(looks().map(|look| heard(&look)));
    debug_assert!(all.len() <= AskerBits::BITS as usize, "a bit for each reader");
    all
}

fn heard(reader: &dyn for<'d> Fn(Node<'d>) -> Option<Recognised<'d>>) -> AskedNames {
    asked(|nothing| {
        for root in [nothing, nothing.ignoring_case()] {
            let found = reader(root);
            debug_assert!(found.is_none(), "an empty object is no record");
        }
    })
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
    let holds = |text: &str| {
        Document::parse(text).is_ok_and(|inner| {
            let inner = inner.root();
            let others = Askers(askers(inner).0 & !(1 << KEPT));
            others.recognise(inner).is_some()
        })
    };
    let text = ecs::record_in(root.key("_raw")?)?;
    (xml::is_xml(&text) || cloudtrail::is_plainly(&text) || holds(&text)).then_some(Recognised::Around(text))
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
        assert!(
            asked.iter().all(|asked| !asked.all),
            "a log looks through all entries of an object without its names"
        );
        assert!(asked.iter().all(|asked| asked.names.len() < 40), "{asked:?}");
        let names =
            |name: &str| asked.iter().filter(|asked| asked.names.iter().any(|one| one == name)).count();
        assert!(names("eventName") > 0 && names("event") > 0 && names("messageType") > 0, "{asked:?}");
    }
}
