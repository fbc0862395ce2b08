//! What is told of a finding beside records, and what it is found by.

use trailhound_detect::behind::Behind;
use trailhound_detect::describe::Finding;
use trailhound_detect::event::Facts;

/// What is told of a finding, whether it was just made or kept.
pub(crate) struct ListedFinding {
    pub(crate) facts: Facts,
    /// Where its record stands.
    pub(crate) origin: String,
    /// Everybody behind it, by every name.
    pub(crate) behind: Vec<String>,
    pub(crate) rule: String,
    pub(crate) level: String,
}

impl From<Finding> for ListedFinding {
    fn from(finding: Finding) -> Self {
        let (rule, level) = (finding.matched.rule_id(), finding.level().as_str().to_owned());
        let found = finding.matched;
        let behind = found.behind.iter().flat_map(|behind| Behind::names(behind));
        let behind = behind.map(str::to_owned).collect();
        Self { behind, rule, level, origin: found.from.origin, facts: found.facts }
    }
}
