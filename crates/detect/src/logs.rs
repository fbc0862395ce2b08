//! What a log is: the ground floor that screen, event, match and describe ask.
//!
//! Each log has a folder with all that is known of it and a line in `log_type.rs`; nothing above this floor names a
//! log to say what holds for it. Each log has one canonical form that facts and rules read: CloudTrail's own record,
//! the Event Hub record for Azure and Entra, Sysmon's field names for processes. A record that has that form already
//! is read in place; any other is rewritten once.

mod activity;
mod address;
mod audit;
mod azure;
mod bastion;
mod cloudtrail;
mod dotted;
mod ecs;
mod fields;
mod gcp;
mod guid;
mod json;
mod kubernetes;
mod least;
mod list;
mod log;
mod logins;
mod marks;
mod members;
pub(crate) mod mend;
mod node;
mod notices;
mod printed;
mod process;
mod recognise;
mod resource;
mod risk;
mod show;
mod signin;
mod table;
#[cfg(test)]
mod tests;
mod time;
mod words;
mod wrapper;
mod xml;

pub(crate) use fields::{ALL_OF, NAMED_IN};
pub(crate) use json::verbatim;
pub(crate) use list::{hands_out, has_member, is_list, is_open, of};
pub use log::Form;
pub(crate) use log::{FoundBy, LogDefinition, Recognised, SigmaSource};
pub(crate) use members::{ObjectMember, any_folded, illegible, is_bare, unfolded};
pub(crate) use printed::{is_printed, printed};
pub use recognise::classify;
pub(crate) use recognise::{Askers, askers, kind, of as recognise};
pub(crate) use show::{Show, Shown};
pub(crate) use table::{pairs, rows, rows_of_all};
pub(crate) use words::{AWS_ACCOUNT, AccountKind, Basis};
pub(crate) use xml::{is_xml, record as xml_record};
