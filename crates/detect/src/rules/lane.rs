//! Rules in shadow beside those that alert: which correlation hears of which match.
//!
//! What alerts hears nothing of what is in shadow. What is in shadow hears everything that it asks for, and whatever lies
//! beneath it is heard of silently.

use std::collections::{HashMap, HashSet};

use trailhound_sigma::{Correlation, Diagnostic, Report, Rule};

use super::correlated::{Correlated, Feed};
use super::extension::is_shadow;

/// Whose matches are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lane {
    /// All rules, as if none were in shadow: what tests beside rules, `try` and `why` ask.
    #[default]
    All,
    /// Those that alert.
    Live,
    /// Those in shadow; all others are silent.
    Shadow,
}

/// What matches feed, by the name of their rule.
pub(super) type Feeds = HashMap<String, Vec<Feed>>;

/// What is in shadow, and what that changes.
#[derive(Default)]
pub(super) struct RuleLanes {
    names: HashSet<String>,
    live: Feeds,
    shadow: Feeds,
}

impl RuleLanes {
    /// For what is in shadow.
    pub(super) fn of(names: HashSet<String>, all: &[Correlated], feeds: &Feeds) -> Self {
        if names.is_empty() {
            return Self::default();
        }
        let is_in_shadow = |feed: &Feed| names.contains(&all[feed.correlation].info.name);
        let mut leads: Vec<bool> = all.iter().map(|own| names.contains(&own.info.name)).collect();
        loop {
            let leads_on = |own: &Correlated| {
                feeds
                    .get(&own.info.name)
                    .is_some_and(|onward| onward.iter().any(|feed| leads[feed.correlation]))
            };
            let next: Vec<bool> =
                all.iter().zip(&leads).map(|(own, leads)| *leads || leads_on(own)).collect();
            if next == leads {
                break;
            }
            leads = next;
        }
        let kept = |keeps: &dyn Fn(&str, &Feed) -> bool| {
            let of_one = |(name, feeds): (&String, &Vec<Feed>)| {
                (name.clone(), feeds.iter().filter(|feed| keeps(name, feed)).cloned().collect())
            };
            feeds.iter().map(of_one).collect()
        };
        let live = kept(&|name, feed| !names.contains(name) && !is_in_shadow(feed));
        let shadow = kept(&|_, feed| leads[feed.correlation]);
        Self { names, live, shadow }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// What a rule feeds in a lane; `all` where nothing is in shadow.
    pub(super) fn fed_by<'s>(&'s self, lane: Lane, name: &str, all: &'s [Feed]) -> &'s [Feed] {
        let feeds = match lane {
            _ if self.names.is_empty() => return all,
            Lane::All => return all,
            Lane::Live => &self.live,
            Lane::Shadow => &self.shadow,
        };
        feeds.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Correlations that alert and name something in shadow, of which they will not hear.
pub(super) fn unheard(correlations: &[Correlation], rules: &[Rule]) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for own in correlations.iter().filter(|own| !is_shadow(&own.meta)) {
        let mut report = Report::new(&own.meta.file);
        for reference in &own.rules {
            let rules = rules.iter().filter(|rule| rule.is_named(&reference.name)).map(|rule| &rule.meta);
            let others =
                correlations.iter().filter(|other| other.is_named(&reference.name)).map(|other| &other.meta);
            if rules.chain(others).any(is_shadow) {
                report
                    .warning(
                        own.place_of("rules"),
                        format!("`{}` is in shadow, so this hears nothing of it", reference.name),
                    )
                    .help("write `trailhound: {shadow: true}` here too, or promote the rule first");
            }
        }
        told.extend(report.take_warnings());
    }
    told
}
