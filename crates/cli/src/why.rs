//! `why`: what a rule makes of every record of its logs, clause by clause; `try`: the same of a few, without the clauses.

mod clauses;
mod lacking;
mod members;
mod outcome;

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, mpsc};

use anyhow::bail;
use jiff::Timestamp;
use trailhound_detect::describe::{Finding, Product, clean, visible};
use trailhound_detect::event::Event;
use trailhound_detect::matched::Level;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::Reject;
use trailhound_detect::rules::{Correlated, Detection, RuleSet};

use crate::args::{LookArguments, Only, RuleChoice, Try, Why};
use crate::deliveries::{InOrder, Piece, Source, Trouble};
use crate::exit::Exit;
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::words::counted;
use crate::{rule_files, rules, scan};
use clauses::{Clauses, Looked};
use members::Members;

/// What is asked about.
struct Subject<'r> {
    detections: Vec<&'r Detection>,
    correlations: Vec<(usize, &'r Correlated)>,
}

impl Subject<'_> {
    fn names(&self, rule: &str) -> bool {
        self.detections.iter().any(|own| own.info.name == rule)
            || self.correlations.iter().any(|(_, own)| own.info.name == rule)
    }
}

/// Records by what became of them.
#[derive(Default)]
struct RecordCounts {
    matched: u64,
    missed: u64,
    others: u64,
}

/// How it is told.
struct Manner {
    /// With every clause; else only the verdict and what would have to differ, and records that the rule does not read.
    clauses: bool,
    only: Option<Only>,
}

pub(crate) fn run(arguments: &Why) -> anyhow::Result<Exit> {
    let telling = Manner { clauses: true, only: arguments.only };
    Ok(look(&arguments.at, &arguments.paths, &telling)?.exit)
}

pub(crate) fn run_try(arguments: &Try) -> anyhow::Result<Exit> {
    let standard_input = ["-".to_owned()];
    let events = if arguments.events.is_empty() { &standard_input[..] } else { &arguments.events };
    let ended = look(&arguments.at, events, &Manner { clauses: false, only: None })?;
    let is_told =
        arguments.fail_on.is_some_and(|level| ended.highest.is_some_and(|highest| highest >= level));
    Ok(match ended.exit {
        Exit::Clean if arguments.strict && ended.rejected > 0 => Exit::Rejected,
        Exit::Clean if is_told => Exit::Findings,
        exit => exit,
    })
}

/// How a look ended.
struct Ended {
    exit: Exit,
    /// The gravest that the rules told.
    highest: Option<Level>,
    rejected: u64,
}

fn look(at: &LookArguments, paths: &[String], telling: &Manner) -> anyhow::Result<Ended> {
    let file = Path::new(&at.rule);
    // What may never end is refused where it is read.
    let is_file = file.exists() && !file.is_dir();
    let folders = at.rules.folders.iter().cloned().chain(is_file.then(|| file.to_owned())).collect();
    let loaded = rule_files::load_rules(&RuleChoice { folders, ..at.rules.clone() })?;
    let mut exit = rule_files::tell_errors(&loaded);
    let rules = Arc::new(loaded.rules);
    let asked = asked(&rules, &at.rule, is_file)?;

    let (given, paths): (Vec<String>, Vec<String>) =
        paths.iter().cloned().partition(|path| path.starts_with(['{', '<']));
    let (inputs, unreadable) = inputs::expand(&paths);
    let mut inputs = inputs::without_output(inputs, &paths);
    inputs.extend(given.into_iter().map(Input::Given));
    exit = exit.or(inputs::tell(&unreadable));

    let pipeline = Pipeline::new(Policy::new(Arc::clone(&rules))).without_screen();
    inputs::refuse_as_output(None, &inputs)?;
    let (progress, interrupt) = (Progress::over(&inputs), Interrupt::heard()?);
    let mut trouble = Trouble::over(&inputs, &progress, &interrupt);
    let mut judging = Judging::new(pipeline.policy(), scan::remembered(at.baseline.as_deref())?, "why");
    let mut members = Members::of(&rules, &asked.correlations);
    let (mut counts, mut highest) = (RecordCounts::default(), None);
    let mut out = anstream::stdout().lock();
    let clauses =
        Clauses { detections: &asked.detections, product: Product::new("why"), all: telling.clauses };

    let reading = InOrder { inputs: &inputs, jobs: None, interrupt: &interrupt };
    let deliver = |input: &Input, hand: &mut dyn FnMut((Piece, Vec<Looked>)) -> bool| {
        let (sender, looked) = mpsc::channel();
        let session = pipeline.delivery(&input.name(), Timestamp::now());
        let clauses = &clauses;
        let witness = move |event: &Event<'_>, origin: &str| {
            // Whoever listens lives as long as the session.
            clauses.look(event, origin).into_iter().for_each(|looked| _ = sender.send(looked));
        };
        let sessions = vec![session.witnessed_by(Box::new(witness))];
        let source = Source { input, progress: &progress, interrupt: &interrupt };
        source.push_through(sessions, &mut |_, piece| hand((piece, looked.try_iter().collect())));
    };
    reading.run(&deliver, &mut |input, (piece, looked)| {
        trouble.hear(input, &piece);
        for one in looked {
            progress.aside(|| tell(&mut out, &one, telling, &mut counts))?;
        }
        let Piece::Found { matches, rejects, callers, .. } = piece else { return Ok(()) };
        if !telling.clauses {
            progress.aside(|| tell_rejects(&mut out, &rejects))?;
        }
        progress.aside(|| members.hear(&mut out, &matches))?;
        judging.take(matches, &callers, &mut |finding| tell_finding(&mut out, &asked, &finding, &mut highest))
    })?;
    judging.end(&mut |finding| tell_finding(&mut out, &asked, &finding, &mut highest))?;
    members.tell(&mut out)?;
    let RecordCounts { matched, missed, others } = counts;
    let records = |count| counted(count, "record", "records");
    if !asked.detections.is_empty() {
        let beside = if others > 0 { format!("; {} of other logs", records(others)) } else { String::new() };
        writeln!(
            out,
            "{} of the rule's logs: {matched} matched, {missed} missed{beside}",
            records(matched + missed)
        )?;
    }
    let rejected = trouble.rejected();
    Ok(Ended { exit: exit.or(trouble.tell()), highest, rejected })
}

/// The rules that are asked about.
fn asked<'r>(rules: &'r RuleSet, rule: &str, is_file: bool) -> anyhow::Result<Subject<'r>> {
    let correlations = || rules.correlations().iter().enumerate();
    let asked = if is_file {
        Subject {
            detections: rules.detections().iter().filter(|own| own.rule.meta.file == rule).collect(),
            correlations: correlations().filter(|(_, own)| own.correlation.meta.file == rule).collect(),
        }
    } else {
        Subject {
            detections: rules.find(rule).into_iter().collect(),
            correlations: correlations().filter(|(_, own)| own.info.is_called(rule)).collect(),
        }
    };
    if asked.detections.is_empty() && asked.correlations.is_empty() {
        if is_file {
            bail!("{rule} holds no rule that could be loaded");
        }
        return Err(rules::unknown(rules, rule));
    }
    Ok(asked)
}

fn tell(
    out: &mut impl Write,
    looked: &Looked,
    telling: &Manner,
    counts: &mut RecordCounts,
) -> anyhow::Result<()> {
    let (is_wanted, lines) = match looked {
        Looked::Other(lines) => {
            counts.others += 1;
            (!telling.clauses, lines)
        }
        Looked::Matched(lines) => {
            counts.matched += 1;
            (telling.only != Some(Only::Missed), lines)
        }
        Looked::Missed(lines) => {
            counts.missed += 1;
            (telling.only != Some(Only::Matched), lines)
        }
    };
    if is_wanted {
        for line in lines {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Records that could not be read, and why.
fn tell_rejects(out: &mut impl Write, rejects: &[Reject]) -> anyhow::Result<()> {
    for Reject { reason, detail, origin, .. } in rejects {
        let told = format!("{origin}: not read, {}: {detail}", reason.as_str());
        writeln!(out, "{}\n", visible(&clean(&told)))?;
    }
    Ok(())
}

/// What became of a match in the end, and what memory knew.
fn tell_finding(
    out: &mut impl Write,
    asked: &Subject<'_>,
    finding: &Finding,
    highest: &mut Option<Level>,
) -> anyhow::Result<()> {
    let found = &finding.matched;
    if !asked.names(&found.rule.name) {
        return Ok(());
    }
    *highest = (*highest).max(Some(finding.level()));
    let origin = visible(&found.from.origin).into_owned();
    writeln!(out, "{}: told as {} by {}", clean(&origin), finding.level(), found.rule_id())?;
    writeln!(out, "  {}", finding.message())?;
    for line in outcome::of(&found.verdict) {
        writeln!(out, "  {line}")?;
    }
    Ok(writeln!(out)?)
}
