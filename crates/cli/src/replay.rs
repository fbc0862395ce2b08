//! `replay`: what was parked, missed or archived, evaluated again; nothing is published.
//!
//! Every match and everything that cannot be read is one of four, and the sum is told: published, published before, kept
//! back, still failing.

mod figures;
mod parked;
mod text;

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use trailhound_detect::describe::{clean, visible};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::Reject;
use trailhound_detect::rules::Lane;
use trailhound_detect::settle::Suppressions;

use crate::args::{Replay, ReplayFormat, Window};
use crate::deliveries::{Piece, Reading};
use crate::exit::Exit;
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::{rule_files, scan};
use figures::Figures;
use parked::Parked;

pub(crate) fn run(arguments: &Replay) -> anyhow::Result<Exit> {
    let window = arguments.range.window()?;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let mut exit = rule_files::tell_errors(&loaded);
    let suppressions = match &arguments.suppressions {
        Some(file) => rule_files::load_suppressions(file, &loaded.rules)?,
        None => Suppressions::default(),
    };
    let policy = Policy::new(Arc::new(loaded.rules)).suppressing(suppressions).at_least(arguments.min_level);
    // As in the functions, what is in shadow publishes nothing.
    let pipeline = Pipeline::new(policy.in_lane(Lane::Live));
    let known = published(&arguments.published)?;
    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    exit = exit.or(inputs::tell(&unreadable));
    let (interrupt, progress) = (Interrupt::heard()?, Progress::over(&inputs));
    let judging = Judging::new(pipeline.policy(), scan::remembered(arguments.baseline.as_deref())?, "replay");
    let mut replaying =
        Replaying { pipeline: &pipeline, window, judging, known, figures: Figures::default() };
    for input in inputs.iter().take_while(|_| !interrupt.is_set()) {
        if parked::is_parked(&input.name()) {
            let bytes = input.open(&interrupt).map_err(|error| inputs::explain(&error));
            let read = bytes.map_err(anyhow::Error::msg).and_then(|bytes| replaying.parked(input, bytes));
            if let Err(problem) = read.with_context(|| format!("cannot read {}", input.name())) {
                anstream::eprintln!("trailhound: {}", visible(&format!("{problem:#}")));
                exit = Exit::Usage;
            }
            progress.ended();
        } else {
            exit = exit.or(replaying.delivery(input, &progress, &interrupt)?);
        }
    }
    progress.finish();
    let figures = replaying.end()?;
    let mut out = anstream::stdout().lock();
    match arguments.format {
        ReplayFormat::Text => text::write(&mut out, &figures)?,
        ReplayFormat::Json => writeln!(out, "{}", figures.json())?,
    }
    let failing = figures.failing_total() > 0;
    Ok(match exit {
        _ if interrupt.is_set() => Exit::Interrupted,
        Exit::Clean if failing => Exit::Findings,
        exit => exit,
    })
}

/// A replay under way.
struct Replaying<'a> {
    pipeline: &'a Pipeline,
    window: Window,
    judging: Judging<'a>,
    /// Ids of findings that were published.
    known: HashSet<String>,
    figures: Figures,
}

impl Replaying<'_> {
    /// Every body that a parked object holds.
    fn parked(&mut self, input: &Input, bytes: Box<dyn std::io::Read + Send>) -> anyhow::Result<()> {
        let pipeline = self.pipeline;
        parked::each(bytes, &mut |line| {
            let Parked { reason, origin, received_at, body, more } = line;
            self.figures.bodies += 1;
            if more > 0 {
                // It stands for others, which lie in its source alone.
                let detail = format!("{more} more stand in the source of {origin}; replay that");
                self.figures.fail(&reason, more, || (input.name(), detail));
            }
            let mut session = pipeline.delivery(&origin, received_at);
            session.push(&body);
            let done = session.finish(Ending::Whole);
            self.figures.records += done.tally.records;
            self.take(done.matches, &done.callers, &done.rejects)
        })
    }

    /// A delivery as it lies in an archive.
    fn delivery(
        &mut self,
        input: &Input,
        progress: &Progress,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Exit> {
        let inputs = std::slice::from_ref(input);
        let reading =
            Reading { pipeline: self.pipeline, inputs, jobs: None, explain: false, progress, interrupt };
        let mut exit = Exit::Clean;
        self.figures.files += 1;
        reading.run(&mut |input, piece| match piece {
            Piece::Found { matches, rejects, callers, .. } => self.take(matches, &callers, &rejects),
            Piece::Unreadable(problem) => {
                exit = Exit::Usage;
                anstream::eprintln!("{}", visible(&clean(&format!("{}: {problem}", input.name()))));
                Ok(())
            }
            Piece::End(tally) => {
                self.figures.records += tally.records;
                progress.ended();
                Ok(())
            }
        })?;
        Ok(exit)
    }

    fn take(
        &mut self,
        mut matches: Vec<Match>,
        callers: &[(String, Caller)],
        rejects: &[Reject],
    ) -> anyhow::Result<()> {
        for reject in rejects {
            let told = || (reject.origin.clone(), reject.detail.clone());
            let stands_for = reject.pointers.iter().map(|pointer| pointer.rejected).sum::<u64>().max(1);
            self.figures.fail(reject.reason.as_str(), stands_for, told);
        }
        let rules = self.pipeline.rules();
        matches.retain(|found| self.window.holds(found.facts.time) && !rules.is_shadow(&found.rule.name));
        let (known, figures) = (&self.known, &mut self.figures);
        self.judging.take(matches, callers, &mut |finding| {
            figures.publish(&finding, known);
            Ok(())
        })
    }

    fn end(self) -> anyhow::Result<Figures> {
        let Self { judging, known, mut figures, .. } = self;
        let tally = judging.end(&mut |finding| {
            figures.publish(&finding, &known);
            Ok(())
        })?;
        figures.duplicates += tally.duplicates;
        figures.suppressed = tally.suppressed;
        figures.matches = tally.matches;
        Ok(figures)
    }
}

/// The ids of findings that files of NDJSON hold.
fn published(paths: &[PathBuf]) -> anyhow::Result<HashSet<String>> {
    let mut known = HashSet::new();
    for path in paths {
        anyhow::ensure!(path.exists(), "no such file or folder: {}", path.display());
        for file in inputs::walk(path) {
            let file = file.map_err(|error| anyhow::anyhow!("{error}"))?;
            read_published(&file, &mut known).with_context(|| format!("cannot read {}", file.display()))?;
        }
    }
    Ok(known)
}

fn read_published(file: &Path, known: &mut HashSet<String>) -> anyhow::Result<()> {
    let text = BufReader::new(parked::unpacked(inputs::open_file(file)?)?);
    for (at, line) in text.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let finding: serde_json::Value =
            serde_json::from_str(&line).with_context(|| format!("line {}", at + 1))?;
        let uid = finding["data"]["finding_info"]["uid"].as_str();
        let uid =
            uid.with_context(|| format!("line {}: no finding; name files of findings as published", at + 1))?;
        known.insert(uid.to_owned());
    }
    Ok(())
}
