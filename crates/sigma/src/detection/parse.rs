//! YAML to detection.

use super::{Detection, Item, RuleValue, Search, Selection};
use crate::condition;
use crate::diagnostic::{Diagnostics, Report, nearest};
use crate::matcher::{self, ScalarType};
use crate::modifier::{self, Modifier};
use crate::yaml::{self, Yaml};

/// What placeholders of `expand` stand for.
pub(crate) type Placeholders<'a> = &'a [(&'a str, &'a [&'a str])];

/// Reads a `detection`, or the entries of a filter that are left when `apart` are taken out.
pub(crate) fn parse(
    node: &Yaml,
    apart: &[&str],
    placeholders: Placeholders<'_>,
    report: &mut Report,
) -> Detection {
    let mut detection = Detection { selections: Vec::new(), conditions: Vec::new() };
    let mut condition = None;
    for (key, value) in node.expect_map(report).unwrap_or_default() {
        let name = key.text().unwrap_or_default();
        match name {
            "condition" => condition = Some(value),
            "timeframe" => {
                report
                    .error(key, "`timeframe` is no longer part of Sigma")
                    .help("count or order events in a correlation of its own");
            }
            name if apart.contains(&name) => {}
            name => {
                check_name(key, name, report);
                let search = search(value, placeholders, report);
                detection.selections.push(Selection { name: name.to_owned(), search, place: key.place() });
            }
        }
    }
    if detection.selections.is_empty() {
        report
            .error(node, "the detection has no selection")
            .help("say what to look for, such as `selection: …`");
        return detection;
    }
    if let Some(node) = condition {
        detection.conditions = conditions(node, &detection.selections, report);
    } else {
        let names: Vec<_> = detection.selections.iter().map(|selection| selection.name.as_str()).collect();
        let help = format!("add `condition: {}`", names.join(" and "));
        report.error(node, "the detection has no condition").help(help);
    }
    let used = |name: &str| {
        let mut used = false;
        for condition in &detection.conditions {
            condition.visit_names(&mut |other| used |= other == name);
        }
        used
    };
    if report.is_clean() {
        for Selection { name, place, .. } in &detection.selections {
            // A leading underscore keeps a selection out of `them`: it may only be there for its anchors.
            if !name.starts_with('_') && !used(name) {
                report
                    .warning(*place, format!("the condition never uses `{name}`"))
                    .help("name it in the condition or take it out");
            }
        }
    }
    detection
}

fn check_name(key: &Yaml, name: &str, report: &mut Report) {
    let odd = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || name.contains(odd) {
        report
            .error(key, format!("`{name}` is no name for a selection"))
            .help("use letters, digits, `_`, `-` and `.`");
    } else if ["and", "or", "not", "of", "them", "all", "any"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word))
    {
        report
            .error(key, format!("`{name}` is a word of conditions"))
            .help("give the selection another name");
    }
}

fn conditions(node: &Yaml, selections: &[Selection], report: &mut Report) -> Vec<condition::Condition> {
    let names: Vec<&str> = selections.iter().map(|selection| selection.name.as_str()).collect();
    let mut conditions = Vec::new();
    if node.as_seq().is_some_and(<[Yaml]>::is_empty) {
        report.error(node, "the list of conditions is empty");
    }
    for node in node.one_or_many() {
        let Some(text) = node.expect_text(report) else { continue };
        match condition::parse(text, &names) {
            Ok(condition) => conditions.push(condition),
            Err(error) => {
                // Text in several lines is folded, so the place in it is not the place in the file.
                let inside = !text.contains('\n') && node.is_plain();
                let mut place = node.place();
                place.column += if inside { error.offset } else { 0 };
                let diagnostic = report.error(place, error.message);
                diagnostic.help = error.help;
            }
        }
    }
    conditions
}

impl Search {
    /// Reads a selection that stands by itself in a file.
    pub fn read(node: &Yaml, file: &str) -> Result<Self, Diagnostics> {
        let mut report = Report::new(file);
        let search = search(node, &[], &mut report);
        report.finish(search)
    }
}

/// Reads what a selection looks for.
pub(crate) fn search(node: &Yaml, placeholders: Placeholders<'_>, report: &mut Report) -> Search {
    match node.content() {
        yaml::Content::Map(entries) if entries.is_empty() => {
            report.error(node, "the selection is empty").help("it would match every event; name a field");
            Search::All(Vec::new())
        }
        yaml::Content::Map(entries) => {
            let items = entries.iter().map(|(key, value)| item(key, value, placeholders, report));
            Search::All(items.collect())
        }
        yaml::Content::Seq(members) if members.is_empty() => {
            report
                .error(node, "the selection is empty")
                .help("it would never match; name a field or a keyword");
            Search::Any(Vec::new())
        }
        yaml::Content::Seq(members) if members.iter().all(|member| member.text().is_some()) => {
            Search::All(vec![keywords(node, placeholders, report)])
        }
        yaml::Content::Seq(members) => {
            Search::Any(members.iter().map(|member| search(member, placeholders, report)).collect())
        }
        yaml::Content::Scalar { .. } => Search::All(vec![keywords(node, placeholders, report)]),
    }
}

fn keywords(node: &Yaml, placeholders: Placeholders<'_>, report: &mut Report) -> Item {
    let values = values(node, &[], true, placeholders, report);
    Item { field: None, modifiers: Vec::new(), values, place: node.place() }
}

fn item(key: &Yaml, node: &Yaml, placeholders: Placeholders<'_>, report: &mut Report) -> Item {
    let text = key.text().unwrap_or_default();
    let mut parts = text.split('|');
    let field = parts.next().filter(|field| !field.is_empty()).map(str::to_owned);
    let mut modifiers = Vec::new();
    let mut sound = true;
    for name in parts {
        if let Some(modifier) = Modifier::named(name) {
            modifiers.push(modifier);
            continue;
        }
        sound = false;
        let error = report.error(key, format!("there is no modifier `{name}`"));
        match Modifier::suggestion(name) {
            Some(meant) => error.help(format!("did you mean `{meant}`?")),
            None => error.help("the specification's appendix on modifiers lists them all"),
        };
    }
    if let Err(conflict) = modifier::check(&modifiers) {
        sound = false;
        report.error(key, conflict.message).help(conflict.help);
    }
    if field.is_none() && modifiers.is_empty() {
        report.error(key, "the field has no name").help("write keywords as a list, or as `'|all': …`");
        sound = false;
    }
    if field.is_none()
        && let Some(modifier) = modifiers
            .iter()
            .find(|m| matches!(m, Modifier::Exists | Modifier::FieldRef | Modifier::Neq) || m.is_time_part())
    {
        report.error(key, format!("`{}` needs a field", modifier.as_str())).help("name the field before it");
        sound = false;
    }
    let values =
        if sound { values(node, &modifiers, field.is_none(), placeholders, report) } else { Vec::new() };
    if sound && modifiers.contains(&Modifier::All) && node.one_or_many().len() < 2 && values.len() < 2 {
        report.error(key, "`all` needs more than one value").help("leave `all` out");
    }
    Item { field, modifiers, values, place: key.place() }
}

fn values(
    node: &Yaml,
    modifiers: &[Modifier],
    keyword: bool,
    placeholders: Placeholders<'_>,
    report: &mut Report,
) -> Vec<RuleValue> {
    if node.as_seq().is_some_and(<[Yaml]>::is_empty) {
        report
            .error(node, "the list of values is empty")
            .help("it would never match; give at least one value");
    }
    let mut values = Vec::new();
    for node in node.one_or_many() {
        if modifiers.contains(&Modifier::Exists) {
            values.extend(exists(node, report));
            continue;
        }
        let Some(scalar) = scalar(node, report) else { continue };
        let text = node.text().unwrap_or_default();
        let texts = if modifiers.contains(&Modifier::Expand) {
            expand(node, text, placeholders, report)
        } else {
            vec![text.to_owned()]
        };
        for text in texts {
            match matcher::from_value(&text, scalar, modifiers, keyword) {
                Ok(matcher) => {
                    values.push(RuleValue { text, place: node.place(), matcher, exists: None });
                }
                Err(problem) => report.error(node, problem.message).help = problem.help,
            }
        }
    }
    if modifiers.contains(&Modifier::Exists) && values.len() > 1 {
        report.error(node, "`exists` takes one boolean");
    }
    values
}

fn exists(node: &Yaml, report: &mut Report) -> Option<RuleValue> {
    let Some(exists) = node.as_bool() else {
        report
            .error(node, format!("`exists` takes true or false, found {}", node.describe()))
            .help("write it without quotes");
        return None;
    };
    let text = node.text().unwrap_or_default().to_owned();
    let matcher = matcher::Matcher::Null;
    Some(RuleValue { text, place: node.place(), matcher, exists: Some(exists) })
}

fn scalar(node: &Yaml, report: &mut Report) -> Option<ScalarType> {
    let text = node.text().unwrap_or_default();
    match node.scalar() {
        Some(yaml::Scalar::Null) => Some(ScalarType::Null),
        Some(yaml::Scalar::Bool(value)) => Some(ScalarType::Bool(value)),
        Some(yaml::Scalar::Int(_)) if text.starts_with("0x") || text.starts_with("0o") => {
            report
                .error(node, format!("`{text}` is a number to YAML, whose digits are lost"))
                .help("put it in quotes, or write it in decimal digits");
            None
        }
        Some(yaml::Scalar::Int(value)) => Some(ScalarType::Int(value)),
        Some(yaml::Scalar::Float(value)) => Some(ScalarType::Float(value)),
        Some(yaml::Scalar::Str(_)) => Some(ScalarType::Text),
        None => {
            let message = format!("expected a value, found {}", node.describe());
            report
                .error(node, message)
                .help("values are strings, numbers, booleans, null, or a list of these");
            None
        }
    }
}

/// A text taken to pieces at its percent signs, those with a backslash before them left in it without the backslash;
/// and whether there were any of these.
fn pieces(text: &str) -> (Vec<String>, bool) {
    let (mut pieces, mut has_escape) = (vec![String::new()], false);
    let mut backslashes = 0;
    for c in text.chars() {
        let is_escaped = backslashes % 2 == 1;
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        match (c, pieces.last_mut()) {
            ('%', Some(piece)) if is_escaped => {
                has_escape = true;
                piece.pop();
                piece.push('%');
            }
            ('%', _) => pieces.push(String::new()),
            (c, Some(piece)) => piece.push(c),
            (_, None) => {}
        }
    }
    (pieces, has_escape)
}

/// Every text that a value with `%placeholders%` stands for.
fn expand(node: &Yaml, text: &str, placeholders: Placeholders<'_>, report: &mut Report) -> Vec<String> {
    let (pieces, has_escape) = pieces(text);
    let is_plain = pieces.len() == 1 && has_escape;
    if !is_plain && (pieces.len() < 3 || pieces.len().is_multiple_of(2)) {
        report
            .error(node, "`expand` finds no placeholder here")
            .help("write it as %name%, or leave `expand` out");
        return Vec::new();
    }
    let mut texts = vec![String::new()];
    for (n, piece) in pieces.iter().enumerate() {
        if n % 2 == 0 {
            for text in &mut texts {
                text.push_str(piece);
            }
            continue;
        }
        let Some((_, values)) = placeholders.iter().find(|(name, _)| name == piece) else {
            let error = report.error(node, format!("nothing says what %{piece}% stands for"));
            match nearest(piece, placeholders.iter().map(|(name, _)| *name)) {
                Some(meant) => error.help(format!("did you mean %{meant}%?")),
                None => error.help("write the values out, or provide them where rules are loaded"),
            };
            return Vec::new();
        };
        if values.is_empty() {
            report
                .error(node, format!("%{piece}% stands for nothing"))
                .help("it would never match; give it at least one value");
            return Vec::new();
        }
        texts =
            texts.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{value}"))).collect();
        if texts.len() > 10_000 {
            report.error(node, "the placeholders stand for more than 10,000 texts");
            return Vec::new();
        }
    }
    texts
}
