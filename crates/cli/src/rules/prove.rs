//! Prove that rules can fire.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use anyhow::anyhow;
use trailhound_detect::describe::visible;
use trailhound_detect::proving::{Firing, Proof, Prover};
use trailhound_detect::rules::Loaded;

use crate::args::{Prove, ProveFormat};
use crate::exit::Exit;
use crate::rule_files;
use crate::words::counted;

pub(super) fn prove(arguments: &Prove) -> anyhow::Result<Exit> {
    let choice = arguments.rules.all();
    let given: BTreeSet<String> =
        rule_files::rule_files(&choice.folders)?.into_iter().map(|file| file.path).collect();
    let loaded = rule_files::load_rules(&choice)?;
    let is_meant = |file: &str| given.is_empty() || given.contains(file);
    let mut proofs = refused(&loaded);
    let rules = Arc::new(loaded.rules);
    let mut prover = Prover::new(Arc::clone(&rules));
    if !arguments.shapes.is_empty() {
        prover = prover
            .within(&arguments.shapes)
            .map_err(|name| anyhow!("no shape is called '{name}'; docs/shapes.md names them all"))?;
    }
    let meant = rules.detections().iter().filter(|detection| is_meant(&detection.rule.meta.file));
    proofs.extend(meant.map(|detection| prover.prove(detection)));
    let mut out = anstream::stdout().lock();
    match arguments.format {
        ProveFormat::Table => table(&mut out, &proofs, arguments.verbose)?,
        ProveFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &proofs)?;
            writeln!(out)?;
        }
    }
    let cannot = proofs.iter().any(|proof| proof.verdict == Firing::Cannot);
    Ok(if cannot { Exit::Findings } else { Exit::Clean })
}

/// Files that are not loaded hold rules that cannot fire.
fn refused(loaded: &Loaded) -> Vec<Proof> {
    let wrong = loaded.errors().filter_map(|wrong| wrong.0.first());
    wrong
        .map(|first| {
            let place = format!("{}:{}", first.line, first.column);
            Proof::refused(&first.file, format!("{place}: {}", first.message))
        })
        .collect()
}

fn table(out: &mut dyn Write, proofs: &[Proof], is_verbose: bool) -> std::io::Result<()> {
    let width = proofs.iter().map(|proof| proof.rule.len()).max().unwrap_or(0).min(60);
    for proof in proofs {
        let fire = proof.shapes.len() - proof.silent().count();
        let shapes = if proof.shapes.is_empty() {
            String::new()
        } else {
            format!("  {fire} of {}", counted(proof.shapes.len() as u64, "shape", "shapes"))
        };
        let reason = proof.reason.as_ref().map(|reason| format!("  {}", visible(reason)));
        let (verdict, rule) = (proof.verdict.as_str(), visible(&proof.rule));
        writeln!(out, "{verdict:<8}  {rule:<width$}{shapes}{}", reason.unwrap_or_default())?;
        if !is_verbose {
            continue;
        }
        for silent in proof.silent() {
            let reason = silent.reason.as_deref().unwrap_or_default();
            writeln!(out, "          not in {}: {}", silent.shape, visible(reason))?;
        }
        if let Some(record) = &proof.record {
            writeln!(out, "          {}", visible(&record.to_string()))?;
        }
    }
    let of = |verdict| proofs.iter().filter(|proof| proof.verdict == verdict).count();
    let all = [Firing::Fires, Firing::Partly, Firing::Cannot, Firing::Unproven, Firing::Off];
    let told: Vec<String> = all
        .into_iter()
        .filter(|verdict| of(*verdict) > 0)
        .map(|verdict| format!("{} {}", of(verdict), verdict.as_str().to_lowercase()))
        .collect();
    writeln!(out, "{}: {}", counted(proofs.len() as u64, "rule", "rules"), told.join(", "))
}
