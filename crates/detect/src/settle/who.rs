//! Whether a suppression names somebody: by what the caller cannot choose, and not by what nearly everybody has.

#[cfg(test)]
mod tests;

use ipnet::IpNet;

use super::suppress::Fact;

/// A pattern keeps so many characters fixed, beside those that every ARN has.
const FIXED: usize = 8;
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
    "aws-reserved",
    "sso.amazonaws.com",
];

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

/// Why a value of such a key names nearly everybody.
pub(super) fn too_wide(pattern: &str) -> Option<&'static str> {
    if !pattern.contains('*') {
        return None;
    }
    let parts = || pattern.split(['/', ':', '#']);
    if pattern.split('*').all(|fixed| fixed.trim().is_empty()) {
        return Some("a wildcard alone names nobody");
    }
    if parts().next_back().is_some_and(|last| last.trim_matches('*').is_empty())
        && parts()
            .rev()
            .skip(1)
            .find(|part| !part.trim_matches('*').is_empty())
            .is_some_and(|part| SKELETON.contains(&part.to_ascii_lowercase().as_str()) || is_account(part))
    {
        return Some("names a whole class: every role, user or session there is");
    }
    let fixed: usize = parts()
        .filter(|part| !SKELETON.contains(&part.to_ascii_lowercase().as_str()))
        .map(|part| part.chars().filter(|c| *c != '*').count())
        .sum();
    (fixed < FIXED).then_some("leaves fewer than eight characters fixed, so it names too many")
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
    // In parts of the address space: sixteen class A networks are one sixteenth.
    let share: f64 = networks.iter().map(|network| 0.5_f64.powi(i32::from(network.prefix_len()))).sum();
    networks.iter().any(wide) || share > 1.0 / 16.0
}
