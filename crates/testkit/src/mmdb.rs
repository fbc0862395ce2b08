//! A writer of databases in MaxMind's format, for IPv4: <https://maxmind.github.io/MaxMind-DB/>.

use std::net::Ipv4Addr;

/// A value as such files have it.
pub enum Value {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(u32),
    /// Values by name.
    Map(Vec<(&'static str, Value)>),
}

use Value::{Map, Number, Text};

/// The country and the city of a network, as databases of cities have them.
pub fn located(country: &'static str, city: &'static str) -> Value {
    let names = |name| Map(vec![("names", Map(vec![("en", Text(name))]))]);
    Map(vec![("country", Map(vec![("iso_code", Text(country))])), ("city", names(city))])
}

/// The autonomous system of a network.
pub fn routed(number: u32, name: &'static str) -> Value {
    Map(vec![("autonomous_system_number", Number(number)), ("autonomous_system_organization", Text(name))])
}

/// The bytes of a database of this type that was built in the second.
pub fn database(kind: &str, built: u64, networks: &[(&str, Value)]) -> Vec<u8> {
    // A record is a node to go on with, or, from 1 on, a place in the data.
    let mut nodes: Vec<[Record; 2]> = vec![[Record::Nothing; 2]];
    let mut data = Vec::new();
    for (network, value) in networks {
        let (address, length) = network.split_once('/').unwrap();
        let bits = u32::from(address.parse::<Ipv4Addr>().unwrap());
        let length: u32 = length.parse().unwrap();
        let mut at = 0;
        for depth in 0..length {
            let side = (bits >> (31 - depth) & 1) as usize;
            if depth + 1 == length {
                nodes[at][side] = Record::Data(data.len());
            } else {
                at = if let Record::Node(next) = nodes[at][side] {
                    next
                } else {
                    nodes.push([Record::Nothing; 2]);
                    let next = nodes.len() - 1;
                    nodes[at][side] = Record::Node(next);
                    next
                };
            }
        }
        write(value, &mut data);
    }
    let mut bytes = Vec::new();
    for record in nodes.iter().flatten() {
        let number = match *record {
            Record::Nothing => nodes.len(),
            Record::Node(next) => next,
            Record::Data(offset) => nodes.len() + 16 + offset,
        };
        bytes.extend(&u32::try_from(number).unwrap().to_be_bytes()[1..]);
    }
    bytes.extend([0; 16]);
    bytes.extend(data);
    bytes.extend(b"\xab\xcd\xefMaxMind.com");
    bytes.push(0xe0 | 0x09);
    let number = |name: &str, kind: u8, value: &[u8], bytes: &mut Vec<u8>| {
        text(name, bytes);
        let size = u8::try_from(value.len()).unwrap();
        if kind < 8 {
            bytes.push(kind << 5 | size);
        } else {
            bytes.extend([size, kind - 7]);
        }
        bytes.extend(value);
    };
    number("binary_format_major_version", 5, &[2], &mut bytes);
    number("binary_format_minor_version", 5, &[0], &mut bytes);
    number("build_epoch", 9, &built.to_be_bytes(), &mut bytes);
    number("ip_version", 5, &[4], &mut bytes);
    number("node_count", 6, &u32::try_from(nodes.len()).unwrap().to_be_bytes(), &mut bytes);
    number("record_size", 5, &[24], &mut bytes);
    text("database_type", &mut bytes);
    text(kind, &mut bytes);
    text("description", &mut bytes);
    bytes.push(0xe0);
    text("languages", &mut bytes);
    bytes.extend([0, 4]);
    bytes
}

#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Data(usize),
}

fn text(text: &str, bytes: &mut Vec<u8>) {
    match u8::try_from(text.len()).unwrap() {
        size @ 0..29 => bytes.push(0x40 | size),
        size => bytes.extend([0x40 | 0x1d, size - 29]),
    }
    bytes.extend(text.as_bytes());
}

fn write(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Text(own) => text(own, bytes),
        Number(own) => {
            bytes.push(0xc4);
            bytes.extend(own.to_be_bytes());
        }
        Map(entries) => {
            bytes.push(0xe0 | u8::try_from(entries.len()).unwrap());
            for (name, value) in entries {
                text(name, bytes);
                write(value, bytes);
            }
        }
    }
}
