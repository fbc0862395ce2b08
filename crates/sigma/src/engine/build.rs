//! Files to an engine.

use std::fmt;

use super::rules::{Engine, EngineCorrelation, EngineRule, MemberFields};
use crate::compile::CompiledRule;
use crate::correlation::{Correlation, check_correlations};
use crate::diagnostic::{Diagnostics, Report, Severity};
use crate::fields::{FieldMap, PlainFields};
use crate::filter::{Filter, Reference, apply_filters};
use crate::index::Index;
use crate::rule::{LogSource, ParseOptions, Rule, SigmaDocument, parse};
use crate::value::Field;

impl Engine {
    /// Starts without rules, taking fields for their own paths.
    pub fn builder() -> EngineBuilder<'static> {
        EngineBuilder::default()
    }
}

/// Collects rules for an [`Engine`].
pub struct EngineBuilder<'f> {
    fields: &'f dyn FieldMap,
    rules: Vec<Rule>,
    correlations: Vec<Correlation>,
    filters: Vec<Filter>,
    strict: bool,
}

impl fmt::Debug for EngineBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rules, correlations, filters, .. } = self;
        let counts = [rules.len(), correlations.len(), filters.len()];
        f.debug_tuple("EngineBuilder").field(&counts).finish()
    }
}

impl Default for EngineBuilder<'_> {
    fn default() -> Self {
        let (rules, correlations, filters) = (Vec::new(), Vec::new(), Vec::new());
        Self { fields: &PlainFields, rules, correlations, filters, strict: false }
    }
}

impl<'f> EngineBuilder<'f> {
    /// Says where events keep the fields that rules name.
    #[must_use]
    pub fn fields<'g>(self, fields: &'g dyn FieldMap) -> EngineBuilder<'g>
    where
        'f: 'g,
    {
        EngineBuilder { fields, ..self }
    }

    /// Makes errors of warnings from here on.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Adds every document of a file; `file` is named in what is reported. Nothing is added of a file with a fault.
    ///
    /// ```
    /// # use trailhound_sigma::Engine;
    /// let mut builder = Engine::builder();
    /// let wrong = builder
    ///     .add("slip.yml", "{title: t, logsource: {product: aws}, detection: {s: {a|contain: x}, condition: s}}")
    ///     .unwrap_err();
    /// assert_eq!(
    ///     wrong.to_string(),
    ///     "slip.yml:1:55: there is no modifier `contain`\n  help: did you mean `contains`?"
    /// );
    /// ```
    pub fn add(&mut self, file: &str, text: &str) -> Result<&mut Self, Diagnostics> {
        self.add_with(file, text, &ParseOptions::default())
    }

    /// Like [`EngineBuilder::add`], with keys of the caller's own or values for placeholders.
    pub fn add_with(
        &mut self,
        file: &str,
        text: &str,
        options: &ParseOptions<'_>,
    ) -> Result<&mut Self, Diagnostics> {
        let options = ParseOptions { strict: options.strict || self.strict, ..*options };
        for document in parse(file, text, &options)? {
            match document {
                SigmaDocument::Rule(rule) => self.rules.push(rule),
                SigmaDocument::Correlation(correlation) => self.correlations.push(correlation),
                SigmaDocument::Filter(filter) => self.filters.push(filter),
            }
        }
        Ok(self)
    }

    /// Applies filters, resolves fields and references, and indexes. Tells everything that is wrong at once.
    pub fn build(self) -> Result<Engine, Diagnostics> {
        let Self { fields, mut rules, correlations, filters, strict } = self;
        let mut faults = Vec::new();
        let mut told = apply_filters(&mut rules, &filters);
        told.extend(check_correlations(&correlations, &rules));
        let (wrong, mut warnings): (Vec<_>, Vec<_>) =
            told.into_iter().partition(|found| strict || found.severity == Severity::Error);
        if !wrong.is_empty() {
            faults.push(Diagnostics(wrong));
        }
        let members: Vec<Vec<MemberFields>> = correlations
            .iter()
            .filter_map(|correlation| {
                member_fields(correlation, &rules, fields).map_err(|wrong| faults.push(wrong)).ok()
            })
            .collect();
        let compiled: Vec<CompiledRule> = rules
            .iter()
            .filter_map(|rule| CompiledRule::compile(rule, fields).map_err(|wrong| faults.push(wrong)).ok())
            .collect();
        if !faults.is_empty() {
            return Err(Diagnostics(faults.into_iter().flat_map(|wrong| wrong.0).collect()));
        }
        let of_rules = rules.iter().map(|rule| &rule.meta);
        let metas = of_rules
            .chain(correlations.iter().map(|own| &own.meta))
            .chain(filters.iter().map(|own| &own.meta));
        warnings.extend(metas.flat_map(|meta| meta.warnings.iter().cloned()));
        warnings.extend(compiled.iter().flat_map(|rule| rule.warnings().iter().cloned()));
        let kept: Vec<&Reference> =
            correlations.iter().filter(|own| !own.generate).flat_map(|own| &own.rules).collect();
        let silent_rules: Vec<bool> =
            rules.iter().map(|rule| kept.iter().any(|reference| rule.is_named(&reference.name))).collect();
        let silent: Vec<bool> = correlations
            .iter()
            .map(|own| kept.iter().any(|reference| own.is_named(&reference.name)))
            .collect();
        let index = Index::new(&compiled);
        let rules = rules.into_iter().zip(compiled).zip(silent_rules);
        let correlations = correlations.into_iter().zip(members).zip(silent);
        Ok(Engine {
            rules: rules.map(|((rule, compiled), silent)| EngineRule { rule, compiled, silent }).collect(),
            correlations: correlations
                .map(|((correlation, members), silent)| EngineCorrelation { correlation, members, silent })
                .collect(),
            index,
            warnings,
        })
    }
}

/// The fields that a correlation reads of each of its rules. Of another correlation it reads the event that completed
/// it, whose fields stand under their own names.
fn member_fields(
    correlation: &Correlation,
    rules: &[Rule],
    fields: &dyn FieldMap,
) -> Result<Vec<MemberFields>, Diagnostics> {
    let mut report = Report::new(&correlation.meta.file);
    let mut members = Vec::new();
    for reference in &correlation.rules {
        let rule = rules.iter().find(|rule| rule.is_named(&reference.name));
        let source = rule.map_or_else(LogSource::default, |rule| rule.logsource.clone());
        let mut resolve = |names: &[String]| -> Vec<Field> {
            let names = names.iter().map(|name| correlation.field_of(name, reference));
            names
                .map(|name| match fields.resolve(&source, name) {
                    Ok(paths) if !paths.is_empty() => Field { name: name.to_owned(), paths },
                    Ok(_) => Field::plain(name),
                    Err(_) => {
                        let message = format!("`{}` has no field `{name}`", reference.name);
                        report.error(correlation.place_of(name), message);
                        Field::plain(name)
                    }
                })
                .collect()
        };
        members.push(MemberFields {
            group: resolve(&correlation.group_by),
            values: resolve(&correlation.fields),
        });
    }
    report.finish(members)
}
