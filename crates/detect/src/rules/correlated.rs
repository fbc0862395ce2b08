//! Correlations with what `trailhound:` adds, and which rule feeds which.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use trailhound_sigma::{
    Correlation, CorrelationKind, Diagnostics, Field, FieldMap, LogSource, Reference, Report, Rule, Threshold,
};

use super::bounds::MOST_COUNTED;
use super::demand::Demand;
use super::extension::{Extension, is_shadow};
use super::info::{correlation_info, correlation_name, keys};
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
    /// What that asks of its windows.
    pub demand: Demand,
    /// What the `trailhound:` mapping says.
    pub extension: Extension,
    /// Raises alerts of its own; false where it only serves another correlation.
    pub alerts: bool,
}

impl Correlated {
    /// Are all events of a group one actor's, whatever they are called?
    pub(crate) fn is_of_one_actor(&self) -> bool {
        let aliases = &self.correlation.aliases;
        self.correlation
            .group_by
            .iter()
            .any(|name| name == ACTOR && aliases.iter().all(|alias| alias.name != *name))
    }
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
    /// What correlations over this one ask of the event that completes it.
    pub onward: Vec<Field>,
    takes: Takes,
    least: Level,
    /// It counts: what its actor does on most days adds up to nothing.
    counts: bool,
}

impl Feed {
    /// Does this match go in?
    pub fn takes(&self, found: &Match) -> bool {
        self.takes_at(found, found.verdict.level)
    }

    /// Would it go in at this level?
    pub fn takes_at(&self, found: &Match, level: Level) -> bool {
        let is_habit = self.counts && found.verdict.newness.routine.is_some();
        self.may_take(found) && level >= self.least && !is_habit
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
    /// Does it have few values for each of those that tell groups apart with it?
    pub fn tells_few_apart(&self) -> bool {
        match self {
            Self::Family => true,
            Self::Fact(name) => FEW.contains(&name.as_str()),
            Self::Field(_) => false,
        }
    }

    /// Is it a fact, and no field of the record?
    pub fn is_fact(&self) -> bool {
        !matches!(self, Self::Field(_))
    }

    /// Is each of its values a machine?
    pub fn is_target(&self) -> bool {
        matches!(self, Self::Fact(name) if name == TARGETS)
    }

    /// Its values in a match.
    pub fn values(&self, found: &Match) -> Vec<String> {
        match self {
            // What is done in a session is the doing of whom it comes from, where that is known.
            Self::Fact(name) if name == ACTOR && found.behind_known().is_some() => {
                found.behind_known().into_iter().map(str::to_owned).collect()
            }
            Self::Fact(name) => found.facts.texts(name),
            Self::Family if found.episode.is_none() => vec![found.rule.family.clone()],
            Self::Family => kept(found, FAMILY),
            Self::Field(field) => kept(found, &field.name),
        }
    }
}

/// Facts of which somebody has few: accounts, regions, credentials, address families.
const FEW: [&str; 4] = ["n.scope.account", "n.scope.region", "n.actor.credential", "n.source.family"];

/// The name of who acts among facts.
const ACTOR: &str = "n.actor.key";

/// The name of the machines among facts.
const TARGETS: &str = "n.target.ids";

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
            // Sigma counts every match of a rule; who knows of attempts says which of the two is meant.
            let plain = || Extension { takes: Takes::Both, ..Extension::default() };
            let keys: Vec<String> = keys(&correlation).into_iter().map(|key| key.name).collect();
            let extension = correlation
                .meta
                .extension("trailhound")
                .map_or_else(plain, |node| Extension::read_correlation(node, &keys, &mut report));
            check(&correlation, &extension, &mut report);
            match report.finish(()) {
                Ok(()) if extension.enabled => ready.push((correlation, extension)),
                Ok(()) => {}
                Err(wrong) => faults.push(wrong),
            }
        }
        let known = Referents { rules, correlations: &ready };
        for (at, (correlation, extension)) in ready.iter().enumerate() {
            let mut report = Report::new(&correlation.meta.file);
            let mut feeds = Vec::new();
            for (rule, reference) in correlation.rules.iter().enumerate() {
                let Some((name, referent)) = known.referent(reference) else { continue };
                let mut resolve = |field: &String| {
                    let field = correlation.field_of(field, reference);
                    known.source_of(field, referent, fields, correlation, &mut report)
                };
                let feed = Feed {
                    correlation: at,
                    rule,
                    group_by: correlation.group_by.iter().map(&mut resolve).collect(),
                    fields: correlation.fields.iter().map(&mut resolve).collect(),
                    onward: Vec::new(),
                    takes: extension.takes,
                    least: extension.least,
                    counts: !matches!(
                        correlation.kind,
                        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered
                    ),
                };
                feeds.push((name, feed));
            }
            // One with a fault hears of nothing, and so silences nobody.
            match report.finish(()) {
                Ok(()) => {
                    for (name, feed) in feeds {
                        compiled.feeds.entry(name).or_default().push(feed);
                    }
                }
                Err(wrong) => faults.push(wrong),
            }
        }
        compiled.hand_on(&known, fields);
        // As Sigma has it: a rule that correlations refer to is silent unless one of them lets it speak.
        // What is in shadow silences nothing that alerts.
        for (name, feeds) in &compiled.feeds {
            let counts = |feed: &&Feed| known.is_shadow(name) || !ready[feed.correlation].1.shadow;
            let mut feeds = feeds.iter().filter(counts).peekable();
            if feeds.peek().is_some() && feeds.all(|feed| !ready[feed.correlation].0.generate) {
                compiled.silent.insert(name.clone());
            }
        }
        for (correlation, extension) in ready {
            let info = Arc::new(correlation_info(&correlation, &extension));
            if !extension.alone {
                compiled.silent.insert(info.name.clone());
            }
            let alerts = !compiled.silent.contains(&info.name);
            let demand = Demand::of(&correlation).needing(&correlation, &extension.needs);
            compiled.all.push(Correlated { info, correlation, demand, extension, alerts });
        }
        (compiled, faults)
    }

    /// Has the rules of a correlation that feeds others keep what those ask for.
    fn hand_on(&mut self, known: &Referents<'_>, fields: FieldMaps) {
        let mut asked: Vec<(String, String)> = Vec::new();
        for (name, feeds) in &self.feeds {
            if known.correlations.iter().any(|(own, _)| correlation_name(own) == *name) {
                let sources = feeds.iter().flat_map(|feed| feed.group_by.iter().chain(&feed.fields));
                let raw = sources.filter_map(|source| match source {
                    ValueSource::Field(field) => Some((name.clone(), field.name.clone())),
                    ValueSource::Fact(_) | ValueSource::Family => None,
                });
                asked.extend(raw);
            }
        }
        asked.sort();
        asked.dedup();
        for (name, field) in asked {
            for rule in known.rules_below(&name, 0) {
                let Ok(paths) = fields.resolve(&rule.logsource, &field) else { continue };
                let feeds = rule.meta.name.as_ref().and_then(|name| self.feeds.get_mut(name));
                if let Some(feed) = feeds.and_then(|feeds| feeds.first_mut()) {
                    feed.onward.push(Field { name: field.clone(), paths });
                }
            }
        }
    }

    /// What a rule, or a correlation, feeds.
    pub(super) fn fed_by(&self, name: &str) -> &[Feed] {
        self.feeds.get(name).map_or(&[], Vec::as_slice)
    }

    /// What everything feeds.
    pub(super) fn feeds(&self) -> &HashMap<String, Vec<Feed>> {
        &self.feeds
    }

    /// Only serves correlations, and raises no alerts of its own.
    pub(super) fn silences(&self, name: &str) -> bool {
        self.silent.contains(name)
    }
}

/// What correlations may refer to.
struct Referents<'k> {
    rules: &'k [Rule],
    correlations: &'k [(Correlation, Extension)],
}

/// What a correlation looks at.
#[derive(Clone, Copy)]
enum Referent<'k> {
    Rule(&'k LogSource),
    Correlation(&'k Correlation),
}

impl<'k> Referents<'k> {
    /// The name of what is referred to, and what it is.
    fn referent(&self, reference: &Reference) -> Option<(String, Referent<'k>)> {
        if let Some(rule) = self.rules.iter().find(|rule| rule.is_named(&reference.name)) {
            return Some((rule.meta.name.clone().unwrap_or_default(), Referent::Rule(&rule.logsource)));
        }
        let mut correlations = self.correlations.iter().map(|(correlation, _)| correlation);
        let other = correlations.find(|other| other.is_named(&reference.name))?;
        Some((correlation_name(other), Referent::Correlation(other)))
    }

    /// Is what goes by this name in shadow?
    fn is_shadow(&self, name: &str) -> bool {
        let rule =
            self.rules.iter().any(|rule| rule.meta.name.as_deref() == Some(name) && is_shadow(&rule.meta));
        let is_it =
            |(own, extension): &(Correlation, Extension)| extension.shadow && correlation_name(own) == name;
        rule || self.correlations.iter().any(is_it)
    }

    /// The rules whose matches complete a correlation, through whatever lies between.
    fn rules_below(&self, name: &str, depth: usize) -> Vec<&'k Rule> {
        let mut correlations = self.correlations.iter().map(|(correlation, _)| correlation);
        let own = correlations
            .find(|own| correlation_name(own) == name)
            .filter(|_| depth <= self.correlations.len());
        let references = own.map(|own| own.rules.as_slice()).unwrap_or_default();
        let below = references.iter().flat_map(|reference| {
            match self.rules.iter().find(|rule| rule.is_named(&reference.name)) {
                Some(rule) => vec![rule],
                None => self
                    .referent(reference)
                    .map(|(name, _)| self.rules_below(&name, depth + 1))
                    .unwrap_or_default(),
            }
        });
        below.collect()
    }

    /// Where a rule keeps a field that a correlation names, or what a correlation hands on of the event that completed
    /// it; reports those that are not there.
    fn source_of(
        &self,
        field: &str,
        referent: Referent<'_>,
        fields: FieldMaps,
        correlation: &Correlation,
        report: &mut Report,
    ) -> ValueSource {
        if field == FAMILY {
            return ValueSource::Family;
        }
        let (resolved, of) = match referent {
            Referent::Rule(source) => (fields.resolve(source, field), log_source_name(source)),
            Referent::Correlation(other) => {
                let below = self.rules_below(&correlation_name(other), 0);
                let mut resolved = below.iter().map(|rule| fields.resolve(&rule.logsource, field));
                let first = resolved.next().unwrap_or_else(|| fields.resolve(&LogSource::default(), field));
                let any = if first.is_ok() { first } else { resolved.find(Result::is_ok).unwrap_or(first) };
                (any, format!("`{}`", correlation_name(other)))
            }
        };
        match resolved {
            Ok(_) if field.starts_with("n.") => ValueSource::Fact(field.to_owned()),
            Ok(paths) => ValueSource::Field(Field { name: field.to_owned(), paths }),
            Err(unknown) => {
                let error = report.error(correlation.place_of(field), format!("{of} has no field `{field}`"));
                if let Some(meant) = unknown.suggestion {
                    error.help(format!("did you mean `{meant}`?"));
                }
                ValueSource::Fact(field.to_owned())
            }
        }
    }
}

fn check(correlation: &Correlation, extension: &Extension, report: &mut Report) {
    for needed in &extension.needs {
        if !correlation.rules.iter().any(|rule| rule.name == *needed) {
            report
                .error(correlation.place_of("rules"), format!("`{needed}` is needed, and none of the rules"));
        }
    }
    if !extension.needs.is_empty() && correlation.kind.is_temporal() {
        report
            .error(correlation.place_of("type"), "`needs` is for what is counted")
            .help("write the rules that are needed into the condition");
    }
    #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
    let most = MOST_COUNTED as f64;
    let counts = matches!(correlation.kind, CorrelationKind::EventCount | CorrelationKind::ValueCount);
    if let Threshold::Figure(comparisons) = &correlation.condition
        && counts
        && comparisons.iter().any(|(_, bound)| *bound > most)
    {
        report
            .error(correlation.place_of("condition"), format!("more than {MOST_COUNTED} are never counted"))
            .help("choose a lower threshold or a finer group-by");
    }
}
