//! What is kept between deliveries, and the port of whoever keeps it: items that are loaded together and replaced only
//! if nobody else did. What they mean is said in `remember` alone.

#[cfg(test)]
pub(crate) mod testing;
mod value;

use std::future::Future;

use jiff::Timestamp;

pub(crate) use value::Keepable;
pub use value::Value;

/// The store could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("state store unavailable: {0}")]
pub struct StateError(pub String);

/// What an item is about; the first part of its key in every store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// A finding that is being published, or was.
    Claim,
    /// The caller of an Azure operation.
    Caller,
    /// The operations under one of Azure's correlation ids.
    Operation,
    /// A combination of facts that was seen.
    Seen,
    /// Since when a scope is learned.
    Learning,
    /// The members of one window, as versions before kept them.
    Window,
    /// Windows whose groups begin with the same value.
    Group,
    /// What such an item goes on from.
    Base,
    /// A delivery that is being tried again.
    Trial,
    /// The cases of an account, subscription or tenant that are open.
    Case,
    /// Who was handed a session.
    Session,
    /// When records came from a source for the last time, and which sources there are.
    Source,
}

impl ItemKind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Claim,
        Self::Caller,
        Self::Operation,
        Self::Seen,
        Self::Learning,
        Self::Window,
        Self::Group,
        Self::Base,
        Self::Trial,
        Self::Case,
        Self::Session,
        Self::Source,
    ];

    /// The word in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Caller => "caller",
            Self::Operation => "operation",
            Self::Seen => "seen",
            Self::Learning => "learning",
            Self::Window => "window",
            Self::Group => "group",
            Self::Base => "base",
            Self::Trial => "trial",
            Self::Case => "case",
            Self::Session => "session",
            Self::Source => "source",
        }
    }
}

/// Under what an item is kept. A store keeps items of one scope near each other where that saves requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What it is about.
    pub kind: ItemKind,
    /// The account, subscription or tenant it belongs to, as the record writes it: any text, possibly none.
    pub scope: String,
    /// The rest: a digest in hex.
    pub name: String,
}

/// One state of an item, in the words of its store; compared for equality only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// What is kept under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// JSON where it is text.
    pub value: Value,
    /// Which state of the item this is.
    pub version: Version,
    /// When it may be forgotten. A store may keep it longer, so readers look at this.
    pub expires_at: Timestamp,
}

/// An item to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Under what.
    pub key: Key,
    /// The state it takes the place of; `None` for nothing at all, not even something expired.
    pub replaces: Option<Version>,
    /// What.
    pub value: Value,
    /// Until when; stores keep whole seconds.
    pub expires_at: Timestamp,
}

/// What became of a [`Write`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is kept, in this state.
    Done(Version),
    /// Not written: the key holds another state than expected, or a write beside it was refused. Worth loading and
    /// deciding anew.
    Refused,
}

/// What is remembered between deliveries: items that are read together and replaced only if nobody else did.
///
/// All meaning is the core's, so that every store behaves alike; see `remember`. Reads see every write that was
/// answered before.
pub trait StateStore: Send + Sync {
    /// What is kept under each key, in their order.
    fn load(&self, keys: &[Key]) -> impl Future<Output = Result<Vec<Option<Item>>, StateError>> + Send;

    /// Are all items of a kind in this process, so that nothing is gained by keeping them at hand?
    fn is_at_hand(&self, _: ItemKind) -> bool {
        false
    }

    /// Keeps each item that may be kept, and answers for each in order. Keys are distinct. A write is done wholly or
    /// not at all; after an error it may have been either.
    fn commit(&self, writes: &[Write]) -> impl Future<Output = Result<Vec<Committed>, StateError>> + Send;
}

impl<Store: StateStore> StateStore for &Store {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        Store::load(self, keys).await
    }

    fn is_at_hand(&self, kind: ItemKind) -> bool {
        Store::is_at_hand(self, kind)
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        Store::commit(self, writes).await
    }
}
