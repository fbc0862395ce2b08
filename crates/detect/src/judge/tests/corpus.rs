//! The shipped correlations over real events: whatever order these come in, the episodes are those that an oracle finds
//! which has all members at once and no store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::process::Process;
use super::windows::offline;
use super::world::{PIPELINE, World};
use crate::matched::Match;
use crate::pipeline::Ending;
use crate::remember::correlate;
use crate::remember::group::WindowId;
use crate::remember::window::LATENESS;

/// Every match of the corpus that happened at a known time; nothing without the shared folder.
fn matches() -> Vec<Match> {
    let Some(corpus) = trailhound_conformance::shared_folder().map(|shared| shared.join("corpus")) else {
        eprintln!("SKIPPED: no shared folder with a corpus; set TRAILHOUND_SHARED to have it");
        return Vec::new();
    };
    let mut matches = Vec::new();
    for folder in ["aws_cloudtrail", "azure_activity", "entra_signin", "entra_audit", "process"] {
        let mut files: Vec<_> =
            std::fs::read_dir(corpus.join(folder)).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files {
            let mut session = PIPELINE.delivery(&file.to_string_lossy(), Timestamp::UNIX_EPOCH);
            session.push(&std::fs::read(&file).unwrap());
            matches.extend(session.finish(Ending::Whole).matches);
        }
    }
    matches.retain(|found| found.facts.time.is_some());
    matches
}

/// How many alerts each window gave, when matches come in this order.
fn alerts(order: &[&Match]) -> (World, BTreeMap<WindowId, usize>) {
    let world = World::default();
    for (n, found) in order.iter().enumerate() {
        let process = Process::start(&world, format!("process {n}"), vec![(*found).clone()]);
        assert!(process.run().is_some(), "nothing kills it");
    }
    let mut alerts: BTreeMap<WindowId, BTreeSet<String>> = BTreeMap::new();
    for finding in world.published.lock().unwrap().iter() {
        if let Some(episode) = &finding.matched.episode {
            alerts.entry(WindowId::of(&episode.window.window)).or_default().insert(episode.id.clone());
        }
    }
    (world, alerts.into_iter().map(|(id, ids)| (id, ids.len())).collect())
}

#[test]
fn the_episodes_of_the_corpus_do_not_depend_on_the_order_of_delivery() {
    let matches = matches();
    let mut order: Vec<&Match> = matches.iter().collect();
    let at = |found: &Match| found.facts.time.map_or(0, Timestamp::as_millisecond);
    order.sort_by_key(|found| at(found));
    let (world, in_order) = alerts(&order);

    let arrivals = world.arrivals.lock().unwrap();
    let mut checked = BTreeSet::new();
    for (correlated, place) in matches.iter().flat_map(|found| correlate::windows(PIPELINE.rules(), found)) {
        let id = WindowId::of(&place.window);
        if checked.insert(id) {
            let members = arrivals.get(&id).map_or(&[][..], Vec::as_slice);
            let online = in_order.get(&id).copied().unwrap_or(0);
            assert_eq!(online, offline(members, &correlated.correlation), "{}", correlated.info.name);
        }
    }
    let total: usize = in_order.values().sum();
    eprintln!("{total} episodes in {} windows of {} matches", checked.len(), matches.len());
    for seed in 1..5_i64 {
        // As late as an event may come, and some at once.
        let late = |n: usize| (i64::try_from(n).unwrap() + 1) * seed * 7_919_003 % LATENESS;
        let mut shuffled: Vec<(usize, &Match)> = order.iter().copied().enumerate().collect();
        shuffled.sort_by_key(|(n, found)| at(found) + late(*n));
        let shuffled: Vec<&Match> = shuffled.into_iter().map(|(_, found)| found).collect();
        assert_eq!(alerts(&shuffled).1, in_order, "order {seed}");
    }
}
