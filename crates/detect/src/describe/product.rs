//! What made a finding.

/// What a finding says made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// `aws-lambda`, `azure-function`, `scan`.
    pub feature: String,
}

impl Product {
    /// The product in one of its forms.
    pub fn new(feature: impl Into<String>) -> Self {
        Self { feature: feature.into() }
    }
}
