use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// SHA-256 of `abc`, from FIPS 180-2.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(bytes).and_then(|()| packing.finish()).expect("memory takes it")
}

fn summed(chunks: &[&[u8]], most: usize) -> Option<Summed> {
    let mut content = Content::kept(most);
    chunks.iter().all(|chunk| content.take(chunk)).then(|| content.end())?
}

#[test]
fn the_sum_is_of_what_is_inflated_however_it_comes() {
    let whole = packed(b"abc");
    let (first, last) = whole.split_at(7);
    for chunks in [&[whole.as_slice()][..], &[first, last]] {
        let read = summed(chunks, 2).expect("it is whole");
        assert_eq!((read.sum.as_str(), read.kept.as_slice(), read.is_cut), (ABC, b"ab".as_slice(), true));
    }
    assert!(!summed(&[&whole], 3).expect("it is whole").is_cut);
}

#[test]
fn what_is_appended_is_of_it_and_what_is_cut_off_is_no_object() {
    let twice = [packed(b"abc"), packed(b"more")].concat();
    assert_ne!(summed(&[&twice], 0).expect("two members are one object").sum, ABC);
    let whole = packed(b"abc");
    assert!(summed(&[&whole[..whole.len() - 4]], 0).is_none());
    assert!(summed(&[b"no gzip at all, and long enough to say so"], 0).is_none());
    assert!(summed(&[&[whole.as_slice(), b"behind"].concat()], 0).is_none());
}
