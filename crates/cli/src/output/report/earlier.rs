//! An earlier report, of which the ids of its findings are read.

use std::collections::HashSet;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use crate::inputs;

/// What the data of a page stand in.
pub(super) const OPEN: &str = r#"<script id="data" type="application/json">"#;
pub(super) const CLOSE: &str = "</script>";

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "U")]
    uids: HashSet<String>,
}

/// The ids of the findings in a report.
pub(super) fn read(path: &Path) -> anyhow::Result<HashSet<String>> {
    let cannot = || format!("cannot read the earlier report {}", path.display());
    let text = std::io::read_to_string(inputs::open_file(path).with_context(cannot)?).with_context(cannot)?;
    let data = text.split_once(OPEN).and_then(|(_, rest)| rest.split_once(CLOSE));
    let (data, _) = data.with_context(|| {
        format!("{}: it is no page that `scan --format html` wrote; scan the earlier logs again", cannot())
    })?;
    let data: Data = serde_json::from_str(data).with_context(cannot)?;
    Ok(data.uids)
}
