//! What users know beside their logs: places of addresses, an inventory, lists of indicators.
//!
//! All of it comes from files that were given, is looked up where a rule or a finding asks, and is told with the file's date.
//! Without such files nothing is looked up.

mod geo;
mod given;
mod indicators;
mod inventory;
mod kinds;
mod networks;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::facts::{Consulted, Facts, Known};
use geo::{Database, DatabaseKind};
pub use given::{ContextError, Given};
use indicators::Indicators;
use inventory::Inventory;
pub use kinds::ContextKind;

/// All that is known beside the logs.
#[derive(Debug, Default)]
pub struct Context {
    databases: Vec<Database>,
    inventories: Vec<Inventory>,
    indicators: Vec<Indicators>,
    told: Vec<String>,
}

impl Context {
    /// Takes a database of places or networks in MaxMind's format.
    ///
    /// # Errors
    /// It is none, or of a kind that is not read or is there already.
    pub fn add_database(&mut self, given: Given<'_>, bytes: Vec<u8>) -> Result<(), ContextError> {
        let database = Database::read(given, bytes)?;
        if let Some(other) = self.databases.iter().find(|other| other.kind == database.kind) {
            let problem = format!("{} tells of {} already", other.name, other.kind.of_what());
            return Err(given.wrong("", problem, "give one of the two"));
        }
        self.told.push(format!(
            "{} of addresses by {} ({})",
            database.kind.of_what(),
            dated(&database.consulted),
            given.name
        ));
        self.databases.push(database);
        // What tells the city tells it beside the country.
        self.databases.sort_by_key(|database| database.kind);
        Ok(())
    }

    /// Takes an inventory.
    ///
    /// # Errors
    /// It is no table, or an entry is not what it should be.
    pub fn add_inventory(&mut self, given: Given<'_>) -> Result<(), ContextError> {
        let (inventory, asides) = Inventory::read(given)?;
        let count = inventory.len();
        self.told.push(format!("inventory {}, {count} entries{asides}", dated(&inventory.consulted)));
        self.inventories.push(inventory);
        Ok(())
    }

    /// Takes a list of indicators.
    ///
    /// # Errors
    /// It is no table, or an indicator has no source or no end.
    pub fn add_indicators(&mut self, given: Given<'_>) -> Result<(), ContextError> {
        let (indicators, asides) = Indicators::read(given)?;
        let count = indicators.len();
        self.told.push(format!("indicators {}, {count} values{asides}", dated(&indicators.consulted)));
        self.indicators.push(indicators);
        Ok(())
    }

    /// Was no file given?
    pub fn is_empty(&self) -> bool {
        self.databases.is_empty() && self.inventories.is_empty() && self.indicators.is_empty()
    }

    /// What will be looked up where, with the dates of files.
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// What could not be looked up, file by file.
    pub fn faults(&self) -> Vec<String> {
        self.databases.iter().filter_map(Database::fault).collect()
    }

    /// Which of the names of facts nothing can answer without a file that was not given, and the option for it.
    pub fn unanswered(&self, name: &str) -> Option<&'static str> {
        let has =
            |kinds: &[DatabaseKind]| self.databases.iter().any(|database| kinds.contains(&database.kind));
        match name {
            "n.source.city" if !has(&[DatabaseKind::City]) => Some("--geo with a database of cities"),
            "n.source.as_name" if !has(&[DatabaseKind::Network]) => Some("--geo with a database of networks"),
            "n.indicator" if self.indicators.is_empty() => Some("--indicators"),
            _ if is_of_inventory(name) && self.inventories.is_empty() => Some("--inventory"),
            _ => None,
        }
    }

    /// What is known of a record with these facts.
    pub(crate) fn known(&self, facts: &Facts) -> Option<Box<Known>> {
        let mut known = Known::default();
        if let Some(ip) = facts.source.ip {
            self.databases.iter().for_each(|database| database.place(ip, &mut known.place));
        }
        self.inventories.iter().for_each(|inventory| inventory.find(facts, &mut known.held));
        self.indicators.iter().for_each(|list| list.find(facts, &mut known.indicators));
        (!known.is_empty()).then(|| Box::new(known))
    }
}

fn is_of_inventory(name: &str) -> bool {
    ["owner", "environment", "crown_jewel", "known_network"].iter().any(|end| {
        name.strip_suffix(end).is_some_and(|head| matches!(head, "n.target." | "n.actor." | "n.source."))
    })
}

fn dated(consulted: &Consulted) -> impl fmt::Display + '_ {
    let date = consulted.date.map(|date| format!(" of {}", date.strftime("%Y-%m-%d")));
    format!("{}{}", consulted.name, date.unwrap_or_default())
}
