//! What is known of a record beside what it says: looked up in files that the user gives, and told with their dates.
//!
//! Rules may ask it. What memory and suppressions go by stays the record's own word, so that they mean the same with those
//! files and without.

use std::sync::Arc;

use jiff::Timestamp;

/// All that is known beside a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Where the caller's address is.
    pub place: Geography,
    /// Entries of inventories that the record is about.
    pub held: Vec<Held>,
    /// Indicators that it shows.
    pub indicators: Vec<Indicated>,
}

/// A file that was asked.
#[derive(Debug, PartialEq, Eq)]
pub struct Consulted {
    /// Its name, without the folder; a database's own.
    pub name: String,
    /// When it was made.
    pub date: Option<Timestamp>,
}

/// Where an address is, and whose network it is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geography {
    /// Two letters of a country.
    pub country: Option<String>,
    /// A city, in English.
    pub city: Option<String>,
    /// What told country and city.
    pub placed_by: Option<Arc<Consulted>>,
    /// Number of an autonomous system.
    pub asn: Option<u32>,
    /// Who runs it.
    pub as_name: Option<String>,
    /// What told the network.
    pub routed_by: Option<Arc<Consulted>>,
}

/// What of a record a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What was acted on.
    Target,
    /// Who acted.
    Actor,
    /// Where from.
    Source,
}

/// One entry of an inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asset {
    /// A machine, an identity, an address or a network, as the inventory writes it.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// Where it belongs: `production`.
    pub environment: Option<String>,
    /// Is it one that must not fall?
    pub crown_jewel: Option<bool>,
    /// What a network is called by those who know it.
    pub known_network: Option<String>,
}

impl Asset {
    fn text(&self, column: &str) -> Option<&str> {
        match column {
            "owner" => self.owner.as_deref(),
            "environment" => self.environment.as_deref(),
            _ => self.known_network.as_deref(),
        }
    }
}

/// An entry, and what of the record it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// As what the record names it.
    pub role: Role,
    /// How the record writes it.
    pub value: String,
    /// The entry.
    pub asset: Arc<Asset>,
    /// The inventory.
    pub file: Arc<Consulted>,
}

/// An indicator that a record shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicated {
    /// How the record writes it.
    pub value: String,
    /// Who says so.
    pub source: String,
    /// Until when.
    pub until: Timestamp,
    /// The list.
    pub file: Arc<Consulted>,
}

impl Known {
    /// Is nothing known?
    pub(crate) fn is_empty(&self) -> bool {
        let Geography { country, city, asn, as_name, .. } = &self.place;
        let is_placed = country.is_some() || city.is_some() || asn.is_some() || as_name.is_some();
        !is_placed && self.held.is_empty() && self.indicators.is_empty()
    }

    /// The entries about what acted, was acted on, or where that came from.
    pub(crate) fn of(&self, role: Role) -> impl Iterator<Item = &Asset> {
        self.held.iter().filter(move |held| held.role == role).map(|held| &*held.asset)
    }

    /// Does a name stand for what an inventory or a list of indicators says, of which there may be several?
    pub(crate) fn has_several(name: &str) -> bool {
        let ends = [".owner", ".environment", ".known_network"];
        name == "n.indicator" || ends.iter().any(|end| name.ends_with(end))
    }

    /// The texts under a name that may have several.
    pub(crate) fn texts(&self, name: &str) -> Vec<&str> {
        let (role, what) = match name.strip_prefix("n.").and_then(|name| name.split_once('.')) {
            Some(("target", what)) => (Role::Target, what),
            Some(("actor", what)) => (Role::Actor, what),
            Some(("source", what)) => (Role::Source, what),
            _ => return self.indicators.iter().map(|indicated| indicated.source.as_str()).collect(),
        };
        let mut texts: Vec<&str> = self.of(role).filter_map(|asset| asset.text(what)).collect();
        texts.dedup();
        texts
    }

    /// Whose a target is, by the name that the record has for it.
    pub(crate) fn owner_of(&self, target: &str) -> Option<&str> {
        let mut held = self.held.iter().filter(|held| held.role == Role::Target && held.value == target);
        held.find_map(|held| held.asset.owner.as_deref())
    }

    /// Is any of them one that must not fall? Nothing where no inventory says.
    pub(crate) fn is_crown_jewel(&self, role: Role) -> Option<bool> {
        self.of(role).filter_map(|asset| asset.crown_jewel).reduce(|one, other| one | other)
    }
}
