//! Two people who have nothing in common but what a platform gives to both: whatever a suppression takes from the one, it
//! never holds for the other.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::event::testing::facts;
use crate::settle::suppress::{Fact, texts};

/// What is chosen about somebody: nothing of it is alike for two.
struct Chosen {
    name: &'static str,
    host: &'static str,
    place: &'static str,
    account: &'static str,
    id: &'static str,
}

const ONE: Chosen = Chosen {
    name: "dana",
    host: "web-frontend01",
    place: "payments",
    account: "111122223333",
    id: "a1b2c3d4-0f0f-4000-8000-0000000000aa",
};
const OTHER: Chosen = Chosen {
    name: "omar",
    host: "db77.example.net",
    place: "shop",
    account: "999988887777",
    id: "5e6f7a8b-1e1e-4111-9111-111111111122",
};

fn kubernetes(user: &str, groups: &[&str]) -> Value {
    let event = json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a1", "stage": "ResponseStarted",
        "verb": "create", "requestURI": "/x", "user": {"username": user, "groups": groups}, "sourceIPs": ["198.51.100.7"],
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "n", "name": "w"},
        "responseStatus": {"code": 101}, "stageTimestamp": "2026-11-20T09:10:01.5Z"});
    json!({"time": "2026-11-20T09:10:00Z", "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/K",
        "category": "kube-audit", "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        "properties": {"log": event.to_string(), "stream": "stdout"}})
}

fn process(host: &str, user: &str) -> Value {
    json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "x", "CommandLine": "x", "User": user,
        "Computer": host, "UtcTime": "2026-11-20 10:00:00.123"})
}

fn cloudtrail(chosen: &Chosen, identity: Value) -> Value {
    let mut identity = identity;
    identity["accountId"] = json!(chosen.account);
    json!({"eventVersion": "1.09", "eventSource": "ssm.amazonaws.com", "eventName": "SendCommand",
        "eventTime": "2026-11-20T09:00:00Z", "awsRegion": "us-east-1", "recipientAccountId": chosen.account,
        "eventID": chosen.id, "userIdentity": identity, "requestParameters": {}})
}

fn of_role(chosen: &Chosen, role: &str) -> Value {
    let account = chosen.account;
    let last = role.rsplit('/').next().unwrap_or_default();
    cloudtrail(
        chosen,
        json!({"type": "AssumedRole", "arn": format!("arn:aws:sts::{account}:assumed-role/{last}/{}", chosen.name),
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/{role}")}}}),
    )
}

fn google(email: &str) -> Value {
    json!({"insertId": "abc123", "timestamp": "2026-11-20T10:00:00Z",
        "logName": "projects/example-project/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": "gce_instance", "labels": {"project_id": "example-project"}},
        "protoPayload": {"serviceName": "compute.googleapis.com", "methodName": "v1.compute.instances.setMetadata",
            "authenticationInfo": {"principalEmail": email}}})
}

fn azure(chosen: &Chosen, app: &str, groups: &str) -> Value {
    json!({"time": "2026-11-20T15:11:47Z", "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/W",
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative",
        "resultType": "Success", "correlationId": chosen.id,
        "identity": {"claims": {"idtyp": "app", "appid": app, "groups": groups,
            "http://schemas.microsoft.com/identity/claims/objectidentifier": chosen.id}}})
}

/// Everybody of a class, as its platform writes it down.
fn class() -> Vec<fn(&Chosen) -> Value> {
    vec![
        |one| kubernetes(&format!("{}-{}", one.place, one.name), &[one.place, "system:authenticated"]),
        |one| {
            let user = format!("system:serviceaccount:{}:{}-runner", one.place, one.name);
            let space = format!("system:serviceaccounts:{}", one.place);
            kubernetes(&user, &["system:serviceaccounts", &space, "system:authenticated"])
        },
        |_| kubernetes("system:anonymous", &["system:unauthenticated"]),
        |_| kubernetes("masterclient", &["system:masters", "system:authenticated"]),
        |_| kubernetes("kubernetes-admin", &["kubeadm:cluster-admins", "system:authenticated"]),
        |one| kubernetes(&format!("system:node:{}", one.host), &["system:nodes", "system:authenticated"]),
        |_| kubernetes("system:kube-controller-manager", &["system:authenticated"]),
        |one| process(one.host, "NT AUTHORITY\\SYSTEM"),
        |one| process(one.host, "NT AUTHORITY\\LOCAL SERVICE"),
        |one| process(one.host, "NT-AUTORITÄT\\SYSTEM"),
        |one| process(one.host, "AUTORITE NT\\Système"),
        |one| process(one.host, "NETWORK SERVICE"),
        |one| process(one.host, "S-1-5-18"),
        |one| process(one.host, "IIS APPPOOL\\DefaultAppPool"),
        |one| process(one.host, "NT SERVICE\\MSSQLSERVER"),
        |one| process(one.host, &format!("{}\\Administrator", one.host)),
        |one| process(one.host, "root"),
        |one| process(one.host, "ssm-user"),
        |one| process(one.host, "ec2-user"),
        |one| process(one.host, "www-data"),
        |_| process("", "root"),
        |_| process("", "NT AUTHORITY\\SYSTEM"),
        |_| process("", "SYSTEM"),
        |one| cloudtrail(one, json!({"type": "AWSService", "invokedBy": "ssm.amazonaws.com"})),
        |one| cloudtrail(one, json!({"type": "AWSService", "invokedBy": "AWS Internal"})),
        |one| of_role(one, "AmazonSSMRoleForInstancesQuickSetup"),
        |one| of_role(one, "service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole"),
        |one| of_role(one, "aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"),
        |one| {
            let repo = format!("repo:{}/{}", one.name, one.place);
            cloudtrail(
                one,
                json!({"type": "WebIdentityUser", "identityProvider": "token.actions.githubusercontent.com", "userName": repo}),
            )
        },
        |one| {
            let identity = json!({"type": "WebIdentityUser", "identityProvider": "accounts.google.com"});
            cloudtrail(one, identity)
        },
        |one| google(&format!("{}-compute@developer.gserviceaccount.com", one.account)),
        |one| google(&format!("service-{}@gcp-sa-osconfig.iam.gserviceaccount.com", one.account)),
        |one| azure(one, "00000003-0000-0000-c000-000000000000", one.id),
        |one| azure(one, "04b07795-8ddb-461a-bbee-02f9e1bf7b46", one.id),
    ]
}

/// A value and what it can be widened to.
fn widened(text: &str) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = [text.to_owned()].into();
    let ends =
        text.char_indices().filter(|(_, c)| "/:#\\@-. ".contains(*c)).map(|(at, c)| (at, at + c.len_utf8()));
    for (at, behind) in ends {
        for star in ["*", "**"] {
            all.extend([
                format!("{}{star}", &text[..at]),
                format!("{}{star}", &text[..behind]),
                format!("{star}{}", &text[at..]),
                format!("{star}{}", &text[behind..]),
            ]);
            let rest = &text[behind..];
            let next = rest.find(['/', ':', '#', '\\', '@']).map_or(text.len(), |end| behind + end);
            all.insert(format!("{}{star}{}", &text[..behind], &text[next..]));
        }
    }
    // What is longer by a letter than what everybody has.
    let cut = text.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    all.extend([format!("{}*", &text[..cut]), format!("**{text}"), format!("{text}**")]);
    all
}

#[test]
fn nothing_of_one_holds_for_a_stranger() {
    const KEYS: [(&str, Fact); 4] = [
        ("actor.key", Fact::ActorId),
        ("actor.issuer_arn", Fact::ActorIssuer),
        ("actor.appid", Fact::ActorAppId),
        ("actor.groups", Fact::ActorGroups),
    ];
    let rules = load_embedded().rules;
    let base = settled(&send_command("ci/ansible-prod"), &Suppressions::default()).remove(0).0;
    let of = |record: Value| {
        let mut found = base.clone();
        found.facts = facts(&record);
        found
    };
    let (mut hidden, mut accepted) = (BTreeSet::new(), 0);
    for class in class() {
        let (one, other) = (of(class(&ONE)), of(class(&OTHER)));
        for (name, key) in KEYS {
            for value in texts(key, &one).iter().flat_map(|text| widened(text)) {
                let when = serde_json::to_string(&value).unwrap();
                let file = entry(&format!("when: {{{name}: [{when}]}}"));
                let Ok(suppressions) = Suppressions::load("s.yml", &file, &rules, now()) else { continue };
                let holds = |found: &Match| suppressions.naming(found, now()).next().is_some();
                accepted += usize::from(holds(&one));
                if holds(&other) {
                    hidden.insert(format!("{name}: {value}"));
                }
            }
        }
    }
    assert!(hidden.is_empty(), "{} hide a stranger:\n{}", hidden.len(), Vec::from_iter(hidden).join("\n"));
    assert!(accepted > 20, "{accepted}: what names somebody is accepted");
}
