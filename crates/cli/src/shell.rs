//! What shells and `man` know of the command, made from its arguments.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Trailhound;
use crate::exit::Exit;

pub(crate) fn completions(shell: Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Trailhound::command(), "trailhound", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Clean)
}

/// `trailhound.1`, `trailhound-scan.1` and so on.
pub(crate) fn man(folder: &Path) -> anyhow::Result<Exit> {
    let cannot = || format!("man pages cannot be written to {}", folder.display());
    fs::create_dir_all(folder).with_context(cannot)?;
    clap_mangen::generate_to(Trailhound::command(), folder).with_context(cannot)?;
    Ok(Exit::Clean)
}
