//! Load rules and tell, file by file, what is wrong.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::rules::Loaded;

use crate::exit::Exit;
use crate::rule_files;

pub(super) fn check(paths: &[PathBuf]) -> anyhow::Result<Exit> {
    let given: BTreeSet<String> = rule_files::rule_files(paths)?.into_iter().map(|file| file.path).collect();
    let loaded = rule_files::load_rules(paths)?;
    let mut out = anstream::stdout().lock();
    let (mut good, mut bad) = (0, 0);
    for report in &loaded.reports {
        if !given.is_empty() && !given.contains(&report.path) {
            continue;
        }
        match &report.outcome {
            Ok(names) => {
                good += 1;
                writeln!(out, "ok      {}  {}", report.path, names.join(", "))?;
            }
            Err(wrong) => {
                bad += 1;
                writeln!(out, "error   {}\n{wrong}", report.path)?;
            }
        }
    }
    let pipeline = Pipeline::new(Arc::new(loaded.rules));
    for name in pipeline.unscreened() {
        writeln!(
            out,
            "note    {name} names nothing to look for in the raw bytes, so every record of its log is read in full"
        )?;
    }
    writeln!(out, "{good} files loaded, {bad} with errors")?;
    Ok(if bad == 0 { Exit::Clean } else { Exit::Usage })
}

/// Errors of files beside the point, on standard error.
pub(super) fn tell_errors(loaded: &Loaded) -> Exit {
    let mut exit = Exit::Clean;
    for wrong in loaded.errors() {
        anstream::eprintln!("rule not loaded: {wrong}");
        exit = Exit::Usage;
    }
    exit
}
