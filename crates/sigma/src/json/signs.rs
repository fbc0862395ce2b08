//! Which names an object may have members of, told from a few bits.

/// A bit for each first and last letter, in whatever case and spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs(u64);

impl Signs {
    /// Nobody gathered them.
    pub(super) const UNKNOWN: Self = Self(u64::MAX);

    /// Of no names.
    pub(super) const NONE: Self = Self(0);

    /// Of names, where they are known.
    pub(super) fn of<'n>(names: impl Iterator<Item = Option<&'n str>>) -> Self {
        names.fold(Self::NONE, Self::and)
    }

    /// Of one name more.
    pub(super) fn and(self, name: Option<&str>) -> Self {
        Self(self.0 | name.map_or(u64::MAX, sign))
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
    // As nearly all names are.
    if let ([first, ..], [.., last]) = (name.as_bytes(), name.as_bytes())
        && !is_between(*first)
        && !is_between(*last)
    {
        return at(first.to_ascii_lowercase(), last.to_ascii_lowercase());
    }
    let letter = |byte: Option<&u8>| byte.map_or(0, u8::to_ascii_lowercase);
    let is_letter = |byte: &&u8| !is_between(**byte);
    at(letter(name.as_bytes().iter().find(is_letter)), letter(name.as_bytes().iter().rfind(is_letter)))
}

fn at(first: u8, last: u8) -> u64 {
    1 << ((usize::from(first) * 7 + usize::from(last)) % 64)
}

/// Between words of a name.
pub(super) fn is_between(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b' ')
}
