//! Ctrl-C: the first ends the reading, so that what was found so far can be told; a second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::exit::Exit;

/// Whether somebody wants no more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn heard() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        let cannot = || "cannot listen for Ctrl-C";
        // In this order: the first Ctrl-C finds nothing set, and sets it.
        flag::register_conditional_shutdown(SIGINT, Exit::Interrupted as i32, Arc::clone(&interrupt.0))
            .with_context(cannot)?;
        flag::register(SIGINT, Arc::clone(&interrupt.0)).with_context(cannot)?;
        Ok(interrupt)
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
