//! The logs that records are told apart by before they are put into shapes.

use serde_json::Value;

/// The log a record is of, in the form that its cloud itself writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Log {
    /// AWS CloudTrail.
    CloudTrail,
    /// Azure's Activity Log.
    Activity,
    /// Entra's sign-ins.
    SignIn,
    /// Entra's directory audit.
    Audit,
    /// Entra's risk detections.
    Risk,
    /// Azure Bastion's sessions.
    Bastion,
    /// Sysmon's process starts.
    Sysmon,
    /// CrowdStrike's process starts.
    Falcon,
    /// Google Cloud's audit log.
    Gcp,
    /// Somebody else's form of it already, which only what knows no log may carry.
    Foreign,
}

impl Log {
    /// The logs that have a form of their own.
    pub const OWN: [Self; 9] = [
        Self::CloudTrail,
        Self::Activity,
        Self::SignIn,
        Self::Audit,
        Self::Risk,
        Self::Bastion,
        Self::Sysmon,
        Self::Falcon,
        Self::Gcp,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::Activity => "activity",
            Self::SignIn => "signin",
            Self::Audit => "audit",
            Self::Risk => "risk",
            Self::Bastion => "bastion",
            Self::Sysmon => "sysmon",
            Self::Falcon => "falcon",
            Self::Gcp => "gcp",
            Self::Foreign => "foreign",
        }
    }

    /// What a record is one of.
    pub fn of(record: &Value) -> Self {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let category = text("category");
        let is_wrapped = ["time", "@timestamp"].iter().all(|name| record[name].is_null());
        if record["eventSource"].is_string() && record["eventName"].is_string() {
            Self::CloudTrail
        } else if record["protoPayload"].is_object() {
            Self::Gcp
        } else if record["event_simpleName"].is_string() {
            Self::Falcon
        } else if record["Image"].is_string() && (record["UtcTime"].is_string() || record["EventID"].is_u64())
        {
            Self::Sysmon
        } else if is_wrapped {
            Self::Foreign
        } else if category.ends_with("SignInLogs") {
            Self::SignIn
        } else if category == "AuditLogs" {
            Self::Audit
        } else if category.ends_with("RiskEvents") {
            Self::Risk
        } else if category == "BastionAuditLogs" {
            Self::Bastion
        } else if text("operationName").contains('/') && matches!(category, "Administrative" | "") {
            Self::Activity
        } else {
            Self::Foreign
        }
    }

    /// Where a record names itself.
    pub fn id(self) -> Option<&'static str> {
        match self {
            Self::CloudTrail => Some("/eventID"),
            Self::Activity => Some("/correlationId"),
            Self::SignIn | Self::Audit | Self::Risk => Some("/properties/id"),
            Self::Falcon => Some("/id"),
            Self::Sysmon => Some("/EventRecordID"),
            Self::Bastion | Self::Gcp | Self::Foreign => None,
        }
    }
}
