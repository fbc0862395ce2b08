//! What was parked of rules in shadow, read back.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use trailhound_detect::describe::{ShadowLine, Shadowed};

use crate::inputs;

/// All of it.
#[derive(Default)]
pub(super) struct Kept {
    /// By id: the same delivery twice is one finding.
    pub(super) found: BTreeMap<String, Shadowed>,
    /// Matches that were only counted, by rule.
    pub(super) more: BTreeMap<String, u64>,
}

/// The longest line that is read.
const MOST: u64 = 1 << 20;

/// Reads folders and files.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Kept> {
    let mut kept = Kept::default();
    for path in paths {
        anyhow::ensure!(path.exists(), "no such file or folder: {}", path.display());
        let mut files = 0;
        for file in inputs::walk(path) {
            let file = file.map_err(|error| anyhow::anyhow!("{error}"))?;
            let name = file.to_string_lossy();
            if file == *path || name.ends_with(".ndjson.gz") || name.ends_with(".ndjson") {
                kept.file(&file)?;
                files += 1;
            }
        }
        anyhow::ensure!(
            files > 0,
            "{} holds no *.ndjson or *.ndjson.gz; name a copy of what lies under shadow/ beside rejects",
            path.display()
        );
    }
    Ok(kept)
}

impl Kept {
    fn file(&mut self, path: &Path) -> anyhow::Result<()> {
        let cannot = || format!("cannot read {}", path.display());
        let mut file = BufReader::new(inputs::open_file(path).with_context(cannot)?);
        let is_packed = file.fill_buf().with_context(cannot)?.starts_with(&[0x1f, 0x8b]);
        let text: Box<dyn Read> =
            if is_packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut text = BufReader::new(text);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = text.by_ref().take(MOST).read_until(b'\n', &mut line).with_context(cannot)?;
            if read == 0 {
                break;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let parsed = serde_json::from_slice(&line).with_context(|| {
                format!(
                    "{}:{number}: no finding in shadow; rejects lie beside, not under shadow/",
                    path.display()
                )
            })?;
            match parsed {
                ShadowLine::Found(found) => {
                    self.found.entry(found.uid.clone()).or_insert(*found);
                }
                ShadowLine::More { rule, more, .. } => *self.more.entry(rule).or_default() += more,
            }
        }
        Ok(())
    }
}
