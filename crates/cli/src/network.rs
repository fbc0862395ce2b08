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

    /// What all its addresses begin with as they are written, in whole parts, if there is such a thing.
    pub(crate) fn beginning(self) -> Option<String> {
        let parts = usize::from(self.0.prefix_len()) / 8;
        match self.0.network() {
            IpAddr::V4(ip) if parts > 0 => {
                let octets = ip.octets();
                Some(octets[..parts].iter().map(u8::to_string).collect::<Vec<_>>().join("."))
            }
            IpAddr::V6(ip) if self.0.prefix_len() == self.0.max_prefix_len() => Some(ip.to_string()),
            _ => None,
        }
    }
}
