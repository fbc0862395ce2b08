//! Takes `shadow: true` out of a rule's file and touches nothing else: comments, order and other documents stay.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use trailhound_detect::rules::Loaded;
use trailhound_sigma::Metadata;

use crate::args::RuleChoice;
use crate::rule_files;
use crate::{inputs, output};

/// Writes the change, if the rule then alerts and nothing else is another.
pub(super) fn write(choice: &RuleChoice, file: &str, name: &str) -> anyhow::Result<()> {
    let by_hand = || format!("{file}: take `shadow: true` of {name} out by hand");
    let bytes = inputs::read_file(Path::new(file)).with_context(|| format!("cannot read {file}"))?;
    let text = String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{}: it is not UTF-8", by_hand()))?;
    let before = rule_files::load_rules(choice)?;
    let place = switch(&before, name).with_context(by_hand)?;
    let after = without(&text, place).with_context(by_hand)?;
    let folder = tempfile::tempdir().context("cannot try the change")?;
    let tried = folder.path().join("tried.yml");
    std::fs::write(&tried, &after).context("cannot try the change")?;
    // Beside the others it refers to: those of its own folder and the shipped ones.
    let others: Vec<PathBuf> = choice.folders.clone();
    let beside = |own: PathBuf| {
        let is_own = |path: &PathBuf| path == Path::new(file);
        let files = others.iter().flat_map(|folder| inputs::walk(folder)).filter_map(Result::ok);
        let folders = files.filter(|path| !is_own(path)).chain([own]).collect();
        rule_files::load_rules(&RuleChoice { folders, ..choice.clone() })
    };
    let (alone, same) = (beside(PathBuf::from(file))?, beside(tried)?);
    let shadows = |loaded: &Loaded| -> BTreeMap<String, bool> {
        let rules = loaded.rules.detections().iter().map(|own| &own.info.name);
        let all = rules.chain(loaded.rules.correlations().iter().map(|own| &own.info.name));
        all.map(|name| (name.clone(), loaded.rules.is_shadow(name))).collect()
    };
    let mut wanted = shadows(&alone);
    wanted.insert(name.to_owned(), false);
    anyhow::ensure!(shadows(&same) == wanted, "{}", by_hand());
    output::put(Path::new(file), after.as_bytes())
}

/// The line of the switch, from 1.
fn switch(loaded: &Loaded, name: &str) -> Option<usize> {
    let rules = &loaded.rules;
    let of = |meta: &Metadata| Some(meta.extension("trailhound")?.entry("shadow")?.0.place().line);
    match rules.named(name) {
        Some(own) => of(&own.rule.meta),
        None => of(&rules.correlation(name)?.correlation.meta),
    }
}

/// The text without the switch; nothing where it is written as nobody does.
fn without(text: &str, line: usize) -> Option<String> {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let own = lines.get(line.checked_sub(1)?)?.clone();
    let at = own.find("shadow:")?;
    if own[..at].trim().is_empty() {
        lines.remove(line - 1);
        let indent = at;
        let deeper = |line: &&String| {
            let text = line.trim();
            !text.is_empty() && !text.starts_with('#') && line.len() - line.trim_start().len() >= indent
        };
        let is_left = lines.get(line - 1).is_some_and(|next| deeper(&next)) || {
            let above = lines[..line - 1].iter().rev().find(|line| {
                let text = line.trim();
                !text.is_empty() && !text.starts_with('#')
            });
            above.is_some_and(|above| deeper(&above))
        };
        if !is_left {
            let of = lines[..line - 1].iter().rposition(|line| line.trim_end() == "trailhound:")?;
            lines.remove(of);
        }
        return Some(lines.concat());
    }
    let rest = own[at..].strip_prefix("shadow:")?.trim_start().strip_prefix("true")?;
    let (before, rest) = (own[..at].trim_end(), rest.trim_start());
    let own = match rest.strip_prefix(',') {
        Some(rest) => {
            format!("{before}{}{}", if before.ends_with('{') { "" } else { " " }, rest.trim_start())
        }
        None => format!("{}{rest}", before.trim_end_matches(',')),
    };
    lines[line - 1] = if own.trim_end() == "trailhound: {}" { String::new() } else { own };
    Some(lines.concat())
}

#[cfg(test)]
mod tests;
