//! What a release says of itself: its section of CHANGELOG.md.

use anyhow::{Context, ensure};

/// The section of a version, or "Unreleased" where the version has none yet.
pub(super) fn section(changelog: &str, version: &str) -> anyhow::Result<String> {
    let of = |title: &str| {
        let mut lines = changelog.lines().skip_while(move |line| heading(line) != Some(title)).peekable();
        lines.next()?;
        let body: Vec<&str> = lines.take_while(|line| heading(line).is_none()).collect();
        Some(body.join("\n").trim().to_owned())
    };
    let found = of(version).or_else(|| of("Unreleased"));
    let text =
        found.with_context(|| format!("CHANGELOG.md has neither '## {version}' nor '## Unreleased'"))?;
    ensure!(!text.is_empty(), "the section of {version} in CHANGELOG.md says nothing");
    Ok(text)
}

/// `0.2.0` of `## 0.2.0` and of `## 0.2.0 - 2026-12-01`.
fn heading(line: &str) -> Option<&str> {
    line.strip_prefix("## ")?.split_whitespace().next()
}
