//! Addresses in one spelling, whatever they come in, so that they are compared, told and remembered as one.
//!
//! What resolvers take for an IPv4 address is one: a number, hexadecimal or octal parts, fewer than four of them, as
//! `inet_aton` reads them (<https://pubs.opengroup.org/onlinepubs/9799919799/functions/inet_addr.html>). An IPv4 address
//! inside an IPv6 one is the IPv4 one: mapped (RFC 4291) or behind the well-known NAT64 prefix (RFC 6052).

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A caller's address, also with a port behind it, brackets around it or a zone in it.
pub(super) fn ip(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = match text.parse::<SocketAddr>() {
        Ok(socket) => socket.ip(),
        Err(_) => bare(text).parse().ok()?,
    };
    Some(plain(address))
}

/// A host as somebody wrote it: its address if it is one in any spelling, else its name in lower case.
pub(super) fn host(text: &str) -> String {
    let text = text.trim();
    let bare = bare(text).trim_end_matches('.');
    match ip(bare).or_else(|| legacy(bare).map(IpAddr::V4)) {
        Some(address) => address.to_string(),
        None => bare.to_lowercase(),
    }
}

/// Can a text be a host: an address in any spelling, or a name of letters, digits, dots and dashes?
pub(super) fn is_host(text: &str) -> bool {
    let host = host(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
    };
    ip(&host).is_some() || (host.len() <= 253 && host.split('.').all(label))
}

/// Without brackets and zone.
fn bare(text: &str) -> &str {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    match inner.split_once('%') {
        Some((address, _zone)) if address.contains(':') => address,
        _ => inner,
    }
}

/// The IPv4 address that an IPv6 one stands for, if it does.
fn plain(address: IpAddr) -> IpAddr {
    const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];
    let IpAddr::V6(v6) = address else { return address };
    let behind = |v6: Ipv6Addr| {
        let [.., high, low] = v6.segments();
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        v6.segments().starts_with(&NAT64).then(|| Ipv4Addr::new(a, b, c, d))
    };
    v6.to_ipv4_mapped().or_else(|| behind(v6)).map_or(address, IpAddr::V4)
}

/// One to four numbers, decimal, octal or hexadecimal, of which the last fills what is left.
fn legacy(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, heads) = parts.split_last()?;
    if heads.len() > 3 || heads.iter().any(|part| *part > 0xff) {
        return None;
    }
    let room = 32 - 8 * u32::try_from(heads.len()).ok()?;
    if room < 32 && *last >> room != 0 {
        return None;
    }
    let high = heads.iter().enumerate().fold(0, |sum, (at, part)| sum | part << (24 - 8 * at));
    Some(Ipv4Addr::from(high | last))
}

fn number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        None => (&*lower, 10),
    };
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, radix).ok())?
}
