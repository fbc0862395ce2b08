//! The `trailhound:` mapping of a rule: what Sigma has no word for.

mod baseline;

use jiff::SignedDuration;
use trailhound_sigma::diagnostic::nearest;
use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{CompiledSelection, Diagnostics, FieldMap, Level, LogSource, Report, Search};

use super::correlated::Takes;
use crate::describe::PLACEHOLDERS;
use crate::event::Event;
pub use baseline::{Baseline, FirstFact};

/// How trailhound treats a rule's matches.
#[derive(Debug)]
pub struct Extension {
    /// Catalogue number.
    pub catalogue: Option<String>,
    /// Shipped switched on?
    pub enabled: bool,
    /// Denied and failed calls become attempts; without this they are no match.
    pub attempt: bool,
    /// Action family for baselines and correlations.
    pub family: Option<String>,
    /// What changes the level, in order.
    pub adjust: Vec<Adjust>,
    /// What newness does.
    pub baselines: Vec<Baseline>,
    /// Context only, unless something is new.
    pub require_first: bool,
    /// Alerts by itself; false where it only serves correlations.
    pub alone: bool,
    /// Which matches a correlation takes.
    pub takes: Takes,
    /// The least level of a match that a correlation takes.
    pub least: Level,
    /// Raw fields the finding may carry.
    pub show: Vec<String>,
    /// The message, with placeholders.
    pub sentence: String,
    /// Why it matters.
    pub why: String,
    /// What to check next.
    pub check: String,
    /// What is normal.
    pub normal: String,
    /// How to tune it.
    pub tune: String,
}

impl Default for Extension {
    fn default() -> Self {
        Self {
            catalogue: None,
            enabled: true,
            attempt: true,
            family: None,
            adjust: Vec::new(),
            baselines: Vec::new(),
            require_first: false,
            alone: true,
            takes: Takes::default(),
            least: Level::Informational,
            show: Vec::new(),
            sentence: String::new(),
            why: String::new(),
            check: String::new(),
            normal: String::new(),
            tune: String::new(),
        }
    }
}

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
}

/// A Sigma selection that stands by itself.
#[derive(Debug)]
pub struct Guard {
    /// As written.
    pub search: Search,
    compiled: CompiledSelection,
}

impl Guard {
    /// Makes a selection ready for events of a log source.
    pub fn new(
        search: Search,
        file: &str,
        source: &LogSource,
        fields: &dyn FieldMap,
    ) -> Result<Self, Diagnostics> {
        let compiled = CompiledSelection::from_search(&search, file, source, fields)?;
        Ok(Self { search, compiled })
    }

    fn read(node: &Yaml, source: &LogSource, fields: &dyn FieldMap, report: &mut Report) -> Option<Self> {
        Search::read(node, report.file())
            .and_then(|search| Self::new(search, report.file(), source, fields))
            .map_err(|wrong| report.merge(wrong))
            .ok()
    }

    /// Does it match?
    pub fn matches(&self, event: &Event<'_>) -> bool {
        self.compiled.matches(event)
    }
}

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

const KEYS: [&str; 14] = [
    "catalogue",
    "enabled",
    "alone",
    "attempt",
    "family",
    "adjust",
    "baseline",
    "require_first",
    "show",
    "sentence",
    "why",
    "check",
    "normal",
    "tune",
];

/// What a correlation's mapping may hold.
const CORRELATION_KEYS: [&str; 12] = [
    "catalogue",
    "enabled",
    "alone",
    "family",
    "takes",
    "least",
    "show",
    "sentence",
    "why",
    "check",
    "normal",
    "tune",
];

impl Extension {
    /// Reads the mapping; everything wrong with it goes to `report`.
    pub fn read(node: &Yaml, source: &LogSource, fields: &dyn FieldMap, report: &mut Report) -> Self {
        let mut extension = Self::default();
        let Some(entries) = node.expect_map(report) else { return extension };
        for (key, value) in entries {
            let name = key.text().unwrap_or_default();
            match name {
                "attempt" => extension.attempt = value.expect_bool(report).unwrap_or(true),
                "adjust" => {
                    for item in value.expect_seq(report).unwrap_or_default() {
                        extension.adjust.extend(Adjust::read(item, source, fields, report));
                    }
                }
                "baseline" => {
                    for item in value.expect_seq(report).unwrap_or_default() {
                        extension.baselines.extend(Baseline::read(item, source, fields, report));
                    }
                }
                "require_first" => extension.require_first = value.expect_bool(report).unwrap_or(false),
                _ if KEYS.contains(&name) => extension.text(name, value, report),
                other => unknown_key(key, other, &KEYS, report),
            }
        }
        extension
    }

    /// Reads the mapping of a correlation, whose matches other rules have tuned already.
    pub fn read_correlation(node: &Yaml, report: &mut Report) -> Self {
        let mut extension = Self::default();
        for (key, value) in node.expect_map(report).unwrap_or_default() {
            let name = key.text().unwrap_or_default();
            match name {
                "takes" => extension.takes = Takes::read(value, report),
                "least" => match level_change(value, report) {
                    Some(LevelChange::To(level)) => extension.least = level,
                    Some(LevelChange::By(_)) => {
                        report.error(value, "the least level is a level, not a number of steps");
                    }
                    None => {}
                },
                _ if CORRELATION_KEYS.contains(&name) => extension.text(name, value, report),
                other => unknown_key(key, other, &CORRELATION_KEYS, report),
            }
        }
        extension
    }

    /// What rules and correlations have in common.
    fn text(&mut self, key: &str, value: &Yaml, report: &mut Report) {
        let paragraph = |report: &mut Report| text(value, report).unwrap_or_default();
        match key {
            "catalogue" => self.catalogue = text(value, report),
            "enabled" => self.enabled = value.expect_bool(report).unwrap_or(true),
            "alone" => self.alone = value.expect_bool(report).unwrap_or(true),
            "family" => self.family = text(value, report),
            "show" => self.show = strings(value, report),
            "sentence" => self.sentence = sentence(value, report),
            "why" => self.why = paragraph(report),
            "check" => self.check = paragraph(report),
            "normal" => self.normal = paragraph(report),
            "tune" => self.tune = paragraph(report),
            _ => {}
        }
    }
}

impl Adjust {
    fn read(node: &Yaml, source: &LogSource, fields: &dyn FieldMap, report: &mut Report) -> Option<Self> {
        let mut adjust = Self {
            when: None,
            unless: None,
            level: None,
            because: String::new(),
            tags: Vec::new(),
            technique: None,
        };
        for (key, value) in node.expect_map(report)? {
            match key.text().unwrap_or_default() {
                "when" => adjust.when = Guard::read(value, source, fields, report),
                "unless" => adjust.unless = Guard::read(value, source, fields, report),
                "level" => adjust.level = level_change(value, report),
                "because" => adjust.because = text(value, report).unwrap_or_default(),
                "tags" => adjust.tags = strings(value, report),
                "technique" => adjust.technique = text(value, report).map(|id| id.to_ascii_uppercase()),
                other => {
                    unknown_key(
                        key,
                        other,
                        &["when", "unless", "level", "because", "tags", "technique"],
                        report,
                    );
                }
            }
        }
        if node.get("when").is_none() && node.get("unless").is_none() {
            report
                .error(node, "an adjustment without a condition")
                .help("say when it acts: `when: {field: value}`");
        }
        if node.get("level").is_none() && node.get("tags").is_none() && node.get("technique").is_none() {
            report
                .error(node, "an adjustment that changes nothing")
                .help("give it a `level`, `tags` or a `technique`");
        }
        if adjust.level.is_some() && adjust.because.is_empty() {
            report
                .error(node, "an adjustment of the level without `because`")
                .help("say in a few words why; the analyst reads it");
        }
        Some(adjust)
    }
}

/// A time span as Sigma writes it: a number and `s`, `m`, `h` or `d`.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let count: i64 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    count.checked_mul(seconds).filter(|seconds| *seconds > 0).map(SignedDuration::from_secs)
}

fn time_span(node: &Yaml, report: &mut Report) -> Option<SignedDuration> {
    let span = duration(node.expect_text(report)?);
    if span.is_none() {
        report.error(node, "not a time span").help("write a number and a unit, as 30d, 12h or 60m");
    }
    span
}

fn level_change(node: &Yaml, report: &mut Report) -> Option<LevelChange> {
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

fn sentence(node: &Yaml, report: &mut Report) -> String {
    let Some(sentence) = text(node, report) else { return String::new() };
    for piece in sentence.split('{').skip(1) {
        let name = piece.split('}').next().unwrap_or_default();
        if !PLACEHOLDERS.contains(&name) {
            unknown_word(node, "placeholder", name, &PLACEHOLDERS, report);
        }
    }
    sentence
}

fn text(node: &Yaml, report: &mut Report) -> Option<String> {
    node.expect_text(report).map(|text| text.trim().to_owned())
}

fn strings(node: &Yaml, report: &mut Report) -> Vec<String> {
    node.expect_strs(report).into_iter().map(str::to_owned).collect()
}

/// Reports a key nobody reads, with the one that was most likely meant.
pub(crate) fn unknown_key(node: &Yaml, key: &str, known: &[&str], report: &mut Report) {
    unknown_word(node, "key", key, known, report);
}

pub(super) fn unknown_word(node: &Yaml, what: &str, word: &str, known: &[&str], report: &mut Report) {
    let help = match nearest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("known are {}", known.join(", ")),
    };
    report.error(node, format!("unknown {what} '{word}'")).help(help);
}
