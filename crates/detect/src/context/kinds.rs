//! Which files hold what is known beside the logs, by their endings.

/// What a file of what is known beside the logs holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextKind {
    /// Places and networks of addresses, in MaxMind's format.
    Geo,
    /// Machines, identities and networks.
    Inventory,
    /// Who warns of what.
    Indicators,
}

const DATABASES: &[&str] = &[".mmdb"];
const TABLES: &[&str] = &[".csv", ".json", ".jsonl", ".ndjson"];

impl ContextKind {
    /// How names of such files end, in any case.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Geo => DATABASES,
            Self::Inventory | Self::Indicators => TABLES,
        }
    }

    /// May a file of this name hold it?
    pub fn is_in(self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.endings().iter().any(|ending| name.ends_with(ending))
    }

    /// May a file of this name hold any of it?
    pub fn is_any_in(name: &str) -> bool {
        [Self::Geo, Self::Inventory].iter().any(|kind| kind.is_in(name))
    }
}
