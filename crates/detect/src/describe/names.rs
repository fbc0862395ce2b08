//! What people call things.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

/// Types whose names mean nothing without the name of what they are in: an instance of a scale set is a number.
const MEMBERS_OF: &[(&str, &str)] = &[
    ("virtualMachineScaleSets", "virtualMachines"),
    ("cloudServices", "roleInstances"),
    ("agentPools", "machines"),
    ("hostGroups", "hosts"),
    ("pools", "nodes"),
];

/// What people call a resource: the last part of its path, of a scale set's instance `WEB/3`.
pub(super) fn short_name(id: &str) -> Cow<'_, str> {
    let is_path = id.starts_with('/') || id.starts_with("arn:");
    if !is_path {
        return Cow::Borrowed(id);
    }
    let path = id.trim_end_matches('/');
    if let [name, kind, of, group, ..] = path.rsplit('/').take(4).collect::<Vec<_>>()[..]
        && MEMBERS_OF
            .iter()
            .any(|(groups, members)| group.eq_ignore_ascii_case(groups) && kind.eq_ignore_ascii_case(members))
        && !of.is_empty()
    {
        return Cow::Owned(format!("{of}/{name}"));
    }
    Cow::Borrowed(path.rsplit(['/', ':']).next().filter(|name| !name.is_empty()).unwrap_or(id))
}
