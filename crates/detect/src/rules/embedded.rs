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

/// The files of a pack, by their paths and lengths. What is unpacked once stays.
fn unpacked(packed: &[u8], files: &[(&'static str, usize)]) -> Vec<EmbeddedFile> {
    let mut texts = String::new();
    ZlibDecoder::new(packed).read_to_string(&mut texts).expect("the build packed texts");
    let mut rest: &'static str = texts.leak();
    let file = |&(path, length): &(&'static str, usize)| {
        let (text, others) = rest.split_at(length);
        rest = others;
        EmbeddedFile { path, text }
    };
    files.iter().map(file).collect()
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
