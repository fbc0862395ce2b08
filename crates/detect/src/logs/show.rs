//! How a field of a record is shown in findings.

use crate::facts::Facts;

/// How a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// As it is, unless it looks like a secret.
    Value,
    /// The caller's words: at most 120 characters.
    FreeText,
    /// Only the hosts of the URLs in it.
    Host,
    /// Only the program of a command, and a digest.
    Program,
    /// Session parameters: only what AWS's port forwarding documents take.
    Forwarding,
    /// A body of settings: names, hosts, digest.
    Body,
    /// Only digest and length.
    Digest,
    /// Not even that: short enough to be guessed from a digest.
    Never,
}

/// A field and how it is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'p> {
    pub(crate) path: &'p str,
    pub(crate) show: Show,
}

/// What of a log's records may be shown.
pub(crate) struct Shows {
    /// What findings show whatever their rule.
    pub(crate) fields: fn(&Facts) -> &'static [Shown<'static>],
    /// What is named as left out when a record has it.
    pub(crate) withheld: &'static [&'static str],
    /// Is this document one of the provider's own, whose parameters are a host and ports?
    pub(crate) forwards: fn(&str) -> bool,
}

impl Shows {
    /// Nothing but what a rule asks for.
    pub(crate) const NOTHING: Self = Self { fields: |_| &[], withheld: &[], forwards: |_| false };

    /// The same fields, whatever was done.
    pub(crate) const fn always(
        fields: fn(&Facts) -> &'static [Shown<'static>],
        withheld: &'static [&'static str],
    ) -> Self {
        Self { fields, withheld, forwards: |_| false }
    }
}

/// A list of fields: how they are shown, then their paths.
macro_rules! fields {
    ($($show:ident: $($path:literal),+;)*) => {
        &[$($($crate::logs::show::Shown { path: $path, show: $crate::logs::show::Show::$show }),+),*]
    };
}
pub(crate) use fields;
