//! The world of faults through the Azure Function: a host that moves its checkpoint on after the last attempt, whatever
//! the answer, partitions that move, and outages that outlast the attempts.

mod hub;

use jiff::SignedDuration;
use trailhound_detect::remember::LEASE;
use trailhound_testkit::faults::{Lie, StoreFaults};
use trailhound_testkit::world;

use hub::Hub;

const SCHEDULES: u64 = 400;

#[test]
fn no_schedule_loses_a_finding_or_keeps_one_too_many() {
    let seen = world::run::<Hub>(1, SCHEDULES, StoreFaults::None);
    let findings = seen.get("a finding").copied().unwrap_or(0);
    if findings > 1_000 {
        for what in [
            "a kill",
            "a partition that moved",
            "a last attempt",
            "a finding out again",
            "an episode",
            "unfinished work parked",
            "a case",
            "a finding of another's case",
            "a case raised",
            "an origin of the same delivery",
            "an origin of another delivery",
        ] {
            assert!(seen[what] > 0, "no schedule had {what}: {seen:?}");
        }
        assert!(seen["a batch beyond help"] * 1_000 < findings, "{seen:?}");
    }
}

#[test]
fn a_store_that_fails_blinds_nobody() {
    world::run::<Hub>(1_000_000, SCHEDULES / 4, StoreFaults::Errors);
}

#[test]
fn whoever_lies_is_found_out() {
    for (lie, said) in [
        (Lie::Accepted, &["every finding goes out"][..]),
        (Lie::Parked, &["every reject is parked"]),
        (Lie::Recorded, &["times, with 0 unrecorded acceptances"]),
        (Lie::Joined, &["of one case however often", "is of a case whose first finding is of another"]),
        (
            Lie::HandedOut,
            &["nobody else is behind a session", "in the same delivery is told to be behind it"],
        ),
    ] {
        let words = world::found_out::<Hub>(lie);
        assert!(said.iter().any(|said| words.contains(said)), "{lie:?}: {words}");
    }
}

#[test]
fn a_schedule_comes_out_the_same_whenever_it_is_played() {
    world::replays::<Hub>(2_000_000..2_000_012);
}

#[test]
fn the_lease_is_shorter_than_the_wait_before_another_attempt() {
    // The retry policy's least wait: a dead process's claim is over when the next attempt comes.
    assert!(LEASE <= SignedDuration::from_secs(5));
}
