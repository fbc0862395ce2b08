//! The words that findings have for a log.

use serde::Serialize;

use crate::facts::Facts;

/// How a log and its events are called.
pub(crate) struct Words {
    /// The log as people call it: `log_provider`, `data_sources`.
    pub(crate) log: &'static str,
    /// One of its records: an evidence's `name`.
    pub(crate) record: &'static str,
    /// One of its events: a related event's `type`.
    pub(crate) event: &'static str,
    /// The id by which its source event is looked up.
    pub(crate) source_event: fn(&Facts) -> &str,
    /// Heads of the paths of what was asked for and of what was answered.
    pub(crate) request: Option<&'static str>,
    pub(crate) response: Option<&'static str>,
    /// The cloud in which it happened.
    pub(crate) cloud: fn(&Facts) -> Cloud,
}

/// A cloud, and what its accounts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cloud {
    /// `cloud.provider`.
    pub(crate) provider: &'static str,
    /// What tells it.
    pub(crate) basis: Basis,
    /// What `facts.scope.account` is; nothing where that is no account of a cloud.
    pub(crate) account: Option<AccountKind>,
}

/// `account.type_id` and `account.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccountKind {
    pub(crate) id: u8,
    pub(crate) name: &'static str,
}

/// What tells the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Basis {
    /// The log is the provider's own.
    Log,
    /// A process of the provider's guest agent.
    Agent,
    /// A process of the provider's command line.
    Tool,
    /// Nothing: the schema wants one.
    Assumed,
}

/// OCSF's `Other`, whose word the source gives.
const OTHER: u8 = 99;

/// An AWS account.
pub(crate) const AWS_ACCOUNT: AccountKind = AccountKind { id: 10, name: "AWS Account" };

/// In AWS.
pub(crate) fn aws(_: &Facts) -> Cloud {
    Cloud { provider: "AWS", basis: Basis::Log, account: Some(AWS_ACCOUNT) }
}

/// In Azure: in a subscription if the record names one, else in the tenant.
pub(crate) fn azure(facts: &Facts) -> Cloud {
    let account = if facts.scope.subscription.as_deref() == Some(&facts.scope.account) {
        AccountKind { id: 13, name: "Azure Subscription" }
    } else {
        AccountKind { id: OTHER, name: "Azure Tenant" }
    };
    Cloud { provider: "Azure", basis: Basis::Log, account: Some(account) }
}

/// In a project of Google's.
pub(crate) fn gcp(_: &Facts) -> Cloud {
    let account = AccountKind { id: 11, name: "GCP Project" };
    Cloud { provider: "GCP", basis: Basis::Log, account: Some(account) }
}

/// The event's own id.
pub(crate) fn own_event(facts: &Facts) -> &str {
    &facts.event_uid
}
