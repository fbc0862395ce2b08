//! What could not be read, for commands that are about what could.

use std::path::Path;

use trailhound_detect::describe::{clean, visible};
use trailhound_detect::tally::RejectReason;

use super::piece::Piece;
use crate::exit::Exit;
use crate::inputs::Input;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::words::counted;

/// Inputs that could not be read, and records of others.
pub(crate) struct Trouble<'a> {
    progress: &'a Progress,
    interrupt: &'a Interrupt,
    inputs: usize,
    exit: Exit,
    rejected: u64,
    /// Inputs that were read to their end.
    ended: usize,
    /// Where they are kept, if that is all that was done with them.
    kept_in: Option<String>,
}

impl<'a> Trouble<'a> {
    pub(crate) fn over(inputs: &[Input], progress: &'a Progress, interrupt: &'a Interrupt) -> Self {
        let inputs = inputs.len();
        Self { progress, interrupt, inputs, exit: Exit::Clean, rejected: 0, ended: 0, kept_in: None }
    }

    /// What was read is in an index, and nothing was asked of it yet.
    pub(crate) fn kept_in(mut self, index: &Path) -> Self {
        self.kept_in = Some(index.display().to_string());
        self
    }

    /// Hears of a piece; an input that cannot be read is told at once.
    pub(crate) fn hear(&mut self, input: &Input, piece: &Piece) {
        match piece {
            Piece::Found { .. } => {}
            Piece::Unreadable(problem) => self.hear_unreadable(input, problem),
            Piece::End(tally) => {
                self.hear_rejected(
                    tally.rejected_total(),
                    tally.rejected.contains_key(&RejectReason::ForeignForm),
                );
                self.hear_end();
            }
        }
    }

    /// Hears of an input that cannot be read, which is told at once.
    pub(crate) fn hear_unreadable(&mut self, input: &Input, problem: &str) {
        self.exit = Exit::Usage;
        let told = format!("{}: {problem}", input.name());
        self.progress.aside(|| anstream::eprintln!("{}", visible(&clean(&told))));
    }

    /// Hears how many records of an input could not be read, and whether it has a form that is not.
    pub(crate) fn hear_rejected(&mut self, rejected: u64, is_foreign: bool) {
        self.rejected += rejected;
        if is_foreign {
            self.exit = Exit::Usage;
        }
    }

    /// Hears that an input was read to its end.
    pub(crate) fn hear_end(&mut self) {
        self.ended += usize::from(!self.interrupt.is_set());
        self.progress.ended();
    }

    /// Records that could not be read.
    pub(crate) fn rejected(&self) -> u64 {
        self.rejected
    }

    /// Says how many records were not read and whether that is all, and how a run without other trouble ends.
    pub(crate) fn tell(self) -> Exit {
        self.progress.finish();
        if self.rejected > 0 {
            let records = counted(self.rejected, "record", "records");
            anstream::eprintln!("{records} could not be read; `trailhound scan` names them");
        }
        if self.interrupt.is_set() {
            let told = match self.kept_in {
                None => interruption(self.ended, self.inputs),
                Some(index) => format!("{}, and kept in {index}.", so_far(self.ended, self.inputs)),
            };
            anstream::eprintln!("{}", visible(&told));
            return Exit::Interrupted;
        }
        self.exit
    }
}

/// Says that this is not all.
pub(crate) fn interruption(read: usize, inputs: usize) -> String {
    format!("{}. What was found so far is told.", so_far(read, inputs))
}

fn so_far(read: usize, inputs: usize) -> String {
    format!("Interrupted: {read} of {} read to the end", counted(inputs as u64, "input", "inputs"))
}
