//! What tells that a name may stand in some texts, and for certain when it does not: their words, and their words two by two
//! with what joins them, as numbers.
//!
//! A name is found whole, so each of its words is a whole word of the text that it is found in.

use std::net::IpAddr;

use crate::network::Network;
use crate::records::Sought;

/// Signs of texts, in order and each once.
#[derive(Debug, Default)]
pub(super) struct Signs(Vec<u32>);

impl Signs {
    /// Of numbers as [`of_text`] gives them.
    pub(super) fn of(numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut all: Vec<u32> = numbers.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|sign| sign.to_le_bytes()).collect()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self(
            bytes
                .chunks_exact(4)
                .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
                .collect(),
        )
    }

    fn has(&self, sign: u32) -> bool {
        self.0.binary_search(&sign).is_ok()
    }
}

/// Hands on every sign of a text.
pub(super) fn of_text(text: &str, take: &mut dyn FnMut(u32)) {
    words_of(text, &mut |word, pair| {
        take(number(word));
        if let Some(pair) = pair {
            take(number(pair));
        }
    });
}

/// The fewest signs that all texts have in which a name stands.
fn of_name(name: &str) -> Vec<u32> {
    let (mut words, mut pairs) = (Vec::new(), Vec::new());
    words_of(name, &mut |word, pair| {
        words.push(number(word));
        pairs.extend(pair.map(number));
    });
    if pairs.is_empty() { words } else { pairs }
}

/// Hands on every word, and from the second on the stretch that begins with the word before it.
fn words_of<'t>(text: &'t str, take: &mut dyn FnMut(&'t [u8], Option<&'t [u8]>)) {
    let bytes = text.as_bytes();
    let (mut at, mut before) = (0, None);
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let end = at + length;
        take(&bytes[at..end], before.map(|before: usize| &bytes[before..end]));
        (before, at) = (Some(at), end);
    }
}

/// FNV-1a, in any case. Two stretches of one number make a block that is read in vain.
fn number(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
}

/// What a block has to have for a record that is sought to be in it: of each of these one, and that whole.
#[derive(Debug, Default)]
pub(super) struct Needed(Vec<Vec<Vec<u32>>>);

impl Needed {
    /// For what is sought; what an actor did in sessions has their keys in it and not the actor's name.
    pub(super) fn for_sought(sought: &Sought, sessions: &[String]) -> Self {
        let mut all = Vec::new();
        if let Some(name) = &sought.actor {
            all.push([of_name(name)].into_iter().chain(sessions.iter().map(|id| of_name(id))).collect());
        }
        all.extend(sought.machine.iter().chain(&sought.account).map(|name| vec![of_name(name)]));
        if let Some(thing) = &sought.thing {
            // An IPv6 address is written in several ways.
            let address = thing.parse::<IpAddr>().ok().map(|ip| of_name(&ip.to_string()));
            all.push([of_name(thing)].into_iter().chain(address).collect());
        }
        all.extend(sought.address.and_then(Network::beginning).map(|text| vec![of_name(&text)]));
        Self(all)
    }

    /// May a record be among those with these signs?
    pub(super) fn may_be_in(&self, signs: &Signs) -> bool {
        self.0.iter().all(|ways| ways.iter().any(|way| way.iter().all(|sign| signs.has(*sign))))
    }
}

#[cfg(test)]
mod tests;
