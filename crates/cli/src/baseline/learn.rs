//! `baseline learn`: inputs to entries, entries into a store.

use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::visible;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::remember::History;

use crate::args::Learn;
use crate::deliveries::{InOrder, Piece, Reading, Source};
use crate::exit::Exit;
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::words::counted;
use crate::{parts, rule_files};

/// A history shorter than this many days has not seen what happens every other week.
const SHORT: i64 = 14;

pub(super) fn run(arguments: &Learn) -> anyhow::Result<Exit> {
    arguments.to.check()?;
    let window = arguments.range.window()?;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let mut exit = rule_files::tell_errors(&loaded);
    let rules = Arc::new(loaded.rules);
    let pipeline = Pipeline::new(Arc::clone(&rules));
    let (inputs, unreadable) = parts::expand(&arguments.paths, arguments.parts);
    exit = exit.or(inputs::tell(&unreadable));
    if inputs.is_empty() {
        return Ok(Exit::Usage);
    }
    let progress = Progress::over(&inputs);
    let mut history = History::default();
    let mut rejected = 0;
    let interrupt = Interrupt::default();
    let mut take = |input: &Input, piece: Piece| {
        match piece {
            Piece::Found { matches, .. } => {
                for found in matches.iter().filter(|found| window.holds(found.facts.time)) {
                    history.add(&rules, found);
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
    };
    if arguments.parts {
        let all = InOrder { inputs: &inputs, jobs: arguments.jobs, interrupt: &interrupt };
        let deliver = |input: &Input, hand: &mut dyn FnMut(Piece) -> bool| {
            let source = Source { input, progress: &progress, interrupt: &interrupt };
            parts::push_through(&source, &[pipeline.rules()], &mut |_, piece| hand(piece));
        };
        all.run(&deliver, &mut take)?;
    } else {
        let reading = Reading {
            pipeline: &pipeline,
            inputs: &inputs,
            jobs: arguments.jobs,
            explain: false,
            progress: &progress,
            interrupt: &interrupt,
        };
        reading.run(&mut take)?;
    }
    progress.finish();

    let (events, span) = (history.events, history.span);
    let (combinations, accounts) = history.size();
    let entries = history.into_entries(Timestamp::now(), !arguments.keep_learning);
    arguments.to.add(&entries)?;
    anstream::eprintln!(
        "{} of {} learned into {} from {}{}",
        counted(combinations as u64, "combination", "combinations"),
        counted(accounts as u64, "account", "accounts"),
        arguments.to,
        counted(events, "event", "events"),
        span.map(|(first, last)| format!(", {first} to {last}")).unwrap_or_default(),
    );
    if rejected > 0 {
        anstream::eprintln!("{rejected} records could not be read; `trailhound scan` names them");
    }
    match span {
        None => anstream::eprintln!("nothing in there is anything that baselines are about"),
        Some((first, last)) if last.duration_since(first).as_hours() < 24 * SHORT => anstream::eprintln!(
            "that is less than {SHORT} days: what happens more rarely will look new{}",
            if arguments.keep_learning { "" } else { "; --keep-learning waits for it" }
        ),
        Some(_) => {}
    }
    Ok(exit)
}
