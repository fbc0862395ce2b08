//! What people thought of findings: marks and notes, saved by a report's page and read again for the next report.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use trailhound_detect::describe::visible_within;

use crate::inputs;

/// So much of a note is told.
const LONGEST_NOTE: usize = 4_000;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    #[serde(rename = "trailhound_triage")]
    version: u8,
    marks: Marks,
}

/// By the id of the finding.
pub(crate) type Marks = BTreeMap<String, Thought>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thought {
    #[serde(default)]
    pub(crate) mark: Opinion,
    #[serde(default)]
    pub(crate) note: String,
    /// When, as the page wrote it; the later of two wins there.
    #[serde(default)]
    pub(crate) at: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Opinion {
    #[default]
    #[serde(rename = "")]
    None,
    Seen,
    Benign,
    Escalate,
}

/// The marks of a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Marks> {
    let cannot = || format!("cannot read the triage marks in {}", path.display());
    let text = inputs::read_file(path).with_context(cannot)?;
    let remedy = || format!("{}; a report's page saves such a file with 'Save triage'", cannot());
    let saved: Saved = serde_json::from_slice(&text).with_context(remedy)?;
    anyhow::ensure!(
        saved.version == 1,
        "{}: they are of version {}, and this command knows version 1; update the command",
        cannot(),
        saved.version
    );
    let mut marks = saved.marks;
    for mark in marks.values_mut() {
        mark.note =
            mark.note.lines().map(|line| visible_within(line, LONGEST_NOTE)).collect::<Vec<_>>().join("\n");
        mark.at = visible_within(&mark.at, 40).into_owned();
    }
    Ok(marks)
}
