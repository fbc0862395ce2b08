use trailhound_sigma::{FieldMap, LogSource};

use super::{FieldMaps, NAMES, sources};
use crate::event::LogType;
use crate::logs;

fn source(product: &str, service: Option<&str>, category: Option<&str>) -> LogSource {
    LogSource {
        product: Some(product.to_owned()),
        service: service.map(str::to_owned),
        category: category.map(str::to_owned),
        definition: None,
    }
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
        ("activitylogs", "Status", "n.result"),
        ("activitylogs", "ResourceProvider", "n.service"),
        ("activitylogs", "authorization.action", "identity.authorization.action"),
        ("signinlogs", "AppId", "properties.appId"),
        ("signinlogs", "riskLevelDuringSignIn", "properties.riskLevelDuringSignIn"),
        ("signinlogs", "properties.riskLevelDuringSignIn", "properties.riskLevelDuringSignIn"),
        ("signinlogs", "DeviceDetail.trusttype", "properties.deviceDetail.trustType"),
        ("signinlogs", "DeviceDetail.isCompliant", "properties.deviceDetail.isCompliant"),
        ("signinlogs", "AuthenticationRequirement", "properties.authenticationRequirement"),
        ("signinlogs", "ClientAppUsed", "properties.clientAppUsed"),
        ("signinlogs", "Status", "n.result"),
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
    assert_eq!(read(&source("windows", Some("security"), None)), None);
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
