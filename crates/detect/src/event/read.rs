//! Bytes of one record to events: UTF-8, JSON or XML, mended where they nearly are, carriers taken off, odd shapes
//! rewritten.
//!
//! The ordinary CloudTrail and Event Hub record costs one tape and a few key look-ups; nothing is copied, and what
//! no rule could match is not rewritten. What no log knows is walked for what one does; see [`unwrap`].

mod bounds;
mod forms;
mod held;
mod looks;
mod reading;
#[cfg(test)]
mod tests;
mod unwrap;
mod work;

use std::sync::Arc;

use trailhound_sigma::json::{Node, Scratch};

use super::Event;
use crate::context::Context;
use crate::decode::Record;
use bounds::Bounds;
pub use forms::Forms;
pub use reading::{Reading, Unreadable, Wanted};
use work::RecordReading;

/// Reads one record; see [`Reader`], which keeps its memory between records.
pub fn read(record: &Record<'_>, visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>)) {
    Reader::default().read(record.bytes, visit);
}

/// Reads records one after another in the same memory.
#[derive(Debug, Default)]
pub struct Reader {
    scratch: Vec<Scratch>,
    forms: Forms,
    context: Option<Arc<Context>>,
}

impl Reader {
    /// Reads these forms alone; what the proof that each is needed is made with.
    #[must_use]
    pub fn of_forms(forms: Forms) -> Self {
        Self { scratch: Vec::new(), forms, context: None }
    }

    /// Knowing this beside the records.
    #[must_use]
    pub fn knowing(mut self, context: Option<Arc<Context>>) -> Self {
        self.context = context;
        self
    }

    /// Visits the events of a record: nearly always one; several for what carries several.
    pub fn read(&mut self, record: &[u8], visit: &mut dyn FnMut(Result<&Event<'_>, Unreadable>)) {
        self.read_wanted(record, &|_, _, _: Node<'_>| true, &mut |reading| match reading {
            Reading::Event(event) => visit(Ok(event)),
            Reading::Unreadable(unreadable, _) => visit(Err(unreadable)),
            Reading::Unwanted(..) | Reading::Notice(_) | Reading::Mended => {}
        });
    }

    /// The same, leaving alone what nobody wants.
    pub fn read_wanted(
        &mut self,
        record: &[u8],
        wanted: &dyn Wanted,
        visit: &mut dyn FnMut(Reading<'_, '_>),
    ) {
        let forms = self.forms;
        let (context, bounds) = (self.context.as_ref(), Bounds::default());
        let mut work =
            RecordReading { scratch: &mut self.scratch, forms, raw: record, wanted, visit, bounds, context };
        work.record();
    }
}
