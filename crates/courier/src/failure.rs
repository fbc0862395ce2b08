//! Why a delivery is not done; its source must not be told that it is.

use trailhound_detect::ports::ParkError;

use crate::evaluation::Panicked;
use crate::ports::ObjectError;

/// Why a delivery is not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its object cannot be read now.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// Findings were not accepted.
    #[error("{count} findings are not published: {why}")]
    Unpublished {
        /// How many.
        count: usize,
        /// Why.
        why: String,
    },
    /// Something could not be parked.
    #[error(transparent)]
    Unparked(#[from] ParkError),
    /// There is something to park, and no place for it.
    #[error("{count} records to be parked and no place for them: {setting} is not set")]
    NowhereToPark {
        /// How many.
        count: usize,
        /// What would name a place.
        setting: &'static str,
    },
    /// What was to be kept of an object for a gathering is not.
    #[error("its part is not kept: {why}")]
    NoPart {
        /// Why.
        why: String,
        /// It will fail again until somebody mends it.
        is_lasting: bool,
    },
    /// The deadline is near.
    #[error("out of time; the deadline is near")]
    OutOfTime,
    /// It came before, and somebody else is trying it.
    #[error("another process is trying it alone")]
    TriedElsewhere,
    /// A bug of ours; the delivery is kept until it is mended.
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

/// The kind of reason, for a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An object may not be read.
    Denied,
    /// An object cannot be read for now.
    Unreadable,
    /// Findings were not accepted.
    Unpublished,
    /// Something could not be parked.
    Unparked,
    /// A part is not kept.
    NoPart,
    /// The deadline is near.
    OutOfTime,
    /// Somebody else is trying it.
    TriedElsewhere,
    /// A bug of ours.
    Panicked,
}

impl Cause {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Self::Denied), |cause| cause.next())
    }

    /// The one that is listed behind it; the compiler asks for whatever is added.
    fn next(self) -> Option<Self> {
        Some(match self {
            Self::Denied => Self::Unreadable,
            Self::Unreadable => Self::Unpublished,
            Self::Unpublished => Self::Unparked,
            Self::Unparked => Self::NoPart,
            Self::NoPart => Self::OutOfTime,
            Self::OutOfTime => Self::TriedElsewhere,
            Self::TriedElsewhere => Self::Panicked,
            Self::Panicked => return None,
        })
    }

    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Unreadable => "unreadable",
            Self::Unpublished => "unpublished",
            Self::Unparked => "unparked",
            Self::NoPart => "no_part",
            Self::OutOfTime => "out_of_time",
            Self::TriedElsewhere => "tried_elsewhere",
            Self::Panicked => "panicked",
        }
    }
}

impl Failure {
    /// Will it fail again until somebody mends it?
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Object(
                ObjectError::Denied { .. } | ObjectError::Missing { .. } | ObjectError::Archived { .. },
            )
            | Self::NowhereToPark { .. }
            | Self::NoPart { is_lasting: true, .. }
            | Self::Panicked(_) => true,
            Self::Object(_)
            | Self::NoPart { .. }
            | Self::Unpublished { .. }
            | Self::Unparked(_)
            | Self::OutOfTime
            | Self::TriedElsewhere => false,
        }
    }

    /// The kind of reason.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Object(ObjectError::Denied { .. }) => Cause::Denied,
            Self::Object(_) => Cause::Unreadable,
            Self::Unpublished { .. } => Cause::Unpublished,
            Self::Unparked(_) | Self::NowhereToPark { .. } => Cause::Unparked,
            Self::NoPart { .. } => Cause::NoPart,
            Self::OutOfTime => Cause::OutOfTime,
            Self::TriedElsewhere => Cause::TriedElsewhere,
            Self::Panicked(_) => Cause::Panicked,
        }
    }
}

/// All that keeps a delivery from being done.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Failed(pub Vec<Failure>);

impl Failed {
    /// Is it because somebody else is at it?
    pub fn is_tried_elsewhere(&self) -> bool {
        self.0.iter().any(|failure| matches!(failure, Failure::TriedElsewhere))
    }
}
