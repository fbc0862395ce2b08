//! A process at work in the world, a step at a time.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::world::{Link, Trouble, World};
use crate::describe::Product;
use crate::matched::Match;
use crate::outbox::{Outbox, Sent};
use crate::remember::Memory;
use crate::tally::Tally;

/// A process at work on one delivery.
pub(super) struct Process<'w>(Pin<Box<dyn Future<Output = Sent> + 'w>>);

/// A function that stays up, with what it has seen itself.
pub(super) type Host<'w> = Arc<Memory<Link<'w>>>;

pub(super) fn host(world: &World) -> Host<'_> {
    Arc::new(Memory::lasting(Link::to(world)))
}

impl<'w> Process<'w> {
    /// A process without memory of its own, as after a start.
    pub(super) fn start(world: &'w World, name: String, batch: Vec<Match>) -> Self {
        Self::on(host(world), name, batch, Trouble::default())
    }

    /// A process at work where others were before.
    pub(super) fn on(memory: Host<'w>, name: String, batch: Vec<Match>, trouble: Trouble) -> Self {
        Self(Box::pin(async move {
            memory.store().begin(trouble);
            let product = Product::new("test");
            let outbox = Outbox {
                policy: memory.store().world.pipeline.policy(),
                memory: &memory,
                sink: memory.store(),
                clock: &memory.store().world.clock,
                claimant: &name,
                product: &product,
            };
            let mut tally = Tally::default();
            let sent = outbox.send(batch, &mut tally).await;
            assert!(tally.balances(), "{tally:?}");
            assert_eq!(tally.published, sent.published.len() as u64);
            assert_eq!(tally.deferred, sent.unsent.len() as u64, "what is held may yet be asked about");
            sent
        }))
    }

    /// Lets it do one step; `Some` once it is done.
    pub(super) fn step(&mut self) -> Option<Sent> {
        match pin!(&mut self.0).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(sent) => Some(sent),
            Poll::Pending => None,
        }
    }

    /// Lets it run until it is done, or dead: it waits for nothing else.
    pub(super) fn run(mut self) -> Option<Sent> {
        (0..200).find_map(|_| self.step())
    }
}
