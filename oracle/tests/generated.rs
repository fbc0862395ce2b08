//! At least 100,000 pairs of generated rules and events: both engines agree, or a listed difference says why.

use std::collections::BTreeMap;

use fastrand::Rng;
use trailhound_oracle::difference::{DIFFERENCES, explaining};
use trailhound_oracle::generate::{self, Item};
use trailhound_oracle::verdict::Both;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn verdicts_agree_or_are_explained() {
    let pairs = number("ORACLE_PAIRS", 120_000);
    let seed = number("ORACLE_SEED", 1);
    let mut rng = Rng::with_seed(seed);
    // How often a difference explains a verdict, and how often it is the only one to.
    let mut told: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let (mut asked, mut matched, mut differed) = (0, 0, 0);
    let mut unexplained = Vec::new();
    while asked < pairs {
        let rule = generate::rule(&mut rng);
        let both = Both::read(&rule.yaml).unwrap_or_else(|error| panic!("{error}\n{}", rule.yaml));
        let items: Vec<(&Item, Both)> = rule
            .items()
            .map(|item| {
                (item, Both::read(&item.rule()).unwrap_or_else(|error| panic!("{error}\n{}", item.rule())))
            })
            .collect();
        for _ in 0..20 {
            let event = generate::event(&mut rng);
            let text = event.to_string();
            asked += 1;
            let (ours, theirs) = both.ask(&text, &event).unwrap();
            matched += u64::from(ours);
            let mut parts_differ = false;
            for (item, both) in &items {
                let (ours, theirs) = both.ask(&text, &event).unwrap();
                if ours == theirs {
                    continue;
                }
                parts_differ = true;
                let reasons = explaining(item, &event, ours);
                for reason in &reasons {
                    let told = told.entry(reason.name).or_default();
                    told.0 += 1;
                    told.1 += u64::from(reasons.len() == 1);
                }
                if reasons.is_empty() {
                    unexplained.push(format!("ours {ours}, theirs {theirs}\n{}{text}", item.rule()));
                }
            }
            differed += u64::from(ours != theirs);
            // Items that agree leave nothing but the condition to differ in.
            if ours != theirs && !parts_differ {
                unexplained.push(format!("condition: ours {ours}, theirs {theirs}\n{}{text}", rule.yaml));
            }
        }
    }
    println!(
        "seed {seed}: {asked} pairs, {matched} matches, {differed} rule verdicts differ, all explained by:"
    );
    for difference in DIFFERENCES {
        let (all, alone) = told.get(difference.name).copied().unwrap_or_default();
        println!("{all:>8} ({alone} alone) {}: {}", difference.name, difference.reason);
    }
    unexplained.truncate(12);
    assert!(unexplained.is_empty(), "unexplained:\n\n{}", unexplained.join("\n\n"));
}
