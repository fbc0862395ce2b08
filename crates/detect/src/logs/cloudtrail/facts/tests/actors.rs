use serde_json::{Value, json};

use super::{INSTANCE, start_session, with};
use crate::event::ActorKind;
use crate::event::testing::{facts, merged};

#[test]
fn actors_by_type() {
    let identity = |identity: Value| {
        let mut record = start_session();
        record["userIdentity"] = identity;
        facts(&record).actor
    };
    let user = identity(json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/team/dana",
        "accountId": "111122223333", "userName": "dana", "accessKeyId": "AKIAEXAMPLEEXAMPLEEX"}));
    assert_eq!((user.key.as_str(), user.kind), ("arn:aws:iam::111122223333:user/dana", ActorKind::User));
    assert_eq!(user.uid.as_deref(), Some("arn:aws:iam::111122223333:user/team/dana"));
    assert_eq!(
        (user.display.as_str(), user.credential_uid.as_deref()),
        ("dana", Some("AKIAEXAMPLEEXAMPLEEX"))
    );

    let root = identity(
        json!({"type": "Root", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333"}),
    );
    assert_eq!((root.key.as_str(), root.kind, root.is_human), ("root:111122223333", ActorKind::Root, true));

    let federated = identity(json!({"type": "FederatedUser", "accountId": "111122223333",
        "arn": "arn:aws:sts::111122223333:federated-user/eve",
        "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:user/dana"}}}));
    assert_eq!(federated.key, "arn:aws:iam::111122223333:user/dana");
    assert_eq!(federated.claimed.as_deref(), Some("arn:aws:iam::111122223333:user/dana#eve"));
    assert_eq!((federated.kind, federated.mfa), (ActorKind::Federated, None));

    let saml = identity(json!({"type": "SAMLUser", "principalId": "abc:dana@example.com",
        "userName": "dana@example.com", "identityProvider": "https://idp.example.com/saml"}));
    assert_eq!(saml.key, "https://idp.example.com/saml#dana@example.com");
    let web =
        identity(json!({"type": "WebIdentityUser", "principalId": "ci.example.com:sts.example.com:repo-1"}));
    assert_eq!(web.key, "ci.example.com#repo-1");

    let center = identity(json!({"type": "IdentityCenterUser", "accountId": "111122223333",
        "onBehalfOf": {"userId": "00000000-0000-4000-8000-00000000000a",
            "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-0000000000"}}));
    assert!(center.key.ends_with("#00000000-0000-4000-8000-00000000000a") && center.is_human);

    let service = identity(json!({"type": "AWSService", "invokedBy": "ssm.amazonaws.com"}));
    assert_eq!((service.key.as_str(), service.is_service), ("ssm.amazonaws.com", true));

    let account =
        identity(json!({"type": "AWSAccount", "accountId": "444455556666", "principalId": "AIDAEXAMPLE"}));
    assert_eq!((account.key.as_str(), account.kind), ("444455556666:AIDAEXAMPLE", ActorKind::Account));

    let unnamed =
        identity(json!({"userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "accountId": "111122223333"}));
    assert_eq!(unnamed.key, "HIDDEN_DUE_TO_SECURITY_REASONS#198.51.100.7");
    assert_eq!((unnamed.display.as_str(), unnamed.name, unnamed.uid), ("", None, None));
    // What the record does not say, or says by a constant, is nobody's name.
    for nobody in [
        Value::Null,
        json!({}),
        json!({"type": "", "arn": "-", "userName": null, "principalId": ""}),
        json!({"type": "Unknown", "principalId": "Anonymous"}),
        json!({"type": "AWSAccount", "accountId": "ANONYMOUS_PRINCIPAL", "principalId": ""}),
        json!({"type": "AWSAccount"}),
    ] {
        let actor = identity(nobody.clone());
        assert_eq!((actor.key.as_str(), actor.display.as_str(), actor.is_human), ("", "", false), "{nobody}");
    }
    let service = identity(json!({"type": "AWSService"}));
    assert_eq!(
        (service.display.as_str(), service.is_service),
        ("", true),
        "the service that was called is another"
    );
    assert_eq!(identity(json!({"userName": "dana"})).key, "dana");
    assert_eq!(identity(Value::Null).kind, ActorKind::Unknown);
}

#[test]
fn roles_key_on_the_role_and_people_where_identity_center_names_them() {
    let session = |name: &str, issuer: &str, more: Value| {
        with(&merged(
            &json!({"userIdentity": {
                "arn": format!("arn:aws:sts::111122223333:assumed-role/R/{name}"),
                "sessionContext": {"sessionIssuer": {"arn": issuer}}}}),
            &json!({"userIdentity": {"sessionContext": more}}),
        ))
        .actor
    };
    let (role, key) = ("arn:aws:iam::111122223333:role/ops/R", "arn:aws:iam::111122223333:role/R");
    let machine = session("deploy", role, json!({}));
    assert_eq!((machine.key.as_str(), machine.is_human, machine.display.as_str()), (key, false, "R/deploy"));
    assert_eq!(machine.mfa, Some(false));
    let person = session("dana@example.com", role, json!({}));
    assert_eq!((person.key.as_str(), person.is_human), (key, true));
    assert_eq!(person.claimed, Some(format!("{key}#dana@example.com")));
    let known = session("deploy", role, json!({"sourceIdentity": "dana"}));
    assert_eq!((known.key.as_str(), known.source_identity.as_deref()), (key, Some("dana")));
    let alike =
        session("dana", "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef", json!({}));
    assert!(!alike.key.contains('#'), "a role of that name that Identity Center did not make");
    let sso =
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
    let center = session("dana", sso, json!({}));
    assert_eq!((center.key, center.mfa, center.is_human), (format!("{}#dana", alike.key), None, true));
    let instance = session(INSTANCE, role, json!({}));
    assert_eq!((instance.key.as_str(), instance.kind, instance.is_human), (key, ActorKind::Instance, false));
    assert_eq!(session("i-team", role, json!({})).kind, ActorKind::Role);

    assert_eq!(machine.issuer.as_deref(), Some(role), "where the record tells the path, the issuer has it");

    let no_issuer = with(&json!({"userIdentity": {"sessionContext": null}})).actor;
    assert_eq!(no_issuer.key, "arn:aws:iam::111122223333:role/OpsReadOnly");
}

#[test]
fn second_factor_console_and_services() {
    let attributes =
        |mfa: &str| json!({"userIdentity": {"sessionContext": {"attributes": {"mfaAuthenticated": mfa}}}});
    assert_eq!(with(&attributes("true")).actor.mfa, Some(true));
    assert_eq!(with(&attributes("false")).actor.mfa, Some(false));

    let login = |identity: &str, data: Value| {
        with(&json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
            "eventType": "AwsConsoleSignIn", "userIdentity": {"type": identity}, "additionalEventData": data}))
        .actor
    };
    assert_eq!(login("IAMUser", json!({"MFAUsed": "No"})).mfa, Some(false));
    assert_eq!(login("Root", json!({"MFAUsed": "Yes"})).mfa, Some(true));
    assert_eq!(login("AssumedRole", json!({"MFAUsed": "No"})).mfa, None);
    assert_eq!(
        login(
            "IAMUser",
            json!({"MFAUsed": "No", "SamlProviderArn": "arn:aws:iam::111122223333:saml-provider/x"})
        )
        .mfa,
        None
    );
    assert!(login("IAMUser", json!({"MFAUsed": "No"})).console);
    assert!(with(&json!({"sessionCredentialFromConsole": "true"})).actor.console);

    let invoked = with(&json!({"userIdentity": {"invokedBy": "ssm-guiconnect.amazonaws.com"},
        "sourceIPAddress": "ssm-guiconnect.amazonaws.com"}));
    assert!(invoked.actor.is_service);
    assert_eq!((invoked.source.ip, invoked.source.kind()), (None, Some("service")));
    assert_eq!(with(&json!({"sourceIPAddress": "AWS Internal"})).source.kind(), Some("internal"));
    assert_eq!(with(&json!({"sourceIPAddress": "2001:db8::1"})).source.kind(), Some("ip"));
}

#[test]
fn an_instances_own_session_names_the_instance() {
    let session = format!("arn:aws:sts::111122223333:assumed-role/web/{INSTANCE}");
    let facts = with(
        &json!({"userIdentity": {"arn": session, "principalId": format!("AROAEXAMPLEEXAMPLEEX:{INSTANCE}")}}),
    );
    assert_eq!(facts.texts("n.actor.instance"), [INSTANCE]);
    assert!(with(&json!({})).texts("n.actor.instance").is_empty());
}
