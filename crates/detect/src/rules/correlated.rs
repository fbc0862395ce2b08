//! Correlations with what `trailhound:` adds, and which rule feeds which.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use trailhound_sigma::{
    Correlation, CorrelationKind, Diagnostics, Field, FieldMap, LogSource, Reference, Report, Rule, Threshold,
};

use super::bounds::MOST_MEMBERS;
use super::extension::Extension;
use super::info::{correlation_info, correlation_name};
use super::takes::Takes;
use super::words::log_source_name;
use crate::event::FieldMaps;
use crate::matched::{Level, Match, RuleInfo};

/// One correlation, ready to be fed.
pub struct Correlated {
    /// What findings say of it.
    pub info: Arc<RuleInfo>,
    /// As written.
    pub correlation: Correlation,
    /// What the `trailhound:` mapping says.
    pub extension: Extension,
    /// Raises alerts of its own; false where it only serves another correlation.
    pub alerts: bool,
}

/// One way from a rule into a correlation.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Which correlation, by position.
    pub correlation: usize,
    /// Which of its rules.
    pub rule: usize,
    /// What keeps groups apart.
    pub group_by: Vec<ValueSource>,
    /// What is counted or computed with.
    pub fields: Vec<ValueSource>,
    takes: Takes,
    least: Level,
}

impl Feed {
    /// Does this match go in?
    pub fn takes(&self, found: &Match) -> bool {
        self.may_take(found) && found.verdict.level >= self.least
    }

    /// May it go in, whatever memory makes of its level?
    pub fn may_take(&self, found: &Match) -> bool {
        self.takes.takes(found)
    }
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueSource {
    /// A normalised fact.
    Fact(String),
    /// The rule's action family.
    Family,
    /// A field of the record, which the pipeline keeps with the match.
    Field(Field),
}

impl ValueSource {
    /// Its values in a match.
    pub fn values(&self, found: &Match) -> Vec<String> {
        match self {
            Self::Fact(name) => found.facts.texts(name),
            Self::Family if found.episode.is_none() => vec![found.rule.family.clone()],
            Self::Family => kept(found, FAMILY),
            Self::Field(field) => kept(found, &field.name),
        }
    }
}

/// The name of the action family among facts; a correlation's match keeps that of the event that completed it.
pub(crate) const FAMILY: &str = "n.family";

fn kept(found: &Match, name: &str) -> Vec<String> {
    let kept = found.asked.fields.iter().filter(|(kept, _)| kept == name);
    kept.flat_map(|(_, values)| values.iter().cloned()).collect()
}

/// All correlations, and what feeds them.
#[derive(Default)]
pub(super) struct Correlations {
    pub(super) all: Vec<Correlated>,
    feeds: HashMap<String, Vec<Feed>>,
    silent: HashSet<String>,
}

impl Correlations {
    /// Compiles correlations over rules; those with faults are left out.
    pub(super) fn compile(
        correlations: Vec<Correlation>,
        rules: &[Rule],
        fields: FieldMaps,
    ) -> (Self, Vec<Diagnostics>) {
        let mut faults = Vec::new();
        let mut compiled = Self::default();
        let mut ready: Vec<(Correlation, Extension)> = Vec::new();
        for correlation in correlations {
            let mut report = Report::new(&correlation.meta.file);
            let extension = correlation
                .meta
                .extension("trailhound")
                .map_or_else(Extension::default, |node| Extension::read_correlation(node, &mut report));
            check(&correlation, &mut report);
            match report.finish(()) {
                Ok(()) if extension.enabled => ready.push((correlation, extension)),
                Ok(()) => {}
                Err(wrong) => faults.push(wrong),
            }
        }
        let known = Known { rules, correlations: &ready };
        for (at, (correlation, extension)) in ready.iter().enumerate() {
            let mut report = Report::new(&correlation.meta.file);
            for (rule, reference) in correlation.rules.iter().enumerate() {
                let Some((name, logsource)) = known.referent(reference) else { continue };
                let mut resolve = |field: &String| {
                    let field = correlation.field_of(field, reference);
                    source_of(field, logsource, fields, correlation, &mut report)
                };
                let feed = Feed {
                    correlation: at,
                    rule,
                    group_by: correlation.group_by.iter().map(&mut resolve).collect(),
                    fields: correlation.fields.iter().map(&mut resolve).collect(),
                    takes: extension.takes,
                    least: extension.least,
                };
                compiled.feeds.entry(name).or_default().push(feed);
            }
            if let Err(wrong) = report.finish(()) {
                faults.push(wrong);
            }
        }
        // As Sigma has it: a rule that correlations refer to is silent unless one of them lets it speak.
        for (name, feeds) in &compiled.feeds {
            if feeds.iter().all(|feed| !ready[feed.correlation].0.generate) {
                compiled.silent.insert(name.clone());
            }
        }
        for (correlation, extension) in ready {
            let info = Arc::new(correlation_info(&correlation, &extension));
            if !extension.alone {
                compiled.silent.insert(info.name.clone());
            }
            let alerts = !compiled.silent.contains(&info.name);
            compiled.all.push(Correlated { info, correlation, extension, alerts });
        }
        (compiled, faults)
    }

    /// What a rule, or a correlation, feeds.
    pub(super) fn fed_by(&self, name: &str) -> &[Feed] {
        self.feeds.get(name).map_or(&[], Vec::as_slice)
    }

    /// Only serves correlations, and raises no alerts of its own.
    pub(super) fn silences(&self, name: &str) -> bool {
        self.silent.contains(name)
    }
}

/// What correlations may refer to.
struct Known<'k> {
    rules: &'k [Rule],
    correlations: &'k [(Correlation, Extension)],
}

impl<'k> Known<'k> {
    /// The name of what is referred to, and its log source if it is a rule.
    fn referent(&self, reference: &Reference) -> Option<(String, Option<&'k LogSource>)> {
        if let Some(rule) = self.rules.iter().find(|rule| rule.is_named(&reference.name)) {
            return Some((rule.meta.name.clone().unwrap_or_default(), Some(&rule.logsource)));
        }
        let mut correlations = self.correlations.iter().map(|(correlation, _)| correlation);
        let other = correlations.find(|other| other.is_named(&reference.name))?;
        Some((correlation_name(other), None))
    }
}

fn check(correlation: &Correlation, report: &mut Report) {
    #[allow(clippy::cast_precision_loss, reason = "a few hundred")]
    let most = MOST_MEMBERS as f64;
    let counts = matches!(correlation.kind, CorrelationKind::EventCount | CorrelationKind::ValueCount);
    if let Threshold::Figure(comparisons) = &correlation.condition
        && counts
        && comparisons.iter().any(|(_, bound)| *bound > most)
    {
        report
            .error(correlation.place_of("condition"), format!("more than {MOST_MEMBERS} are never counted"))
            .help("choose a lower threshold or a finer group-by");
    }
}

/// Where a rule keeps a field that a correlation names; reports those it does not have.
fn source_of(
    field: &str,
    source: Option<&LogSource>,
    fields: FieldMaps,
    correlation: &Correlation,
    report: &mut Report,
) -> ValueSource {
    if field == FAMILY {
        return ValueSource::Family;
    }
    // What a correlation hands on is the facts of the event that completed it.
    let resolved = match source {
        Some(source) => fields.resolve(source, field),
        None => fields.resolve(&LogSource::default(), field),
    };
    match resolved {
        Ok(_) if field.starts_with("n.") => ValueSource::Fact(field.to_owned()),
        Ok(paths) => ValueSource::Field(Field { name: field.to_owned(), paths }),
        Err(unknown) => {
            let of = source.map_or_else(|| "a correlation".to_owned(), log_source_name);
            let error = report.error(correlation.place_of(field), format!("{of} has no field `{field}`"));
            if let Some(meant) = unknown.suggestion {
                error.help(format!("did you mean `{meant}`?"));
            }
            ValueSource::Fact(field.to_owned())
        }
    }
}
