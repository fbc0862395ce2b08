//! How much is told of a company that nobody attacks, and that attacks are told among it.

use trailhound_testkit::company::{Habits, Noise, Size, medium, table};

/// So many findings at medium or above for 1,000 machines and a week, with baselines, are what people read.
const MOST: u64 = 5;

fn size() -> Size {
    if std::env::var("TRAILHOUND_NOISE").is_ok_and(|size| size == "whole") {
        Size::WHOLE
    } else {
        Size::TENTH
    }
}

fn is_over_the_bar(size: Size, count: u64) -> bool {
    count * 1_000 > MOST * u64::try_from(size.machines).expect("some thousands")
}

#[test]
fn a_week_without_an_attack_is_quiet_and_attacks_are_told() {
    let company = Noise::of(size());
    let (without, with) = (company.without_baselines(), company.with_baselines(Habits::Known));
    let table = table(size(), &without, &with);
    println!("{table}");
    assert!(!is_over_the_bar(size(), medium(&with)), "{with:#?}");
    assert!(medium(&without) > 100 * medium(&with).max(1), "there is a lot to be quiet about");
    let written = include_str!("../../../docs/noise.md");
    assert!(written.contains(&table), "docs/noise.md is stale; renew it with `cargo xtask noise`:\n{table}");
    let attacks = company.attacks();
    assert_eq!(attacks.len(), 3);
    for (name, rules) in attacks {
        assert!(!rules.is_empty(), "{name} is told nowhere at high");
    }
    let without_habits = company.with_baselines(Habits::Unknown);
    assert!(is_over_the_bar(size(), medium(&without_habits) / 10), "by far: {without_habits:#?}");
}
