//! What people call things.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_called_with_its_group() {
        let compute = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute";
        for (path, name) in [
            ("virtualMachines/vm1", "vm1"),
            ("virtualMachineScaleSets/WEB/virtualMachines/3", "WEB/3"),
            ("VIRTUALMACHINESCALESETS/WEB/VIRTUALMACHINES/WEB_1A2B/", "WEB/WEB_1A2B"),
            ("virtualMachineScaleSets/WEB", "WEB"),
            ("cloudServices/shop/roleInstances/Web_IN_0", "shop/Web_IN_0"),
        ] {
            assert_eq!(short_name(&format!("{compute}/{path}")), name);
        }
        assert_eq!(short_name("arn:aws:ecs:eu-west-1:111122223333:task/c/0123"), "0123");
        assert_eq!(short_name("i-0123456789abcdef0"), "i-0123456789abcdef0");
    }
}
