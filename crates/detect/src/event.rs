//! The typed view that every rule and every finding reads.
//!
//! [`classify`] names a record's log type from its content; [`Event`] gives rules the raw fields, mapped from Sigma
//! names, and the normalised facts as `n.*`; [`Facts`] is what tune, remember and describe work with, owned, so
//! that nothing keeps a record's bytes alive.

mod caller;
mod facts;
mod fields;
mod json;
mod read;
mod shape;
#[cfg(test)]
pub(crate) mod testing;
mod view;

pub use caller::Caller;
pub use facts::{
    Action, Actor, ActorKind, Entra, Facts, Outcome, OutcomeKind, Process, Scope, Source, Target, Tunnel,
};
pub use fields::FieldMaps;
pub use read::{Reader, Reading, Unreadable, Wanted, read};
pub use shape::classify;
pub(crate) use shape::spellings;
pub use view::Event;

/// Who writes a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Azure and Entra.
    Azure,
    /// Google Cloud.
    Gcp,
    /// A machine's own log.
    Host,
}

impl Provider {
    /// The word in `n.provider` and attributes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::Host => "host",
        }
    }
}

/// What kind of record this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum LogType {
    /// One element of CloudTrail's `Records`.
    CloudTrail,
    /// CloudTrail Insights; no rule reads it.
    CloudTrailInsight,
    /// CloudTrail's aggregated data events; no rule reads it.
    CloudTrailAggregated,
    /// Azure Activity Log, in Event Hubs, REST, Log Analytics or Elastic shape.
    AzureActivity,
    /// Entra sign-ins, all four categories.
    EntraSignIn,
    /// Entra directory audit.
    EntraAudit,
    /// Entra Identity Protection risk detections (`UserRiskEvents`).
    EntraRisk,
    /// Azure Bastion's `BastionAuditLogs`.
    BastionAudit,
    /// Any other Azure resource log; no rule reads it.
    AzureResource,
    /// A process start: Sysmon 1, Security 4688, Defender for Endpoint, CrowdStrike, Elastic.
    ProcessCreation,
    /// Any other event of an endpoint log; no rule reads it.
    EndpointOther,
    /// Google Cloud audit log.
    GcpAudit,
}

impl LogType {
    /// Whose log it is.
    pub fn provider(self) -> Provider {
        match self {
            Self::CloudTrail | Self::CloudTrailInsight | Self::CloudTrailAggregated => Provider::Aws,
            Self::AzureActivity
            | Self::EntraSignIn
            | Self::EntraAudit
            | Self::EntraRisk
            | Self::BastionAudit
            | Self::AzureResource => Provider::Azure,
            Self::ProcessCreation | Self::EndpointOther => Provider::Host,
            Self::GcpAudit => Provider::Gcp,
        }
    }

    /// The name that logs and metrics use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::CloudTrailInsight => "cloudtrail_insight",
            Self::CloudTrailAggregated => "cloudtrail_aggregated",
            Self::AzureActivity => "azure_activity",
            Self::EntraSignIn => "entra_signin",
            Self::EntraAudit => "entra_audit",
            Self::EntraRisk => "entra_risk",
            Self::BastionAudit => "bastion_audit",
            Self::AzureResource => "azure_resource",
            Self::ProcessCreation => "process_creation",
            Self::EndpointOther => "endpoint_other",
            Self::GcpAudit => "gcp_audit",
        }
    }
}
