//! Documents on their way to detections: whose name is whose, who takes whose place, who acts on whom.
//!
//! No document makes another vanish: of two with one name or id the later is refused, and a shipped rule goes only where
//! a rule that names it, and that compiles, takes its place (a correlation that names it, and that is read).

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use trailhound_sigma::diagnostic::nearest;
use trailhound_sigma::{
    Correlation, Diagnostic, Filter, Metadata, ParseOptions, Report, Rule, Severity, SigmaDocument,
    apply_filters, parse,
};

use super::correlated::Correlations;
use super::info::slug;
use super::lane;
use super::making::{Made, make};
use super::presence;
use super::report::{Beyond, FileReport, ReplacedRule};
use super::set::RuleSet;
use super::tags;
use super::values;
use crate::event::FieldMaps;

/// What was read so far.
pub(super) struct Collected {
    strict: bool,
    rules: Vec<Rule>,
    correlations: Vec<Correlation>,
    filters: Vec<Filter>,
    /// Who goes by a name, or by an id in lower case.
    called: HashMap<String, Owner>,
    /// Which file each is in, and whether that is shipped.
    files: HashMap<String, usize>,
    replaced: Vec<ReplacedRule>,
    /// What rules that are left out go by, and why they are.
    beyond: Vec<([Option<String>; 2], String)>,
}

/// Who has a name or an id.
#[derive(Clone)]
struct Owner {
    name: String,
    file: String,
    is_shipped: bool,
}

impl Collected {
    pub(super) fn new(strict: bool) -> Self {
        Self {
            strict,
            rules: Vec::new(),
            correlations: Vec::new(),
            filters: Vec::new(),
            called: HashMap::new(),
            files: HashMap::new(),
            replaced: Vec::new(),
            beyond: Vec::new(),
        }
    }

    /// Reads every document of a file.
    pub(super) fn file(
        &mut self,
        at: usize,
        (path, text): (&str, &str),
        is_shipped: bool,
        placeholders: &[(&str, &[&str])],
        told: &mut FileReport,
    ) {
        self.files.insert(path.to_owned(), at);
        let options = ParseOptions::default()
            .with_extensions(&["trailhound"])
            .with_placeholders(placeholders)
            .strict(self.strict);
        let documents = match parse(path, text, &options) {
            Ok(documents) => documents,
            Err(wrong) => return told.tell(wrong.0),
        };
        let mut names = Vec::new();
        for mut document in documents {
            let mut report = Report::new(path);
            let is_filter = matches!(document, SigmaDocument::Filter(_));
            let name = document.meta().name.clone().unwrap_or_else(|| slug(&document.meta().title));
            if !is_filter {
                self.call(&name, document.meta_mut(), is_shipped, &mut report);
            }
            tags::check(document.meta(), &mut report);
            told.tell(document.meta().warnings.iter().cloned());
            told.tell(self.judged(report.take_warnings()));
            if let Err(wrong) = report.finish(()) {
                told.tell(wrong.0);
                continue;
            }
            names.push(if is_filter { document.meta().title.clone() } else { name });
            match document {
                SigmaDocument::Rule(rule) => self.rules.push(rule),
                SigmaDocument::Correlation(correlation) => self.correlations.push(correlation),
                SigmaDocument::Filter(filter) => self.filters.push(filter),
            }
        }
        if let Ok(all) = &mut told.outcome {
            *all = names;
        }
    }

    /// Gives a document its name and id, if nobody has them.
    fn call(&mut self, name: &str, meta: &mut Metadata, is_shipped: bool, report: &mut Report) {
        let place = (meta.line, 1);
        let replaces = replaces(meta);
        let mut keys = vec![(format!("name `{name}`"), name.to_owned())];
        keys.extend(meta.id.iter().map(|id| (format!("id `{id}`"), id.to_lowercase())));
        let owned = replaces.as_ref().and_then(|shipped| {
            self.called.get(shipped).or_else(|| self.called.get(&shipped.to_lowercase())).cloned()
        });
        for (what, key) in &keys {
            let Some(owner) = self.called.get(key) else { continue };
            if owned.as_ref().is_some_and(|replaced| owner.is_shipped && replaced.name == owner.name) {
                continue;
            }
            let Owner { name: other, file, is_shipped } = owner;
            if *is_shipped {
                report.error(place, format!("its {what} is that of the shipped rule `{other}` ({file})")).help(format!(
                    "give it its own, or write `trailhound: {{replaces: {other}}}` to take the rule's place"
                ));
            } else {
                report
                    .error(place, format!("its {what} is that of `{other}` in {file}"))
                    .help("give one of them a name and an id of its own");
            }
        }
        if let Some(shipped) = &replaces {
            self.replace(shipped, owned, name, meta, report);
        }
        meta.name = Some(name.to_owned());
        if report.is_clean() {
            let owner = Owner { name: name.to_owned(), file: meta.file.clone(), is_shipped };
            self.called.extend(keys.into_iter().map(|(_, key)| (key, owner.clone())));
        }
    }

    /// Has a document take the place of a shipped rule, whose name and id lead to it from now on.
    fn replace(
        &mut self,
        shipped: &str,
        owned: Option<Owner>,
        name: &str,
        meta: &mut Metadata,
        report: &mut Report,
    ) {
        let place = (meta.line, 1);
        let target = owned.as_ref().map_or(shipped, |owner| owner.name.as_str());
        if let Some(other) = self.replaced.iter().find(|other| other.shipped == target) {
            report.error(
                place,
                format!("`{}` in {} takes the place of `{target}` already", other.by, other.file),
            );
            return;
        }
        let Some(Owner { name: shipped, is_shipped: true, .. }) = owned else {
            let error =
                report.error(place, format!("there is no shipped rule `{shipped}` to take the place of"));
            let names =
                self.called.values().filter(|owner| owner.is_shipped).map(|owner| owner.name.as_str());
            if let Some(meant) = nearest(shipped, names) {
                error.help(format!("did you mean `{meant}`?"));
            }
            return;
        };
        let metas =
            self.rules.iter().map(|rule| &rule.meta).chain(self.correlations.iter().map(|own| &own.meta));
        let id = metas.filter(|meta| meta.name.as_ref() == Some(&shipped)).find_map(|meta| meta.id.clone());
        meta.aliases = std::iter::once(shipped.clone()).chain(id).collect();
        self.replaced.push(ReplacedRule { shipped, by: name.to_owned(), file: meta.file.clone() });
    }

    /// Compiles all of it, telling in the reports what is wrong.
    pub(super) fn compile(mut self, reports: &mut [FileReport]) -> (RuleSet, Vec<ReplacedRule>) {
        let fields = FieldMaps;
        let told = apply_filters(&mut self.rules, &self.filters);
        self.blame(reports, told);
        let mut detections = Vec::with_capacity(self.rules.len());
        for rule in std::mem::take(&mut self.rules) {
            let meta = &rule.meta;
            let (file, title, name) = (meta.file.clone(), meta.title.clone(), meta.name.clone());
            let named = [name.clone(), meta.id.clone()];
            match make(rule, fields) {
                Made::Detection(detection) => {
                    self.blame(reports, detection.compiled.warnings().to_vec());
                    let asked = presence::warnings(&detection.rule, &detection.extension, &fields);
                    self.blame(reports, self.judged(asked));
                    let wondered = values::warnings(&detection.rule, &detection.logs);
                    self.blame(reports, self.judged(wondered));
                    detections.push(*detection);
                }
                Made::Beyond(reason) => {
                    self.beyond.push((named, reason.clone()));
                    if let Some(at) = self.files.get(&file) {
                        reports[*at].leave_out(name.as_ref(), Beyond { rule: title, reason });
                    }
                }
                Made::Wrong(wrong) => self.blame(reports, wrong.0),
            }
        }
        let mut correlations = std::mem::take(&mut self.correlations);
        self.make_room(&mut detections, &mut correlations);
        let rules: Vec<Rule> = detections.iter().map(|detection| detection.rule.clone()).collect();
        self.refuse_idle(&mut correlations, &rules, reports);
        self.blame(reports, lane::unheard(&correlations, &rules));
        let (correlations, faults) = Correlations::compile(correlations, &rules, fields);
        for wrong in faults {
            self.blame(reports, wrong.0);
        }
        detections.sort_by(|a, b| a.info.name.cmp(&b.info.name));
        (RuleSet::new(detections, correlations), self.replaced)
    }

    /// Takes shipped rules out whose place another rule takes that is there.
    fn make_room(&mut self, detections: &mut Vec<super::Detection>, correlations: &mut Vec<Correlation>) {
        let metas =
            detections.iter().map(|own| &own.rule.meta).chain(correlations.iter().map(|own| &own.meta));
        let taken: Vec<String> = metas.filter_map(|meta| meta.aliases.first().cloned()).collect();
        self.replaced.retain(|replaced| taken.contains(&replaced.shipped));
        let gives_way = |meta: &Metadata| {
            taken
                .iter()
                .any(|shipped| meta.name.as_ref() == Some(shipped) && meta.aliases.first() != Some(shipped))
        };
        detections.retain(|detection| !gives_way(&detection.rule.meta));
        correlations.retain(|correlation| !gives_way(&correlation.meta));
    }

    /// Leaves out correlations that nothing can meet, and those that are over nothing else.
    fn refuse_idle(
        &mut self,
        correlations: &mut Vec<Correlation>,
        rules: &[Rule],
        reports: &mut [FileReport],
    ) {
        loop {
            let told: Vec<Vec<Diagnostic>> =
                correlations.iter().map(|own| own.check(correlations, rules)).collect();
            let is_idle: Vec<bool> =
                told.iter().map(|told| told.iter().any(|found| found.severity == Severity::Error)).collect();
            let is_done = !is_idle.contains(&true);
            let mut outside = Vec::new();
            for ((told, is_idle), own) in told.into_iter().zip(&is_idle).zip(correlations.iter()) {
                let reason =
                    own.rules.iter().find_map(|rule| self.is_beyond(&rule.name)).filter(|_| *is_idle);
                match reason {
                    // It goes with the rules that it is about, which is no error.
                    Some(reason) => outside.push((own.meta.clone(), reason)),
                    None if *is_idle || is_done => self.blame(reports, self.truly(told)),
                    None => {}
                }
            }
            for (meta, reason) in outside {
                self.beyond.push(([meta.name.clone(), meta.id.clone()], reason.clone()));
                if let Some(at) = self.files.get(&meta.file) {
                    reports[*at].leave_out(meta.name.as_ref(), Beyond { rule: meta.title, reason });
                }
            }
            if is_done {
                return;
            }
            let mut idle = is_idle.into_iter();
            correlations.retain(|_| idle.next() == Some(false));
        }
    }

    /// Why a rule is not read, if one of that name or id is there and is not.
    fn is_beyond(&self, called: &str) -> Option<String> {
        let is_it = |names: &[Option<String>; 2]| {
            names.iter().flatten().any(|name| name.eq_ignore_ascii_case(called))
        };
        self.beyond.iter().find(|(names, _)| is_it(names)).map(|(_, reason)| reason.clone())
    }

    /// With the true reason where a rule that is named is there, and its log is not read.
    fn truly(&self, mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
        for told in &mut told {
            let called =
                told.message.strip_prefix("there is no rule `").and_then(|rest| rest.strip_suffix('`'));
            if let Some((called, reason)) = called.and_then(|called| Some((called, self.is_beyond(called)?)))
            {
                told.message = format!("the rule `{called}` is left out: {reason}");
                told.help = None;
            }
        }
        told
    }

    /// Puts what was told at the report of its file.
    fn blame(&self, reports: &mut [FileReport], told: Vec<Diagnostic>) {
        for told in self.judged(told) {
            if let Some(at) = self.files.get(&told.file) {
                reports[*at].tell([told]);
            }
        }
    }

    /// As errors, where what makes one wonder is one.
    fn judged(&self, mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if self.strict {
            for told in &mut told {
                told.severity = Severity::Error;
            }
        }
        told
    }
}

/// The shipped rule whose place a document takes.
fn replaces(meta: &Metadata) -> Option<String> {
    meta.extension("trailhound")?.get("replaces")?.text().map(str::to_owned)
}
