//! The shipped rules, carried in the binary.

/// A rule file of this repository.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// Path from the repository's root.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
