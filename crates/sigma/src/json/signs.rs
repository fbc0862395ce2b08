//! Which names an object may have members of, told from a few bits.

/// A bit for each length and first letter, in whatever case and spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs(u64);

impl Signs {
    /// Nobody gathered them.
    pub(super) const UNKNOWN: Self = Self(u64::MAX);

    /// Of names, where they are known.
    pub(super) fn of<'n>(names: impl Iterator<Item = Option<&'n str>>) -> Self {
        Self(names.fold(0, |signs, name| signs | name.map_or(u64::MAX, sign)))
    }

    pub(super) fn are_known(self) -> bool {
        self != Self::UNKNOWN
    }

    /// Could a member have that name?
    pub(super) fn may_have(self, name: &str) -> bool {
        !self.are_known() || self.0 & sign(name) != 0
    }
}

fn sign(name: &str) -> u64 {
    let mut letters = name.bytes().filter(|b| !matches!(b, b'_' | b'-' | b' '));
    let first = letters.next().unwrap_or_default().to_ascii_lowercase();
    1 << ((usize::from(first) * 7 + letters.count()) % 64)
}
