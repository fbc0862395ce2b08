//! Forms beside the canonical one, each of which can be left out to show that its proof needs it.

/// Which forms are read beside the canonical ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "a switch for each form")]
pub struct Forms {
    /// Records inside carriers that no log knows.
    pub carried: bool,
    /// Objects and lists that come as text.
    pub folded: bool,
    /// Names in another case.
    pub in_any_case: bool,
    /// Nearly JSON.
    pub mended: bool,
}

impl Default for Forms {
    fn default() -> Self {
        Self { carried: true, folded: true, in_any_case: true, mended: true }
    }
}
