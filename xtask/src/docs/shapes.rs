//! `docs/shapes.md`, from the tables of the proof that the finding does not depend on the shape.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, ensure};

use crate::shell::root;

const TABLES: &str = "crates/detect/tests/shapes";

const HEAD: &str = "\
# Shapes

Written by `cargo xtask docs`; the tables stand in `crates/detect/tests/shapes`.

The same event gives the same finding from every shape it is known to come in: the same rule, level, outcome,
techniques, actor, target, source and time, and the same id wherever the event's own id survives. A test puts every
rule's test events and every sample into each of these shapes and compares what is found with what is found in the
plain record. The shapes are made from their documentation; none was taken from a live cloud.
";

pub(super) fn text() -> anyhow::Result<String> {
    let mut text = HEAD.to_owned();
    text += "\n| shape | what it is |\n|---|---|\n";
    for [shape, sentence, address] in rows("shapes.tsv")? {
        let _ = writeln!(text, "| [{shape}]({address}) | {sentence} |");
    }
    let losses = rows::<5>("losses.tsv")?;
    text += "\n## What shapes lose\n\n";
    if losses.is_empty() {
        text += "Nothing that a finding tells.\n";
    } else {
        text +=
            "Where a shape has no place for something, the finding says less, and never something else.\n\n";
        text += "| shape | rule | what the finding lacks | why |\n|---|---|---|---|\n";
        for [shape, rule, field, sentence, address] in losses {
            let rule = if rule == "*" { "all".to_owned() } else { format!("`{rule}`") };
            let _ = writeln!(text, "| {shape} | {rule} | {field} | [{sentence}]({address}) |");
        }
    }
    Ok(text)
}

/// The rows of a table below its header.
fn rows<const N: usize>(file: &str) -> anyhow::Result<Vec<[String; N]>> {
    let path = root().join(TABLES).join(file);
    let table = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut rows = Vec::new();
    for line in table.lines().skip(1) {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        ensure!(cells.len() == N, "{file}: not {N} cells: {line}");
        rows.extend(<[String; N]>::try_from(cells).ok());
    }
    Ok(rows)
}
