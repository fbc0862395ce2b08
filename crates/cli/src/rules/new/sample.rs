//! A draft out of what somebody has.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use trailhound_detect::proving::Draft;

pub(super) fn of_sample(sample: &Path, event: Option<&str>) -> anyhow::Result<Draft> {
    let mut bytes = Vec::new();
    if sample == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes =
            crate::inputs::read_file(sample).with_context(|| format!("cannot read {}", sample.display()))?;
    }
    Draft::of_sample(&bytes, event).with_context(|| sample.display().to_string())
}
