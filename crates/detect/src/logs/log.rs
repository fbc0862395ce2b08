//! What there is to know of a log: the parts that each folder beside this file fills in.

use trailhound_sigma::json::{Document, Node};

use super::fields::LazyFields;
use super::least::Least;
use super::members::ObjectMember;
use super::show::Shows;
use super::words::Words;
use crate::facts::Facts;
use crate::log_type::LogType;

/// All that is known of one log.
pub(crate) struct LogDefinition {
    /// A record of it in canonical form, with as much as one can have.
    pub(crate) sample: &'static str,
    /// How its records are told from others'.
    pub(crate) recognise: Recognise,
    /// What a record in canonical form says at least.
    pub(crate) least: Least,
    /// What a record in canonical form says.
    pub(crate) facts: fn(&Document<'_>) -> Facts,
    /// What makes one of its events itself, whatever path brought it.
    pub(crate) identity: fn(&Facts) -> String,
    /// What joins the several records of one operation, where the log writes several.
    pub(crate) operation: fn(&Facts) -> Option<String>,
    /// Where a record in canonical form says how it ended, beside the facts; what is below such a path does too.
    pub(crate) outcome: &'static [&'static str],
    /// Which members of a record in canonical form are objects and lists.
    pub(crate) members: &'static [ObjectMember],
    /// The log sources by which rules ask for it.
    pub(crate) sources: &'static [SigmaSource],
    /// Is one of its records what rules of a source ask for?
    pub(crate) meets: fn(&SigmaSource, &Document<'_>) -> bool,
    /// Where the canonical form keeps what rules name; nothing where no rule reads the log.
    pub(crate) fields: Option<&'static LazyFields>,
    /// What tells early that no rule can match.
    pub(crate) found_by: FoundBy,
    /// How a new rule is begun.
    pub(crate) begun: Begun,
    /// What of a record may be shown.
    pub(crate) shows: Shows,
    /// Its words in findings.
    pub(crate) words: Words,
}

/// What to make of a record.
#[derive(Debug)]
pub(crate) enum Recognised<'d> {
    /// In canonical form.
    As(LogType),
    /// The same in other words; the function writes the canonical form.
    Like(LogType, fn(Node<'_>) -> String),
    /// Another record stands inside: JSON or XML.
    Around(std::borrow::Cow<'d, str>),
}

/// What a record comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Its log's canonical form, which rules read in place.
    Canonical,
    /// Another, to be rewritten or unfolded first.
    Other,
}

/// Looks at a record and says what it is, if it is of the log.
pub(crate) type Recognizer = fn(Node<'_>) -> Option<Recognised<'_>>;

/// The same with a word that the record says of itself.
type NamedRecognizer = for<'d> fn(Node<'d>, &str) -> Option<Recognised<'d>>;

/// What a log's records are known by. Each is asked of all logs before the next.
pub(crate) struct Recognise {
    /// Keys that no other log has.
    pub(crate) keys: Recognizer,
    /// The `category` that Azure's diagnostic settings write.
    pub(crate) category: NamedRecognizer,
    /// Its other looks: rows of a table, answers of an API, other people's spellings.
    pub(crate) looks: &'static [Recognizer],
    /// The data set of a document of Elastic's integrations; empty where the document names none.
    pub(crate) dataset: NamedRecognizer,
}

impl Recognise {
    /// A log whose records another log's look tells.
    pub(crate) const NEVER: Self =
        Self { keys: |_| None, category: |_, _| None, looks: &[], dataset: |_, _| None };
}

/// A log source of Sigma's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SigmaSource {
    pub(crate) product: Option<&'static str>,
    pub(crate) category: Option<&'static str>,
    pub(crate) service: Option<&'static str>,
    /// The one `EventID` that is read of it, where it has others.
    pub(crate) event: Option<&'static str>,
    /// Fields that go by another name than in the log's table: its own name, and the table's.
    pub(crate) renamed: &'static [(&'static str, &'static str)],
}

impl SigmaSource {
    const NOTHING: Self = Self { product: None, category: None, service: None, event: None, renamed: &[] };

    /// The source of one service of a product.
    pub(crate) const fn service(product: &'static str, service: &'static str) -> Self {
        Self { product: Some(product), service: Some(service), ..Self::NOTHING }
    }

    /// The source of one category, of a product or of any.
    pub(crate) const fn category(product: Option<&'static str>, category: &'static str) -> Self {
        Self { product, category: Some(category), ..Self::NOTHING }
    }

    /// Its parts, as rules write them.
    pub(crate) fn parts(&self) -> [Option<&'static str>; 3] {
        [self.product, self.category, self.service]
    }
}

/// Whatever source a rule names, it means every record of the log.
pub(crate) fn any(_: &SigmaSource, _: &Document<'_>) -> bool {
    true
}

/// The fields by which records that no rule could match are told.
pub(crate) struct FoundBy {
    /// Fields to look for in raw bytes, before a record is parsed, the most telling first. The first stands in every
    /// record of the log. Empty for logs whose records must be parsed to be known.
    pub(crate) raw: &'static [&'static str],
    /// Fields whose values many records share, so that a rule which needs another is better found by that.
    pub(crate) common: &'static [&'static str],
    /// Where records that are to be rewritten have what a key of the canonical form holds; nothing where that cannot
    /// be told.
    pub(crate) spellings: fn(&str) -> Option<Vec<&'static str>>,
    /// Does a record that is to be rewritten have it elsewhere, so that nothing can be told?
    pub(crate) is_elsewhere: fn(Node<'_>) -> bool,
}

/// How a rule is begun that somebody starts from a record or an operation's name.
pub(crate) struct Begun {
    /// The fields that tell what was done, as rules name them, the one that names it last.
    pub(crate) told_by: &'static [&'static str],
    /// The last of these is matched by its end, behind a separator of paths.
    pub(crate) by_end: bool,
    /// What the sample says besides where the call was refused, as a merge patch; empty where the log tells none.
    pub(crate) refused: &'static str,
}

impl Begun {
    /// No rule reads the log.
    pub(crate) const NEVER: Self = Self { told_by: &[], by_end: false, refused: "" };
}

impl FoundBy {
    /// Nothing: no rule reads the log.
    pub(crate) const NOTHING: Self =
        Self { raw: &[], common: &[], spellings: |_| None, is_elsewhere: |_| false };
}

/// Identity of an event whose own id is one wherever it goes.
pub(crate) fn own_id(facts: &Facts) -> String {
    facts.event_uid.clone()
}

/// Every record is an operation by itself.
pub(crate) fn alone(_: &Facts) -> Option<String> {
    None
}
