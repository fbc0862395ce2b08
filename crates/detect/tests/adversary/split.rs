//! An intrusion that is divided still raises what it did whole.
//!
//! The intrusions are the tests of the shipped correlations, which raise what they name. What a division loses stands in
//! `split/losses.tsv`, with its price in `docs/limits.md`; a loss that is none any more fails the test as a new one does.

mod divide;

use std::collections::{BTreeMap, BTreeSet};

use trailhound_detect::matched::Level;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::proving::{EpisodeTest, Expect};

use crate::house::{self, alerts, episodes, pipeline};
use crate::random::{Random, cases};
use divide::{ALL, Division};

/// Cases, unless the environment asks for more.
const CASES: usize = 1_000;
const LOSSES: &str = include_str!("split/losses.tsv");

/// Correlations and the tests in which they speak.
fn intrusions() -> Vec<(&'static str, &'static EpisodeTest)> {
    let tests =
        episodes().iter().flat_map(|tests| tests.tests.iter().map(|test| (tests.rule.as_str(), test)));
    tests.filter(|(_, test)| test.expect == Expect::Match).collect()
}

fn losses() -> BTreeSet<(String, String)> {
    let rows = LOSSES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let (division, rule) = line.split_once('\t').unwrap_or_else(|| panic!("no tab in {line:?}"));
        (division.to_owned(), rule.to_owned())
    })
    .collect()
}

/// Does the correlation say of the divided intrusion what it says of the whole?
fn raises(
    pipeline: &Pipeline,
    rule: &str,
    test: &EpisodeTest,
    division: &Division,
    random: &mut Random,
) -> bool {
    let least = test.level;
    let whole: Vec<_> =
        test.events.iter().map(|event| serde_json::from_slice(event).expect("an event is JSON")).collect();
    let deliveries = (division.divide)(&whole, random);
    let told = alerts(pipeline, &deliveries);
    told.iter().any(|alert| alert.rule == rule && least.is_none_or(|least| alert.level >= least))
}

#[test]
fn a_divided_intrusion_is_still_told() {
    let intrusions = intrusions();
    let known = losses();
    let (mut counts, mut lost) = (BTreeMap::<&str, usize>::new(), BTreeMap::new());
    let cases = cases(CASES);
    let is_whole = cases.len() >= intrusions.len() * ALL.len();
    for case in cases {
        let (rule, test) = intrusions[case % intrusions.len()];
        let division = &ALL[(case / intrusions.len()) % ALL.len()];
        let is_tried = !(test.ordered && division.reorders);
        if is_tried && !raises(pipeline(), rule, test, division, &mut Random::of(case)) {
            let told = format!("case {case}: '{}' by {}", test.name, division.name);
            lost.entry((division.name.to_owned(), rule.to_owned())).or_insert(told);
        }
        *counts.entry(division.name).or_default() += usize::from(is_tried);
    }
    eprintln!("{counts:?}");
    let new: Vec<String> = lost
        .iter()
        .filter(|(loss, _)| !known.contains(loss))
        .map(|((division, rule), told)| format!("{division}\t{rule}\t{told}"))
        .collect();
    assert!(new.is_empty(), "{} lost:\n{}", new.len(), new.join("\n"));
    let found: Vec<_> = known.iter().filter(|loss| !lost.contains_key(loss)).collect();
    assert!(!is_whole || found.is_empty(), "no loss any more: {found:?}");
}

/// Each division that loses something is told of, with its price.
#[test]
fn what_a_division_loses_is_in_the_limits() {
    let limits = include_str!("../../../../docs/limits.md");
    let rules: BTreeSet<&str> = episodes().iter().map(|tests| tests.rule.as_str()).collect();
    for (division, rule) in losses() {
        let told = ALL.iter().find(|known| known.name == division).unwrap_or_else(|| panic!("no {division}"));
        assert!(rules.contains(rule.as_str()), "no {rule}");
        assert!(
            limits.lines().any(|line| line.contains(told.limit)),
            "docs/limits.md says nothing of {division}"
        );
    }
}

/// Ten machines by four ways in ten minutes, with one credential, are one burst; one every half hour is seen too.
#[test]
fn ways_and_time_do_not_hide_a_tour() {
    let ways = ["aws-ssm-session-shell", "aws-eic-key-push", "aws-serial-key-push", "aws-ssm-run-command"];
    let tour = |every: i64| divide::tour(&ways, 10, every, KEY);
    let rules =
        |every| alerts(pipeline(), &tour(every)).into_iter().map(|alert| alert.rule).collect::<BTreeSet<_>>();
    assert!(rules(60).contains("machines-in-a-burst"), "{:?}", rules(60));
    assert!(rules(1_800).contains("machines-one-by-one"), "{:?}", rules(1_800));
}

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// Ways into machines.
const WAYS: [&str; 9] = [
    "aws-ssm-session-shell",
    "aws-ssm-session-tunnel",
    "aws-eic-key-push",
    "aws-serial-key-push",
    "aws-ssm-run-command",
    "aws-ssm-automation-start",
    "aws-ssm-association-persist",
    "aws-ec2-userdata-modified",
    "aws-instance-credential-access",
];

/// Two ways by which six machines in six minutes are nobody's alert.
fn silent(pipeline: &Pipeline) -> Vec<(&'static str, &'static str)> {
    let is_told = |one: &str, other: &str| {
        let ways = [one, one, other, other, other, other];
        let told = alerts(pipeline, &divide::tour(&ways, 6, 60, KEY));
        told.iter().any(|alert| TOURS.contains(&alert.rule.as_str()) && alert.level >= Level::High)
    };
    let pairs = WAYS.iter().flat_map(|one| WAYS.iter().map(move |other| (*one, *other)));
    pairs.filter(|(one, other)| !is_told(one, other)).collect()
}

/// What adds up machines.
const TOURS: [&str; 4] = [
    "machines-in-a-burst",
    "machines-in-several-ways",
    "aws-commands-in-a-burst",
    "aws-passwords-in-a-burst",
];

#[test]
fn no_way_and_no_two_ways_hide_six_machines() {
    // Two sessions beside four of what is counted from five on: a window more would make every session dearer.
    let is_priced =
        |(one, other): &(&str, &str)| one.starts_with("aws-ssm-session") && COUNTED_FROM_FIVE.contains(other);
    let new: Vec<_> = silent(pipeline()).into_iter().filter(|pair| !is_priced(pair)).collect();
    assert!(new.is_empty(), "{new:?}");
    let limits = include_str!("../../../../docs/limits.md");
    assert!(limits.contains("Two machines by sessions"));
    let with = "    - aws-ssm-run-command\n    - aws-ssm-automation-start\n";
    let without = "    - aws-ssm-run-command\n";
    let blind = house::with_rules(&|text| {
        if text.contains("temporal_ordered") { text.to_owned() } else { text.replace(with, without) }
    });
    assert!(silent(&blind).contains(&("aws-eic-key-push", "aws-ssm-automation-start")), "it can fail");
}

const COUNTED_FROM_FIVE: [&str; 5] = [
    "aws-ssm-run-command",
    "aws-ssm-automation-start",
    "aws-ssm-association-persist",
    "aws-ec2-userdata-modified",
    "aws-instance-credential-access",
];

/// Rules that go by a name of the caller's are seen to lose what is divided over it.
#[test]
fn a_division_that_works_is_noticed() {
    let naive =
        house::with_rules(&|text| text.replace("group-by: [n.actor.key", "group-by: [n.actor.session"));
    let intrusions = intrusions();
    let session = ALL.iter().find(|division| division.name == "session names").expect("a division");
    let known = losses();
    let fooled = intrusions.iter().enumerate().any(|(case, (rule, test))| {
        !known.contains(&(session.name.to_owned(), (*rule).to_owned()))
            && !raises(&naive, rule, test, session, &mut Random::of(case))
    });
    assert!(fooled);
}
