//! Plays schedules: asks processes, kills them, lets the source take what they answered.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use super::check::check;
use super::{Face, Script, World};
use crate::faults::{Lie, Rng, StoreFaults};

const ROUNDS: u64 = 400;

/// How often schedules reached what they are about.
pub type Reached = BTreeMap<&'static str, u64>;

/// Does anybody look at what happens in between?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watched {
    AtTheEnd,
    CallByCall,
}

/// Plays one script; answers with what it reached and with all that happened, in order.
async fn play<F: Face>(script: &Script, watched: Watched) -> (Reached, Vec<String>) {
    let mut rng = Rng::new(!script.seed);
    let world = World::new(script);
    if watched == Watched::CallByCall {
        world.plan.begin_trace();
    }
    let mut face = F::lay(script, &mut rng);
    let mut started = 0_u64;
    let mut start = || {
        started += 1;
        F::process(&world, &format!("process-{started}"))
    };
    // Two at once, each with what it saw itself.
    let mut processes = [start(), start()];
    let mut seen = Reached::new();
    for round in 0.. {
        let calls = face.calls(&mut rng);
        if calls.is_empty() {
            break;
        }
        assert!(round < ROUNDS, "the schedule does not end");
        // Now and then there is hardly any time, or both get the same.
        let hurry = rng.one_in(6).then(|| Duration::from_millis(rng.below(12_000)));
        let is_twice = rng.one_in(6);
        let answers: Vec<RefCell<Option<F::Answer>>> = calls.iter().map(|_| RefCell::new(None)).collect();
        let (here, there) = (&processes[0], &processes[1]);
        let ask = async |at: usize| {
            let (one, other) = if at.is_multiple_of(2) { (here, there) } else { (there, here) };
            let (name, twin) = (format!("{round}-{at}"), format!("{round}-{at}-twin"));
            let answer = F::call(one, &calls[at], &name, hurry);
            let answer = if is_twice {
                tokio::join!(answer, F::call(other, &calls[at], &twin, hurry)).0
            } else {
                answer.await
            };
            *answers[at].borrow_mut() = Some(answer);
        };
        tokio::select! {
            biased;
            () = world.plan.died() => {}
            _ = join_all((0..calls.len()).map(ask)) => {}
        }
        let unrecorded = world.published().forget_open();
        if world.plan.revive() {
            *seen.entry("a kill").or_default() += 1;
            processes = [start(), start()];
        } else {
            assert!(
                hurry.is_some() || unrecorded == 0,
                "only a kill or the deadline leaves an acceptance unrecorded"
            );
        }
        let answers = answers.into_iter().map(RefCell::into_inner).collect();
        tokio::time::sleep(face.answered(calls, answers, &mut rng)).await;
    }
    let want = script.expected();
    for (what, times) in face.seen().into_iter().chain(check(script, &want, &world, &face)) {
        *seen.entry(what).or_default() += times;
    }
    face.check(&want, &world);
    let trace = world.plan.take_trace();
    (seen, trace)
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// How many schedules are asked for.
pub fn schedules(usual: u64) -> u64 {
    variable("TRAILHOUND_SCHEDULES").unwrap_or(usual)
}

/// Plays one script in a runtime of its own, whose time is no machine's.
fn alone<F: Face>(script: &Script, watched: Watched) -> (Reached, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(Box::pin(play::<F>(script, watched)))
}

/// Plays as many schedules from a seed on, and answers with what they reached together.
pub fn run<F: Face>(first_seed: u64, usual: u64, store: StoreFaults) -> Reached {
    let seeds = match variable("TRAILHOUND_SEED") {
        Some(seed) => seed..seed + 1,
        None => first_seed..first_seed + schedules(usual),
    };
    let next = AtomicU64::new(seeds.start);
    let total = Mutex::new(Reached::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            let script = Script::of(seed, store);
            match catch_unwind(AssertUnwindSafe(|| alone::<F>(&script, Watched::AtTheEnd))) {
                Ok((seen, _)) => {
                    let mut total = total.lock().expect("nobody panics here");
                    for (what, times) in seen {
                        *total.entry(what).or_default() += times;
                    }
                }
                Err(panic) => {
                    eprintln!("play it again with TRAILHOUND_SEED={seed}; store: {store:?}");
                    resume_unwind(panic);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                resume_unwind(panic);
            }
        }
    });
    let total = total.into_inner().expect("nobody panicked there");
    println!("{} schedules, store: {store:?}: {total:?}", seeds.end - seeds.start);
    total
}

/// What the check says of a world in which somebody lies; it must say something within two hundred schedules.
pub fn found_out<F: Face>(lie: Lie) -> String {
    for seed in 3_000_280..3_000_480 {
        let script = Script { lie: Some(lie), ..Script::of(seed, StoreFaults::None) };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| alone::<F>(&script, Watched::AtTheEnd))) {
            let words = panic.downcast_ref::<String>().cloned();
            return words
                .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
                .unwrap_or_default();
        }
    }
    panic!("nobody notices {lie:?}");
}

/// Schedules come out the same, call for call, whenever they are played.
pub fn replays<F: Face>(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let store = if seed.is_multiple_of(2) { StoreFaults::Errors } else { StoreFaults::None };
        let script = Script::of(seed, store);
        let play = || alone::<F>(&script, Watched::CallByCall);
        let (once, again) = (play(), play());
        assert!(once.1.len() > 2, "seed {seed} does something");
        assert_eq!(once, again, "seed {seed}");
    }
}
