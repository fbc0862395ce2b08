//! The typed view that every rule and every finding reads.
//!
//! [`classify`] names a record's log type from its content; [`Event`] gives rules the raw fields, mapped from Sigma
//! names, and the normalised facts as `n.*`; [`Facts`] is what tune, remember and describe work with, owned, so
//! that nothing keeps a record's bytes alive.

mod caller;
mod fields;
mod named;
mod read;
pub(crate) mod runs;
#[cfg(test)]
pub(crate) mod testing;
mod view;

pub use crate::facts::{
    Action, Actor, ActorKind, Asset, Consulted, DocumentOwner, Entra, Facts, Geography, HandedOut, Held,
    Indicated, Known, Outcome, OutcomeKind, Process, Purpose, Role, Scope, Source, StepRuns, Target, Trusted,
    Tunnel,
};
pub use crate::log_type::{LogType, Provider};
pub use crate::logs::{Form, classify};
pub use caller::Caller;
pub use fields::FieldMaps;
pub(crate) use fields::{Reads, Unread};
pub use read::{Forms, Reader, Reading, Unreadable, Wanted, read};
pub use view::Event;
pub(crate) use view::Unsaid;
