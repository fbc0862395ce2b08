//! What is known beside the logs.

use std::path::PathBuf;

use clap::Args;

#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ContextChoice {
    /// A database in MaxMind's format that tells country, city or network of addresses (*.mmdb); several of different kinds
    #[arg(long, value_name = "FILE")]
    pub(crate) geo: Vec<PathBuf>,
    /// An inventory, CSV or JSON: name, kind, owner, environment, crown_jewel, known_network of machines, identities, addresses
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Vec<PathBuf>,
    /// A list of indicators, CSV or JSON: value, source, until
    #[arg(long, value_name = "FILE")]
    pub(crate) indicators: Vec<PathBuf>,
}

impl ContextChoice {
    /// All files that are named.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.geo.iter().chain(&self.inventory).chain(&self.indicators)
    }
}
