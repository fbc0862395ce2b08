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

/// Condition keys whose value anybody can bring about.
const ANYBODY_MEETS: &[&str] = &[
    "aws:securetransport",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:currenttime",
    "aws:epochtime",
    "aws:useragent",
    "aws:referer",
    "aws:principaltype",
    "aws:requestedregion",
    "sts:rolesessionname",
    "sts:sourceidentity",
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
    if principal.trim() == "*" || account.contains('*') {
        Trusted::Everybody
    } else if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && account != own {
        Trusted::Foreign
    } else {
        // The unique id of a deleted principal is of the account, too.
        Trusted::Account
    }
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
            } else if !ANYBODY_MEETS.contains(&key.as_str()) && !values.iter().any(|value| is_all(value)) {
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
        &["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"];
    let bare = operator.strip_prefix("foranyvalue:").unwrap_or(operator);
    POSITIVE.contains(&bare)
}

/// A value that anything meets.
fn is_all(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'*') || value.ends_with("/0")
}
