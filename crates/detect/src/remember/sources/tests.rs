use pollster::block_on;

use super::*;
use crate::remember::MemoryStore;

const HOURS: i64 = 3_600;
const DAY: i64 = 24 * HOURS;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_773_829_200 + seconds).unwrap()
}

fn source(region: &str) -> TrailSource {
    TrailSource {
        place: "s3://example-trail".to_owned(),
        account: "111122223333".to_owned(),
        region: region.to_owned(),
    }
}

/// Hears of a source every so many seconds, from one moment to another.
fn hear(memory: &Memory<&MemoryStore>, source: &TrailSource, every: i64, from: i64, until: i64) {
    for now in (from..until).step_by(usize::try_from(every).unwrap()) {
        assert!(block_on(memory.heard(source, at(now))).unwrap());
    }
}

fn silent(memory: &Memory<&MemoryStore>, now: i64) -> Vec<String> {
    let mut silent: Vec<String> = block_on(memory.silences(at(now)))
        .unwrap()
        .into_iter()
        .map(|silence| silence.source.region)
        .collect();
    silent.sort();
    silent
}

#[test]
fn one_that_falls_silent_is_noticed_among_others_and_no_sooner_than_is_usual_of_it() {
    let store = MemoryStore::default();
    let (one, other) = (Memory::lasting(&store), Memory::lasting(&store));
    let (busy, seldom) = (source("eu-west-1"), source("sa-east-1"));
    hear(&one, &busy, 300, 0, 8 * DAY);
    // Heard of by another process; ten hours apart, which is usual of it.
    hear(&other, &seldom, 10 * HOURS, 0, 8 * DAY);
    assert_eq!(silent(&one, 8 * DAY), Vec::<String>::new());
    assert_eq!(silent(&one, 8 * DAY + 2 * HOURS), Vec::<String>::new());
    assert_eq!(silent(&one, 8 * DAY + 5 * HOURS), ["eu-west-1"]);
    assert_eq!(silent(&other, 9 * DAY), ["eu-west-1", "sa-east-1"]);
    // It is back, and what was silence is not usual.
    hear(&other, &busy, 300, 9 * DAY, 9 * DAY + 2 * HOURS);
    assert_eq!(silent(&one, 9 * DAY + 2 * HOURS), ["sa-east-1"]);
    assert_eq!(silent(&one, 9 * DAY + 8 * HOURS), ["eu-west-1", "sa-east-1"]);
}

#[test]
fn of_one_that_is_new_nobody_knows_what_is_usual() {
    let store = MemoryStore::default();
    let memory = Memory::lasting(&store);
    hear(&memory, &source("eu-west-1"), 300, 0, 6 * DAY);
    assert_eq!(silent(&memory, 8 * DAY), Vec::<String>::new());
}

#[test]
fn weekends_are_learned() {
    let store = MemoryStore::default();
    let memory = Memory::lasting(&store);
    for week in 0..2 {
        hear(&memory, &source("eu-west-1"), 300, week * 7 * DAY, (week * 7 + 5) * DAY);
    }
    hear(&memory, &source("eu-west-1"), 300, 14 * DAY, 15 * DAY);
    assert_eq!(silent(&memory, 17 * DAY), Vec::<String>::new());
    assert_eq!(silent(&memory, 20 * DAY), ["eu-west-1"]);
}

#[test]
fn a_source_costs_one_write_an_hour() {
    let store = MemoryStore::default();
    let memory = Memory::lasting(&store);
    hear(&memory, &source("eu-west-1"), 300, 0, 300);
    let version = |memory: &Memory<&MemoryStore>| {
        block_on(memory.one(&key(&source("eu-west-1")))).unwrap().unwrap().version
    };
    let first = version(&memory);
    hear(&memory, &source("eu-west-1"), 300, 300, HOURS);
    assert_eq!(version(&memory), first);
    hear(&memory, &source("eu-west-1"), 300, HOURS, HOURS + 1);
    assert_ne!(version(&memory), first);
}

#[test]
fn a_list_that_is_full_says_so() {
    let store = MemoryStore::default();
    let memory = Memory::lasting(&store);
    let full = (0..u64::MAX).map(|n| TrailSource { account: format!("{n:012}"), ..source("eu-west-1") });
    let of_one_list = full.filter(|source| digest::word_of_parts(parts(source).into_iter()) % LISTS == 3);
    let mut watched = 0;
    for source in of_one_list.take(MOST + 1) {
        watched += usize::from(block_on(memory.list(&source, at(0))).unwrap());
    }
    assert_eq!(watched, MOST);
}
