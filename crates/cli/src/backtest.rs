//! `backtest`: the findings of one set of rules over history beside those of another.

mod difference;
mod markdown;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::{Finding, visible};
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
use crate::{rule_files, scan};
use difference::{Difference, Found};

/// What one set of rules finds, by the findings' ids.
struct Side<'a> {
    judging: Judging<'a>,
    found: BTreeMap<String, Found>,
}

pub(crate) fn run(arguments: &Backtest) -> anyhow::Result<Exit> {
    let window = arguments.range.window()?;
    let mut exit = Exit::Clean;
    let mut load = |folders: Vec<_>| -> anyhow::Result<Pipeline> {
        let rules = if folders.is_empty() && arguments.only_rules {
            RuleSet::default()
        } else {
            let choice = RuleChoice {
                folders,
                only_rules: arguments.only_rules,
                placeholders: arguments.placeholders.clone(),
            };
            let loaded = rule_files::load_rules(&choice)?;
            exit = exit.or(rule_files::tell_errors(&loaded));
            loaded.rules
        };
        Ok(Pipeline::new(Policy::new(Arc::new(rules))))
    };
    let pipelines = [load(arguments.against.clone())?, load(vec![arguments.rules.clone()])?];
    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    exit = exit.or(inputs::tell(&unreadable));

    let inputs = inputs::without_output(inputs, &arguments.paths);
    inputs::refuse_as_output(None, &inputs)?;
    let (progress, interrupt) = (Progress::over(&inputs), Interrupt::heard()?);
    let mut trouble = Trouble::over(&inputs, &progress, &interrupt);
    let mut first_tally = None;
    let mut sides = Vec::new();
    for pipeline in &pipelines {
        let memory = scan::remembered(arguments.baseline.as_deref())?;
        let judging = Judging::new(pipeline.policy(), memory, "backtest");
        sides.push(Side { judging, found: BTreeMap::new() });
    }
    let deliver = |input: &Input, hand: &mut dyn FnMut((usize, Piece)) -> bool| {
        let now = Timestamp::now();
        let sessions = pipelines.iter().map(|pipeline| pipeline.delivery(&input.name(), now)).collect();
        let source = Source { input, progress: &progress, interrupt: &interrupt };
        source.push_through(sessions, &mut |at, piece| {
            let is_nothing = matches!(&piece, Piece::Found { matches, callers, .. }
                if matches.is_empty() && callers.is_empty());
            is_nothing || hand((at, piece))
        });
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
        let Side { judging, found } = &mut sides[at];
        judging.take(matches, &callers, &mut |finding| {
            keep(found, &finding);
            Ok(())
        })
    })?;
    let mut ended = Vec::new();
    for Side { judging, mut found } in sides {
        judging.end(&mut |finding| {
            keep(&mut found, &finding);
            Ok(())
        })?;
        ended.push(found);
    }
    let after = ended.pop().unwrap_or_default();
    let difference = Difference::between(ended.pop().unwrap_or_default(), after);
    exit = exit.or(trouble.tell());

    let mut out = anstream::stdout().lock();
    match arguments.format {
        BacktestFormat::Text => text::write(&mut out, &difference)?,
        BacktestFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &difference)?;
            std::io::Write::write_all(&mut out, b"\n")?;
        }
        BacktestFormat::Markdown => markdown::write(&mut out, &difference)?,
    }
    let fails = arguments.fail_on_change && !difference.is_empty();
    Ok(if exit == Exit::Clean && fails { Exit::Findings } else { exit })
}

/// Keeps a finding; of an attempt and its success the graver.
fn keep(all: &mut BTreeMap<String, Found>, finding: &Finding) {
    let matched = &finding.matched;
    let found = Found {
        time: matched.facts.time,
        level: finding.level(),
        rule: matched.rule_id(),
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
