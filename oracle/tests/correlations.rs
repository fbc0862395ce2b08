//! Generated correlations over generated streams of events: both engines are met by the same events, in the same groups.

use std::collections::BTreeMap;

use fastrand::Rng;
use rsigma_eval::event::JsonEvent;
use rsigma_eval::{CorrelationAction, CorrelationConfig, CorrelationEngine};
use trailhound_oracle::streams::{Stream, stream};
use trailhound_sigma::json::Document;
use trailhound_sigma::{Engine, Hit};

/// For each event the groups in which it met the correlation.
type Met = Vec<Vec<Vec<String>>>;

fn ours(stream: &Stream) -> Met {
    let mut builder = Engine::builder();
    builder.add("stream.yml", &stream.yaml).unwrap_or_else(|error| panic!("{error}\n{}", stream.yaml));
    let engine = builder.build().unwrap_or_else(|error| panic!("{error}\n{}", stream.yaml));
    let mut correlator = engine.correlator();
    let met = stream.events.iter().map(|(time, event)| {
        let text = event.to_string();
        let hits = correlator.take(&Document::parse(&text).unwrap(), time * 1_000);
        let groups = hits.into_iter().filter_map(|hit| match hit {
            Hit::Correlation { group, .. } => Some(group),
            _ => None,
        });
        sorted(groups.collect())
    });
    met.collect()
}

fn theirs(stream: &Stream) -> Met {
    let read = rsigma_parser::parse_sigma_yaml(&stream.yaml_for_rsigma()).unwrap();
    assert!(read.errors.is_empty(), "{:?}\n{}", read.errors, stream.yaml);
    // Ours begins anew once it is met.
    let config =
        CorrelationConfig { action_on_match: CorrelationAction::Reset, ..CorrelationConfig::default() };
    let mut engine = CorrelationEngine::new(config);
    engine.add_collection(&read).unwrap();
    let met = stream.events.iter().map(|(time, event)| {
        let found = engine.process_event_at(&JsonEvent::borrow(event), *time);
        let groups = found.iter().filter_map(|result| result.as_correlation());
        sorted(groups.map(|met| met.group_key.iter().map(|(_, value)| value.clone()).collect()).collect())
    });
    met.collect()
}

fn sorted(mut groups: Vec<Vec<String>>) -> Vec<Vec<String>> {
    groups.sort();
    groups
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn correlations_are_met_by_the_same_events() {
    let streams = number("ORACLE_STREAMS", 10_000);
    let mut rng = Rng::with_seed(number("ORACLE_SEED", 1));
    // Of each kind: streams, and events that met it.
    let mut told: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    let mut events = 0;
    let mut differ = Vec::new();
    for _ in 0..streams {
        let stream = stream(&mut rng);
        let (ours, theirs) = (ours(&stream), theirs(&stream));
        events += stream.events.len();
        let told = told.entry(stream.kind).or_default();
        told.0 += 1;
        told.1 += ours.iter().filter(|met| !met.is_empty()).count();
        if let Some(at) = (0..ours.len()).find(|at| ours[*at] != theirs[*at]) {
            let seen: Vec<String> =
                stream.events[..=at].iter().map(|(time, event)| format!("{time} {event}")).collect();
            differ.push(format!(
                "ours {:?}, theirs {:?}\n{}{}",
                ours[at],
                theirs[at],
                stream.yaml,
                seen.join("\n")
            ));
        }
    }
    println!("{streams} streams, {events} events; of each kind, and met: {told:?}; {} differ", differ.len());
    let shortest = differ.iter().min_by_key(|differ| differ.len());
    assert!(differ.is_empty(), "{} differ, the shortest:\n{}", differ.len(), shortest.unwrap());
    assert!(told.values().all(|(streams, met)| *met as u64 * 4 > *streams), "{told:?}");
}
