//! What of a rule was looked at, and what came of it.

/// What a selection saw.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectionTrace {
    /// Its name.
    pub name: String,
    /// Its verdict.
    pub matched: bool,
    /// How it came about.
    pub trace: Trace,
}

/// How a verdict came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Every part had to match.
    All(Vec<Trace>),
    /// One part had to match.
    Any(Vec<Trace>),
    /// A field was compared.
    Field(FieldTrace),
}

/// What came of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldTrace {
    /// The field and its modifiers as the rule writes them.
    pub field: String,
    /// The line of the rule's file that it begins in.
    pub line: usize,
    /// Where events keep it, in order of preference; nothing for keywords, which look at every value.
    pub paths: Vec<String>,
    /// The verdict.
    pub matched: bool,
    /// The rule's values that matched, as written; all of them when none did.
    pub patterns: Vec<String>,
    /// The event's values that were matched; all of them when none was.
    pub values: Vec<String>,
}

impl Trace {
    /// The verdict.
    pub fn matched(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::matched),
            Self::Any(parts) => parts.iter().any(Self::matched),
            Self::Field(field) => field.matched,
        }
    }

    /// Every field, in the order of the rule.
    pub fn fields(&self) -> Vec<&FieldTrace> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
            Self::Field(field) => vec![field],
        }
    }
}

/// A clause that came out the wrong way: one that failed would have to hold, one that held would have to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The selection that it stands in.
    pub selection: String,
    /// What it wanted and met.
    pub clause: FieldTrace,
}
