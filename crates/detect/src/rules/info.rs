//! What findings say of a rule or a correlation, put together from its own text and the `trailhound:` mapping.

use trailhound_sigma::{Correlation, Field, Metadata, Rule, Status};

use super::extension::Extension;
use crate::digest;
use crate::matched::{Level, RuleInfo};

/// What findings say of a rule.
pub(super) fn rule_info(rule: &Rule, extension: &Extension) -> RuleInfo {
    let name = rule.meta.name.clone().unwrap_or_else(|| slug(&rule.meta.title));
    told(&rule.meta, name, extension, "{actor} did {action} on {target}")
}

/// What findings say of a correlation.
pub(super) fn correlation_info(correlation: &Correlation, extension: &Extension) -> RuleInfo {
    let name = correlation_name(correlation);
    let keys = keys(correlation);
    let with = keys.iter().map(|key| {
        let last = key.name.rsplit('.').next().unwrap_or(&key.name);
        format!("{last} {{{}}}", key.name)
    });
    let with: Vec<String> = with.collect();
    let with = if with.is_empty() { String::new() } else { format!(", with {}", with.join(", ")) };
    let sentence = format!("{{count}} events of {{actors}} within {{span}}{with}");
    RuleInfo { told: keys, ..told(&correlation.meta, name, extension, &sentence) }
}

/// The fields of records that keep a correlation's groups apart, by the names that it has for them.
pub(super) fn keys(correlation: &Correlation) -> Vec<Field> {
    let of = |name: &String| {
        let fields = correlation.rules.iter().map(|rule| correlation.field_of(name, rule));
        let mut paths: Vec<String> = Vec::new();
        for field in fields.filter(|field| !field.starts_with("n.")) {
            if !paths.iter().any(|path| path == field) {
                paths.push(field.to_owned());
            }
        }
        Field { name: name.clone(), paths }
    };
    correlation.group_by.iter().map(of).filter(|key| !key.paths.is_empty()).collect()
}

/// What a document and its `trailhound:` mapping tell; `sentence` where that has none.
fn told(meta: &Metadata, name: String, extension: &Extension, sentence: &str) -> RuleInfo {
    let (techniques, tactics) = attack(&meta.tags);
    RuleInfo {
        id: meta.id.clone().unwrap_or_default(),
        title: meta.title.clone(),
        description: meta.description.clone().unwrap_or_default(),
        status: meta.status.map_or("", Status::as_str).to_owned(),
        version: meta.modified.clone().or_else(|| meta.date.clone()).unwrap_or_else(|| "0".to_owned()),
        level: meta.level.unwrap_or(Level::Medium),
        techniques,
        tactics,
        references: meta.references.clone(),
        false_positives: meta.falsepositives.clone(),
        catalogue: extension.catalogue.clone(),
        family: extension.family.clone().unwrap_or_else(|| name.clone()),
        sentence: if extension.sentence.is_empty() {
            sentence.to_owned()
        } else {
            extension.sentence.clone()
        },
        why: extension.why.clone(),
        check: extension.check.clone(),
        normal: extension.normal.clone(),
        tune: extension.tune.clone(),
        show: extension.show.clone(),
        told: extension.told.clone(),
        aliases: meta.aliases.clone(),
        name,
    }
}

/// ATT&CK techniques and tactics among the tags.
fn attack(tags: &[String]) -> (Vec<String>, Vec<String>) {
    let attack = tags.iter().filter_map(|tag| tag.strip_prefix("attack."));
    let (techniques, tactics): (Vec<&str>, Vec<&str>) = attack.partition(|tag| is_technique(tag));
    let techniques = techniques.iter().map(|id| id.to_ascii_uppercase()).collect();
    (techniques, tactics.iter().map(|&tactic| tactic.replace('_', "-")).collect())
}

/// `t1021` and `t1021.008`, and nothing else.
fn is_technique(tag: &str) -> bool {
    let Some(number) = tag.strip_prefix(['t', 'T']) else { return false };
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match number.split_once('.') {
        Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        None => digits(number, 4),
    }
}

/// The name by which others refer to a correlation.
pub(super) fn correlation_name(correlation: &Correlation) -> String {
    correlation.meta.name.clone().unwrap_or_else(|| slug(&correlation.meta.title))
}

/// A title as a name: its letters and digits, of whatever script, in lower case with dashes between.
pub(super) fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { format!("rule-{}", &digest::of_parts(&[title])[..8]) } else { slug }
}
