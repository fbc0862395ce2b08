//! Records to put what a rule wants into: the plainest of a log first, then one with as much as it can have.

use serde_json::{Value, json};

use super::place;
use crate::log_type::LogType;
use crate::logs::{self, SigmaSource};

/// What belongs to one operation, and not to others.
fn of_one_operation(log: LogType) -> &'static [&'static str] {
    match log {
        LogType::CloudTrail => &["requestParameters", "responseElements"],
        LogType::AzureActivity => &["properties.responseBody", "properties.message", "properties.entity"],
        LogType::EntraAudit => {
            &["properties.additionalDetails", "properties.targetResources.modifiedProperties"]
        }
        LogType::EntraSignIn => &[
            "properties.riskEventTypes_v2",
            "properties.networkLocationDetails",
            "properties.deviceDetail",
            "properties.status.additionalDetails",
        ],
        LogType::GcpAudit => &["protoPayload.metadata", "protoPayload.authorizationInfo", "operation"],
        LogType::KubernetesAudit => {
            &["objectRef.subresource", "impersonatedUser", "requestObject", "responseObject", "annotations"]
        }
        LogType::ProcessCreation => &["ParentImage", "Hashes", "IntegrityLevel", "LogonId", "ProcessGuid"],
        _ => &[],
    }
}

/// Records of a log that a source asks for.
pub(super) fn of(log: LogType, source: &SigmaSource) -> Vec<Value> {
    let full = if log == LogType::ProcessCreation {
        start(source)
    } else {
        serde_json::from_str(logs::of(log).sample).unwrap_or_default()
    };
    let mut plain = full.clone();
    for path in of_one_operation(log) {
        place::remove(&mut plain, path);
    }
    vec![plain, full]
}

/// A process start on the system, and of the event, that a source asks for.
fn start(source: &SigmaSource) -> Value {
    let windows: Value = serde_json::from_str(logs::of(LogType::ProcessCreation).sample).unwrap_or_default();
    match (source.product, source.event) {
        (Some("linux"), _) => json!({"EventID": 1, "Channel": "Linux-Sysmon/Operational",
            "ProviderName": "Linux-Sysmon", "Computer": "web-1", "EventRecordID": 4711,
            "UtcTime": "2026-11-20 09:00:00.123", "ProcessId": 4242, "Image": "/usr/bin/id", "CommandLine": "id",
            "User": "dana", "ParentImage": "/usr/bin/bash"}),
        (Some("macos"), _) => json!({"OSPlatform": "macOS", "Computer": "web-1", "EventRecordID": 4711,
            "UtcTime": "2026-11-20 09:00:00.123", "ProcessId": 4242, "Image": "/usr/bin/id", "CommandLine": "id",
            "User": "dana", "ParentImage": "/bin/zsh"}),
        (_, Some("4688")) => json!({"EventID": 4688, "Channel": "Security",
            "ProviderName": "Microsoft-Windows-Security-Auditing", "Computer": "web-1", "EventRecordID": 4711,
            "TimeCreated": "2026-11-20T09:00:00.123Z", "Image": "C:\\Windows\\System32\\whoami.exe",
            "CommandLine": "whoami /all", "SubjectUserName": "dana", "SubjectDomainName": "WEB-1",
            "ParentImage": "C:\\Windows\\System32\\cmd.exe"}),
        _ => windows,
    }
}
