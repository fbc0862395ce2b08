//! What depends on more than one input, kept of the set of inputs that was asked about: who was handed which session, and for
//! a window the findings. Of other inputs, or in another window, it is worked out anew.

use std::fmt::Write as _;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use trailhound_detect::behind::HandOut;

use super::findings::{self, Choosing, PutBy};
use super::found::Times;
use super::sessions::{Asker, Gathered, KeptSessions, Lookup, RowPlace, Sessions};
use super::worked_file::{WorkedKind, keep};
use super::{Index, block, key};
use crate::args::Window;
use crate::deliveries::InOrder;
use crate::inputs::Input;
use crate::records::ListedFinding;

/// Inputs as they were read, in their order; nothing where one of them is not to be believed another time.
pub(crate) struct InputSet(Option<String>);

/// The same, and what of their matches a window holds.
pub(crate) struct WindowedSet(Option<String>);

/// What was worked out at this question, and is not kept yet.
pub(crate) struct Worked {
    pub(crate) set: InputSet,
    pub(crate) sessions: Option<Vec<Vec<u8>>>,
    pub(crate) beyond: u64,
    pub(crate) windowed: WindowedSet,
    pub(crate) findings: Option<PutBy>,
}

impl WindowedSet {
    pub(crate) fn can_be_kept(&self) -> bool {
        self.0.is_some()
    }
}

impl Worked {
    pub(crate) fn with(self, findings: Option<PutBy>) -> Self {
        Self { findings, ..self }
    }
}

impl Index {
    pub(crate) fn set(&self, inputs: &[Input]) -> anyhow::Result<InputSet> {
        let mut sum = Sha256::new();
        for input in inputs {
            let Some(entry) = self.entry(input).filter(|entry| entry.stamp.is_some()) else {
                return Ok(InputSet(None));
            };
            for part in [key(input).into_bytes(), serde_json::to_vec(entry)?] {
                sum.update(part.len().to_le_bytes());
                sum.update(part);
            }
        }
        let mut name = String::new();
        sum.finalize().iter().try_for_each(|byte| write!(name, "{byte:02x}"))?;
        Ok(InputSet(Some(name)))
    }

    /// A set of inputs in a window. Windows that hold the same matches are one.
    pub(crate) fn windowed(
        &self,
        set: &InputSet,
        inputs: &[Input],
        window: Window,
    ) -> anyhow::Result<WindowedSet> {
        let Some(set) = &set.0 else { return Ok(WindowedSet(None)) };
        if window.is_open() {
            return Ok(WindowedSet(Some(format!("{set} all"))));
        }
        let open = Window::default();
        let (mut since, mut until, mut all) = (0, 0, 0);
        for entry in inputs.iter().filter_map(|input| self.entry(input)) {
            for at in 0..entry.matches {
                let head = self.kept.match_head(entry.number, at).with_context(|| self.broken())?;
                let times = Times::from_bytes(&head);
                let (before, within) = times.places(window);
                (since, until, all) = (since + before, until + within, all + times.places(open).1);
            }
        }
        let place = if (since, until) == (0, all) { "all".to_owned() } else { format!("{since} {until}") };
        Ok(WindowedSet(Some(format!("{set} {place}"))))
    }

    /// Who was handed which session, of a set of inputs; where that is not kept yet, what is to be kept of it too.
    pub(crate) fn sessions(
        &self,
        set: &InputSet,
        all: &InOrder<'_>,
    ) -> anyhow::Result<(Sessions, Option<Vec<Vec<u8>>>)> {
        if let Some(set) = &set.0 {
            let kept = || -> anyhow::Result<Option<KeptSessions>> {
                let Some(entry) = self.kept.worked(WorkedKind::Sessions, set)? else { return Ok(None) };
                let parts = (0..entry.parts).map(|at| self.kept.worked_part(&entry, at));
                KeptSessions::of(parts.collect::<anyhow::Result<_>>()?, entry.beyond).map(Some)
            };
            if let Some(kept) = kept().with_context(|| self.broken())? {
                return Ok((Sessions::Kept(kept), None));
            }
        }
        let gathered = self.gather(all)?;
        let parts = set.0.as_ref().map(|_| gathered.parts()).transpose()?;
        Ok((Sessions::All(gathered.all), parts))
    }

    /// For whoever asks of sessions again and again.
    pub(crate) fn asker<'i>(&'i self, sessions: &'i Sessions) -> Asker<'i> {
        match sessions {
            Sessions::All(all) => Asker::All(all),
            Sessions::Kept(kept) => Asker::Kept(Lookup::new(&self.kept, kept)),
        }
    }

    /// All that the inputs hand out, which can be read again.
    fn gather(&self, all: &InOrder<'_>) -> anyhow::Result<Gathered> {
        type Outs = Vec<(HandOut, RowPlace)>;
        let mut gathered = Gathered::default();
        let deliver = |input: &Input, hand: &mut dyn FnMut(anyhow::Result<Outs>) -> bool| {
            let Some(entry) = self.entry(input).filter(|_| input.is_read_again()) else { return };
            for block in 0..entry.hand_outs {
                let packed = self.kept.hand_outs(entry.number, block);
                if !hand(packed.and_then(|packed| handed_out(&packed, entry.number, block))) {
                    return;
                }
            }
        };
        all.run(&deliver, &mut |_, outs| {
            let outs = outs.with_context(|| self.broken())?;
            for (out, place) in outs {
                gathered.add(out, place);
            }
            Ok(())
        })?;
        Ok(gathered)
    }

    /// Hands on the findings of a set of inputs that are asked for; none where they are not kept.
    pub(crate) fn each_finding(
        &self,
        windowed: &WindowedSet,
        choosing: &Choosing<'_>,
        take: &mut dyn FnMut(ListedFinding) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let Some(set) = &windowed.0 else { return Ok(()) };
        let entry = self.kept.worked(WorkedKind::Findings, set).with_context(|| self.broken())?;
        let Some(entry) = entry else { return Ok(()) };
        for at in 0..entry.parts {
            let part = self.kept.worked_part(&entry, at).with_context(|| self.broken())?;
            findings::each(&part, choosing, take)?;
        }
        Ok(())
    }

    pub(crate) fn has_findings(&self, windowed: &WindowedSet) -> anyhow::Result<bool> {
        let Some(set) = &windowed.0 else { return Ok(false) };
        Ok(self.kept.worked(WorkedKind::Findings, set).with_context(|| self.broken())?.is_some())
    }

    /// Keeps what was worked out, all of it or nothing.
    pub(crate) fn keep(&self, worked: Worked) -> anyhow::Result<()> {
        let Worked { set, sessions, beyond, windowed, findings } = worked;
        let sessions = set.0.zip(sessions);
        let findings = windowed.0.zip(findings);
        if sessions.is_none() && findings.is_none() {
            return Ok(());
        }
        let cannot = || format!("cannot write the index {}", self.path);
        let writing = self.file.writing().with_context(cannot)?;
        if let Some((set, parts)) = sessions {
            keep(&writing, (WorkedKind::Sessions, &set), beyond, &parts).with_context(cannot)?;
        }
        if let Some((set, findings)) = findings {
            keep(&writing, (WorkedKind::Findings, &set), 0, &findings.parts()).with_context(cannot)?;
        }
        writing.commit().with_context(cannot)
    }
}

fn handed_out(packed: &[u8], input: u64, block: u32) -> anyhow::Result<Vec<(HandOut, RowPlace)>> {
    let rows = block::unpacked(packed)?;
    let (mut outs, mut offset) = (Vec::new(), 0);
    block::each_row(&rows, &mut |bytes| {
        let row = block::row(bytes)?;
        let place = RowPlace { input, block, offset: u32::try_from(offset)? };
        outs.extend(HandOut::of(&row.facts(), row.origin).map(|out| (out, place)));
        offset += size_of::<u32>() + bytes.len();
        Ok(())
    })?;
    Ok(outs)
}
