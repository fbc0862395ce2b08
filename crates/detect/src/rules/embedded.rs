//! The shipped rules, carried in the binary, packed: with their tests they are a tenth of it otherwise.

use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;

/// A rule file of this repository.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// Path from the repository's root.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The files of a pack, by their paths and where each ends. What is unpacked once stays.
fn unpacked(packed: &[u8], ends: &[(&'static str, usize)]) -> Vec<EmbeddedFile> {
    let mut texts = String::new();
    ZlibDecoder::new(packed).read_to_string(&mut texts).expect("the build packed texts");
    let texts: &'static str = texts.leak();
    let mut from = 0;
    let file = |&(path, end): &(&'static str, usize)| EmbeddedFile {
        path,
        text: &texts[std::mem::replace(&mut from, end)..end],
    };
    ends.iter().map(file).collect()
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
