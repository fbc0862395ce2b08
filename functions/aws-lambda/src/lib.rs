//! The AWS Lambda: what wakes it, what it answers and what can be set; the rest is the courier's.
//!
//! [`sources`] recognises what an invocation carries, [`ways`] says what may come, [`answer`] has the courier deliver it,
//! [`reply`] says what must come again, [`back_off`] when, and [`emf`] has CloudWatch count it.

pub mod answer;
pub mod back_off;
pub mod emf;
pub mod reply;
#[cfg(feature = "sdk")]
pub mod settings;
pub mod sources;
pub mod ways;
