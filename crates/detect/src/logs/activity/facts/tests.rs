use serde_json::{Value, json};

use crate::event::testing::{facts, merged, read};
use crate::event::{ActorKind, LogType, OutcomeKind, Purpose};

const VM: &str = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/rg-app/providers/Microsoft.Compute/virtualMachines/web-1";
const USER: &str = "00000000-0000-4000-8000-0000000000bb";

fn run_command() -> Value {
    json!({
        "RoleLocation": "West Europe", "time": "2026-11-20T15:11:47.5329521Z", "resourceId": VM.to_uppercase(),
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative",
        "resultType": "Success", "resultSignature": "Succeeded.OK", "durationMs": "61",
        "callerIpAddress": "198.51.100.7", "correlationId": "00000000-0000-4000-8000-0000000000CC",
        "identity": {
            "authorization": {"scope": VM, "action": "Microsoft.Compute/virtualMachines/runCommand/action",
                "evidence": {"role": "Owner", "principalId": "000000000000400080000000000000bb", "principalType": "User"}},
            "claims": {"name": "Dana Example", "appid": "00000000-0000-4000-8000-0000000000dd",
                "http://schemas.microsoft.com/identity/claims/objectidentifier": USER,
                "http://schemas.microsoft.com/identity/claims/tenantid": "00000000-0000-4000-8000-0000000000ee",
                "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "dana@example.com",
                "http://schemas.microsoft.com/claims/authnmethodsreferences": "pwd,mfa", "ipaddr": "198.51.100.8"}},
        "level": "Information", "location": "global",
        "properties": {"statusCode": "OK", "eventCategory": "Administrative", "entity": VM,
            "message": "Microsoft.Compute/virtualMachines/runCommand/action",
            "hierarchy": "00000000-0000-4000-8000-0000000000ee/00000000-0000-4000-8000-0000000000aa"},
        "tenantId": "00000000-0000-4000-8000-0000000000EE"
    })
}

fn with(patch: &Value) -> crate::event::Facts {
    facts(&merged(&run_command(), patch))
}

#[test]
fn an_identity_that_was_taken_out_is_somebody_unknown() {
    let facts = with(&json!({"identity": "{PII Removed}"}));
    assert_eq!(facts.actor.kind, ActorKind::Unknown);
    assert_eq!(facts.action.key, "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION");
}

#[test]
fn the_envelope() {
    let (log, facts) = read(&run_command());
    assert_eq!(log, LogType::AzureActivity);
    assert_eq!(facts.time.unwrap().to_string(), "2026-11-20T15:11:47.5329521Z");
    assert_eq!(facts.action.key, "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION");
    assert_eq!(facts.action.operation, "Microsoft.Compute/virtualMachines/runCommand/action");
    assert_eq!(facts.action.service, "Microsoft.Compute");
    assert_eq!(facts.target.ids, [VM.to_lowercase()]);
    assert_eq!(facts.target.names, [VM]);
    assert_eq!(facts.target.kind, "Microsoft.Compute/virtualMachines");
    assert_eq!(facts.target.count, 1);
    assert_eq!(facts.scope.subscription.as_deref(), Some("00000000-0000-4000-8000-0000000000aa"));
    assert_eq!(facts.scope.account, "00000000-0000-4000-8000-0000000000aa");
    assert_eq!(facts.scope.resource_group.as_deref(), Some("rg-app"));
    assert_eq!(facts.scope.tenant.as_deref(), Some("00000000-0000-4000-8000-0000000000ee"));
    assert_eq!(facts.scope.region, None);
    assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.7");
    assert_eq!(facts.actor.key, "000000000000400080000000000000bb");
    assert_eq!((facts.actor.kind, facts.actor.is_human), (ActorKind::User, true));
    assert_eq!(
        (facts.actor.display.as_str(), facts.actor.role.as_deref()),
        ("dana@example.com", Some("Owner"))
    );
    assert_eq!(facts.actor.mfa, Some(true));
    assert_eq!(facts.session_id.as_deref(), Some("00000000-0000-4000-8000-0000000000CC"));
    assert_eq!(facts.log_name.as_deref(), Some("Administrative"));
}

#[test]
fn one_operation_has_one_key_and_each_of_its_records_a_uid() {
    let start =
        with(&json!({"resultType": "Start", "resultSignature": "Started.", "time": "2026-11-20T15:11:46Z"}));
    let success = facts(&run_command());
    assert_eq!(start.operation_key(), success.operation_key());
    assert_eq!(start.identity(), success.identity());
    assert_ne!(start.event_uid, success.event_uid);
    let other = with(&json!({"resourceId": format!("{VM}2")}));
    assert_ne!(
        other.operation_key(),
        success.operation_key(),
        "a group's deletion shares one correlation id"
    );
    let none = with(&json!({"correlationId": null}));
    assert_eq!((none.operation_key(), none.identity()), (None, none.event_uid.clone()));
}

#[test]
fn outcomes() {
    use OutcomeKind::{Accepted, Cancelled, Denied, Failed, Pending, Success};
    for (word, expected) in [
        ("Start", Pending),
        ("Started", Pending),
        ("Accept", Accepted),
        ("Accepted", Accepted),
        ("Success", Success),
        ("Succeeded", Success),
        ("Failure", Failed),
        ("Failed", Failed),
        ("Canceled", Cancelled),
        ("Rejected", Failed),
    ] {
        assert_eq!(with(&json!({"resultType": word})).outcome.kind, expected, "{word}");
    }
    for code in ["Forbidden", "Unauthorized"] {
        let outcome = with(&json!({"resultType": "Failure", "properties": {"statusCode": code}})).outcome;
        assert_eq!((outcome.kind, outcome.code.as_deref()), (Denied, Some(code)));
    }
    for code in ["AuthorizationFailed", "LinkedAuthorizationFailed", "RequestDisallowedByPolicy"] {
        let message = json!({"error": {"code": code, "message": "no"}}).to_string();
        let outcome =
            with(&json!({"resultType": "Failed", "properties": {"statusMessage": message}})).outcome;
        assert_eq!(
            (outcome.kind, outcome.code.as_deref(), outcome.message.as_deref()),
            (Denied, Some(code), Some("no"))
        );
    }
    let plain = with(
        &json!({"resultType": "Failed", "properties": {"statusMessage": "it broke", "statusCode": null}}),
    );
    assert_eq!((plain.outcome.kind, plain.outcome.message.as_deref()), (Failed, Some("it broke")));
    for (signature, expected) in [
        ("Started.", Pending),
        ("Accepted.Accepted", Accepted),
        ("Succeeded.OK", Success),
        ("Failed.Forbidden", Denied),
    ] {
        let facts = with(&json!({"resultType": null, "resultSignature": signature}));
        assert_eq!(facts.outcome.kind, expected, "{signature}");
    }
}

#[test]
fn actors() {
    let object_id = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    let upn = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
    let evidence = with(&json!({"identity": {"claims": {object_id: null}}}));
    assert_eq!(
        evidence.actor.key,
        facts(&run_command()).actor.key,
        "with dashes or without, it is one principal"
    );
    let app = with(
        &json!({"identity": {"authorization": {"evidence": null}, "claims": {object_id: null, upn: null,
        "name": null, "idtyp": "app"}}}),
    );
    assert_eq!(app.actor.key, "000000000000400080000000000000dd");
    assert_eq!(
        (app.actor.kind, app.actor.is_human, app.actor.mfa),
        (ActorKind::ServicePrincipal, false, None)
    );
    assert_eq!(app.actor.display, "00000000-0000-4000-8000-0000000000dd");
    let short = with(&json!({"identity": {"claims": {"upn": "short@example.com"}}}));
    assert_eq!(short.actor.display, "short@example.com");
    let managed = with(&json!({"identity": {"claims": {"xms_mirid": VM, "idtyp": "app"}}}));
    assert_eq!(managed.actor.kind, ActorKind::ManagedIdentity);
    let guest = with(&json!({"identity": {"claims": {upn: null, "idtyp": "user"}}}));
    assert_eq!((guest.actor.kind, guest.actor.display.as_str()), (ActorKind::User, "Dana Example"));
    let nobody = with(&json!({"identity": null}));
    assert_eq!((nobody.actor.kind, nobody.actor.key.as_str()), (ActorKind::Unknown, ""));
    let methods = "http://schemas.microsoft.com/claims/authnmethodsreferences";
    assert_eq!(with(&json!({"identity": {"claims": {methods: "pwd"}}})).actor.mfa, Some(false));
    assert_eq!(with(&json!({"identity": {"claims": {methods: "fido"}}})).actor.mfa, None);
}

#[test]
fn the_address_may_be_in_a_claim() {
    let address = |patch: Value| with(&patch).source.ip.map(|ip| ip.to_string());
    assert_eq!(address(json!({"callerIpAddress": null})).as_deref(), Some("198.51.100.8"));
    assert_eq!(address(json!({"callerIpAddress": "198.51.100.9:4711"})).as_deref(), Some("198.51.100.9"));
    assert_eq!(address(json!({"callerIpAddress": null, "identity": {"claims": {"ipaddr": null}}})), None);
}

#[test]
fn what_hangs_below_a_machine_is_cut_off() {
    for below in [
        "/extensions/CustomScript",
        "/runCommands/rc1",
        "/providers/Microsoft.SerialConsole/serialPorts/0",
        "/providers/Microsoft.HybridConnectivity/endpoints/default",
    ] {
        let facts = with(
            &json!({"resourceId": format!("{VM}{below}").to_uppercase(), "properties": {"entity": format!("{VM}{below}")}}),
        );
        assert_eq!(facts.target.ids, [VM.to_lowercase()], "{below}");
        assert_eq!(facts.target.names, [VM]);
        assert_eq!(facts.resource, Some(format!("{VM}{below}").to_lowercase()));
    }
    let command = with(&json!({"resourceId": format!("{VM}/runCommands/rc1")}));
    assert_eq!(command.document.as_deref(), Some("rc1"));
    let scale_set = with(
        &json!({"resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINESCALESETS/V/VIRTUALMACHINES/0"}),
    );
    assert_eq!(scale_set.target.kind, "Microsoft.Compute/virtualMachineScaleSets/virtualMachines");
}

#[test]
fn an_extension_is_known_by_its_declared_type_before_its_name() {
    let body = json!({"properties": {"publisher": "Microsoft.Azure.Extensions", "type": "CustomScript"}});
    let extension =
        json!({"resourceId": format!("{VM}/extensions/Monitoring"), "properties": {"entity": null}});
    let named = with(&extension);
    assert_eq!((named.extension_type, named.document.as_deref()), (None, Some("Monitoring")));
    let agent = |publisher: &str, kind: &str, cut: usize| {
        let mut body = json!({"properties": {"publisher": publisher, "type": kind}}).to_string();
        body.truncate(body.len() - cut);
        with(&merged(&extension, &json!({"properties": {"responseBody": body}}))).extension_runs
    };
    assert_eq!(agent("Microsoft.Azure.Monitor", "AzureMonitorLinuxAgent", 0), Some(Purpose::Upkeep));
    assert_eq!(agent("Microsoft.Azure.Monitor", "AzureMonitorLinuxAgent", 1), None, "cut off");
    assert_eq!(agent("Example.Publisher", "AzureMonitorLinuxAgent", 0), None);
    assert_eq!(agent("Microsoft.Azure.Monitor", "AzureMonitorLinuxAgentToo", 0), None);
    for body in [body.clone(), json!(body.to_string())] {
        for name in ["responseBody", "requestbody"] {
            let facts = with(&merged(&extension, &json!({"properties": {name: body}})));
            assert_eq!(facts.extension_type.as_deref(), Some("CustomScript"));
            assert_eq!(facts.document.as_deref(), Some("CustomScript"));
        }
    }
}

/// The same operation in the other shapes says the same.
#[test]
fn other_shapes_say_the_same() {
    let expected = facts(&run_command());
    let claims = run_command()["identity"]["claims"].clone();
    let authorization = run_command()["identity"]["authorization"].clone();
    let rest = json!({
        "eventTimestamp": "2026-11-20T15:11:47.5329521Z", "caller": "dana@example.com", "authorization": authorization,
        "claims": claims, "correlationId": "00000000-0000-4000-8000-0000000000CC", "resourceId": VM,
        "operationName": {"value": "Microsoft.Compute/virtualMachines/runCommand/action", "localizedValue": "Run"},
        "category": {"value": "Administrative"}, "status": {"value": "Succeeded"}, "subStatus": {"value": "OK"},
        "httpRequest": {"clientIpAddress": "198.51.100.7", "method": "POST"}, "properties": {"statusCode": "OK"},
        "tenantId": "00000000-0000-4000-8000-0000000000ee"
    });
    let python = json!({
        "event_timestamp": "2026-11-20T15:11:47.532952Z", "caller": "dana@example.com", "authorization": authorization,
        "claims": claims, "correlation_id": "00000000-0000-4000-8000-0000000000CC", "resource_id": VM,
        "operation_name": {"value": "Microsoft.Compute/virtualMachines/runCommand/action"},
        "category": {"value": "Administrative"}, "status": {"value": "Succeeded"}, "sub_status": {"value": ""},
        "http_request": {"client_ip_address": "198.51.100.7"}, "properties": {}, "tenant_id": "00000000-0000-4000-8000-0000000000ee"
    });
    let analytics = json!({
        "TimeGenerated": "2026-11-20T15:11:47.5329521Z", "OperationNameValue": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "ActivityStatusValue": "Success", "Caller": "dana@example.com", "CallerIpAddress": "198.51.100.7",
        "Authorization": authorization.to_string(), "Claims": claims.to_string(), "CategoryValue": "Administrative",
        "CorrelationId": "00000000-0000-4000-8000-0000000000CC", "_ResourceId": VM.to_lowercase(),
        "Properties": "{\"statusCode\":\"OK\"}", "SubscriptionId": "00000000-0000-4000-8000-0000000000aa",
        "TenantId": "00000000-0000-4000-8000-0000000000ff", "Type": "AzureActivity"
    });
    let webhook = json!({"schemaId": "Microsoft.Insights/activityLogs", "data": {"status": "Activated", "context": {"activityLog": {
        "eventTimestamp": "2026-11-20T15:11:47.5329521+00:00", "caller": "dana@example.com", "authorization": authorization,
        "claims": claims.to_string(), "correlationId": "00000000-0000-4000-8000-0000000000CC", "resourceId": VM,
        "operationName": "Microsoft.Compute/virtualMachines/runCommand/action", "eventSource": "Administrative",
        "status": "Succeeded", "httpRequest": "{\"clientIpAddress\":\"198.51.100.7\"}", "properties": {"statusCode": "OK"}}}}});
    let mut stringly = run_command();
    stringly["properties"] = json!(stringly["properties"].to_string());
    stringly["identity"] = json!(stringly["identity"].to_string());
    for (name, record) in [
        ("rest", rest),
        ("python", python),
        ("analytics", analytics),
        ("webhook", webhook),
        ("strings", stringly),
    ] {
        let (log, facts) = read(&record);
        assert_eq!(log, LogType::AzureActivity, "{name}");
        assert_eq!(facts.action.key, expected.action.key, "{name}");
        assert_eq!(facts.identity(), expected.identity(), "{name}");
        assert_eq!(facts.outcome.kind, OutcomeKind::Success, "{name}");
        assert_eq!(facts.actor.key, expected.actor.key, "{name}");
        assert_eq!(facts.actor.display, "dana@example.com", "{name}");
        assert_eq!(facts.source.ip, expected.source.ip, "{name}");
        assert_eq!(facts.target.ids, expected.target.ids, "{name}");
        assert_eq!(facts.scope.tenant, expected.scope.tenant, "{name}");
        assert_eq!(facts.log_name, expected.log_name, "{name}");
        assert!(facts.time.is_some(), "{name}");
    }
}

#[test]
fn a_role_assignment_says_whom_it_is_for() {
    let assigned = |properties: Value| {
        with(&json!({"operationName": "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE", "properties": properties})).grantee
    };
    let grantee = Some("000000000000400080000000000000cc".to_owned());
    let body = r#"{"Id":"x","Properties":{"PrincipalId":"00000000-0000-4000-8000-0000000000CC","RoleDefinitionId":"y"}}"#;
    assert_eq!(assigned(json!({"requestbody": body})), grantee);
    assert_eq!(assigned(json!({"responseBody": body.to_lowercase()})), grantee);
    assert_eq!(assigned(json!({"requestbody": "gone"})), None);
    assert_eq!(with(&json!({"properties": {"requestbody": body}})).grantee, None, "no role assignment");
}

#[test]
fn an_actor_of_another_tenant_is_foreign_where_the_record_says_both() {
    const OTHER: &str = "00000000-0000-4000-8000-0000000000fe";
    let foreign = |patch: &Value| with(patch).texts("n.actor.foreign");
    let claims = |name: &str, value: &str| json!({"identity": {"claims": {name: value}}});
    assert_eq!(foreign(&json!({})), ["false"], "tenants are compared without case");
    assert_eq!(foreign(&claims(super::TENANT_ID, OTHER)), ["true"], "delegated administration");
    let without_tenant = merged(&claims(super::TENANT_ID, OTHER), &json!({"tenantId": null}));
    assert_eq!(foreign(&without_tenant), ["true"], "the hierarchy begins with the resource's tenant");
    let guest = claims(super::IDENTITY_PROVIDER, &format!("https://sts.windows.net/{OTHER}/"));
    assert_eq!(foreign(&guest), ["true"], "a guest's token is the resource's, the provider is not");
    let group = json!({"identity": {"authorization": {"evidence": {"principalType": "ForeignGroup"}}}});
    assert_eq!(foreign(&group), ["true"], "the role was given to a group of another tenant");
    let unknown = json!({"tenantId": null, "identity": {"claims": null}, "properties": {"hierarchy": null}});
    assert!(foreign(&unknown).is_empty());
}

#[test]
fn privileged_access_is_told_by_the_name_of_its_event() {
    let record = json!({"time": "2026-11-20T09:00:00Z", "resourceId": VM.to_uppercase(), "resultType": "Succeeded",
        "operationName": "Add member to role (PIM activation)", "category": "Administrative", "correlationId": "c",
        "properties": {"ResourceProviderName": "azurerbac", "EventName": "AddActivatedRole", "ActionType": "Grant"}});
    let (log, facts) = read(&record);
    assert_eq!(
        (log, facts.action.operation.as_str()),
        (LogType::AzureActivity, "azurerbac/AddActivatedRole")
    );
    assert_eq!(facts.outcome.kind, OutcomeKind::Success);
}
