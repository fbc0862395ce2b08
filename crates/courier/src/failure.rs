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

impl Failure {
    /// The kind of reason, in a word, for a metric.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Object(ObjectError::Denied { .. }) => "denied",
            Self::Object(_) => "unreadable",
            Self::Unpublished { .. } => "unpublished",
            Self::Unparked(_) | Self::NowhereToPark { .. } => "unparked",
            Self::OutOfTime => "out_of_time",
            Self::TriedElsewhere => "tried_elsewhere",
            Self::Panicked(_) => "panicked",
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
