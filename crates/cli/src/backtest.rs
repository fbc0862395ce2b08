//! `backtest`: the findings of one set of rules over history beside those of another.

mod difference;
mod junit;
mod kept_back;
mod markdown;
mod mine;
mod noise;
mod report;
mod revision;
mod text;
mod volume;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::RuleSet;
use trailhound_detect::tally::Tally;

use crate::args::{Backtest, BacktestFormat, RuleChoice};
use crate::deliveries::{InOrder, Piece, Source, Trouble};
use crate::exit::Exit;
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::{parts, rule_files, scan};
use difference::{Compared, Difference, Findings};
use kept_back::KeptBack;
use mine::Mine;
use noise::Noise;
use report::BacktestReport;
use revision::Revision;
use volume::Volume;

/// What one set of rules finds, by the findings' ids.
struct JudgedSide<'a> {
    judging: Judging<'a>,
    found: Findings,
}

impl<'a> JudgedSide<'a> {
    fn of(policy: &'a Policy, baseline: Option<&Path>) -> anyhow::Result<Self> {
        let judging = Judging::new(policy, scan::remembered(baseline)?, "backtest");
        Ok(Self { judging, found: Findings::new() })
    }

    fn take(&mut self, matches: Vec<Match>, callers: &[(String, Caller)]) -> anyhow::Result<()> {
        let Self { judging, found } = self;
        judging.take(matches, callers, &mut |finding| {
            keep(found, &finding);
            Ok(())
        })
    }

    /// All that it found, and how many matches each suppression kept back.
    fn end(self) -> anyhow::Result<(Findings, BTreeMap<String, u64>)> {
        let Self { judging, mut found } = self;
        let tally = judging.end(&mut |finding| {
            keep(&mut found, &finding);
            Ok(())
        })?;
        Ok((found, tally.suppressed))
    }
}

pub(crate) fn run(arguments: &Backtest) -> anyhow::Result<Exit> {
    let window = arguments.range.window()?;
    let mut exit = Exit::Clean;
    let mut load = |folders: Vec<PathBuf>| -> anyhow::Result<Arc<RuleSet>> {
        if folders.is_empty() && arguments.only_rules {
            return Ok(Arc::new(RuleSet::default()));
        }
        let choice = RuleChoice {
            folders,
            only_rules: arguments.only_rules,
            placeholders: arguments.placeholders.clone(),
        };
        let loaded = rule_files::load_rules(&choice)?;
        exit = exit.or(rule_files::tell_errors(&loaded));
        Ok(Arc::new(loaded.rules))
    };
    let revision = arguments.against_revision.as_deref();
    let before = revision.map(|revision| Revision::read(revision, &arguments.rules)).transpose()?;
    let against = before.as_ref().map_or_else(|| arguments.against.clone(), |before| vec![before.path()]);
    let (old, new) = (load(against)?, load(vec![arguments.rules.clone()])?);
    let mine = Mine::of(&new, &rule_files::rule_files(std::slice::from_ref(&arguments.rules))?);
    let suppressing = match &arguments.suppressions {
        Some(file) => {
            let suppressions = rule_files::load_suppressions(file, &new)?;
            Some(Policy::new(Arc::clone(&new)).suppressing(suppressions))
        }
        None => None,
    };
    let pipelines = [Pipeline::new(Policy::new(old)), Pipeline::new(Policy::new(Arc::clone(&new)))];
    let all = arguments.volume.then(|| Pipeline::new(Policy::new(new)).without_screen());
    let volume = Volume::default();
    let (inputs, unreadable) = parts::expand(&arguments.paths, arguments.parts);
    exit = exit.or(inputs::tell(&unreadable));

    let inputs = inputs::without_output(inputs, &arguments.paths);
    inputs::refuse_as_output(None, &inputs)?;
    let (progress, interrupt) = (Progress::over(&inputs), Interrupt::heard()?);
    let mut trouble = Trouble::over(&inputs, &progress, &interrupt);
    let mut first_tally = None;
    let baseline = arguments.baseline.as_deref();
    let mut sides = Vec::new();
    for pipeline in &pipelines {
        sides.push(JudgedSide::of(pipeline.policy(), baseline)?);
    }
    // What else is made of the matches of the new side.
    let mut fresh = baseline.map(|_| JudgedSide::of(pipelines[1].policy(), None)).transpose()?;
    let mut quiet = suppressing.as_ref().map(|policy| JudgedSide::of(policy, baseline)).transpose()?;
    let deliver = |input: &Input, hand: &mut dyn FnMut((usize, Piece)) -> bool| {
        let source = Source { input, progress: &progress, interrupt: &interrupt };
        // The third only looks.
        let mut told = |at, piece| is_nothing(&piece) || at > 1 || hand((at, piece));
        if arguments.parts {
            return parts::push_through(&source, &pipelines.each_ref().map(Pipeline::rules), &mut told);
        }
        let now = Timestamp::now();
        let mut sessions: Vec<_> =
            pipelines.iter().map(|pipeline| pipeline.delivery(&input.name(), now)).collect();
        sessions.extend(all.as_ref().map(|all| {
            let witness = volume.witness(all.rules(), &mine);
            all.delivery(&input.name(), now).witnessed_by(witness)
        }));
        source.push_through(sessions, &mut told);
    };
    let reading = InOrder { inputs: &inputs, jobs: arguments.jobs, interrupt: &interrupt };
    reading.run(&deliver, &mut |input, (at, piece)| {
        // Both sides read the same, but what no rule of one could match it does not look into.
        let piece = match (at, piece) {
            (0, Piece::End(tally)) => {
                first_tally = Some(tally);
                return Ok(());
            }
            (_, Piece::End(tally)) => {
                let sees_more = |first: &Tally| first.rejected_total() >= tally.rejected_total();
                Piece::End(first_tally.take().filter(sees_more).unwrap_or(tally))
            }
            (_, piece) => piece,
        };
        trouble.hear(input, &piece);
        let Piece::Found { mut matches, callers, .. } = piece else { return Ok(()) };
        matches.retain(|found| window.holds(found.facts.time));
        if at == 1 {
            for side in fresh.iter_mut().chain(&mut quiet) {
                side.take(matches.clone(), &callers)?;
            }
        }
        sides[at].take(matches, &callers)
    })?;
    let mut ended = Vec::new();
    for side in sides {
        ended.push(side.end()?.0);
    }
    let after = ended.pop().unwrap_or_default();
    let noise =
        Noise::of(&mine, &after, fresh.map(JudgedSide::end).transpose()?.map(|(found, _)| found).as_ref());
    let quiet = quiet.map(JudgedSide::end).transpose()?;
    let kept_back = quiet.map(|(left, suppressed)| KeptBack::of(&after, left, suppressed));
    let difference = Difference::between(ended.pop().unwrap_or_default(), after);
    exit = exit.or(trouble.tell());

    let report =
        BacktestReport { difference, noise, kept_back, volume: arguments.volume.then(|| volume.told()) };
    write(arguments.format, &report, &mine)?;
    let fails = arguments.fail_on_change && !report.difference.is_empty();
    Ok(if exit == Exit::Clean && fails { Exit::Findings } else { exit })
}

fn is_nothing(piece: &Piece) -> bool {
    matches!(piece, Piece::Found { matches, callers, .. } if matches.is_empty() && callers.is_empty())
}

fn write(format: BacktestFormat, report: &BacktestReport, mine: &Mine) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    match format {
        BacktestFormat::Text => text::write(&mut out, report)?,
        BacktestFormat::Json => {
            serde_json::to_writer_pretty(&mut out, report)?;
            std::io::Write::write_all(&mut out, b"\n")?;
        }
        BacktestFormat::Markdown => markdown::write(&mut out, report)?,
        BacktestFormat::Junit => junit::write(&mut out, report, mine)?,
    }
    Ok(())
}

/// Keeps a finding; of an attempt and its success the graver.
fn keep(all: &mut Findings, finding: &Finding) {
    let matched = &finding.matched;
    let found = Compared {
        time: matched.facts.time,
        level: finding.level(),
        rule: matched.rule_id(),
        name: matched.rule.name.clone(),
        actor: visible(&matched.facts.actor.display).into_owned(),
        account: visible(&matched.facts.scope.account).into_owned(),
        message: finding.message(),
        origin: visible(&matched.from.origin).into_owned(),
        finding: finding.uid.clone(),
    };
    let kept = all.entry(finding.uid.clone()).or_insert_with(|| found.clone());
    if found.level > kept.level {
        *kept = found;
    }
}
