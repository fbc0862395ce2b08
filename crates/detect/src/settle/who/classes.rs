//! Names that a platform gives to whole classes: whoever comes in that way has them, so that they name nobody.

#[cfg(test)]
mod tests;

use regex::Regex;

use crate::settle::suppress::Fact;

/// Accounts that machines of one kind all have, and what agents and services run as on each of them.
/// <https://learn.microsoft.com/windows/win32/secauthz/well-known-sids>
const LOCAL: &[&str] = &[
    "root",
    "administrator",
    "administrateur",
    "administrador",
    "admin",
    "guest",
    "defaultaccount",
    "wdagutilityaccount",
    "system",
    "système",
    "sistema",
    "local service",
    "localservice",
    "network service",
    "networkservice",
    "localsystem",
    "anonymous logon",
    "iusr",
    // Whoever comes through Session Manager.
    "ssm-user",
    // The user that images of systems are made with.
    "ec2-user",
    "azureuser",
    "ubuntu",
    "debian",
    "centos",
    "rocky",
    "almalinux",
    "fedora",
    "opc",
    "cloud-user",
    "core",
    "bitnami",
    "vagrant",
    // What services run as.
    "daemon",
    "bin",
    "sys",
    "adm",
    "nobody",
    "www-data",
    "apache",
    "nginx",
    "sshd",
    "dbus",
    "messagebus",
    "syslog",
    "systemd-network",
    "systemd-resolve",
    "polkitd",
    "postgres",
    "mysql",
    "jenkins",
    "docker",
    "s-1-5-18",
    "s-1-5-19",
    "s-1-5-20",
    "s-1-5-7",
];
/// Domains that Windows makes up itself, in its languages: no account in them is anybody's.
const OF_WINDOWS: &[&str] = &[
    "nt authority",
    "nt-autorität",
    "nt-autoritaet",
    "autorite nt",
    "autorité nt",
    "autoridad nt",
    "autoridade nt",
    "nt service",
    "builtin",
    "vordefiniert",
    "iis apppool",
    "font driver host",
    "window manager",
    "nt virtual machine",
];
/// Credentials that a cluster hands to each of its administrators, and whoever the record does not name.
const SHARED: &[&str] = &[
    "masterclient",
    "clusteradmin",
    "clusteruser",
    "kubernetes-admin",
    "kubernetes-super-admin",
    "kubeadm:cluster-admins",
    "kube-admin",
    "kube:admin",
    "aksservice",
    "aws internal",
    "aws service",
    "anonymous",
    "unknown",
    "somebody",
    "hidden_due_to_security_reasons",
    "allusers",
    "allauthenticatedusers",
];
/// Roles that Systems Manager and EC2 give to every machine of an account.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html>
const OF_MACHINES: &[&str] = &[
    "amazonssmroleforinstancesquicksetup",
    "awssystemsmanagerdefaultec2instancemanagementrole",
    "aws:ec2-instance",
];
/// Parts of a cluster, and those that it takes everybody or nobody for.
const OF_KUBERNETES: &[&str] = &[
    "system:anonymous",
    "system:unauthenticated",
    "system:authenticated",
    "system:authenticated:oauth",
    "system:masters",
    "system:nodes",
    "system:bootstrappers",
    "system:serviceaccounts",
    "system:serviceaccounts:kube-system",
    "system:apiserver",
    "system:kube-controller-manager",
    "system:kube-scheduler",
    "system:kube-proxy",
];
/// Two of each kind that have nothing but their kind in common: a pattern that holds both holds all.
const STRANGERS: &[[&str; 2]] = &[
    ["system:serviceaccount:kube-system:a1", "system:serviceaccount:zz:q0x"],
    ["system:node:ip-10-0-0-1.ec2.internal", "system:node:aks-pool-vmss000000"],
    ["ssm.amazonaws.com", "lambda.amazonaws.com"],
    ["microsoft.compute", "microsoft.insights"],
    ["accounts.google.com#1", "accounts.google.com#zz@example.net"],
    ["token.actions.githubusercontent.com#repo:a/b:c", "token.actions.githubusercontent.com#repo:x/y:z"],
    ["arn:aws:iam::111122223333:saml-provider/a#b", "arn:aws:iam::111122223333:saml-provider/a#z@y"],
    ["111122223333-compute@developer.gserviceaccount.com", "9-compute@developer.gserviceaccount.com"],
    ["example@appspot.gserviceaccount.com", "zz@appspot.gserviceaccount.com"],
];
/// Who Google's machines, functions and services are where nobody said otherwise.
const OF_GOOGLE: &[&str] =
    &["@developer.gserviceaccount.com", "@appspot.gserviceaccount.com", "@cloudservices.gserviceaccount.com"];
/// Applications of Microsoft that people act through, whoever they are: the command line, PowerShell, the portal and
/// other tools. <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>
const CLIENTS: &[&str] = &[
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2",
    "1b730954-1685-4b74-9bfd-dac224a7b894",
    "29d9ed98-a469-4536-ade2-f981bc1d605e",
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "872cd9fa-d31f-45e0-9eab-6e460a02d1f1",
    "aebc6443-996d-45c2-90f0-388ff96faa56",
    "d3590ed6-52b3-4102-aeff-aad2292ab01c",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e",
    "de8bc8b5-d9f9-48b1-a8ad-b748da725064",
    "b677c290-cf4b-4a8e-a60e-91ba650a4abe",
];
/// Ends of the ids that Microsoft gave its first applications, Graph, Exchange and SharePoint among them.
const FIRST: [&str; 2] = ["-0000-0000-c000-000000000000", "-0000-0ff1-ce00-000000000000"];

/// Is an application's id that of one of Microsoft's own?
pub(in crate::settle) fn is_microsofts(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    holds_microsofts(&|one| id == one)
}

fn holds_microsofts(holds: &dyn Fn(&str) -> bool) -> bool {
    let first = FIRST.iter().flat_map(|end| (0..16).map(move |n| format!("0000000{n:x}{end}")));
    let all = CLIENTS.iter().map(|id| (*id).to_owned()).chain(first);
    all.into_iter().any(|id| holds(&id) || holds(&id.replace('-', "")))
}

/// Why a value of a key names a whole class, if it does. `of` makes an expression of a pattern.
pub(in crate::settle) fn why(
    key: Fact,
    pattern: &str,
    of: &dyn Fn(&str) -> Option<Regex>,
) -> Option<&'static str> {
    if !matches!(key, Fact::ActorId | Fact::ActorIssuer | Fact::ActorGroups | Fact::ActorAppId) {
        return None;
    }
    let lower = pattern.to_lowercase();
    let whole = of(&lower)?;
    let holds = |names: &[&str]| names.iter().any(|name| whole.is_match(name));
    let holds_both = || STRANGERS.iter().any(|[one, other]| whole.is_match(one) && whole.is_match(other));
    if is_of_kubernetes(&lower) || holds(OF_KUBERNETES) {
        Some("what Kubernetes gives to a whole class")
    } else if holds(SHARED) || lower.starts_with("federated:") {
        Some("whoever has a credential that many share, or is not named at all")
    } else if is_of_amazon(&lower) || holds_role_of_machines(&lower, of) {
        Some("a service of AWS or a role of every machine, which act for anybody")
    } else if holds_microsofts(&|id| whole.is_match(id)) || is_of_microsoft(&lower) {
        Some("an application or a service of Microsoft's own, which acts for anybody")
    } else if is_of_google(&lower) {
        Some("an account that Google gives to all machines or services of a project")
    } else if is_whole_provider(&lower) {
        Some("everybody whom an identity provider vouches for")
    } else if holds_both() {
        Some("all there are of a kind")
    } else if key == Fact::ActorId && holds_local(&lower, &whole, of) {
        Some("an account that machines have by themselves, or that whoever comes in gets")
    } else {
        None
    }
}

/// One account of a service and one node are somebody; everything else below `system:` is a class.
fn is_of_kubernetes(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("system:") else { return false };
    let named = rest.strip_prefix("serviceaccount:").is_some_and(|rest| rest.contains(':'))
        || rest.strip_prefix("node:").is_some_and(|node| !node.is_empty());
    !named
}

fn is_of_amazon(name: &str) -> bool {
    let is_service =
        !name.contains(['/', ':', '#']) && name.trim_end_matches(".cn").ends_with(".amazonaws.com");
    is_service || name.contains("/aws-service-role/") || name.contains("awsservicerolefor")
}

fn is_of_microsoft(name: &str) -> bool {
    ["microsoft.", "microsoft ", "windows azure ", "azure "].iter().any(|head| name.starts_with(head))
        && !name.contains('@')
}

fn is_of_google(name: &str) -> bool {
    let is_compute = || {
        let number = name.split_once("-compute@").map(|(number, _)| number);
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*'))
    };
    OF_GOOGLE.iter().any(|domain| name.ends_with(domain)) || name.contains("@gcp-sa-") || is_compute()
}

/// All that a provider, a directory or a whole account vouches for: nobody is named behind it. Of a role it is the people
/// of that role.
fn is_whole_provider(name: &str) -> bool {
    let Some((provider, person)) = name.rsplit_once('#') else { return false };
    person.trim_matches('*').is_empty() && !provider.contains(":role/") && !provider.is_empty()
}

/// A role that machines have, by its name.
fn holds_role_of_machines(arn: &str, of: &dyn Fn(&str) -> Option<Regex>) -> bool {
    let role = arn.rsplit('/').next().unwrap_or_default();
    let role = role.split('#').next().unwrap_or_default();
    if !arn.contains(['/', '*']) || role.trim_matches('*').is_empty() {
        return false;
    }
    of(role).is_some_and(|role| OF_MACHINES.iter().any(|name| role.is_match(name)))
}

/// An account of the machines' own, whatever the machine and the domain before it.
fn holds_local(pattern: &str, whole: &Regex, of: &dyn Fn(&str) -> Option<Regex>) -> bool {
    if pattern.contains(['/', ':', '@']) {
        return false;
    }
    let (machine, user) = match pattern.rsplit_once('#') {
        Some((machine, user)) => (Some(machine), user),
        None => (None, pattern),
    };
    let (domain, name) = match user.rsplit_once('\\') {
        Some((domain, name)) => (Some(domain), name),
        None => (None, user),
    };
    let holds = |pattern: &str, names: &[&str]| {
        of(pattern).is_some_and(|pattern| names.iter().any(|name| pattern.is_match(name)))
    };
    let with_domain = || OF_WINDOWS.iter().any(|domain| holds(user, &[&format!("{domain}\\system")]));
    // Without a machine's end in it, a pattern holds what stands behind the machine.
    let behind = || {
        let Some((head, tail)) = pattern.rsplit_once('*').filter(|_| machine.is_none()) else { return false };
        let head = head.replace('*', "");
        LOCAL.iter().any(|name| whole.is_match(&format!("{head}#{name}{tail}")))
    };
    holds(name, LOCAL) || domain.is_some_and(|domain| holds(domain, OF_WINDOWS)) || with_domain() || behind()
}
