//! What a pipeline's records are read with.

use std::sync::Arc;

use super::Pipeline;
use crate::context::Context;
use crate::event::{Forms, Reader};

impl Pipeline {
    /// Reading these forms alone; what the proof of shapes is shown to need each of them with.
    #[must_use]
    pub fn of_forms(mut self, forms: Forms) -> Self {
        self.forms = forms;
        self
    }

    /// Knowing this beside the records.
    #[must_use]
    pub fn knowing(mut self, context: Option<Arc<Context>>) -> Self {
        self.context = context;
        self
    }

    pub(super) fn reader(&self) -> Reader {
        Reader::of_forms(self.forms).knowing(self.context.clone())
    }
}
