//! The world of faults through the Lambda: a queue that delivers again, now and then twice, and objects whose transfers
//! break off or are throttled.

mod deadline;
mod poison;
mod queue;

use trailhound_testkit::faults::{Lie, StoreFaults};
use trailhound_testkit::world;

use queue::Queue;

const SCHEDULES: u64 = 400;

#[test]
fn nothing_is_lost_and_only_an_unrecorded_acceptance_repeats() {
    let seen = world::run::<Queue>(1, SCHEDULES, StoreFaults::None);
    if seen.get("a finding").is_some_and(|findings| *findings > 1_000) {
        for what in [
            "a kill",
            "an acceptance not recorded",
            "a finding out again",
            "a finding deferred",
            "a delivery given up",
            "an episode",
            "a case",
            "a finding of another's case",
            "a case raised",
            "an origin of the same delivery",
            "an origin of another delivery",
        ] {
            assert!(seen[what] > 0, "no schedule had {what}: {seen:?}");
        }
    }
}

#[test]
fn a_store_that_fails_blinds_nobody() {
    world::run::<Queue>(1_000_000, SCHEDULES / 4, StoreFaults::Errors);
}

#[test]
fn whoever_lies_is_found_out() {
    for (lie, said) in [
        (Lie::Accepted, &["every finding goes out"][..]),
        // What was given up is parked as well, with the findings in it.
        (Lie::Parked, &["every reject is parked", "every finding goes out"]),
        (Lie::Recorded, &["times, with 0 unrecorded acceptances"]),
        (Lie::Joined, &["of one case however often", "is of a case whose first finding is of another"]),
        (
            Lie::HandedOut,
            &["nobody else is behind a session", "in the same delivery is told to be behind it"],
        ),
    ] {
        let words = world::found_out::<Queue>(lie);
        assert!(said.iter().any(|said| words.contains(said)), "{lie:?}: {words}");
    }
}

#[test]
fn a_schedule_comes_out_the_same_whenever_it_is_played() {
    world::replays::<Queue>(2_000_000..2_000_012);
}
