//! `adjust:`, what the record alone does to the level of a match.

use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{FieldMap, Level, LogSource, Report};

use super::guard::{Guard, holds};
use super::sentence::sentence;
use super::words::{strings, text, unknown_key};
use crate::event::Event;

/// One condition that changes the level of a match.
#[derive(Debug)]
pub struct Adjust {
    /// Acts where this matches.
    pub when: Option<Guard>,
    /// But not where this does.
    pub unless: Option<Guard>,
    /// To what, or by how much.
    pub level: Option<LevelChange>,
    /// Why, for the analyst.
    pub because: String,
    /// Labels for the finding.
    pub tags: Vec<String>,
    /// A further ATT&CK technique.
    pub technique: Option<String>,
    /// Gives the match another title.
    pub title: Option<String>,
    /// Tells the match in other words.
    pub sentence: Option<String>,
    /// Says what to check instead.
    pub check: Option<String>,
}

pub(super) const KEYS: [&str; 9] =
    ["when", "unless", "level", "because", "tags", "technique", "title", "sentence", "check"];

/// What becomes of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelChange {
    /// Becomes this.
    To(Level),
    /// Goes up or down so many.
    By(i8),
}

impl LevelChange {
    /// The level after the change.
    pub fn apply(self, level: Level) -> Level {
        match self {
            Self::To(level) => level,
            Self::By(steps) => level.step(steps),
        }
    }
}

impl Adjust {
    /// Does it hold for this event?
    pub fn holds(&self, event: &Event<'_>) -> bool {
        holds(self.when.as_ref(), self.unless.as_ref(), event)
    }

    pub(super) fn read(
        node: &Yaml,
        source: &LogSource,
        fields: &dyn FieldMap,
        report: &mut Report,
    ) -> Option<Self> {
        let mut adjust = Self {
            when: None,
            unless: None,
            level: None,
            because: String::new(),
            tags: Vec::new(),
            technique: None,
            title: None,
            sentence: None,
            check: None,
        };
        for (key, value) in node.expect_map(report)? {
            match key.text().unwrap_or_default() {
                "when" => adjust.when = Guard::read(value, source, fields, report),
                "unless" => adjust.unless = Guard::read(value, source, fields, report),
                "level" => adjust.level = level_change(value, report),
                "because" => adjust.because = text(value, report).unwrap_or_default(),
                "tags" => adjust.tags = strings(value, report),
                "technique" => adjust.technique = text(value, report).map(|id| id.to_ascii_uppercase()),
                "title" => adjust.title = text(value, report),
                "sentence" => adjust.sentence = Some(sentence(value, None, &[], &mut Vec::new(), report)),
                "check" => adjust.check = text(value, report),
                other => unknown_key(key, other, &KEYS, report),
            }
        }
        if node.get("when").is_none() && node.get("unless").is_none() {
            report
                .error(node, "an adjustment without a condition")
                .help("say when it acts: `when: {field: value}`");
        }
        let effects = ["level", "tags", "technique", "title", "sentence", "check"];
        if effects.iter().all(|effect| node.get(effect).is_none()) {
            report
                .error(node, "an adjustment that changes nothing")
                .help("give it a `level`, `tags`, a `technique`, a `title`, a `sentence` or a `check`");
        }
        if adjust.level.is_some() && adjust.because.is_empty() {
            report
                .error(node, "an adjustment of the level without `because`")
                .help("say in a few words why; the analyst reads it");
        }
        Some(adjust)
    }
}

/// Reads what becomes of a level.
pub(super) fn level_change(node: &Yaml, report: &mut Report) -> Option<LevelChange> {
    let word = node.expect_text(report)?;
    if let Some(steps) = word.strip_prefix('+').or_else(|| word.starts_with('-').then_some(word)) {
        if let Some(steps) = steps.parse().ok().filter(|steps: &i8| (-4..=4).contains(steps) && *steps != 0) {
            return Some(LevelChange::By(steps));
        }
    } else if let Ok(level) = word.parse() {
        return Some(LevelChange::To(level));
    }
    report
        .error(node, format!("'{word}' is neither a level nor a number of steps"))
        .help("write informational, low, medium, high or critical, or +1, -1 and the like");
    None
}
