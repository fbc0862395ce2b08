//! The Azure Function: what the host posts, what it is answered and what can be set; the rest is the courier's.
//!
//! [`invocation`] reads what the host posts, [`answer`] has the courier deliver it under the host's rules of retry and checkpoint,
//! and `gathering` keeps what rules make of blobs that a queue names.

pub mod answer;
#[cfg(feature = "sdk")]
pub mod gathering;
pub mod invocation;
#[cfg(feature = "sdk")]
pub mod settings;
