//! What suppressions cost correlations: the alerts that the same matches add up to without them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::{Finding, Product, visible};
use trailhound_detect::judge::Withheld;
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::SystemClock;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::tally::Tally;

use crate::heard::{Accept, Heard};
use crate::words::counted;

/// Correlations lie over others at most so deep.
const MOST_DEEP: usize = 16;

/// Windows keep so many characters of a name.
const KEPT_OF_A_NAME: usize = 128;

/// A correlation, and the group in which it was met.
type CorrelationGroup = (String, String);

/// An event that a suppression keeps from correlations.
struct HeldBack {
    by: String,
    actor: String,
    at: Option<Timestamp>,
}

impl HeldBack {
    fn is_by(&self, actor: &str) -> bool {
        let rest = self.actor.strip_prefix(actor);
        rest.is_some_and(|rest| rest.is_empty() || actor.chars().count() >= KEPT_OF_A_NAME)
    }
}

/// The same matches, heard without suppressions.
pub(crate) struct Lost {
    policy: Policy,
    memory: Memory<MemoryStore>,
    heard: Heard,
    product: Product,
    /// Which suppression keeps an event from correlations, by the event's rule and id.
    kept: HashMap<String, HashMap<String, HeldBack>>,
    /// How many alerts there would be, and which suppressions keep back events of these.
    would: BTreeMap<CorrelationGroup, (u64, BTreeSet<String>)>,
    /// How many there are.
    are: HashMap<CorrelationGroup, u64>,
}

impl Lost {
    /// Nothing where nothing is suppressed.
    pub(crate) fn to(policy: &Policy) -> Option<Self> {
        let has_some = !policy.suppressions.active().is_empty();
        has_some.then(|| Self {
            policy: Policy::new(Arc::clone(&policy.rules)).at_least(policy.min_level),
            memory: Memory::fleeting(MemoryStore::default()).in_one_run(),
            heard: Heard::default(),
            product: Product::new("scan"),
            kept: HashMap::new(),
            would: BTreeMap::new(),
            are: HashMap::new(),
        })
    }

    /// Takes what correlations hear of, and what is kept from them.
    pub(crate) fn hear(&mut self, heard: &[Match], withheld: Vec<Withheld>) {
        let kept: HashSet<String> = withheld.iter().map(|kept| kept.found.uid().to_owned()).collect();
        for found in heard.iter().filter(|found| !kept.contains(found.uid())) {
            self.heard.add(found.clone());
        }
        for Withheld { by, found } in withheld {
            let facts = &found.facts;
            let kept = HeldBack { by, actor: facts.actor.display.clone(), at: facts.time };
            let of_rule = self.kept.entry(found.rule.name.clone()).or_default();
            of_rule.insert(facts.event_uid.clone(), kept);
            self.heard.add(found);
        }
        if self.heard.are_many() {
            self.correlate(Heard::ENOUGH);
        }
    }

    /// Takes an alert as it is.
    pub(crate) fn take(&mut self, finding: &Finding) {
        if let Some(group) = group(finding) {
            *self.are.entry(group).or_default() += 1;
        }
    }

    fn correlate(&mut self, left: usize) {
        while let Some(oldest) = self.heard.oldest(left) {
            let outbox = Outbox {
                policy: &self.policy,
                memory: &self.memory,
                sink: &Accept,
                clock: &SystemClock,
                claimant: "lost",
                product: &self.product,
            };
            let sent = pollster::block_on(outbox.correlate(oldest, &mut Tally::default()));
            for finding in &sent.published {
                let Some(group) = group(finding) else { continue };
                let because = self.because(finding);
                let (alerts, suppressions) = self.would.entry(group).or_default();
                *alerts += 1;
                suppressions.extend(because);
            }
        }
    }

    /// The suppressions that keep back one of its events, or one of those that a correlation among these is made of.
    fn because(&self, finding: &Finding) -> BTreeSet<String> {
        let mut because = BTreeSet::new();
        let Some(episode) = &finding.matched.episode else { return because };
        for member in &episode.members {
            let kept = self.kept.get(&member.rule).and_then(|of_rule| of_rule.get(&member.uid));
            because.extend(kept.map(|kept| kept.by.clone()));
        }
        let members: BTreeSet<&str> = episode.members.iter().map(|member| member.rule.as_str()).collect();
        let below: BTreeSet<String> = members.into_iter().flat_map(|rule| self.below(rule, 0)).collect();
        let is_in = |kept: &&HeldBack| {
            episode.actors.iter().any(|actor| kept.is_by(actor))
                && kept
                    .at
                    .is_none_or(|at| episode.span.is_none_or(|(first, last)| (first..=last).contains(&at)))
        };
        let kept = below.iter().filter_map(|rule| self.kept.get(rule)).flat_map(HashMap::values);
        because.extend(kept.filter(is_in).map(|kept| kept.by.clone()));
        because
    }

    /// The rules below a correlation, through those between; none of a rule.
    fn below(&self, name: &str, depth: usize) -> BTreeSet<String> {
        let rules = &self.policy.rules;
        let Some(own) = rules.correlation(name).filter(|_| depth < MOST_DEEP) else { return BTreeSet::new() };
        let references = own.correlation.rules.iter().map(|reference| reference.name.as_str());
        references
            .flat_map(|reference| match rules.find(reference) {
                Some(rule) => BTreeSet::from([rule.info.name.clone()]),
                None => self.below(reference, depth + 1),
            })
            .collect()
    }

    /// A line for each correlation that lost something: `2 alerts of machines-in-a-burst not raised because of dana`.
    pub(crate) fn lines(mut self) -> Vec<String> {
        self.correlate(0);
        let mut lost: BTreeMap<(String, &str, String), u64> = BTreeMap::new();
        for (group, (alerts, because)) in self.would.iter().filter(|(_, (_, because))| !because.is_empty()) {
            let fewer = alerts.saturating_sub(self.are.get(group).copied().unwrap_or_default());
            let (how, count) =
                if fewer > 0 { ("not raised", fewer) } else { ("told without some events", 1) };
            let because = because.iter().cloned().collect::<Vec<_>>().join(", ");
            *lost.entry((group.0.clone(), how, because)).or_default() += count;
        }
        let line = |((rule, how, because), count): (&(String, &str, String), &u64)| {
            let because = visible(because);
            format!("{} of {rule} {how} because of {because}", counted(*count, "alert", "alerts"))
        };
        lost.iter().map(line).collect()
    }
}

fn group(finding: &Finding) -> Option<CorrelationGroup> {
    let episode = finding.matched.episode.as_ref()?;
    Some((finding.matched.rule.name.clone(), episode.window.window.clone()))
}
