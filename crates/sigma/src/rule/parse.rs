//! YAML to documents.

use super::{LogSource, Metadata, Rule, Status};
use crate::correlation::{self, Correlation};
use crate::detection;
use crate::diagnostic::{Diagnostics, Place, Report, nearest};
use crate::filter::{self, Filter};
use crate::level::Level;
use crate::uuid::is_uuid;
use crate::yaml::{self, Yaml};

/// What the reader of a file brings along.
///
/// ```
/// use trailhound_sigma::{ParseOptions, parse};
///
/// let text = "{title: t, logsource: {product: p}, detection: {s: {user|expand: '%admins%'}, condition: s}}";
/// let placeholders: &[(&str, &[&str])] = &[("admins", &["alice", "adm_*"])];
/// assert!(parse("t.yml", text, &ParseOptions::default()).is_err());
/// assert!(parse("t.yml", text, &ParseOptions::default().with_placeholders(placeholders)).is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ParseOptions<'a> {
    /// The namespaced top-level keys that the caller understands; they are handed over as they stand.
    pub extensions: &'a [&'a str],
    /// What the placeholders of `expand` stand for.
    pub placeholders: &'a [(&'a str, &'a [&'a str])],
    /// Whether what makes one wonder is an error.
    pub strict: bool,
}

impl<'a> ParseOptions<'a> {
    /// With keys that the caller understands.
    #[must_use]
    pub const fn with_extensions(self, extensions: &'a [&'a str]) -> Self {
        Self { extensions, ..self }
    }

    /// With values for placeholders.
    #[must_use]
    pub const fn with_placeholders(self, placeholders: &'a [(&'a str, &'a [&'a str])]) -> Self {
        Self { placeholders, ..self }
    }

    /// With errors of warnings, or not.
    #[must_use]
    pub const fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }
}

/// One document of a Sigma file. Whoever reads files decides on each kind, so that none is dropped in silence.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a few hundred exist, each for as long as the program")]
pub enum SigmaDocument {
    /// Looks at single events.
    Rule(Rule),
    /// Looks at what rules found.
    Correlation(Correlation),
    /// Narrows rules.
    Filter(Filter),
}

impl SigmaDocument {
    /// What it says about itself.
    pub fn meta(&self) -> &Metadata {
        match self {
            Self::Rule(rule) => &rule.meta,
            Self::Correlation(correlation) => &correlation.meta,
            Self::Filter(filter) => &filter.meta,
        }
    }

    /// The same, to be added to.
    pub fn meta_mut(&mut self) -> &mut Metadata {
        match self {
            Self::Rule(rule) => &mut rule.meta,
            Self::Correlation(correlation) => &mut correlation.meta,
            Self::Filter(filter) => &mut filter.meta,
        }
    }
}

/// The keys of every kind of document, by the specification and the repository of SigmaHQ.
pub(crate) const SHARED_KEYS: &[&str] = &[
    "title",
    "id",
    "name",
    "related",
    "taxonomy",
    "status",
    "description",
    "license",
    "author",
    "references",
    "date",
    "modified",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "custom_attributes",
    "simulation",
    "regression_tests_path",
    "sigma-version",
];

/// The parts of a log source.
pub(crate) const LOG_SOURCE_KEYS: &[&str] = &["category", "product", "service", "definition"];

/// Reads every document of a file; `file` is named in what is reported.
///
/// ```
/// use trailhound_sigma::{Level, ParseOptions, SigmaDocument, parse};
///
/// let text = "{title: t, logsource: {product: p}, detection: {s: {a: x}, condition: s}, level: high}";
/// let documents = parse("t.yml", text, &ParseOptions::default())?;
/// assert!(matches!(&documents[..], [SigmaDocument::Rule(rule)] if rule.level() == Level::High));
/// # Ok::<_, trailhound_sigma::Diagnostics>(())
/// ```
pub fn parse(file: &str, text: &str, options: &ParseOptions<'_>) -> Result<Vec<SigmaDocument>, Diagnostics> {
    let nodes = yaml::parse(file, text)?;
    let mut report = Report::new(file);
    if nodes.is_empty() {
        report.error(Place::START, "the file holds no document").help("a rule starts with `title: …`");
    }
    let (mut documents, mut warnings) = (Vec::new(), Vec::new());
    for node in &nodes {
        let mut document = document(node, options, &mut report);
        if options.strict {
            report.refuse_warnings();
        }
        let wondered = report.take_warnings();
        if let Some(document) = &mut document {
            document.meta_mut().warnings.clone_from(&wondered);
        }
        warnings.extend(wondered);
        documents.extend(document);
    }
    // Of a file that is refused everything is told at once.
    if !report.is_clean() {
        report.merge(Diagnostics(warnings));
    }
    report.finish(documents)
}

fn document(node: &Yaml, options: &ParseOptions<'_>, report: &mut Report) -> Option<SigmaDocument> {
    let entries = node.expect_map(report)?;
    if let Some((key, _)) = node.entry("action") {
        report
            .error(key, "collections with `action` are no longer part of Sigma")
            .help("write each rule out in a document of its own");
        return None;
    }
    let kinds = ["detection", "correlation", "filter"];
    let present: Vec<&str> = kinds.into_iter().filter(|kind| node.get(kind).is_some()).collect();
    let kind = match present[..] {
        [kind] => kind,
        [] => {
            check_keys(
                entries,
                &["logsource", "generate", "detection", "correlation", "filter"],
                options,
                report,
            );
            report
                .error(node, "the document has neither `detection` nor `correlation` nor `filter`")
                .help("a rule needs `detection`");
            return None;
        }
        [first, second, ..] => {
            let message = format!("a document has either `{first}` or `{second}`");
            report.error(node, message).help("split it in two with a line `---` between them");
            return None;
        }
    };
    let own: &[&str] = match kind {
        "correlation" => &["correlation", "generate"],
        kind => &["logsource", kind],
    };
    check_keys(entries, own, options, report);
    let meta = metadata(node, options, report);
    let body = node.get(kind)?;
    Some(match kind {
        "correlation" => {
            let generate = node.get("generate").and_then(|node| node.expect_bool(report));
            SigmaDocument::Correlation(correlation::parse(meta, body, generate, report)?)
        }
        "filter" => {
            let logsource = logsource(node, report);
            SigmaDocument::Filter(filter::parse(meta, logsource, body, options.placeholders, report))
        }
        _ => {
            let logsource = logsource(node, report);
            let detection = detection::parse(body, &[], options.placeholders, report);
            SigmaDocument::Rule(Rule { meta, logsource, detection })
        }
    })
}

fn check_keys(entries: &[(Yaml, Yaml)], own: &[&str], options: &ParseOptions<'_>, report: &mut Report) {
    for (key, _) in entries {
        let name = key.text().unwrap_or_default();
        if SHARED_KEYS.contains(&name) || own.contains(&name) || options.extensions.contains(&name) {
            continue;
        }
        let known = SHARED_KEYS.iter().chain(own).chain(options.extensions).copied();
        let help = match nearest(name, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "nothing reads it; `custom_attributes` holds keys of your own without a word".to_owned(),
        };
        report.warning(key, format!("Sigma has no key `{name}`")).help(help);
    }
}

fn metadata(node: &Yaml, options: &ParseOptions<'_>, report: &mut Report) -> Metadata {
    let text = |key: &str, report: &mut Report| {
        node.get(key).and_then(|value| value.expect_text(report)).map(str::to_owned)
    };
    let list = |key: &str, report: &mut Report| -> Vec<String> {
        let Some(value) = node.get(key).filter(|value| !value.is_null()) else { return Vec::new() };
        value
            .one_or_many()
            .iter()
            .filter_map(|member| member.expect_text(report))
            .map(str::to_owned)
            .collect()
    };
    if let Some(id) = node.get("id")
        && !id.text().is_some_and(is_uuid)
    {
        let text = id.text().unwrap_or_default();
        report
            .warning(id, format!("the id `{text}` is no UUID"))
            .help("write 32 hexadecimal digits as 8-4-4-4-12; `uuidgen` makes one");
    }
    let authors = list("author", report);
    let title = text("title", report);
    match &title {
        None if node.get("title").is_none() => {
            report.error(node, "the document has no title").help("add `title: …`");
        }
        Some(title) if title.trim().is_empty() || title.chars().count() > 256 => {
            report.error(node.get("title").unwrap_or(node), "a title has 1 to 256 characters");
        }
        _ => {}
    }
    if let Some(taxonomy) = node.get("taxonomy")
        && taxonomy.text() != Some("sigma")
    {
        report
            .error(
                taxonomy,
                format!("the taxonomy `{}` is not understood", taxonomy.text().unwrap_or_default()),
            )
            .help("only `sigma` is; leave the key out and use the field names of the log source");
    }
    for key in ["date", "modified"] {
        if let Some(value) = node.get(key)
            && !value.text().is_some_and(is_date)
        {
            report.error(value, format!("`{key}` is no date")).help("write it as 2026-11-20");
        }
    }
    Metadata {
        file: report.file().to_owned(),
        line: node.place().line,
        title: title.unwrap_or_default(),
        id: text("id", report),
        name: text("name", report),
        status: node.get("status").and_then(|value| {
            let word = value.expect_str(report)?;
            let found = Status::ALL.iter().find(|(name, _)| *name == word);
            if found.is_none() {
                let error = report.error(value, format!("there is no status `{word}`"));
                error.help("use stable, test, experimental, deprecated or unsupported");
            }
            found.map(|(_, status)| *status)
        }),
        description: text("description", report),
        references: list("references", report),
        author: (!authors.is_empty()).then(|| authors.join(", ")),
        date: text("date", report),
        modified: text("modified", report),
        tags: list("tags", report),
        level: node.get("level").and_then(|value| {
            let word = value.expect_str(report)?;
            let found: Option<Level> = word.parse().ok();
            if found.is_none() {
                let error = report.error(value, format!("there is no level `{word}`"));
                error.help("use informational, low, medium, high or critical");
            }
            found
        }),
        falsepositives: list("falsepositives", report),
        fields: list("fields", report),
        extensions: options
            .extensions
            .iter()
            .filter_map(|key| node.get(key).map(|value| ((*key).to_owned(), value.clone())))
            .collect(),
        aliases: Vec::new(),
        warnings: Vec::new(),
    }
}

/// `2026-11-20`, or `2026/11/20` as older rules write it.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.replace('/', "-").parse::<jiff::civil::Date>().is_ok()
}

fn logsource(node: &Yaml, report: &mut Report) -> LogSource {
    let Some(value) = node.get("logsource") else {
        report.error(node, "the document has no logsource").help("add `logsource: {product: …, service: …}`");
        return LogSource::default();
    };
    let mut logsource = LogSource::default();
    for (key, value) in value.expect_map(report).unwrap_or_default() {
        let slot = match key.text().unwrap_or_default() {
            "category" => &mut logsource.category,
            "product" => &mut logsource.product,
            "service" => &mut logsource.service,
            "definition" => &mut logsource.definition,
            name => {
                let help = match nearest(name, LOG_SOURCE_KEYS.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "nothing reads it; a log source has category, product, service and definition"
                        .to_owned(),
                };
                report.warning(key, format!("a log source of Sigma has no `{name}`")).help(help);
                continue;
            }
        };
        *slot = value.expect_text(report).map(str::to_owned);
    }
    if logsource.category.is_none() && logsource.product.is_none() && logsource.service.is_none() {
        report.error(value, "the log source names nothing").help("give a category, a product or a service");
    }
    logsource
}
