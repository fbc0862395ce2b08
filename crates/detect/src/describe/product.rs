//! What made a finding.

use std::sync::Arc;

use super::percent::percent;
use crate::matched::RuleInfo;

/// Where shipped rules are described, each under its name.
const PAGES: &str = "https://github.com/trailhound/trailhound/blob/main/docs/detections.md#";

/// What a finding says made it; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// `aws-lambda`, `azure-function`, `scan`.
    pub feature: Arc<str>,
    /// What the address of every rule's page begins with; the rule's name ends it.
    rule_pages: Option<Arc<str>>,
}

impl Product {
    /// The product in one of its forms.
    pub fn new(feature: impl Into<Arc<str>>) -> Self {
        Self { feature: feature.into(), rule_pages: None }
    }

    /// The same with the pages of rules elsewhere, those of rules of one's own among them.
    #[must_use]
    pub fn with_rule_pages(self, base: Option<String>) -> Self {
        Self { rule_pages: base.map(Arc::from), ..self }
    }

    /// The page of a rule; of one of one's own only where it is known where they are.
    pub(super) fn page_of(&self, rule: &RuleInfo) -> Option<String> {
        let base = match &self.rule_pages {
            Some(base) => base,
            None => rule.catalogue.as_ref().map(|_| PAGES)?,
        };
        Some(format!("{base}{}", percent(&rule.name)))
    }
}

/// Is this what an address may begin with?
pub fn is_rule_pages(base: &str) -> bool {
    let rest = base.strip_prefix("https://").unwrap_or_default();
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&byte);
    !rest.is_empty() && base.len() <= 300 && rest.bytes().all(may_stand)
}
