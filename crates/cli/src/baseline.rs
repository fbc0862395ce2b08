//! `baseline`: what is normal, learned from history.

mod file;
mod learn;
mod show;
mod store;
mod transfer;

use crate::args::BaselineCommand;
use crate::exit::Exit;
pub(crate) use file::FileStore;
pub(crate) use store::Store;

pub(crate) fn run(command: &BaselineCommand) -> anyhow::Result<Exit> {
    match command {
        BaselineCommand::Learn(learn) => learn::run(learn),
        BaselineCommand::Show { baseline, account } => show::run(baseline, account.as_deref()),
        BaselineCommand::Export { baseline, output } => transfer::export(baseline, output.as_deref()),
        BaselineCommand::Import { export, to } => transfer::import(export, to),
    }
}
