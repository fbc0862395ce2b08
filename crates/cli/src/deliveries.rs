//! Inputs in parallel, what they give in input order.
//!
//! Each input is one delivery. Threads take inputs in order and hand what they find through a bounded channel to one
//! consumer, which drains the channels in the same order: the outcome is the same whatever the number of threads, and
//! memory stays bounded because threads that are ahead wait.

mod delivery;
mod piece;
mod reading;
mod source;
mod trouble;

use std::num::NonZeroUsize;
use std::slice;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::inputs::Input;
use crate::interrupt::Interrupt;
use delivery::deliver;
pub(crate) use piece::{Explanations, Piece};
pub(crate) use reading::Reading;
pub(crate) use source::Source;
pub(crate) use trouble::{Trouble, interruption};

/// Pieces that may wait for the consumer, for each input.
const WAITING: usize = 16;
/// Inputs that may be done before the consumer comes to them, for each thread.
const AHEAD: usize = 16;

/// Inputs that are still to be read, and where the consumer hears which was begun.
type Queue<'a, P> = Mutex<(slice::Iter<'a, Input>, SyncSender<(&'a Input, Receiver<P>)>)>;

/// The next input, for whoever asks, and where its pieces go. Waits when too many are ahead of the consumer.
fn next<'a, P>(queue: &Queue<'a, P>) -> Option<(&'a Input, SyncSender<P>)> {
    let mut queue = queue.lock().ok()?;
    let input = queue.0.next()?;
    let (sender, receiver) = sync_channel(WAITING);
    queue.1.send((input, receiver)).ok()?;
    Some((input, sender))
}

impl Reading<'_> {
    /// Hands every piece of every input to `take`, in order, until it fails.
    pub(crate) fn run(
        &self,
        take: &mut dyn FnMut(&Input, Piece) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let all = InOrder { inputs: self.inputs, jobs: self.jobs, interrupt: self.interrupt };
        all.run(&|input, hand| deliver(self, input, hand), take)
    }
}

/// Reads an input to its end, or until who gets the pieces wants no more.
type Deliver<'d, P> = dyn Fn(&Input, &mut dyn FnMut(P) -> bool) + Sync + 'd;

/// Inputs whose pieces are to come in their order.
pub(crate) struct InOrder<'a> {
    pub(crate) inputs: &'a [Input],
    /// Threads; as many as the machine has where nothing is said.
    pub(crate) jobs: Option<NonZeroUsize>,
    pub(crate) interrupt: &'a Interrupt,
}

impl InOrder<'_> {
    /// Hands every piece of every input to `take`, in order, until it fails.
    pub(crate) fn run<P: Send>(
        &self,
        deliver: &Deliver<'_, P>,
        take: &mut dyn FnMut(&Input, P) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let jobs = self.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        if jobs > 1 && self.inputs.len() > 1 {
            return self.in_parallel(jobs, deliver, take);
        }
        for input in self.inputs.iter().take_while(|_| !self.interrupt.is_set()) {
            let mut outcome = Ok(());
            deliver(input, &mut |piece| {
                outcome = take(input, piece);
                outcome.is_ok()
            });
            outcome?;
        }
        Ok(())
    }

    fn in_parallel<P: Send>(
        &self,
        jobs: usize,
        deliver: &Deliver<'_, P>,
        take: &mut dyn FnMut(&Input, P) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (begun, beginnings) = sync_channel(AHEAD * jobs);
        let queue = Mutex::new((self.inputs.iter(), begun));
        thread::scope(move |scope| {
            let queue = Arc::new(queue);
            for _ in 0..jobs.min(self.inputs.len()) {
                let queue = Arc::clone(&queue);
                scope.spawn(move || {
                    while !self.interrupt.is_set()
                        && let Some((input, sender)) = next(&queue)
                    {
                        // Fails where the consumer hung up: what is left is not wanted.
                        deliver(input, &mut |piece| sender.send(piece).is_ok());
                    }
                });
            }
            // The queue ends with the threads.
            drop(queue);
            for (input, pieces) in beginnings {
                for piece in pieces {
                    take(input, piece)?;
                }
            }
            Ok(())
        })
    }
}
