//! Lists of indicators: addresses, hosts, digests, keys, clients and names, each with who says so and until when.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::given::{ContextError, Given};
use super::networks::{Networks, network};
use super::table::Table;
use crate::facts::{Consulted, Facts, Indicated};

/// What an indicator says.
pub(super) const COLUMNS: &[&str] = &["value", "source", "until"];

#[derive(Debug)]
struct Listing {
    source: String,
    until: Timestamp,
}

/// A list of indicators.
#[derive(Debug)]
pub(super) struct Indicators {
    pub(super) consulted: Arc<Consulted>,
    count: usize,
    named: HashMap<String, Vec<Listing>>,
    networks: Networks<Vec<Listing>>,
}

impl Indicators {
    /// A list, and what is to be said of it beside.
    pub(super) fn read(given: Given<'_>) -> Result<(Self, String), ContextError> {
        let table = Table::read(given, COLUMNS)?;
        let aside = table.aside();
        let mut list = Self {
            consulted: given.consulted(),
            count: table.rows.len(),
            named: HashMap::new(),
            networks: Networks::default(),
        };
        for mut row in table.rows {
            let [value, source, until] = ["value", "source", "until"].map(|column| row.values.remove(column));
            let (Some(value), Some(source)) = (value, source) else {
                let remedy = "write what to look for and who says so, or take the entry out";
                return Err(given.wrong(&row.place, "an indicator without a value or a source", remedy));
            };
            let Some(until) = until.as_deref().and_then(end) else {
                let problem =
                    until.map_or_else(|| "no end".to_owned(), |text| format!("its end is {text:?}"));
                let remedy = "write until when it counts, as 2026-12-31; what has no end is wrong one day";
                return Err(given.wrong(&row.place, problem, remedy));
            };
            let claim = Listing { source, until };
            match network(&value) {
                Some(network) => list.networks.entry(network).push(claim),
                None => list.named.entry(value.to_lowercase()).or_default().push(claim),
            }
        }
        Ok((list, aside))
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Adds the indicators that a record shows and that counted when it happened.
    pub(super) fn find(&self, facts: &Facts, found: &mut Vec<Indicated>) {
        let mut add = |value: &str, claims: &[Listing]| {
            for claim in claims.iter().filter(|claim| facts.time.is_none_or(|at| at < claim.until)) {
                let (source, until) = (claim.source.clone(), claim.until);
                let file = Arc::clone(&self.consulted);
                let indicated = Indicated { value: value.to_owned(), source, until, file };
                if !found.contains(&indicated) {
                    found.push(indicated);
                }
            }
        };
        let tunnel = facts.tunnel.as_ref().and_then(|tunnel| tunnel.host.as_deref());
        let addresses = facts.source.ip.into_iter().chain(tunnel.and_then(|host| host.parse().ok()));
        for ip in addresses {
            self.networks.holding(ip).for_each(|claims| add(&ip.to_string(), claims));
        }
        let actor = &facts.actor;
        let own = [&actor.uid, &actor.name, &actor.principal_id, &actor.app_id, &actor.credential_uid];
        let more = [&facts.source.user_agent, &facts.key_fingerprint];
        let hashes = facts.process.iter().filter_map(|process| process.hashes.as_deref());
        let digests =
            hashes.flat_map(|all| all.split(',')).filter_map(|one| Some(one.split_once('=')?.1.trim()));
        let texts = own.into_iter().chain(more).flatten().map(String::as_str).chain(tunnel).chain(digests);
        for text in texts {
            if let Some(claims) = self.named.get(&text.to_lowercase()) {
                add(text, claims);
            }
        }
    }
}

/// The moment from which it counts no more; a day counts whole.
fn end(text: &str) -> Option<Timestamp> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() <= 10
    {
        let next = date.checked_add(1.day()).ok()?;
        return next.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    }
    text.parse().ok()
}
