//! Whom the trust policy in a call lets assume a role.
//!
//! Read as IAM reads it: statement by statement, so that neither another statement's condition nor an account's number
//! in a name says anything of who is let in.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Kind, Node};

use super::super::arn::Arn;
use crate::facts::{Facts, Trusted};
use crate::logs::json::embedded;
use crate::logs::node::texts_of;

/// Actions beside assuming a role that a trust policy may allow; alone they let nobody in.
const NO_WAY_IN: &[&str] = &["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"];

/// Condition keys that tie a caller to the organisation or a network of the account's. An external id does not: it is a word
/// that both sides know, and whoever writes the policy may be one of them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
const TIES: &[&str] = &[
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceaccount",
    "aws:sourcearn",
];

/// Identity providers that anybody can have an account with, and what of a token says whose it is.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
const SHARED_PROVIDERS: &[(&str, &[&str])] = &[
    (
        "token.actions.githubusercontent.com",
        &[
            "sub",
            "job_workflow_ref",
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
        ],
    ),
    ("vstoken.actions.githubusercontent.com", &["sub"]),
    ("gitlab.com", &["sub", "namespace_id", "project_id", "namespace_path", "project_path"]),
    ("app.terraform.io", &["sub"]),
    ("agent.buildkite.com", &["sub"]),
    ("oidc.codefresh.io", &["sub"]),
    ("studio.datachain.ai/api", &["sub"]),
    ("scalr.io", &["sub"]),
    ("proidc.upbound.io", &["sub"]),
    ("api.pulumi.com/oidc", &["sub", "aud"]),
    ("oidc.vercel.com", &["sub", "aud"]),
    ("sandboxes.cloud", &["aud"]),
    ("cognito-identity.amazonaws.com", &["aud"]),
    ("accounts.google.com", &["sub", "aud", "oaud"]),
    ("www.amazon.com", &["app_id", "user_id"]),
    ("graph.facebook.com", &["app_id", "id"]),
];

/// Condition keys that say who the principal is.
const NAMES_PRINCIPAL: &[&str] = &["aws:principalaccount", "aws:principalarn"];

/// Every kind of principal that is let in, once.
pub(super) fn read(record: &Document<'_>, facts: &Facts) -> Vec<Trusted> {
    let mut trusted = Vec::new();
    for path in ["requestParameters.policyDocument", "requestParameters.assumeRolePolicyDocument"] {
        let Some(written) = record.get(path) else { continue };
        embedded(written, |policy| {
            for statement in members(policy.key_any_case("Statement")?) {
                allowed(statement, &facts.scope.account, &mut trusted);
            }
            Some(())
        });
    }
    trusted.sort_unstable();
    trusted.dedup();
    trusted
}

/// A list's members, or the one that stands without a list.
fn members(node: Node<'_>) -> Vec<Node<'_>> {
    if node.kind() == Kind::Array { node.members().collect() } else { vec![node] }
}

fn allowed(statement: Node<'_>, own: &str, trusted: &mut Vec<Trusted>) {
    let allows = statement
        .key_any_case("Effect")
        .and_then(Node::as_str)
        .is_some_and(|effect| effect.eq_ignore_ascii_case("Allow"));
    let actions = statement.key_any_case("Action").map(texts_of).unwrap_or_default();
    let is_way_in = actions.is_empty()
        || actions.iter().any(|action| !NO_WAY_IN.contains(&action.to_ascii_lowercase().as_str()));
    if !allows || !is_way_in {
        return;
    }
    let mut principals = Vec::new();
    if let Some(named) = statement.key_any_case("Principal") {
        let of_aws = if named.kind() == Kind::Object { named.key_any_case("AWS") } else { Some(named) };
        principals.extend(of_aws.map(texts_of).unwrap_or_default());
    }
    let federated = statement.key_any_case("Principal").and_then(|named| named.key_any_case("Federated"));
    for provider in federated.map(texts_of).unwrap_or_default() {
        let name = provider.split_once(":oidc-provider/").map_or(provider.as_str(), |(_, name)| name);
        let shared = SHARED_PROVIDERS.iter().find(|(shared, _)| name.eq_ignore_ascii_case(shared));
        if shared.is_some_and(|(issuer, claims)| !names_whose(statement, issuer, claims)) {
            trusted.push(Trusted::Everybody);
        }
    }
    // Everybody but those it names.
    if statement.key_any_case("NotPrincipal").is_some() {
        principals.push("*".to_owned());
    }
    for principal in principals {
        match kind(&principal, own) {
            Trusted::Everybody => narrowed(statement, own, trusted),
            kind => trusted.push(kind),
        }
    }
}

fn kind(principal: &str, own: &str) -> Trusted {
    let account = Arn::parse(principal).map_or(principal, |arn| arn.account);
    if principal.trim() == "*" || account.contains(['*', '?']) {
        Trusted::Everybody
    } else if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && account != own {
        Trusted::Foreign
    } else {
        // The unique id of a deleted principal is of the account, too.
        Trusted::Account
    }
}

/// Does a condition of the statement say whose token it takes?
fn names_whose(statement: Node<'_>, issuer: &str, claims: &[&str]) -> bool {
    let is_whose = |key: &str| {
        let (of, claim) = key.rsplit_once(':').unwrap_or_default();
        of.eq_ignore_ascii_case(issuer) && claims.iter().any(|known| claim.eq_ignore_ascii_case(known))
    };
    // `repo:*` names a kind and nobody of it.
    let is_anybodys = |value: &str| {
        let named = value.split(['*', '?']).next().unwrap_or_default();
        named.len() < value.len() && named.rsplit(':').next().unwrap_or_default().is_empty()
    };
    let conditions = statement.key_any_case("Condition");
    conditions.into_iter().flat_map(Node::entries).any(|(operator, keys)| {
        narrows(&operator.as_str().unwrap_or_default().to_ascii_lowercase())
            && keys.entries().any(|(key, values)| {
                is_whose(&key.as_str().unwrap_or_default())
                    && !texts_of(values).iter().any(|value| is_anybodys(value))
            })
    })
}

/// Who is left of everybody under the statement's conditions.
fn narrowed(statement: Node<'_>, own: &str, trusted: &mut Vec<Trusted>) {
    let mut left = Trusted::Everybody;
    let conditions = statement.key_any_case("Condition");
    for (operator, keys) in conditions.into_iter().flat_map(Node::entries) {
        let operator = operator.as_str().unwrap_or_default().to_ascii_lowercase();
        if !narrows(&operator) {
            continue;
        }
        for (key, values) in keys.entries() {
            let key = key.as_str().unwrap_or_default().to_ascii_lowercase();
            let values = texts_of(values);
            if NAMES_PRINCIPAL.contains(&key.as_str()) {
                let kinds: Vec<Trusted> = values.iter().map(|value| kind(value, own)).collect();
                if !kinds.contains(&Trusted::Everybody) {
                    trusted.extend(kinds);
                    return;
                }
            } else if TIES.contains(&key.as_str()) && !values.iter().any(|value| is_all(value)) {
                left = Trusted::Conditioned;
            }
        }
    }
    trusted.push(left);
}

/// Does the operator take only what it names? Those with `IfExists` take callers without the key as well, and
/// `ForAllValues` takes a request that has none.
fn narrows(operator: &str) -> bool {
    const POSITIVE: &[&str] =
        &["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"];
    let bare = operator.strip_prefix("foranyvalue:").unwrap_or(operator);
    POSITIVE.contains(&bare)
}

/// A value that anything meets.
fn is_all(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}
