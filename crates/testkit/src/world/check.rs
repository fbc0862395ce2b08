//! What must hold once a source has nothing left: whatever went wrong, nothing is lost, everything balances, and a
//! finding goes out twice only where its acceptance could not be recorded.

use std::collections::{BTreeMap, BTreeSet};

use trailhound_detect::describe::ShadowLine;
use trailhound_detect::matched::CaseStep;

use super::script::of_body;
use super::{Excuse, Expected, Face, Script, World};
use crate::faults::StoreFaults;

pub(super) fn check<F: Face>(
    script: &Script,
    want: &Expected,
    world: &World,
    face: &F,
) -> BTreeMap<&'static str, u64> {
    let published = world.published().clone();
    let mut seen = BTreeMap::new();
    let mut reach = |what, times: u64| *seen.entry(what).or_default() += times;
    assert!(script.store == StoreFaults::Errors || published.unasked == 0, "a store that answers is asked");

    for (finding, times) in &published.times {
        let hidden = published.unrecorded.get(finding).copied().unwrap_or(0);
        assert!(
            *times <= 1 + hidden,
            "{finding} went out {times} times, with {hidden} unrecorded acceptances"
        );
        reach("a finding out again", u64::from(times - 1));
        reach("an acceptance not recorded", u64::from(hidden));
    }

    let (cases, caseless) = (&published.cases, published.caseless.len());
    assert!(script.store == StoreFaults::Errors || caseless == 0, "a store that answers knows every case");
    for (finding, case) in cases {
        // Whoever opened it may have died with it where the source moves on.
        let opener = cases.get(&case.opened_by);
        let opened = opener.map_or(&case.opened_by, |opener| &opener.opened_by);
        assert_eq!(opened, &case.opened_by, "{finding} is of a case whose first finding is of another");
        assert_eq!(case.step == CaseStep::Opened, case.opened_by == *finding, "{finding}: {case:?}");
        reach("a case", u64::from(case.step == CaseStep::Opened));
        reach("a finding of another's case", u64::from(case.step != CaseStep::Opened));
        reach("a case raised", u64::from(case.step == CaseStep::Raised));
    }

    // The operator alone was handed that role.
    let origin = |told: &String| told == "dana, by way of role OpsReadOnly in 111122223333";
    let told_of_others = published.origins.iter().filter(|(_, told)| !told.iter().all(origin));
    assert_eq!(told_of_others.count(), 0, "nobody else is behind a session: {:?}", published.origins);
    let is_untold = |uid: &&String| published.without_origin.contains(*uid);
    if script.store == StoreFaults::None {
        let untold = want.named_at_once.iter().filter(is_untold).count();
        assert_eq!(untold, 0, "whoever is handed a session in the same delivery is told to be behind it");
    }
    let is_named = |uid: &&String| published.origins.contains_key(*uid);
    reach("an origin of the same delivery", want.named_at_once.iter().filter(is_named).count() as u64);
    reach("an origin of another delivery", want.named_before.iter().filter(is_named).count() as u64);
    reach("an origin told when it went out again", published.origins.keys().filter(is_untold).count() as u64);

    let (unfinished, parked): (Vec<_>, Vec<_>) =
        world.parked().into_iter().partition(|line| line.reason == "unpublished");
    let (given_up, parked): (Vec<_>, Vec<_>) =
        parked.into_iter().partition(|line| line.reason == "killed_before");
    reach("unfinished work parked", unfinished.len() as u64);
    reach("a delivery given up", given_up.len() as u64);
    let excuse = face.excuse();
    reach("a batch beyond help", u64::from(excuse == Excuse::BeyondHelp));

    let of_one = published.times.keys().filter(|finding| !published.episodes.contains_key(*finding));
    let out: BTreeSet<String> = of_one.cloned().collect();
    let nobodys: Vec<_> = out.difference(&want.findings).collect();
    assert!(nobodys.is_empty(), "no finding that none is: {nobodys:?}");
    let kept: BTreeSet<String> =
        unfinished.iter().flat_map(|line| of_body(&line.body).0.into_keys()).collect();
    // Whoever tried these died, so that they are kept whole, with what is in them.
    let given_up: Vec<_> =
        given_up.iter().flat_map(|line| F::stands_for(line, world)).map(|body| of_body(&body)).collect();
    let held: BTreeSet<&String> = given_up.iter().flat_map(|(findings, ..)| findings.keys()).collect();
    let lost: Vec<_> =
        want.findings.iter().filter(|uid| !out.contains(*uid) && !held.contains(uid)).collect();
    match excuse {
        Excuse::BeyondHelp => {}
        Excuse::MovedOn => {
            assert!(lost.iter().all(|uid| kept.contains(*uid)), "neither published nor kept: {lost:?}");
        }
        Excuse::Nothing => assert!(lost.is_empty(), "every finding goes out: {lost:?}"),
    }
    reach("a finding", out.len() as u64);

    let mut episodes: Vec<&str> = published.episodes.values().map(String::as_str).collect();
    episodes.sort_unstable();
    reach("an episode", episodes.len() as u64);
    if script.store == StoreFaults::Errors {
        // Without a store nobody counts, so a burst may stay unseen, or be told again from where it is counted anew.
        assert!(
            episodes.iter().all(|name| want.episodes.contains(name)),
            "no episode that was none: {episodes:?}"
        );
    } else if excuse == Excuse::Nothing && given_up.is_empty() {
        assert_eq!(episodes, want.episodes, "every episode goes out once, and no other");
    } else {
        let known = |name: &&str| want.episodes.contains(name);
        assert!(episodes.iter().all(known), "no episode that was none: {episodes:?}");
        assert!(episodes.windows(2).all(|two| two[0] != two[1]), "one burst is one episode: {episodes:?}");
    }

    let episodes_in_shadow = published.episodes.values().filter(|name| name.starts_with("shadow-")).count();
    assert_eq!(episodes_in_shadow, 0, "what is in shadow alerts nobody");
    for line in world.shadow() {
        let ShadowLine::Found(found) = line else { continue };
        assert!(found.rule.starts_with("shadow-") && !published.times.contains_key(&found.uid), "{found:?}");
        reach("a finding in shadow", 1);
        reach("an episode in shadow", u64::from(found.rule == "shadow-burst"));
    }

    let rejected: BTreeSet<Vec<u8>> = parked.into_iter().map(|line| line.body).collect();
    if excuse != Excuse::BeyondHelp {
        let with_them = given_up.into_iter().flat_map(|(_, rejects, _)| rejects);
        let all: BTreeSet<Vec<u8>> = rejected.iter().cloned().chain(with_them).collect();
        assert_eq!(all, want.rejects, "every reject is parked, and nothing else");
    }
    for account in world.accounts() {
        let is_done = account.failure.is_none();
        assert!(!is_done || account.tally.deferred == 0 || account.parked > 0, "{account:?}");
        reach("a finding deferred", account.tally.deferred);
    }
    seen
}
