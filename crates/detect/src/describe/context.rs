//! What is known beside a record, in words.

use jiff::ToSpan as _;

use super::visible::visible_within;
use crate::facts::{Asset, Held, Indicated, Known, Role};
use crate::matched::Match;

/// So many lines are told.
const MOST: usize = 12;

/// A line for what is known of the address, of each entry of an inventory, and of each indicator.
pub(super) fn lines(found: &Match) -> Vec<String> {
    let Some(known) = &found.facts.known else { return Vec::new() };
    let Known { place, held, indicators } = &**known;
    let network = place.asn.map(|asn| match &place.as_name {
        Some(name) => format!("AS{asn} {name}"),
        None => format!("AS{asn}"),
    });
    let parts: Vec<String> =
        [place.city.clone(), place.country.clone(), network].into_iter().flatten().collect();
    let address = found.facts.source.ip.filter(|_| !parts.is_empty());
    let place = address.map(|ip| format!("{ip} is in {}", parts.join(", ")));
    let indicated = indicators.iter().map(|Indicated { value, source, until, .. }| {
        // The last day on which it counts.
        let last = until.checked_sub(1.second()).unwrap_or(*until).strftime("%Y-%m-%d");
        format!("{value} is an indicator of {source} until {last}")
    });
    let all = indicated.chain(held.iter().filter_map(entry)).chain(place);
    all.take(MOST).map(|line| visible_within(&line, 300).into_owned()).collect()
}

fn entry(held: &Held) -> Option<String> {
    let Asset { owner, environment, crown_jewel, known_network, .. } = &*held.asset;
    let owned = owner.as_ref().map(|owner| match held.role {
        Role::Actor => format!("answered for by {owner}"),
        Role::Target | Role::Source => format!("owned by {owner}"),
    });
    let parts = [
        known_network.as_ref().map(|name| format!("in the network {name}")),
        owned,
        environment.as_ref().map(|name| format!("in {name}")),
        (*crown_jewel == Some(true)).then(|| "a crown jewel".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{} is {}", held.value, parts.join(", ")))
}
