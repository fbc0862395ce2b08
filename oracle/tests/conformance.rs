//! The table beside the crate is the one that is generated, and every point of it is honoured.

use trailhound_oracle::conformance::{Done, points, table};

#[test]
fn every_point_is_honoured_and_told() {
    let not: Vec<String> = points()
        .unwrap()
        .into_iter()
        .filter(|(_, _, ours, _)| *ours != Done::Yes)
        .map(|(part, point, ours, _)| format!("{part}: {point}: {ours:?}"))
        .collect();
    assert!(not.is_empty(), "{}", not.join("\n"));
    assert_eq!(
        table().unwrap(),
        include_str!("../../crates/sigma/CONFORMANCE.md"),
        "cargo run --bin conformance writes it"
    );
}
