use serde_json::json;
use trailhound_sigma::{FieldMap, LogSource};

use super::{FieldMaps, NAMES, Unread, sources};
use crate::event::LogType;
use crate::logs;

fn source(product: &str, service: Option<&str>, category: Option<&str>) -> LogSource {
    LogSource::new(Some(product), category, service)
}

fn resolve(source: &LogSource, field: &str) -> Result<Vec<String>, Option<String>> {
    FieldMaps.resolve(source, field).map_err(|unknown| unknown.suggestion)
}

#[test]
fn public_and_raw_names_lead_to_the_same_place() {
    for (service, field, expected) in [
        ("activitylogs", "operationName", "operationName"),
        ("activitylogs", "OperationName", "operationName"),
        ("activitylogs", "OperationNameValue", "operationName"),
        ("activitylogs", "operationName.value", "operationName"),
        ("activitylogs", "properties.message", "properties.message"),
        ("activitylogs", "Status", "n.all:n.result+resultType"),
        ("activitylogs", "ResourceProvider", "n.service"),
        ("activitylogs", "authorization.action", "identity.authorization.action"),
        ("signinlogs", "AppId", "properties.appId"),
        ("signinlogs", "riskLevelDuringSignIn", "properties.riskLevelDuringSignIn"),
        ("signinlogs", "properties.riskLevelDuringSignIn", "properties.riskLevelDuringSignIn"),
        ("signinlogs", "DeviceDetail.trusttype", "properties.deviceDetail.trustType"),
        ("signinlogs", "DeviceDetail.isCompliant", "properties.deviceDetail.isCompliant"),
        ("signinlogs", "AuthenticationRequirement", "properties.authenticationRequirement"),
        ("signinlogs", "ClientAppUsed", "properties.clientAppUsed"),
        ("auditlogs", "LoggedByService", "properties.loggedByService"),
        (
            "auditlogs",
            "TargetResources.modifiedProperties.newValue",
            "properties.targetResources.modifiedProperties.newValue",
        ),
        (
            "auditlogs",
            "TargetResources.ModifiedProperties.NewValue",
            "properties.targetResources.modifiedProperties.newValue",
        ),
        ("auditlogs", "InitiatedBy.User.UserPrincipalName", "properties.initiatedBy.user.userPrincipalName"),
        ("riskdetection", "riskEventType", "properties.riskEventType"),
    ] {
        let paths = resolve(&source("azure", Some(service), None), field).unwrap();
        assert_eq!(paths[0], expected, "{service} {field}");
    }
    let process = source("windows", None, Some("process_creation"));
    assert_eq!(resolve(&process, "NewProcessName").unwrap(), ["Image"]);
    assert_eq!(resolve(&process, "Imphash").unwrap(), ["n.hash.imphash"]);
}

#[test]
fn fields_below_the_known_are_open_and_others_are_not() {
    let trail = source("aws", Some("cloudtrail"), None);
    assert_eq!(resolve(&trail, "requestParameters.a.b").unwrap(), ["requestParameters.a.b"]);
    assert_eq!(resolve(&trail, "eventNmae"), Err(Some("eventName".to_owned())));
    assert!(resolve(&trail, "requestParameters.").is_err());
    let process = source("windows", None, Some("process_creation"));
    assert_eq!(resolve(&process, "CommandLin"), Err(Some("CommandLine".to_owned())));
    assert!(resolve(&process, "a.b").is_err());
    assert!(resolve(&trail, "n.outcome").is_ok());
    assert_eq!(resolve(&trail, "n.outcom"), Err(Some("n.outcome".to_owned())));
}

#[test]
fn log_sources_say_what_they_read() {
    let read = |source: &LogSource| FieldMaps.log_types(source);
    assert_eq!(read(&source("AWS", Some("CloudTrail"), None)), Some(vec![LogType::CloudTrail]));
    assert_eq!(read(&source("linux", None, Some("process_creation"))), Some(vec![LogType::ProcessCreation]));
    assert_eq!(read(&source("aws", Some("route53"), None)), None);
    assert_eq!(read(&source("windows", Some("security"), None)), Some(vec![LogType::ProcessCreation]));
    let named = |product: Option<&str>, service: Option<&str>| LogSource::new(product, None, service);
    assert_eq!(read(&named(Some("aws"), None)), Some(vec![LogType::CloudTrail]));
    assert_eq!(read(&named(None, Some("cloudtrail"))), Some(vec![LogType::CloudTrail]));
    let azure = read(&named(Some("azure"), None)).unwrap();
    assert!(azure.contains(&LogType::AzureActivity) && azure.contains(&LogType::EntraSignIn), "{azure:?}");
    let slip = |product, service| FieldMaps::reads(&named(Some(product), Some(service))).unwrap_err();
    assert_eq!(slip("linux", "syslog"), Unread::Beyond, "a log of its own, and no slip for sysmon");
    assert_eq!(slip("awz", "cloudtrail"), Unread::Slip("aws/cloudtrail".to_owned()));
    assert_eq!(slip("aws", "cloudtrial"), Unread::Slip("aws/cloudtrail".to_owned()));
    for (product, service) in [("aws", "route53"), ("azure", "pim"), ("m365", "audit"), ("windows", "system")]
    {
        assert_eq!(slip(product, service), Unread::Beyond, "{product}/{service}");
    }
}

/// Does a rule of one selection match a record?
fn matches(source: &LogSource, selection: &str, record: &serde_json::Value) -> bool {
    let parts = [("product", &source.product), ("category", &source.category), ("service", &source.service)];
    let parts: Vec<String> =
        parts.iter().filter_map(|(key, part)| Some(format!("{key}: {}", part.as_ref()?))).collect();
    let text = format!(
        "title: t\nlogsource: {{{}}}\ndetection: {{s: {selection}, condition: s}}\n",
        parts.join(", ")
    );
    let document = trailhound_sigma::parse("t.yml", &text, &trailhound_sigma::ParseOptions::default());
    let Ok([trailhound_sigma::SigmaDocument::Rule(rule)]) = document.as_deref() else {
        panic!("{document:?}")
    };
    let compiled =
        trailhound_sigma::CompiledRule::compile(rule, &FieldMaps).unwrap_or_else(|wrong| panic!("{wrong}"));
    crate::event::testing::with(&record.to_string(), |event| compiled.matches(event)).unwrap()
}

#[test]
fn sign_ins_mean_what_the_portal_calls_them() {
    let source = source("azure", Some("signinlogs"), None);
    let record = |patch: serde_json::Value| {
        let base = json!({
            "time": "2026-03-18T09:00:00Z", "category": "SignInLogs", "operationName": "Sign-in activity",
            "resultType": "0", "tenantId": "t",
            "properties": {"id": "1", "userPrincipalName": "alice@example.com", "appId": "a", "userId": "u",
                           "status": {"errorCode": 0}, "authenticationProtocol": "none"},
        });
        crate::event::testing::merged(&base, &patch)
    };
    let denied = json!({"resultType": "500121", "properties": {"status": {
        "errorCode": 500_121, "failureReason": "Authentication failed during strong authentication request.",
        "additionalDetails": "MFA denied; user declined the authentication"}}});
    let interrupted = json!({"resultType": "50074", "properties": {"status": {"errorCode": 50_074}}});
    let device = json!({"properties": {"authenticationProtocol": "deviceCode"}});
    for (selection, patch) in [
        ("{Status: Success}", json!({})),
        ("{Status|contains: 'MFA Denied'}", denied.clone()),
        ("{Status: failure}", denied.clone()),
        ("{Status: 500121}", denied.clone()),
        ("{Status: Interrupted}", interrupted),
        ("{properties.message: Device Code}", device.clone()),
        ("{properties.message: Sign-in activity}", json!({})),
        ("{authenticationProtocol: deviceCode}", device.clone()),
        ("{authenticationProtocol: Device Code}", device),
        ("{properties.message: ROPC}", json!({"properties": {"authenticationProtocol": "ropc"}})),
        ("{ActivityDetails: Sign-ins}", json!({})),
        ("{NetworkLocationDetails: '[]'}", json!({"properties": {"networkLocationDetails": []}})),
        ("{NetworkLocationDetails: '[]'}", json!({"properties": {"networkLocationDetails": "[]"}})),
        (
            "{authenticationProcessingDetails.Is CAE Token: 'True'}",
            json!({"properties": {"authenticationProcessingDetails": [{"key": "Is CAE Token", "value": "True"}]}}),
        ),
    ] {
        assert!(matches(&source, selection, &record(patch)), "{selection}");
    }
    for selection in ["{Status: failure}", "{properties.message: ROPC}", "{NetworkLocationDetails: '[]'}"] {
        assert!(!matches(&source, selection, &record(json!({}))), "{selection}");
    }
}

#[test]
fn the_directory_means_the_category_of_its_activity_and_names_details_by_their_names() {
    let source = source("azure", Some("auditlogs"), None);
    let record = json!({
        "time": "2026-03-18T09:00:00Z", "category": "AuditLogs", "operationName": "Add member to role",
        "resourceId": "/tenants/t/providers/Microsoft.aadiam",
        "properties": {
            "id": "1", "category": "RoleManagement", "result": "success",
            "resultReason": "Admin registered temporary access pass method for user",
            "activityDisplayName": "Add member to role",
            "additionalDetails": [{"key": "User-Agent", "value": "curl/8"}],
            "targetResources": [{"modifiedProperties": [
                {"displayName": "ConsentContext.IsAdminConsent", "newValue": "\"False\""},
                {"displayName": "Role.DisplayName", "newValue": "\"Global Administrator\""}]}],
        },
    });
    for selection in [
        "{Category: RoleManagement}",
        "{category: AuditLogs}",
        "{Status: Success}",
        "{Status: Admin registered temporary access pass method for user}",
        "{ConsentContext.IsAdminConsent: 'false'}",
        "{AdditionalDetails.User-Agent|startswith: curl}",
        "{AdditionalDetails.key: User-Agent}",
        "{ModifiedProperties.Role.DisplayName: Global Administrator}",
        "{TargetResources.ModifiedProperties.NewValue|contains: Global}",
    ] {
        assert!(matches(&source, selection, &record), "{selection}");
    }
    for selection in [
        "{Category: UserManagement}",
        "{AdditionalDetails.User-Agent: x}",
        "{AdditionalDetails.Other: curl/8}",
    ] {
        assert!(!matches(&source, selection, &record), "{selection}");
    }
}

#[test]
fn an_activity_is_somebodys_where_only_claims_say_whose() {
    let source = source("azure", Some("activitylogs"), None);
    let record = json!({
        "time": "2026-03-18T09:00:00Z", "category": "Administrative", "resultType": "Success",
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE", "correlationId": "c",
        "resourceId": "/SUBSCRIPTIONS/00000000-0000-0000-0000-00000000000A/RESOURCEGROUPS/RG/PROVIDERS/X/Y/Z",
        "identity": {"claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com"}},
    });
    for selection in [
        "{Caller: alice@example.com}",
        "{SubscriptionId: 00000000-0000-0000-0000-00000000000a}",
        "{Status: Succeeded}",
        "{ActivityStatusValue: Success}",
    ] {
        assert!(matches(&source, selection, &record), "{selection}");
    }
    let app = json!({"identity": {"claims": {
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": null, "appid": "the-app", "idtyp": "app",
        "http://schemas.microsoft.com/identity/claims/objectidentifier": "the-object"}}});
    let record = crate::event::testing::merged(&record, &app);
    assert!(
        matches(&source, "{Caller: the-object}", &record) && matches(&source, "{Caller: the-app}", &record)
    );
    let column = crate::event::testing::merged(&record, &json!({"caller": "bob@example.com"}));
    assert!(
        matches(&source, "{Caller: bob@example.com}", &column)
            && !matches(&source, "{Caller: the-app}", &column)
    );
}

#[test]
fn security_4688_keeps_the_names_of_its_own() {
    let source = source("windows", Some("security"), None);
    let record = json!({"EventID": 4688, "Channel": "Security", "Computer": "h", "ProcessId": "0x10",
                        "NewProcessId": "0x20", "NewProcessName": "C:\\a.exe"});
    assert!(matches(&source, "{EventID: 4688, ProcessId: '0x10', NewProcessId: '0x20'}", &record));
    assert_eq!(FieldMaps.closed(&source, "EventID"), Some(vec!["4688".to_owned()]));
}

#[test]
fn every_log_source_has_a_table_whose_facts_exist() {
    for (log, source) in sources() {
        let table = logs::of(log).fields.expect("a table");
        for path in table.paths().filter(|path| path.starts_with("n.")) {
            assert!(NAMES.contains(&path), "{path} in {source:?}");
        }
    }
}
