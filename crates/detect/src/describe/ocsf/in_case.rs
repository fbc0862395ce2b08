//! The case of a finding, and what the finding is to it.

use serde::Serialize;

use crate::matched::InCase;

#[derive(Serialize)]
pub(super) struct CaseTold {
    uid: String,
    step: &'static str,
    opened_by: String,
    since: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    adds: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    absorbed: Vec<String>,
}

impl CaseTold {
    pub(super) fn of(case: &InCase) -> Self {
        Self {
            uid: case.uid().to_owned(),
            step: case.step.as_str(),
            opened_by: case.opened_by.clone(),
            since: case.since,
            adds: case.adds.iter().map(|news| news.as_str()).collect(),
            absorbed: case.absorbed.clone(),
        }
    }
}
