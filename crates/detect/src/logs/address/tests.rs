use proptest::prelude::*;

use super::*;

#[test]
fn callers_addresses_are_one_in_every_spelling() {
    for spelling in [
        "203.0.113.45",
        "203.0.113.45:51000",
        "::ffff:203.0.113.45",
        "::FFFF:CB00:712D",
        "[::ffff:203.0.113.45]:51000",
        "64:ff9b::203.0.113.45",
    ] {
        assert_eq!(ip(spelling), Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 45))), "{spelling}");
    }
    for spelling in ["2001:DB8:0:0:0:0:0:1", "[2001:db8::1]", "2001:db8::1%eth0", "[2001:db8::1%2]"] {
        assert_eq!(ip(spelling).map(|ip| ip.to_string()).as_deref(), Some("2001:db8::1"), "{spelling}");
    }
    // A number is no caller's address: nothing writes one so.
    assert_eq!(ip("3405803821"), None);
    assert_eq!(ip("AWS Internal"), None);
}

#[test]
fn hosts_are_one_in_every_spelling() {
    for spelling in [
        "169.254.169.254",
        "169.254.169.254.",
        "2852039166",
        "0xA9FEA9FE",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.16689662",
        "[::ffff:169.254.169.254]",
        "::ffff:a9fe:a9fe",
    ] {
        assert_eq!(host(spelling), "169.254.169.254", "{spelling}");
    }
    assert_eq!(host("FD00:EC2:0::254"), "fd00:ec2::254");
    assert_eq!(host("DB.Example.com."), "db.example.com");
    for name in ["1.2.3.4.5", "256.1.1.1", "0x", "08.1.1.1", "0xa9fea9fe1", "a.0x1", ""] {
        assert_eq!(host(name), name);
    }
}

#[test]
fn not_every_text_is_a_host() {
    for text in ["db.example.com", "localhost", "10.0.0.1", "fd00:ec2::254", "db_1"] {
        assert!(is_host(text), "{text}");
    }
    for text in ["", "a b", "-x", "p@ss", "https://x", "a..b", "$(id)", "x;y"] {
        assert!(!is_host(text), "{text}");
    }
}

proptest! {
    /// Whatever way an address is written, it is the same one.
    #[test]
    fn every_spelling_of_an_address_is_that_address(bits: u32) {
        let address = Ipv4Addr::from(bits);
        let [a, b, c, d] = address.octets();
        let spellings = [
            format!("{bits}"),
            format!("0x{bits:X}"),
            format!("0{bits:o}"),
            format!("0x{a:x}.{b}.0{c:o}.{d}"),
            format!("{a}.{}", bits & 0xff_ffff),
            format!("{a}.{b}.{}", bits & 0xffff),
            format!("[::ffff:{address}]"),
            address.to_ipv6_mapped().to_string().to_uppercase(),
        ];
        for spelling in spellings {
            prop_assert_eq!(host(&spelling), address.to_string(), "{}", spelling);
        }
    }

    #[test]
    fn a_host_is_read_only_once(text in "[0-9a-fA-FxX.:%-]{0,40}") {
        prop_assert_eq!(host(&host(&text)), host(&text));
    }
}
