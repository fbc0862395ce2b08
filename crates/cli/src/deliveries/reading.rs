//! What reading inputs takes.

use std::num::NonZeroUsize;

use trailhound_detect::pipeline::Pipeline;

use crate::inputs::Input;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// How inputs are read.
pub(crate) struct Reading<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) inputs: &'a [Input],
    /// Threads; as many as the machine has where nothing is said.
    pub(crate) jobs: Option<NonZeroUsize>,
    pub(crate) explain: bool,
    pub(crate) progress: &'a Progress,
    pub(crate) interrupt: &'a Interrupt,
}
