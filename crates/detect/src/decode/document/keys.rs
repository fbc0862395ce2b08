//! What the keys of an object at the outside mean, and how far it was read.

use crate::decode::extent::Extent;

/// First reading of a record that does not end; again whenever it has grown by the factor.
pub(super) const STRICT_FROM: usize = 64 << 10;
pub(super) const STRICT_GROWS: usize = 4;

/// What a key means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyName {
    Records,
    MaybeRecords,
    Paging,
    Event,
    Account,
    DigestStart,
    Other,
}

impl KeyName {
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"Records" | b"records" => Self::Records,
            b"value" | b"Events" | b"events" => Self::MaybeRecords,
            b"@odata.context" | b"@odata.count" | b"@odata.nextLink" | b"nextLink" | b"count"
            | b"NextToken" | b"nextToken" | b"ResponseMetadata" => Self::Paging,
            b"Event" => Self::Event,
            b"awsAccountId" => Self::Account,
            b"digestStartTime" => Self::DigestStart,
            _ => Self::Other,
        }
    }
}

/// What stands next in the object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Key,
    InKey(Extent),
    Colon(KeyName),
    Value(KeyName),
    InValue(KeyName, Extent),
}

/// Keys that make an object something other than a record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeenKeys {
    pub(super) account: bool,
    pub(super) digest: bool,
    pub(super) test_event: bool,
}

/// How far an object was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// Where `next` stands.
    pub(super) cursor: usize,
    pub(super) next: Next,
    /// Known to be an envelope: what was read of it is dropped.
    pub(super) envelope: bool,
    pub(super) only_paging: bool,
    pub(super) seen: SeenKeys,
    pub(super) strict: usize,
}

impl Walk {
    /// In front of an object.
    pub(super) fn new() -> Self {
        Self {
            cursor: 1,
            next: Next::Key,
            envelope: false,
            only_paging: true,
            seen: SeenKeys::default(),
            strict: STRICT_FROM,
        }
    }

    /// Was nothing of it read yet?
    pub(super) fn is_at_start(&self) -> bool {
        !self.envelope && self.cursor == 1 && matches!(self.next, Next::Key)
    }

    /// In an envelope, behind its array.
    pub(super) fn envelope() -> Self {
        Self { cursor: 0, envelope: true, strict: usize::MAX, ..Self::new() }
    }

    /// The value of `key` is read.
    pub(super) fn saw(&mut self, key: KeyName, value: &[u8]) {
        self.only_paging &= key == KeyName::Paging;
        self.seen.account |= key == KeyName::Account;
        self.seen.digest |= key == KeyName::DigestStart;
        self.seen.test_event |= key == KeyName::Event && value == b"\"s3:TestEvent\"";
    }
}
