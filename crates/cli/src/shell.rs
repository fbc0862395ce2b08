//! What shells and `man` know of the command, made from its arguments.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Trailhound;
use crate::exit::Exit;
use crate::output::put;
use crate::settings;

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
    let mut command = settings::documented(Trailhound::command()).disable_help_subcommand(true);
    command.build();
    page(command, folder).with_context(cannot)?;
    Ok(Exit::Clean)
}

fn page(command: Command, folder: &Path) -> anyhow::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        page(below.clone(), folder)?;
    }
    let man = Man::new(command);
    let mut text = Vec::new();
    man.render(&mut text)?;
    put(&folder.join(man.get_filename()), &text)
}
