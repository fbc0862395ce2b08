//! Addresses as people type them: one, or a network of them.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// An address, or a network of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network(IpNet);

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let alone = text.parse::<IpAddr>().map(IpNet::from).ok();
        let network = alone.or_else(|| text.parse().ok());
        network.map(Self).ok_or_else(|| "write an address as 203.0.113.45 or 203.0.113.0/24".to_owned())
    }
}

impl Network {
    /// Is an address in it?
    pub(crate) fn holds(self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }
}
