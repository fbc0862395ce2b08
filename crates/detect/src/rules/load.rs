//! Rule files to a [`RuleSet`], with a report for each file.

#[cfg(test)]
use trailhound_sigma::{Diagnostics, Rule};

use super::collected::Collected;
#[cfg(test)]
use super::detection::Detection;
use super::embedded::EMBEDDED;
use super::files::FileKind;
#[cfg(test)]
use super::making::{Made, make};
use super::placeholders::Placeholders;
use super::report::{FileReport, ReplacedRule};
use super::set::RuleSet;
use crate::digest;
#[cfg(test)]
use crate::event::FieldMaps;

/// A rule file as read.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// How messages name it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Rules, and what became of each file.
#[derive(Default)]
pub struct Loaded {
    /// All that could be loaded.
    pub rules: RuleSet,
    /// A report for each file: placeholders first, then rules in the order given.
    pub reports: Vec<FileReport>,
    /// Shipped rules that others took the place of.
    pub replaced: Vec<ReplacedRule>,
}

impl Loaded {
    /// Everything wrong with any file.
    pub fn errors(&self) -> impl Iterator<Item = &trailhound_sigma::Diagnostics> {
        self.reports.iter().filter_map(|report| report.outcome.as_ref().err())
    }
}

/// How files are loaded.
#[derive(Clone, Copy, Debug)]
pub struct Loading<'a> {
    /// With the shipped rules.
    pub shipped: bool,
    /// Of those these alone, by their places in [`EMBEDDED`]: for whoever knows what else is of no account.
    pub among: Option<&'a [usize]>,
    /// What makes one wonder is an error.
    pub strict: bool,
    /// Files that say what placeholders stand for, besides those among the rules.
    pub placeholders: &'a [RuleFile],
}

impl Default for Loading<'_> {
    fn default() -> Self {
        Self { shipped: true, among: None, strict: false, placeholders: &[] }
    }
}

/// The shipped rules.
pub fn load_embedded() -> Loaded {
    load(&[])
}

/// The shipped rules with `files` added.
pub fn load(files: &[RuleFile]) -> Loaded {
    load_as(files, Loading::default())
}

/// Loads files as asked. Rules of one name or id are an error that names both files; one that takes the place of a
/// shipped rule says so itself.
pub fn load_as(files: &[RuleFile], loading: Loading<'_>) -> Loaded {
    let given: Vec<&str> = files.iter().chain(loading.placeholders).map(|file| file.text.as_str()).collect();
    let of = |file: &RuleFile| FileKind::of(&file.path) == Some(FileKind::Placeholders);
    let (beside, files): (Vec<&RuleFile>, Vec<&RuleFile>) = files.iter().partition(|file| of(file));
    let (mut placeholders, mut reports) = (Placeholders::default(), Vec::new());
    for file in beside.into_iter().chain(loading.placeholders) {
        let outcome = placeholders.add(&file.path, &file.text);
        reports.push(FileReport { outcome, ..FileReport::new(&file.path) });
    }
    let mut collected = Collected::new(loading.strict);
    placeholders.with(|placeholders| {
        // A shipped file that is given is meant itself, as whoever works on it names it.
        let is_given = |text: &str| files.iter().any(|given| given.text == text);
        let is_meant = |at: usize| loading.shipped && loading.among.is_none_or(|among| among.contains(&at));
        let shipped = EMBEDDED.iter().enumerate().filter(|(at, file)| is_meant(*at) && !is_given(file.text));
        let shipped = shipped.map(|(_, file)| (file.path, file.text, true));
        let given = files.iter().map(|file| (file.path.as_str(), file.text.as_str(), false));
        for (path, text, is_shipped) in shipped.chain(given) {
            let mut report = FileReport::new(path);
            collected.file(reports.len(), (path, text), is_shipped, placeholders, &mut report);
            reports.push(report);
        }
    });
    let (rules, replaced) = collected.compile(&mut reports);
    let rules = rules.of_texts(&digest_of(&given, loading));
    Loaded { rules, reports, replaced }
}

/// What the rules are, by their texts in whatever order and place, and by the release that the shipped ones are of.
fn digest_of(texts: &[&str], loading: Loading<'_>) -> String {
    let mut texts: Vec<&str> = texts.to_vec();
    texts.sort_unstable();
    let shipped = if loading.shipped { env!("CARGO_PKG_VERSION") } else { "" };
    let among = loading.among.map(|among| format!("{among:?}")).unwrap_or_default();
    digest::of_parts(&[&["rules", shipped, &among], &*texts].concat())
}

/// Compiles one rule, for tests.
#[cfg(test)]
pub(crate) fn detection(rule: Rule, fields: FieldMaps) -> Result<Detection, Diagnostics> {
    match make(rule, fields) {
        Made::Detection(detection) => Ok(*detection),
        Made::Wrong(wrong) => Err(wrong),
        Made::Beyond(reason) => panic!("{reason}"),
    }
}

/// A set of these alone, for tests that take correlations apart.
#[cfg(test)]
pub(crate) fn compiled(rules: Vec<Rule>, correlations: Vec<trailhound_sigma::Correlation>) -> RuleSet {
    use super::correlated::Correlations;
    let (correlations, faults) = Correlations::compile(correlations, &rules, FieldMaps);
    assert!(faults.is_empty(), "{faults:?}");
    let detections = rules.into_iter().map(|rule| detection(rule, FieldMaps).expect("loaded before"));
    RuleSet::new(detections.collect(), correlations)
}
