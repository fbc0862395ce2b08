//! Rules ready to be evaluated together.

use crate::compile::CompiledRule;
use crate::correlation::Correlation;
use crate::diagnostic::Diagnostic;
use crate::index::Index;
use crate::rule::{LogSource, Rule};
use crate::value::{Event, Field};

/// Rules, filters and correlations, ready to be evaluated.
///
/// An event is compared only with the rules whose texts it has, so a thousand rules cost little more than ten.
///
/// ```
/// use trailhound_sigma::{Engine, json};
///
/// let mut builder = Engine::builder();
/// builder.add("shell.yml", "
/// title: Shell on a machine
/// logsource: {product: aws, service: cloudtrail}
/// detection:
///   selection:
///     eventName: [StartSession, ResumeSession]
///   automation:
///     userAgent|contains: example-pipeline
///   condition: selection and not automation
/// ")?;
/// let engine = builder.build()?;
///
/// let event = json::Document::parse(r#"{"eventName": "StartSession", "userAgent": "aws-cli/2.27"}"#)?;
/// let titles: Vec<&str> = engine.matching(&event).map(|rule| rule.rule().meta.title.as_str()).collect();
/// assert_eq!(titles, ["Shell on a machine"]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    pub(super) rules: Vec<EngineRule>,
    pub(super) correlations: Vec<EngineCorrelation>,
    pub(super) index: Index,
    pub(super) warnings: Vec<Diagnostic>,
}

/// A rule of an [`Engine`].
#[derive(Debug)]
pub struct EngineRule {
    pub(super) rule: Rule,
    pub(super) compiled: CompiledRule,
    /// Only correlations are to tell of it.
    pub(super) silent: bool,
}

/// A correlation with the fields it reads of each of its rules.
#[derive(Debug)]
pub(super) struct EngineCorrelation {
    pub(super) correlation: Correlation,
    pub(super) members: Vec<MemberFields>,
    /// Only other correlations are to tell of it.
    pub(super) silent: bool,
}

/// What a correlation reads of the events of one of its rules.
#[derive(Debug)]
pub(super) struct MemberFields {
    pub(super) group: Vec<Field>,
    pub(super) values: Vec<Field>,
}

impl Engine {
    /// Every rule, in the order added.
    pub fn rules(&self) -> &[EngineRule] {
        &self.rules
    }

    /// What may not be as its author meant it.
    ///
    /// ```
    /// # use trailhound_sigma::Engine;
    /// let mut builder = Engine::builder();
    /// builder.add("r.yml", "{title: r, levle: high, logsource: {product: p}, detection: {s: {a: 1}, condition: s}}")?;
    /// let engine = builder.build()?;
    /// assert_eq!(engine.warnings()[0].help.as_deref(), Some("did you mean `level`?"));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Every correlation, in the order added.
    pub fn correlations(&self) -> impl Iterator<Item = &Correlation> {
        self.correlations.iter().map(|own| &own.correlation)
    }

    /// The rules that an event matches, in the order added, whatever their log source.
    pub fn matching<'e, E: Event + ?Sized>(&'e self, event: &'e E) -> impl Iterator<Item = &'e EngineRule> {
        self.numbers(event).map(|at| &self.rules[at])
    }

    /// The rules that an event of a log source matches: those whose own log source names nothing else.
    ///
    /// ```
    /// # use trailhound_sigma::{Engine, LogSource, json};
    /// # let mut builder = Engine::builder();
    /// # builder.add("r.yml", "{title: r, logsource: {product: linux}, detection: {s: {a: 1}, condition: s}}")?;
    /// # let engine = builder.build()?;
    /// # let event = json::Document::parse(r#"{"a": 1}"#)?;
    /// let windows = LogSource::new(Some("windows"), None, None);
    /// assert_eq!(engine.matching_from(&windows, &event).count(), 0, "a rule for linux");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn matching_from<'e, E: Event + ?Sized>(
        &'e self,
        source: &'e LogSource,
        event: &'e E,
    ) -> impl Iterator<Item = &'e EngineRule> {
        self.matching(event).filter(|own| own.rule.logsource.covers(source))
    }

    /// The numbers of the rules that an event matches.
    pub(super) fn numbers<E: Event + ?Sized>(&self, event: &E) -> impl Iterator<Item = usize> {
        self.index.candidates(event).into_iter().filter(|at| self.rules[*at].compiled.matches(event))
    }
}

impl EngineRule {
    /// The rule as it was read, narrowed by the filters that name it.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The rule as it is evaluated; it can explain its verdicts.
    pub fn compiled(&self) -> &CompiledRule {
        &self.compiled
    }

    /// Is it there only for correlations? Those that do not say `generate` keep what they look at to themselves.
    pub fn is_silent(&self) -> bool {
        self.silent
    }
}
