//! What entries hide together, which each by itself may.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::suppress::{Fact, Suppression, SuppressionAction, Suppressions, Test};
use super::who::{hold_too_many, name_someone};
use crate::rules::RuleSet;

/// Of fewer rules than this a good part is one rule.
const FEW: usize = 12;

impl Suppressions {
    /// Why these entries together would hide nearly everybody, or nearly all that somebody does.
    pub(super) fn hide_too_many(&self, rules: &RuleSet) -> Option<String> {
        let hiding = || self.active.iter().filter(|entry| entry.action != SuppressionAction::Tag);
        let by_place = hiding().filter(|entry| entry.goes_by_place_alone());
        let networks: Vec<IpNet> = by_place.flat_map(Suppression::networks).collect();
        if hold_too_many(&networks) {
            return Some("the networks of these entries together hold nearly everybody".to_owned());
        }
        let detections = rules.detections();
        let mut hidden: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for entry in hiding() {
            let named = detections.iter().map(|detection| &*detection.info);
            let named = named.filter(|info| entry.rules.iter().any(|name| info.is_called(name)));
            let named: BTreeSet<&str> = named.map(|info| info.name.as_str()).collect();
            for whom in entry.whom() {
                hidden.entry(whom).or_default().extend(&named);
            }
        }
        let all = detections.len();
        let (_, most) = hidden.into_iter().find(|(_, named)| all >= FEW && named.len() * 3 > all)?;
        let most = most.len();
        Some(format!(
            "hides {most} of {all} rules for the same somebody; all rules at once can only be tagged"
        ))
    }
}

impl Suppression {
    fn goes_by_place_alone(&self) -> bool {
        let mut who =
            self.when.iter().filter(|(key, tests)| name_someone(*key, tests)).map(|(key, _)| *key).peekable();
        who.peek().is_some() && who.all(|key| key == Fact::SourceCidr)
    }

    fn networks(&self) -> impl Iterator<Item = IpNet> {
        let tests = self.when.iter().filter(|(key, _)| *key == Fact::SourceCidr).flat_map(|(_, tests)| tests);
        tests.filter_map(|test| if let Test::Network(network) = test { Some(*network) } else { None })
    }

    /// Whom it names, each in one spelling: people and applications where it names any, else where they are.
    fn whom(&self) -> impl Iterator<Item = String> {
        let is_place = |key: Fact| matches!(key, Fact::Account | Fact::Subscription | Fact::SourceCidr);
        let named = || self.when.iter().filter(|(key, tests)| name_someone(*key, tests));
        let is_personal = named().any(|(key, _)| !is_place(*key));
        named()
            .filter(move |(key, _)| !is_personal || !is_place(*key))
            .flat_map(|(key, tests)| tests.iter().map(move |test| format!("{key:?} {test:?}").to_lowercase()))
    }
}
