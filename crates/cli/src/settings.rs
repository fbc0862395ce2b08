//! Rules, suppressions and times as the command line names them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use trailhound_detect::rules::{FileKind, Loaded, RuleFile, RuleSet, duration, load};
use trailhound_detect::settle::Suppressions;

use crate::inputs;

/// The rule files below some folders, tests left out, in name order.
pub(crate) fn rule_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    yaml_files(paths, FileKind::Rules)
}

/// The tests files below some folders, in name order.
pub(crate) fn tests_files(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    yaml_files(paths, FileKind::Tests)
}

fn yaml_files(paths: &[PathBuf], wanted: FileKind) -> anyhow::Result<Vec<RuleFile>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            bail!("no such rule file or folder: {}", path.display());
        }
        for file in inputs::walk(path).into_iter().flatten() {
            let name = file.to_string_lossy().into_owned();
            if FileKind::of(&name) == Some(wanted) {
                let text = fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
                files.push(RuleFile { path: name, text });
            }
        }
    }
    Ok(files)
}

/// The shipped rules and those of `folders`.
pub(crate) fn load_rules(folders: &[PathBuf]) -> anyhow::Result<Loaded> {
    let files = rule_files(folders)?;
    if !folders.is_empty() && files.is_empty() {
        let named: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        bail!("no rule (*.yml, *.yaml) in {}", named.join(", "));
    }
    Ok(load(&files))
}

/// A suppression file; refused whole when anything in it is wrong.
pub(crate) fn load_suppressions(file: &Path, rules: &RuleSet) -> anyhow::Result<Suppressions> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let loaded = Suppressions::load(&name, &text, rules, Timestamp::now())
        .map_err(|wrong| anyhow::anyhow!("the suppressions are refused:\n{wrong}"))?;
    for expired in &loaded.expired {
        anstream::eprintln!(
            "{name}: suppression '{}' has expired and is ignored; renew it or take it out ({})",
            expired.id,
            expired.owner
        );
    }
    Ok(loaded)
}

/// How to get a command that has a feature this one was built without.
#[cfg(not(all(feature = "aws", feature = "azure")))]
pub(crate) fn built_with(feature: &str) -> String {
    format!("`cargo install --path crates/cli --features {feature}` builds one that does")
}

/// A moment: RFC 3339, a date (its midnight UTC), or a span before now.
pub(crate) fn parse_time(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(date) = text.parse::<Date>()
        && let Ok(midnight) = date.to_zoned(TimeZone::UTC)
    {
        return Ok(midnight.timestamp());
    }
    let ago: Option<SignedDuration> = duration(text);
    ago.and_then(|ago| Timestamp::now().checked_sub(ago).ok())
        .ok_or_else(|| "write a time as 2026-03-18, 2026-03-18T10:00:00Z or 24h".to_owned())
}
