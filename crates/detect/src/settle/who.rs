//! Whether a suppression names somebody: by what the caller cannot choose, and not by what nearly everybody has.

pub(super) mod classes;
#[cfg(test)]
mod tests;

use ipnet::IpNet;

use super::suppress::{Fact, Test};

/// A pattern keeps so many characters fixed, beside those that every ARN has.
const FIXED: usize = 8;
/// So many of them are a name's: an account and a letter are half the account.
const NAMING: usize = 3;
/// Networks no wider than this, by their prefix: a private network of class A, and what a provider of addresses gets.
const WIDEST: (u8, u8) = (8, 20);
/// Parts of ARNs and ids that name nobody.
const SKELETON: &[&str] = &[
    "arn",
    "aws",
    "aws-cn",
    "aws-us-gov",
    "iam",
    "sts",
    "role",
    "user",
    "group",
    "root",
    "assumed-role",
    "federated-user",
    "service-role",
    "aws-service-role",
    "aws-reserved",
    "sso.amazonaws.com",
];

/// What the names of all roles of Identity Center begin with.
const IDENTITY_CENTER: &str = "awsreservedsso_";

/// Keys that name a person, a role, an application, a place or an account, and that no caller chooses. Names of sessions,
/// display names, source identities and user agents are the caller's; kinds of actor, and whether one is a service or has
/// a second factor, are what half the world has.
pub(super) fn names_someone(key: Fact) -> bool {
    matches!(
        key,
        Fact::Account
            | Fact::Subscription
            | Fact::SourceCidr
            | Fact::ActorId
            | Fact::ActorIssuer
            | Fact::ActorAppId
            | Fact::ActorGroups
    )
}

/// Do these values of a key name somebody? One of a whole class among them holds for everybody in it.
pub(super) fn name_someone(key: Fact, tests: &[Test]) -> bool {
    names_someone(key) && !tests.iter().any(|test| matches!(test, Test::Class(..)))
}

/// Why a value of such a key names nearly everybody.
pub(super) fn too_wide(pattern: &str) -> Option<&'static str> {
    if !pattern.contains('*') {
        return None;
    }
    let lower = pattern.to_ascii_lowercase();
    // A mail's domain is everybody's of a company: it counts where a whole name stands before it.
    let name_before = |at: usize| lower[..at].rsplit(['/', ':', '#']).next().unwrap_or_default();
    let naming = match lower.rfind('@') {
        Some(at) if name_before(at).is_empty() || name_before(at).contains('*') => &lower[..at],
        _ => lower.as_str(),
    };
    let parts: Vec<&str> = naming.split(['/', ':', '#']).collect();
    let has_fixed = |part: &&&str| !part.trim_matches('*').is_empty();
    if naming.split('*').all(|fixed| fixed.trim().is_empty()) {
        return Some("a wildcard alone names nobody");
    }
    if parts.last().is_some_and(|last| last.trim_matches('*').is_empty())
        && parts
            .iter()
            .rev()
            .skip(1)
            .find(has_fixed)
            .is_some_and(|part| SKELETON.contains(part) || is_account(part))
    {
        return Some("names a whole class: every role, user or session there is");
    }
    let names = || parts.iter().filter(|part| !SKELETON.contains(*part));
    let all: usize = names().map(|part| fixed(part)).sum();
    let is_split = parts.len() > 1;
    let naming = || names().filter(|part| !(is_split && is_account(part)));
    let by_name: usize = naming().map(|part| fixed(part)).sum();
    let whole = naming().any(|part| !part.is_empty() && !part.contains('*'));
    if all < FIXED {
        return Some("leaves fewer than eight characters fixed, so it names too many");
    }
    (by_name < NAMING && !whole).then_some("fixes an account and hardly a name in it")
}

/// Characters that a pattern of a part fixes, beside what the roles of Identity Center share.
fn fixed(part: &str) -> usize {
    let part = part.strip_prefix('*').map_or(part, |rest| rest.trim_start_matches('*'));
    let part = part.strip_prefix(IDENTITY_CENTER).unwrap_or(part);
    part.chars().filter(|c| *c != '*').count()
}

fn is_account(part: &str) -> bool {
    part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Do networks together hold a good part of all addresses?
pub(super) fn hold_too_many(networks: &[IpNet]) -> bool {
    let wide = |network: &IpNet| match network {
        IpNet::V4(_) => network.prefix_len() < WIDEST.0,
        IpNet::V6(_) => network.prefix_len() < WIDEST.1,
    };
    // In parts of the address space, each address once: sixteen class A networks are one sixteenth.
    let apart = IpNet::aggregate(&networks.to_vec());
    let share: f64 = apart.iter().map(|network| 0.5_f64.powi(i32::from(network.prefix_len()))).sum();
    networks.iter().any(wide) || share > 1.0 / 16.0
}
