//! What is replayed, one after the other: parked bodies, archives as they lie, letters of a queue.

use std::collections::BTreeSet;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_detect::describe::visible;

use super::parked::{self, Parked};
use super::replayable::{Lies, Replayable};
use crate::args::{Replay, Window};
use crate::exit::Exit;
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;

/// What is asked of what is replayed.
pub(super) struct Material<'a> {
    pub(super) arguments: &'a Replay,
    pub(super) window: Window,
    /// What was delivered in it may hold what is asked for.
    pub(super) deliveries: Window,
    pub(super) inputs: &'a [Input],
    pub(super) interrupt: &'a Interrupt,
}

/// What takes one after the other, until it fails.
type Take<'t> = &'t mut dyn FnMut(Replayable) -> anyhow::Result<()>;

impl Material<'_> {
    /// Hands on each, until that fails; tells what cannot be read, and goes on. Answers with the objects of several that were
    /// handed on to their ends.
    pub(super) fn each(&self, take: Take<'_>) -> anyhow::Result<(Exit, BTreeSet<String>)> {
        let (mut exit, mut whole) = (Exit::Clean, BTreeSet::new());
        for input in self.inputs.iter().take_while(|_| !self.interrupt.is_set()) {
            let name = input.name();
            if !is_of_several(&name) {
                if self.deliveries.touches(inputs::delivered(&name)) {
                    take(archived(input))?;
                }
                continue;
            }
            let mut failed = None;
            let read = self.several(input, &mut |one| {
                take(one).map_err(|error| {
                    failed = Some(error);
                    anyhow::anyhow!("not taken")
                })
            });
            if let Some(error) = failed {
                return Err(error);
            }
            match read.with_context(|| format!("cannot read {name}")) {
                Ok(()) if self.interrupt.is_set() => {}
                Ok(()) => _ = whole.insert(name),
                Err(problem) => {
                    anstream::eprintln!("trailhound: {}", visible(&format!("{problem:#}")));
                    exit = Exit::Usage;
                }
            }
        }
        self.letters(take)?;
        Ok((exit, whole))
    }

    /// Hands on what one object holds, one after the other.
    fn several(&self, input: &Input, take: Take<'_>) -> anyhow::Result<()> {
        let bytes = input.open(self.interrupt).map_err(|error| anyhow::anyhow!(inputs::explain(&error)))?;
        #[cfg(feature = "azure")]
        if super::captured::is_captured(&input.name()) {
            return super::captured::each(&input.name(), bytes, &mut |one, at| {
                let is_wanted = self.deliveries.holds(at) && !self.interrupt.is_set();
                if is_wanted { take(one) } else { Ok(()) }
            });
        }
        parked::each(bytes, &mut |line| {
            if !self.is_wanted(&line) || self.interrupt.is_set() {
                return Ok(());
            }
            take(of_parked(input, line))
        })
    }

    fn is_wanted(&self, line: &Parked) -> bool {
        let Replay { reason, origin, .. } = self.arguments;
        (reason.is_empty() || reason.contains(&line.reason))
            && origin.as_ref().is_none_or(|prefix| line.origin.starts_with(prefix))
            && (!self.arguments.is_for_production() || self.window.holds(Some(line.received_at)))
    }

    #[cfg(feature = "aws")]
    fn letters(&self, take: Take<'_>) -> anyhow::Result<()> {
        let Some(queue) = &self.arguments.dead_letters else { return Ok(()) };
        let hidden = std::time::Duration::from_secs(self.arguments.hidden);
        super::letters::each(queue, hidden, self.interrupt, take)
    }

    #[cfg(not(feature = "aws"))]
    fn letters(&self, _: Take<'_>) -> anyhow::Result<()> {
        let is_asked = self.arguments.dead_letters.is_some();
        anyhow::ensure!(!is_asked, "this trailhound reads no queues; {}", crate::words::built_with("aws"));
        Ok(())
    }
}

/// Does it hold several things, each of which is taken by itself?
fn is_of_several(name: &str) -> bool {
    #[cfg(feature = "azure")]
    if super::captured::is_captured(name) {
        return true;
    }
    parked::is_parked(name)
}

/// A delivery as it lies in an archive.
fn archived(input: &Input) -> Replayable {
    Replayable {
        id: input.name(),
        origin: input.name(),
        reason: String::new(),
        received_at: Timestamp::UNIX_EPOCH,
        body: Vec::new(),
        inputs: vec![input.clone()],
        is_notice: false,
        unknown: None,
        more: 0,
        lies: Lies::Archive,
    }
}

fn of_parked(input: &Input, line: Parked) -> Replayable {
    let Parked { line, reason, origin, received_at, body, more } = line;
    let name = input.name();
    // By the digest of what the object holds: a copy of it is the same.
    let hash = name.rsplit(['/', '\\']).next().unwrap_or(&name);
    Replayable {
        id: format!("{hash}#{line}"),
        inputs: pointed_at(&reason, &origin, &body),
        is_notice: false,
        unknown: None,
        origin,
        reason,
        received_at,
        body,
        more,
        lies: Lies::Parked(name),
    }
}

/// What a body points at that is no record but the message that pointed there.
#[cfg(feature = "aws")]
fn pointed_at(reason: &str, origin: &str, body: &[u8]) -> Vec<Input> {
    // What came through a hub points nowhere, whatever it looks like.
    let is_notice = matches!(reason, "unreadable" | "not_allowed" | "killed_before");
    if !is_notice || origin.starts_with("eventhub://") {
        return Vec::new();
    }
    super::notices::named_in(body).objects.into_iter().map(Input::of_object).collect()
}

#[cfg(not(feature = "aws"))]
fn pointed_at(_: &str, _: &str, _: &[u8]) -> Vec<Input> {
    Vec::new()
}
