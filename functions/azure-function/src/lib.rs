//! The Azure Function: what the host posts, what it is answered and what can be set; the rest is the courier's.
//!
//! [`invocation`] reads what the host posts, and [`answer`] has the courier deliver it under the host's rules of retry
//! and checkpoint.

pub mod answer;
pub mod invocation;
#[cfg(feature = "sdk")]
pub mod settings;
