//! Addresses and networks with what is known of them; the narrowest that holds an address tells.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

/// Networks, by themselves and by how long their prefixes are.
#[derive(Debug)]
pub(super) struct Networks<T> {
    all: HashMap<IpNet, T>,
    lengths: BTreeSet<u8>,
}

impl<T> Default for Networks<T> {
    fn default() -> Self {
        Self { all: HashMap::new(), lengths: BTreeSet::new() }
    }
}

/// An address or a network as people write it.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpAddr>().map(IpNet::from).ok().or_else(|| text.parse().ok())
}

impl<T: Default> Networks<T> {
    /// What is known of a network, to be added to.
    pub(super) fn entry(&mut self, network: IpNet) -> &mut T {
        self.lengths.insert(network.prefix_len());
        self.all.entry(network.trunc()).or_default()
    }

    /// What is known of the networks that hold an address, the narrowest first.
    pub(super) fn holding(&self, ip: IpAddr) -> impl Iterator<Item = &T> {
        self.lengths
            .iter()
            .rev()
            .filter_map(move |length| self.all.get(&IpNet::new(ip, *length).ok()?.trunc()))
    }
}
