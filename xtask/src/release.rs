//! `cargo xtask release`: everything that a release consists of, so that the workflow only calls it.
//!
//! `build NAME…` makes parts, `finish TAG` puts them together and looks whether all are there, `--dry-run` does what
//! this machine can, twice over, and compares. Files lie in `target/files`.

mod archive;
mod build;
mod finish;
mod image;
mod modules;
mod notes;
mod parts;
mod sbom;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};

use crate::package_azure::output_folder;
use crate::shell::{command, run};
use parts::{Kind, PARTS, Part, VERSION};

/// Takes the words after `release`.
pub(crate) fn run_chore(words: &[&str]) -> anyhow::Result<()> {
    match words {
        ["--dry-run"] => dry_run(),
        ["build"] => bail!("name what is to be built: {}", parts::names().join(", ")),
        ["build", names @ ..] => names.iter().try_for_each(|name| {
            for file in build::run(Part::named(name)?, &files()?)? {
                println!("{}", file.display());
            }
            Ok(())
        }),
        ["finish", tag] => {
            ensure!(*tag == format!("v{VERSION}"), "the tag is {tag}, and Cargo.toml says {VERSION}");
            finish::run(&files()?, &finish::Least::All).map(drop)
        }
        ["image-context"] => image::lay_out(&files()?, &output_folder().join("image")),
        _ => bail!("cargo xtask release --dry-run | build NAME… | finish TAG | image-context"),
    }
}

/// Where what is released lies.
fn files() -> anyhow::Result<PathBuf> {
    let folder = output_folder().join("files");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// All that this machine can, twice from two build folders: the same bytes, the right names, sizes and symbols.
fn dry_run() -> anyhow::Result<()> {
    let here: Vec<&Part> = PARTS.iter().filter(|part| part.why_not_here().is_none()).collect();
    let built = here.iter().filter(|part| !matches!(part.kind, Kind::Module(_)));
    let names: Vec<&str> = built.map(|part| part.name).collect();
    let files: BTreeSet<String> = here.iter().flat_map(|part| part.files()).collect();
    let mut rounds = Vec::new();
    for target in [output_folder(), output_folder().join("again")] {
        // A process of its own: the folder is read from its environment.
        let myself = std::env::current_exe().context("no program of ours")?;
        let mut build = command(myself, &[&["release", "build"][..], &names].concat());
        build.env("CARGO_TARGET_DIR", &target);
        run(build)?;
        rounds.push(finish::run(&target.join("files"), &finish::Least::These(files.clone()))?);
    }
    let differing = sums::differing(&rounds[0], &rounds[1]);
    ensure!(differing.is_empty(), "built twice, and not the same bytes: {}", differing.join(", "));
    println!("built twice, in two folders: {} files with the same sums", files.len());
    for (part, why) in PARTS.iter().filter_map(|part| Some((part, part.why_not_here()?))) {
        println!("ONLY BY THE WORKFLOW {}: {why}", part.files().join(", "));
    }
    Ok(())
}
