use super::*;
use crate::describe::tests::fixture::{all, aws, azure, entra, facts, text};

/// What stands for an address, taken apart: host, path and query, fragment.
fn parts(url: &str) -> (String, String, String) {
    let rest = url.strip_prefix("https://").expect("https");
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    (host.to_owned(), path.to_owned(), fragment.to_owned())
}

fn link(found: &Match, what: &str) -> String {
    let links = of(found);
    links.iter().find(|link| link.what == what).unwrap_or_else(|| panic!("{what}: {links:?}")).url.clone()
}

#[test]
fn a_session_links_its_record_machine_sessions_and_document() {
    let found = aws();
    let (host, path, fragment) = parts(&link(&found, "Record"));
    assert_eq!(host, "eu-west-1.console.aws.amazon.com");
    assert_eq!(path, "cloudtrailv2/home?region=eu-west-1");
    assert_eq!(fragment, format!("/events/{}", found.facts.event_uid));
    assert_eq!(
        link(&found, "Machine"),
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0123456789abcdef0"
    );
    assert!(link(&found, "Sessions").ends_with("/systems-manager/session-manager/sessions?region=eu-west-1"));
    assert!(link(&found, "Document").contains("/documents/AWS-StartPortForwardingSessionToRemoteHost/"));
}

#[test]
fn other_partitions_have_consoles_of_their_own() {
    for (region, host) in [
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ] {
        let mut found = aws();
        found.facts.scope.region = text(region);
        assert_eq!(parts(&link(&found, "Record")).0, host);
    }
}

#[test]
fn a_command_links_itself() {
    let mut found = aws();
    found.facts.command_id = text("00000000-0000-4000-8000-000000000003");
    assert!(link(&found, "Command").contains("/run-command/00000000-0000-4000-8000-000000000003?"));
}

#[test]
fn azure_links_the_resource_and_whoever_signed_in() {
    let found = azure();
    let (host, _, fragment) = parts(&link(&found, "Resource"));
    assert_eq!(host, "portal.azure.com");
    let path = fragment.split_once("resource/").expect("a resource").1;
    assert!(path.starts_with("subscriptions/") && path.contains("/virtualmachines/"), "{fragment}");
    let user = link(&entra(), "Sign-ins");
    assert!(
        user.starts_with("https://entra.microsoft.com/#view/") && is_guid(user.rsplit('/').next().unwrap())
    );
}

#[test]
fn nothing_of_a_record_leaves_its_place_in_an_address() {
    let hostile = ["x/../../evil?a=b#c", "\" onclick=1", "a b\u{202e}c", "https://evil.example/", "%2e%2e"];
    for text_of in hostile {
        for mut found in all() {
            let facts = &mut found.facts;
            facts.event_uid = text_of.to_owned();
            facts.document = text(text_of);
            facts.document_account = None;
            facts.command_id = text(text_of);
            facts.actor.uid = text(text_of);
            facts.target.ids = vec![
                text_of.to_owned(),
                format!("/subscriptions/{text_of}"),
                format!("i-0123456789abcdef0{text_of}"),
            ]
            .into();
            for link in of(&found) {
                let (host, path, fragment) = parts(&link.url);
                assert!(
                    ["amazon.com", "azure.com", "microsoft.com"].iter().any(|ours| host.ends_with(ours)),
                    "{link:?}"
                );
                let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%/?=#:@".contains(c);
                assert!(link.url.chars().all(plain), "{link:?}");
                assert!(path.matches('?').count() <= 1 && !fragment.contains(['?', '#']), "{link:?}");
                assert!(path.split('/').all(|segment| segment != ".."), "{link:?}");
            }
        }
        let mut found = aws();
        found.facts.scope.region = text(text_of);
        assert_eq!(of(&found), [], "a region decides the host");
    }
}

#[test]
fn what_has_no_page_has_no_link() {
    let mut found = aws();
    found.facts = facts(LogType::CloudTrail);
    assert_eq!(of(&found), []);
}

#[test]
fn an_address_that_is_too_long_is_left_out_and_no_other() {
    let with = |name: usize| {
        let mut found = aws();
        found.facts.document = Some("d".repeat(name));
        of(&found)
    };
    let room = LONGEST - with(1).iter().find(|link| link.what == "Document").unwrap().url.len() + 1;
    assert_eq!(with(room).iter().find(|link| link.what == "Document").unwrap().url.len(), LONGEST);
    let without: Vec<_> = with(room).into_iter().filter(|link| link.what != "Document").collect();
    assert_eq!(with(room + 1), without);
}
