//! Files that need each other cannot be read one by one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::resolve::Need;
use super::syntax::Crate;

/// One fault for each knot of files, with the imports that close its shortest circle.
pub(super) fn check(krate: &Crate, needs: &[Need]) -> Vec<String> {
    let file = |module: usize| krate.modules[module].file.as_str();
    let mut arrows: BTreeMap<&str, BTreeMap<&str, &Need>> = BTreeMap::new();
    for need in needs.iter().filter(|need| file(need.from) != file(need.to)) {
        arrows.entry(file(need.from)).or_default().entry(file(need.to)).or_insert(need);
    }
    let mut told = BTreeSet::new();
    let mut faults = Vec::new();
    for start in arrows.keys() {
        let knot = knot(&arrows, start);
        if knot.is_empty() || told.contains(start) {
            continue;
        }
        let shortest = knot.iter().filter_map(|file| circle(&arrows, file)).min_by_key(Vec::len);
        let steps: Vec<String> = shortest
            .unwrap_or_default()
            .windows(2)
            .map(|step| {
                let need = arrows[step[0]][step[1]];
                format!("\n  {}:{}: `{}` is in {}", step[0], need.line, need.path, step[1])
            })
            .collect();
        let others = knot.len() - steps.len();
        let more = if others == 0 { String::new() } else { format!(", and {others} more files hang on it") };
        faults.push(format!("a circle of {} files{more}:{}", steps.len(), steps.concat()));
        told.extend(knot);
    }
    faults
}

type Arrows<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a Need>>;

/// The files that `start` needs and that need it.
fn knot<'a>(arrows: &Arrows<'a>, start: &'a str) -> BTreeSet<&'a str> {
    let ahead = reach(arrows, start);
    ahead.iter().copied().filter(|file| reach(arrows, file).contains(start)).collect()
}

fn reach<'a>(arrows: &Arrows<'a>, start: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![start];
    while let Some(file) = ahead.pop() {
        for next in arrows.get(file).into_iter().flatten().map(|(next, _)| *next) {
            if reached.insert(next) {
                ahead.push(next);
            }
        }
    }
    reached
}

/// The shortest way from a file back to itself.
fn circle<'a>(arrows: &Arrows<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut ways = VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in arrows.get(way[way.len() - 1]).into_iter().flatten().map(|(next, _)| *next) {
            if next == start {
                return Some([&way[..], &[start]].concat());
            }
            if seen.insert(next) {
                ways.push_back([&way[..], &[next]].concat());
            }
        }
    }
    None
}
