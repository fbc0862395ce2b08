//! Inputs in parallel, what they give in input order.
//!
//! Each input is one delivery. Threads take inputs in order and hand what they find through a bounded channel to one
//! consumer, which drains the channels in the same order: the outcome is the same whatever the number of threads, and
//! memory stays bounded because threads that are ahead wait.

mod delivery;

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use trailhound_detect::pipeline::Pipeline;

use crate::inputs::Input;
use crate::progress::Progress;
use delivery::deliver;
pub(crate) use delivery::{Explanations, Piece};

/// Pieces that may wait for the consumer, for each input.
const WAITING: usize = 16;

/// How inputs are read.
pub(crate) struct Reading<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) inputs: &'a [Input],
    /// Threads; as many as the machine has where nothing is said.
    pub(crate) jobs: Option<NonZeroUsize>,
    pub(crate) explain: bool,
    pub(crate) progress: &'a Progress,
}

impl Reading<'_> {
    /// Hands every piece of every input to `take`, in order, until it fails.
    pub(crate) fn run(
        &self,
        take: &mut dyn FnMut(&Input, Piece) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let jobs = self.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        if jobs > 1 && self.inputs.len() > 1 {
            return self.in_parallel(jobs, take);
        }
        for input in self.inputs {
            let mut outcome = Ok(());
            deliver(self, input, &mut |piece| {
                outcome = take(input, piece);
                outcome.is_ok()
            });
            outcome?;
        }
        Ok(())
    }

    fn in_parallel(
        &self,
        jobs: usize,
        take: &mut dyn FnMut(&Input, Piece) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let inputs = self.inputs;
        let (senders, receivers): (Vec<_>, Vec<Receiver<Piece>>) =
            inputs.iter().map(|_| sync_channel(WAITING)).unzip();
        let senders: Vec<Mutex<Option<SyncSender<Piece>>>> =
            senders.into_iter().map(|s| Mutex::new(Some(s))).collect();
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..jobs.min(inputs.len()) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(input) = inputs.get(at) else { return };
                        let sender = senders[at].lock().ok().and_then(|mut sender| sender.take());
                        let Some(sender) = sender else { return };
                        // The consumer hung up: what is left is not wanted.
                        deliver(self, input, &mut |piece| sender.send(piece).is_ok());
                    }
                });
            }
            let mut outcome = Ok(());
            for (input, receiver) in inputs.iter().zip(receivers) {
                for piece in receiver {
                    outcome = take(input, piece);
                    if outcome.is_err() {
                        break;
                    }
                }
                if outcome.is_err() {
                    next.store(inputs.len(), Ordering::Relaxed);
                    break;
                }
            }
            outcome
        })
    }
}
