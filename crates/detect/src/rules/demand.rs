//! What of its windows a correlation asks for.

use trailhound_sigma::{Correlation, CorrelationKind, Reference, Threshold};

use super::bounds::MOST_COUNTED;

/// What is worked out once of a correlation, since every match asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Which step of a sequence each rule belongs to.
    pub steps: Vec<usize>,
    /// Rules, by position, without one of which a count is not met; none where any will do.
    pub needs: Vec<usize>,
    /// How many values there are makes no difference beyond this.
    pub most: usize,
}

impl Demand {
    /// What a correlation asks for.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "held between two bounds"
    )]
    pub fn of(correlation: &Correlation) -> Self {
        let bounds: &[_] = match &correlation.condition {
            Threshold::Figure(comparisons) if correlation.kind == CorrelationKind::ValueCount => comparisons,
            Threshold::Figure(_) | Threshold::Rules(_) => &[],
        };
        let highest = bounds.iter().map(|(_, bound)| bound.ceil()).fold(0.0, f64::max);
        let most = highest.clamp(0.0, MOST_COUNTED as f64) as usize + 1;
        Self { steps: correlation.steps(), needs: Vec::new(), most }
    }

    /// The same where a count takes one of these rules too.
    #[must_use]
    pub fn needing(mut self, correlation: &Correlation, needs: &[String]) -> Self {
        let is_needed = |reference: &Reference| needs.contains(&reference.name);
        let rules = correlation.rules.iter().enumerate();
        self.needs = rules.filter(|(_, rule)| is_needed(rule)).map(|(at, _)| at).collect();
        self
    }
}
