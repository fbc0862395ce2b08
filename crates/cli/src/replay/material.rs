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
    pub(super) inputs: &'a [Input],
    pub(super) interrupt: &'a Interrupt,
}

impl Material<'_> {
    /// Hands on each, until that fails; tells what cannot be read, and goes on. Answers with the parked objects that were
    /// handed on to their ends.
    pub(super) fn each(
        &self,
        take: &mut dyn FnMut(Replayable) -> anyhow::Result<()>,
    ) -> anyhow::Result<(Exit, BTreeSet<String>)> {
        let (mut exit, mut whole) = (Exit::Clean, BTreeSet::new());
        for input in self.inputs.iter().take_while(|_| !self.interrupt.is_set()) {
            let name = input.name();
            if !parked::is_parked(&name) {
                if !self.is_for_production() || self.window.holds(delivered_at(&name)) {
                    take(archived(input))?;
                }
                continue;
            }
            let mut failed = None;
            let bytes = input.open(self.interrupt).map_err(|error| inputs::explain(&error));
            let read = bytes.map_err(anyhow::Error::msg).and_then(|bytes| {
                parked::each(bytes, &mut |line| {
                    if !self.is_wanted(&line) || self.interrupt.is_set() {
                        return Ok(());
                    }
                    take(of_parked(input, line)).map_err(|error| {
                        failed = Some(error);
                        anyhow::anyhow!("not taken")
                    })
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

    fn is_wanted(&self, line: &Parked) -> bool {
        let Replay { reason, origin, .. } = self.arguments;
        (reason.is_empty() || reason.contains(&line.reason))
            && origin.as_ref().is_none_or(|prefix| line.origin.starts_with(prefix))
            && (!self.is_for_production() || self.window.holds(Some(line.received_at)))
    }

    /// Is what was received replayed whole, so that a window is one of deliveries and not of events?
    pub(super) fn is_for_production(&self) -> bool {
        self.arguments.go.is_some() || self.arguments.here
    }

    #[cfg(feature = "aws")]
    fn letters(&self, take: &mut dyn FnMut(Replayable) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let Some(queue) = &self.arguments.dead_letters else { return Ok(()) };
        let hidden = std::time::Duration::from_secs(self.arguments.hidden);
        super::letters::each(queue, hidden, self.interrupt, take)
    }

    #[cfg(not(feature = "aws"))]
    fn letters(&self, _: &mut dyn FnMut(Replayable) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let is_asked = self.arguments.dead_letters.is_some();
        anyhow::ensure!(!is_asked, "this trailhound reads no queues; {}", crate::words::built_with("aws"));
        Ok(())
    }
}

/// When CloudTrail delivered an object, to the minute, as its key says: `…_eu-west-1_20260318T1015Z_….json.gz`. Its events are
/// of the minutes before.
fn delivered_at(name: &str) -> Option<Timestamp> {
    let is_stamp = |part: &&str| part.len() == 14 && part.as_bytes()[8] == b'T' && part.ends_with('Z');
    let stamp = name.rsplit('/').next()?.split('_').find(is_stamp)?;
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%MZ", stamp).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(at).ok()
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
        inputs: pointed_at(&reason, &body),
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
fn pointed_at(reason: &str, body: &[u8]) -> Vec<Input> {
    if !matches!(reason, "unreadable" | "not_allowed" | "killed_before") {
        return Vec::new();
    }
    super::notices::named_in(body).into_iter().map(Input::of_object).collect()
}

#[cfg(not(feature = "aws"))]
fn pointed_at(_: &str, _: &[u8]) -> Vec<Input> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trails_key_says_when_it_was_delivered() {
        let key = "s3://b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/111122223333_CloudTrail_eu-west-1_20260318T1015Z_0a1b2c3d.json.gz";
        assert_eq!(delivered_at(key), "2026-03-18T10:15:00Z".parse().ok());
        assert_eq!(delivered_at("s3://b/AWSLogs/x_20260318X1015Z_.json.gz"), None);
    }
}
