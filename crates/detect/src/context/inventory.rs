//! An inventory of machines, identities and addresses: a record's names are found in it whole, in any case.

use std::collections::HashMap;
use std::sync::Arc;

use super::given::{ContextError, Given};
use super::networks::{Networks, network};
use super::table::Table;
use crate::facts::{Asset, Consulted, Facts, Held, Role};

/// What an entry may say.
pub(super) const COLUMNS: &[&str] = &["name", "kind", "owner", "environment", "crown_jewel", "known_network"];
/// So many targets of a call are looked up.
const MOST_TARGETS: usize = 1_000;

/// What a name may be the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameKind {
    Any,
    Machine,
    Identity,
}

/// An inventory.
#[derive(Debug)]
pub(super) struct Inventory {
    pub(super) consulted: Arc<Consulted>,
    count: usize,
    named: HashMap<String, Vec<(NameKind, Arc<Asset>)>>,
    networks: Networks<Vec<Arc<Asset>>>,
}

impl Inventory {
    /// An inventory, and what is to be said of it beside.
    pub(super) fn read(given: Given<'_>) -> Result<(Self, String), ContextError> {
        let table = Table::read(given, COLUMNS)?;
        let aside = table.aside();
        let mut inventory = Self {
            consulted: given.consulted(),
            count: table.rows.len(),
            named: HashMap::new(),
            networks: Networks::default(),
        };
        for mut row in table.rows {
            let wrong = |problem: String, remedy: &str| Err(given.wrong(&row.place, problem, remedy));
            let Some(name) = row.values.remove("name") else {
                let remedy = "write a machine, an identity, an address or a network, or take the entry out";
                return wrong("an entry without a name".to_owned(), remedy);
            };
            let crown_jewel =
                match row.values.remove("crown_jewel").map(|text| text.to_lowercase()).as_deref() {
                    None => None,
                    Some("true" | "yes" | "1") => Some(true),
                    Some("false" | "no" | "0") => Some(false),
                    Some(other) => return wrong(format!("crown_jewel is {other:?}"), "write true or false"),
                };
            let network = network(&name);
            let kind = match row.values.remove("kind").map(|text| text.to_lowercase()).as_deref() {
                None => NameKind::Any,
                Some("machine") => NameKind::Machine,
                Some("identity") => NameKind::Identity,
                Some("address") if network.is_some() => NameKind::Any,
                Some("address") => {
                    return wrong(
                        format!("{name:?} is no address"),
                        "write it as 203.0.113.45 or 203.0.113.0/24",
                    );
                }
                Some(other) => {
                    return wrong(format!("kind is {other:?}"), "write machine, identity or address");
                }
            };
            let [owner, environment, known_network] =
                ["owner", "environment", "known_network"].map(|column| row.values.remove(column));
            let asset =
                Arc::new(Asset { name: name.clone(), owner, environment, crown_jewel, known_network });
            match network {
                Some(network) => inventory.networks.entry(network).push(asset),
                None => inventory.named.entry(name.to_lowercase()).or_default().push((kind, asset)),
            }
        }
        Ok((inventory, aside))
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Adds the entries that a record is about.
    pub(super) fn find(&self, facts: &Facts, held: &mut Vec<Held>) {
        let target = &facts.target;
        for (at, id) in target.ids.iter().take(MOST_TARGETS).enumerate() {
            let written = target.names.get(at).filter(|name| !name.is_empty()).unwrap_or(id);
            self.named(Role::Target, NameKind::Machine, written, held);
        }
        let host = facts.process.as_ref().and_then(|process| process.host.as_ref());
        if let Some(host) = host.filter(|host| !target.ids.iter().any(|id| id.eq_ignore_ascii_case(host))) {
            self.named(Role::Target, NameKind::Machine, host, held);
        }
        let actor = &facts.actor;
        let own = [&actor.uid, &actor.issuer, &actor.name, &actor.session, &actor.app_id];
        for name in own.into_iter().flatten().chain([&actor.key, &actor.display]) {
            self.named(Role::Actor, NameKind::Identity, name, held);
        }
        if let Some(ip) = facts.source.ip {
            for asset in self.networks.holding(ip).next().into_iter().flatten() {
                self.hold(Role::Source, &ip.to_string(), asset, held);
            }
        }
    }

    /// A machine goes by its id, by the last part of it, and by its host name without the domain.
    fn named(&self, role: Role, kind: NameKind, name: &str, held: &mut Vec<Held>) {
        let last = name.rsplit('/').next().unwrap_or(name);
        let host = last.split('.').next().unwrap_or(last);
        let ways = if kind == NameKind::Machine { [name, last, host] } else { [name; 3] };
        let found = ways.into_iter().find_map(|way| self.named.get(&way.to_lowercase()));
        for (_, asset) in found.into_iter().flatten().filter(|(own, _)| *own == NameKind::Any || *own == kind)
        {
            self.hold(role, name, asset, held);
        }
    }

    fn hold(&self, role: Role, value: &str, asset: &Arc<Asset>, held: &mut Vec<Held>) {
        if !held.iter().any(|held| held.role == role && Arc::ptr_eq(&held.asset, asset)) {
            let (asset, file) = (Arc::clone(asset), Arc::clone(&self.consulted));
            held.push(Held { role, value: value.to_owned(), asset, file });
        }
    }
}
