use pollster::block_on;

use super::*;
use crate::remember::MemoryStore;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_773_829_200 + seconds).unwrap()
}

#[test]
fn a_mark_that_nobody_took_away_tells_of_a_death_and_only_once_its_time_is_up() {
    let store = MemoryStore::default();
    let (one, other) = (Memory::lasting(&store), Memory::lasting(&store));
    let begin = |memory: &Memory<&MemoryStore>, who: &str, now: i64| {
        block_on(memory.begin_trial("sqs://example/m1", who, at(now + 60), at(now))).unwrap()
    };
    assert_eq!(begin(&one, "one", 0), TrialStanding::Begun);
    assert_eq!(begin(&other, "other", 59), TrialStanding::UnderWay);
    assert_eq!(begin(&other, "other", 60), TrialStanding::Died);
    assert_eq!(begin(&other, "other", 400), TrialStanding::Died, "nor is it forgotten by being told");
    let another = block_on(one.begin_trial("sqs://example/m2", "one", at(60), at(0))).unwrap();
    assert_eq!(another, TrialStanding::Begun, "another message is another");
}

#[test]
fn what_came_to_an_end_may_be_tried_again_and_nobody_ends_what_is_anothers() {
    let store = MemoryStore::default();
    let (one, other) = (Memory::lasting(&store), Memory::lasting(&store));
    let begin = |memory: &Memory<&MemoryStore>, who: &str, now: i64| {
        block_on(memory.begin_trial("sqs://example/m1", who, at(now + 60), at(now))).unwrap()
    };
    assert_eq!(begin(&one, "one", 0), TrialStanding::Begun);
    block_on(other.end_trial("sqs://example/m1", "other", at(1))).unwrap();
    assert_eq!(begin(&other, "other", 2), TrialStanding::UnderWay);
    block_on(one.end_trial("sqs://example/m1", "one", at(3))).unwrap();
    assert_eq!(begin(&other, "other", 4), TrialStanding::Begun);
}
