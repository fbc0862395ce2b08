//! `suppressions check`: is the file one that is taken, and whom would each of its entries hit?

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::{Product, visible};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::SystemClock;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::settle::Suppressions;
use trailhound_detect::tally::Tally;

use crate::args::{CheckSuppressions, SuppressionsCommand};
use crate::deliveries::{Piece, Reading};
use crate::exit::Exit;
use crate::heard::{Accept, Heard};
use crate::inputs;
use crate::interrupt::Interrupt;
use crate::lost::Lost;
use crate::progress::Progress;
use crate::rule_files;
use crate::words::counted;

/// Whoever hits more than this share of the matches at hand is worth a second look.
const MANY: u64 = 2;

/// What an entry hits.
#[derive(Default)]
struct Hit {
    matches: u64,
    actors: BTreeSet<String>,
    rules: BTreeSet<String>,
}

pub(crate) fn run(command: &SuppressionsCommand) -> anyhow::Result<Exit> {
    let SuppressionsCommand::Check(arguments) = command;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let exit = rule_files::tell_errors(&loaded);
    let rules = Arc::new(loaded.rules);
    let suppressions = rule_files::load_suppressions(&arguments.file, &rules)?;
    let mut out = anstream::stdout().lock();
    let entries = counted(suppressions.active().len() as u64, "suppression", "suppressions");
    if arguments.paths.is_empty() {
        writeln!(out, "{entries} in force")?;
        return Ok(exit);
    }
    let policy = Policy::new(rules).suppressing(suppressions);
    let suppressions = policy.suppressions.clone();
    let Read { hits, total, lost, exit: read } = read(arguments, &suppressions, &Pipeline::new(policy))?;
    writeln!(out, "{entries} in force; {} at hand", counted(total, "match", "matches"))?;
    for entry in suppressions.active() {
        let none = Hit::default();
        let hit = hits.get(&entry.id).unwrap_or(&none);
        let many = if hit.matches * MANY > total { ": more than half, so look whom it hits" } else { "" };
        writeln!(
            out,
            "{:<9} {}: {} by {}, {}{many}",
            entry.action.as_str(),
            visible(&entry.id),
            counted(hit.matches, "match", "matches"),
            counted(hit.actors.len() as u64, "actor", "actors"),
            counted(hit.rules.len() as u64, "rule", "rules"),
        )?;
    }
    for line in lost {
        writeln!(out, "{line}")?;
    }
    Ok(exit.or(read))
}

/// What the events at hand say of the file.
struct Read {
    hits: BTreeMap<String, Hit>,
    total: u64,
    /// What correlations lose.
    lost: Vec<String>,
    exit: Exit,
}

fn read(
    arguments: &CheckSuppressions,
    suppressions: &Suppressions,
    pipeline: &Pipeline,
) -> anyhow::Result<Read> {
    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    let mut exit = inputs::tell(&unreadable);
    let progress = Progress::over(&inputs);
    let reading = Reading {
        pipeline,
        inputs: &inputs,
        jobs: None,
        explain: false,
        progress: &progress,
        interrupt: &Interrupt::default(),
    };
    let (mut hits, mut total, now) = (BTreeMap::<String, Hit>::new(), 0, Timestamp::now());
    let mut rejected = 0;
    let mut add = |found: &Match| {
        total += 1;
        for id in suppressions.naming(found, now) {
            let hit = hits.entry(id.to_owned()).or_default();
            hit.matches += 1;
            hit.actors.insert(found.facts.actor.key.clone());
            hit.rules.insert(found.rule.name.clone());
        }
    };
    let (memory, product) =
        (Memory::fleeting(MemoryStore::default()).in_one_run(), Product::new("suppressions"));
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory: &memory,
        sink: &Accept,
        clock: &SystemClock,
        claimant: "suppressions",
        product: &product,
    };
    let (mut heard, mut lost) = (Heard::default(), Lost::to(pipeline.policy()));
    reading.run(&mut |input, piece| {
        match piece {
            Piece::Found { matches, callers, .. } => {
                pollster::block_on(outbox.remember_callers(&callers));
                matches.iter().for_each(&mut add);
                let sent = pollster::block_on(outbox.send(matches, &mut Tally::default()));
                if let Some(lost) = &mut lost {
                    lost.hear(&sent.heard, sent.withheld);
                }
                sent.heard.into_iter().for_each(|found| heard.add(found));
                if heard.are_many() {
                    correlate(&outbox, &mut heard, Heard::ENOUGH, &mut lost);
                }
            }
            Piece::Unreadable(problem) => {
                exit = Exit::Usage;
                let name = input.name();
                progress.aside(|| anstream::eprintln!("{}", visible(&format!("{name}: {problem}"))));
            }
            Piece::End(tally) => {
                rejected += tally.rejected_total();
                progress.ended();
            }
        }
        Ok(())
    })?;
    correlate(&outbox, &mut heard, 0, &mut lost);
    progress.finish();
    if rejected > 0 {
        anstream::eprintln!("{rejected} records could not be read; `trailhound scan` names them");
    }
    Ok(Read { hits, total, lost: lost.map(Lost::lines).unwrap_or_default(), exit })
}

/// Feeds correlations with what is oldest, until so many are left.
fn correlate(
    outbox: &Outbox<'_, MemoryStore, Accept>,
    heard: &mut Heard,
    left: usize,
    lost: &mut Option<Lost>,
) {
    while let Some(oldest) = heard.oldest(left) {
        let sent = pollster::block_on(outbox.correlate(oldest, &mut Tally::default()));
        if let Some(lost) = lost {
            sent.published.iter().for_each(|finding| lost.take(finding));
        }
    }
}
