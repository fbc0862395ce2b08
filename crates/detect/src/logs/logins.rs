//! Which ports people log in at, and which networks are everybody, for the firewalls of both clouds.

use std::net::IpAddr;
use std::ops::RangeInclusive;

/// SSH, Telnet, SMB, remote desktop, VNC, WinRM.
const PORTS: [i64; 7] = [22, 23, 445, 3389, 5900, 5985, 5986];

/// Is one of the ports that people log in at among them?
pub(super) fn are_among(ports: &RangeInclusive<i64>) -> bool {
    PORTS.iter().any(|port| ports.contains(port))
}

/// Wider than any network that one owner has: what two halves of the internet let in is everybody too.
pub(super) fn is_everybody(network: &str) -> bool {
    let Some((address, length)) = network.split_once('/') else { return false };
    match (address.trim().parse(), length.trim().parse::<u8>()) {
        (Ok(IpAddr::V4(_)), Ok(length)) => length < 8,
        (Ok(IpAddr::V6(_)), Ok(length)) => length < 16,
        _ => false,
    }
}
