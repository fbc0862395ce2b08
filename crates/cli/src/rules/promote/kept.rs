//! What was parked of rules in shadow, read back.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use trailhound_detect::describe::{ShadowLine, Shadowed};

use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;

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

/// Reads folders, files and what lies below a prefix in S3 or a container.
pub(super) fn read(paths: &[String]) -> anyhow::Result<Kept> {
    let mut kept = Kept::default();
    for path in paths {
        let is_object = path.starts_with("s3://") || path.starts_with("https://");
        anyhow::ensure!(is_object || Path::new(path).exists(), "no such file or folder: {path}");
        let (inputs, unreadable) = inputs::expand(std::slice::from_ref(path));
        if let Some(problem) = unreadable.into_iter().find(|problem| !problem.is_left_out()) {
            anyhow::bail!("{problem}");
        }
        let mut files = 0;
        for input in inputs {
            let name = input.name();
            if name == *path || name.ends_with(".ndjson.gz") || name.ends_with(".ndjson") {
                kept.input(&input)?;
                files += 1;
            }
        }
        anyhow::ensure!(
            files > 0,
            "{path} holds no *.ndjson or *.ndjson.gz; name what lies under shadow/ beside rejects, or a copy of it"
        );
    }
    Ok(kept)
}

impl Kept {
    fn input(&mut self, input: &Input) -> anyhow::Result<()> {
        let name = input.name();
        let cannot = || format!("cannot read {name}");
        let bytes: Box<dyn Read + Send> = match input {
            Input::File(path) => Box::new(inputs::open_file(path).with_context(cannot)?),
            other => other.open(&Interrupt::default()).with_context(cannot)?,
        };
        let mut file = BufReader::new(bytes);
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
                format!("{name}:{number}: no finding in shadow; rejects lie beside, not under shadow/")
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
