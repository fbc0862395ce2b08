//! The `trailhound:` mapping of a rule: what Sigma has no word for.

use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{Field, FieldMap, Level, LogSource, Metadata, Report};

use super::adjust::{Adjust, LevelChange, level_change};
use super::baseline::Baseline;
use super::known::KnownLowers;
use super::sentence::{named, sentence};
use super::takes::Takes;
use super::words::{strings, text, unknown_key};

/// How trailhound treats a rule's matches.
#[derive(Debug)]
pub struct Extension {
    /// Catalogue number.
    pub catalogue: Option<String>,
    /// Shipped switched on?
    pub enabled: bool,
    /// Evaluated beside the others, and alerts nobody.
    pub shadow: bool,
    /// Denied and failed calls become attempts, or are no match. Where nothing is said they become attempts, unless the
    /// rule itself asks how a call ended.
    pub attempt: Option<bool>,
    /// Action family for baselines and correlations.
    pub family: Option<String>,
    /// What changes the level, in order.
    pub adjust: Vec<Adjust>,
    /// What newness does.
    pub baselines: Vec<Baseline>,
    /// What habit does.
    pub known: Vec<KnownLowers>,
    /// No more than this, context where it does not say, unless something is new.
    pub require_first: Option<Level>,
    /// Alerts by itself; false where it only serves correlations.
    pub alone: bool,
    /// Which matches a correlation takes.
    pub takes: Takes,
    /// The least level of a match that a correlation takes.
    pub least: Level,
    /// Rules of a correlation without one of which it is not met.
    pub needs: Vec<String>,
    /// Raw fields the finding may carry.
    pub show: Vec<String>,
    /// The shipped rule whose place it takes.
    pub replaces: Option<String>,
    /// The message, with placeholders.
    pub sentence: String,
    /// Fields of the record by which it names the actor, the target, the object, and placeholders of its own.
    pub told: Vec<Field>,
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
            shadow: false,
            attempt: None,
            family: None,
            adjust: Vec::new(),
            baselines: Vec::new(),
            known: Vec::new(),
            require_first: None,
            alone: true,
            takes: Takes::default(),
            least: Level::Informational,
            needs: Vec::new(),
            show: Vec::new(),
            replaces: None,
            sentence: String::new(),
            told: Vec::new(),
            why: String::new(),
            check: String::new(),
            normal: String::new(),
            tune: String::new(),
        }
    }
}

/// What a rule's mapping may hold.
pub(super) const KEYS: [&str; 19] = [
    "catalogue",
    "enabled",
    "shadow",
    "alone",
    "attempt",
    "family",
    "adjust",
    "baseline",
    "require_first",
    "replaces",
    "actor",
    "target",
    "object",
    "show",
    "sentence",
    "why",
    "check",
    "normal",
    "tune",
];

/// What a correlation's mapping may hold.
pub(super) const CORRELATION_KEYS: [&str; 15] = [
    "catalogue",
    "enabled",
    "shadow",
    "alone",
    "family",
    "takes",
    "least",
    "needs",
    "replaces",
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
                "attempt" => extension.attempt = value.expect_bool(report),
                "adjust" => {
                    for item in value.expect_seq(report).unwrap_or_default() {
                        extension.adjust.extend(Adjust::read(item, source, fields, report));
                    }
                }
                "baseline" => {
                    for item in value.expect_seq(report).unwrap_or_default() {
                        if item.get("known").is_some() {
                            extension.known.extend(KnownLowers::read(item, source, fields, report));
                        } else {
                            extension.baselines.extend(Baseline::read(item, source, fields, report));
                        }
                    }
                    if !extension.known.is_empty() {
                        KnownLowers::needs(value, &extension.baselines, report);
                    }
                }
                "actor" | "target" | "object" => {
                    named(name, value, (source, fields), &mut extension.told, report);
                }
                "sentence" => {
                    extension.sentence =
                        sentence(value, Some((source, fields)), &[], &mut extension.told, report);
                }
                "require_first" => extension.require_first = require_first(value, report),
                _ if KEYS.contains(&name) => extension.text(name, value, report),
                other => unknown_key(key, other, &KEYS, report),
            }
        }
        extension
    }

    /// Reads the mapping of a correlation, whose matches other rules have tuned already; `keys` are the fields of the
    /// record that keep its groups apart.
    pub fn read_correlation(node: &Yaml, keys: &[String], report: &mut Report) -> Self {
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
                "sentence" => extension.sentence = sentence(value, None, keys, &mut Vec::new(), report),
                "needs" => extension.needs = strings(value, report),
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
            "shadow" => self.shadow = value.expect_bool(report).unwrap_or(false),
            "alone" => self.alone = value.expect_bool(report).unwrap_or(true),
            "replaces" => self.replaces = text(value, report),
            "family" => self.family = text(value, report),
            "show" => self.show = strings(value, report),
            "why" => self.why = paragraph(report),
            "check" => self.check = paragraph(report),
            "normal" => self.normal = paragraph(report),
            "tune" => self.tune = paragraph(report),
            _ => {}
        }
    }
}

/// Is a document in shadow, by what it says itself?
pub(super) fn is_shadow(meta: &Metadata) -> bool {
    let says = meta.extension("trailhound").and_then(|node| node.get("shadow"));
    says.and_then(|value| value.expect_bool(&mut Report::new(&meta.file))).unwrap_or(false)
}

/// `true`, or the level that is left where nothing is new.
fn require_first(value: &Yaml, report: &mut Report) -> Option<Level> {
    if value.text().is_some_and(|text| text.parse::<Level>().is_ok()) {
        return match level_change(value, report) {
            Some(LevelChange::To(level)) => Some(level),
            _ => None,
        };
    }
    value.expect_bool(report)?.then_some(Level::Informational)
}
