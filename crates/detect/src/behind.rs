//! Who is behind a session: whoever was handed it, and whoever was handed the session in which that was asked for, to the
//! first that nobody handed out.
//!
//! A link is the id of the access key or token that was handed out, which who asks for it cannot choose. A session that
//! acts with a key of which nothing is known, as the console's do, is told by whose it is and the second in which it was
//! made, as probable, and only where no other call could have handed it out. Names of sessions and source identities are
//! the caller's choice and link nothing. What the logs at hand do not hold is told as that.

mod answers;
mod gather;
mod hand_outs;
mod kept;
mod resolve;
#[cfg(test)]
mod tests;
mod words;

use jiff::Timestamp;

pub use gather::Gather;
pub use hand_outs::{HandOut, HandOutAdded, HandOuts, seconds_of};
pub(crate) use kept::KeptHandOut;
pub use resolve::{KnownSessions, who_is_behind, worth_telling};

/// Who is behind a session, as far as the logs at hand tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Who it comes from.
    pub root: Root,
    /// What was handed out, the first first; the last is the session that acts.
    pub links: Vec<Link>,
    /// How sure the links are.
    pub certainty: Certainty,
    /// Why it goes no further back.
    pub end: End,
    /// Worked out over all the logs at hand, and not over what came before: nobody is told otherwise later.
    pub is_final: bool,
}

impl Behind {
    /// Everybody in it by every name: whom it comes from, and who acted on the way.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let root = [Some(&self.root.display), self.root.uid.as_ref()].into_iter().flatten();
        root.chain(self.links.iter().map(|link| &link.display)).map(String::as_str)
    }
}

/// Who a session comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// What tells it from all others: the actor's own key; of a session of which nobody can say who was handed it, the
    /// session's.
    pub key: String,
    /// As records call it.
    pub display: String,
    /// Its full id.
    pub uid: Option<String>,
    /// Its account or tenant.
    pub account: Option<String>,
}

/// A session that was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What its records call who acts in it.
    pub display: String,
    /// The role that acts in it; nothing where it is a token of who asked.
    pub role: Option<String>,
    /// The account of the role.
    pub account: Option<String>,
    /// The call that handed it out.
    pub call: String,
    /// When.
    pub at: Option<Timestamp>,
    /// The event's own id.
    pub event: String,
    /// Where its record stands.
    pub record: String,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A link is told by whose the session is and when it was made.
    Likely,
    /// Every link is the id of what was handed out.
    Certain,
}

impl Certainty {
    /// The word in findings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Why the links go no further back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Nobody hands out what it acts with: a user's own key, a sign-in, the word of an identity provider.
    Itself,
    /// A service handed it out, to what runs in it.
    Service(String),
    /// It is the identity of a resource.
    Resource(String),
    /// It is a session, and no log at hand says who was handed it.
    NotAtHand,
    /// The record of what was handed out first does not name who asked for it.
    Unnamed,
    /// More than one call could have handed it out.
    Several,
}

impl End {
    /// Is it known who stands there?
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::NotAtHand | Self::Unnamed | Self::Several)
    }
}
