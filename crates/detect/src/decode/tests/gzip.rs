use super::*;
use crate::tally::RejectReason::{BadGzip, Bomb, Truncated};

const TEXT: &[u8] = br#"{"Records":[{"n":1},{"n":2},{"n":3}]}"#;

fn three() -> [Item; 3] {
    [ordinal(1, r#"{"n":1}"#), ordinal(2, r#"{"n":2}"#), ordinal(3, r#"{"n":3}"#)]
}

#[test]
fn several_members_are_one_text() {
    let (head, tail) = TEXT.split_at(20);
    assert_eq!(decode([gzip(head), gzip(tail)].concat()), three());
    assert_eq!(decode([gzip(head), vec![0; 700], gzip(tail), vec![0; 13]].concat()), three());
}

#[test]
fn records_before_a_fault_stand() {
    let whole = gzip(TEXT);
    let with = |fault| -> Vec<Item> { three().into_iter().chain([fault]).collect() };

    let trailing = [&whole[..], b"not gzip"].concat();
    assert_eq!(decode(trailing), with(rejected(BadGzip, Place::Ordinal(4), "not gzip")));
    let half_magic = [&whole[..], b"\x1F"].concat();
    assert_eq!(decode(half_magic), with(rejected(BadGzip, Place::Ordinal(4), "\x1F")));

    let mut bad_crc = whole.clone();
    let at = bad_crc.len() - 8;
    bad_crc[at] ^= 1;
    assert_eq!(decode(bad_crc), with(rejected(BadGzip, Place::Ordinal(4), "")));

    let mut bad_length = whole.clone();
    *bad_length.last_mut().unwrap() ^= 1;
    assert_eq!(decode(bad_length), with(rejected(BadGzip, Place::Ordinal(4), "")));

    for cut in whole.len() - 8..whole.len() {
        assert_eq!(decode(&whole[..cut]), with(rejected(Truncated, Place::Ordinal(4), "")), "cut at {cut}");
    }
}

#[test]
fn a_cut_stream_is_one_reject_with_the_record_it_cut() {
    let record = |n: u32| format!(r#"{{"n":{n},"x":"{:x}"}}"#, n.wrapping_mul(2_654_435_761));
    let text = format!(r#"{{"Records":[{}]}}"#, (0..2000).map(record).collect::<Vec<_>>().join(","));
    let whole = gzip(text.as_bytes());
    let items = decode_with(Limits::default(), [&whole[..whole.len() / 2]]);
    let (fault, records) = items.split_last().unwrap();
    assert!(records.len() > 500, "{}", records.len());
    for (n, item) in (0..).zip(records) {
        assert_eq!(*item, ordinal(u64::from(n) + 1, &record(n)));
    }
    assert!(matches!(fault, Item::Reject(Truncated, ..)));
}

#[test]
fn damage_in_the_middle_is_one_reject() {
    let text = format!(r#"{{"Records":[{}]}}"#, vec![r#"{"n":1}"#; 5000].join(","));
    let whole = gzip(text.as_bytes());
    for at in (20..whole.len() - 8).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let items = decode_with(Limits::default(), bytes.chunks(1000));
        let faults = |item: &&Item| matches!(item, Item::Reject(BadGzip | Truncated, ..));
        assert_eq!(items.iter().filter(faults).count(), 1, "{at}");
        assert!(items.last().is_some_and(|item| faults(&item)), "{at}: {:?}", items.last());
    }
}

#[test]
fn what_only_begins_like_gzip_is_rejected() {
    for bytes in [&b"\x1F\x8B"[..], b"\x1F\x8B\x08", b"\x1F\x8Bnonsense"] {
        let items = decode(bytes);
        assert!(matches!(items[..], [Item::Reject(Truncated | BadGzip, ..)]), "{items:?}");
    }
    assert!(matches!(decode(b"\x1F")[..], [Item::Reject(..)]));
}

#[test]
fn a_bomb_is_stopped() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(br#"{"Records":[{"n":1},"#).unwrap();
    encoder.write_all(&vec![b' '; 40 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    let items = decode_with(Limits::default(), [&bomb[..]]);
    assert!(matches!(items[..], [Item::Record(..), Item::Reject(Bomb, ..)]), "{items:?}");

    let limits = Limits { inflated: 20, ..Limits::default() };
    let items = decode_with(limits, [gzip(TEXT)]);
    assert!(matches!(items.last(), Some(Item::Reject(Bomb, ..))), "{items:?}");
}
