//! ATT&CK labels of the techniques our rules name: Enterprise matrix, release 19.
//!
//! In that release `TA0005` is called Stealth and `TA0112` Defense Impairment; together they were Defense Evasion.
//! An id that is not listed is still reported, without its name, under its rule's tactic.

#[cfg(test)]
mod tests;

/// The release the labels were taken from.
pub const VERSION: &str = "19.0";

/// A tactic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tactic {
    /// `TA0008`
    pub uid: &'static str,
    /// `Lateral Movement`
    pub name: &'static str,
}

/// A technique or sub-technique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Technique {
    /// `T1021.008`
    pub uid: &'static str,
    /// `Direct Cloud VM Connections`
    pub name: &'static str,
    /// Its tactics, as rule tags spell them; the one that fits cloud lateral movement best first.
    pub tactics: &'static [&'static str],
}

const TACTICS: &[(&str, Tactic)] = &[
    ("reconnaissance", Tactic { uid: "TA0043", name: "Reconnaissance" }),
    ("resource-development", Tactic { uid: "TA0042", name: "Resource Development" }),
    ("initial-access", Tactic { uid: "TA0001", name: "Initial Access" }),
    ("execution", Tactic { uid: "TA0002", name: "Execution" }),
    ("persistence", Tactic { uid: "TA0003", name: "Persistence" }),
    ("privilege-escalation", Tactic { uid: "TA0004", name: "Privilege Escalation" }),
    ("stealth", Tactic { uid: "TA0005", name: "Stealth" }),
    ("defense-evasion", Tactic { uid: "TA0005", name: "Stealth" }),
    ("defense-impairment", Tactic { uid: "TA0112", name: "Defense Impairment" }),
    ("credential-access", Tactic { uid: "TA0006", name: "Credential Access" }),
    ("discovery", Tactic { uid: "TA0007", name: "Discovery" }),
    ("lateral-movement", LATERAL_MOVEMENT),
    ("collection", Tactic { uid: "TA0009", name: "Collection" }),
    ("command-and-control", Tactic { uid: "TA0011", name: "Command and Control" }),
    ("exfiltration", Tactic { uid: "TA0010", name: "Exfiltration" }),
    ("impact", Tactic { uid: "TA0040", name: "Impact" }),
];

/// What everything here is about, and so the tactic of last resort.
const LATERAL_MOVEMENT: Tactic = Tactic { uid: "TA0008", name: "Lateral Movement" };

macro_rules! techniques {
    ($($uid:literal $name:literal [$($tactic:literal),+];)+) => {
        &[$(Technique { uid: $uid, name: $name, tactics: &[$($tactic),+] }),+]
    };
}

/// In order of id.
const TECHNIQUES: &[Technique] = techniques! {
    "T1021" "Remote Services" ["lateral-movement"];
    "T1021.001" "Remote Desktop Protocol" ["lateral-movement"];
    "T1021.004" "SSH" ["lateral-movement"];
    "T1021.007" "Cloud Services" ["lateral-movement"];
    "T1021.008" "Direct Cloud VM Connections" ["lateral-movement"];
    "T1037" "Boot or Logon Initialization Scripts" ["persistence", "privilege-escalation"];
    "T1053" "Scheduled Task/Job" ["persistence", "execution", "privilege-escalation"];
    "T1059" "Command and Scripting Interpreter" ["execution"];
    "T1059.001" "PowerShell" ["execution"];
    "T1059.004" "Unix Shell" ["execution"];
    "T1059.009" "Cloud API" ["execution"];
    "T1070" "Indicator Removal" ["stealth"];
    "T1072" "Software Deployment Tools" ["lateral-movement", "execution"];
    "T1078" "Valid Accounts" ["initial-access", "persistence", "privilege-escalation", "stealth"];
    "T1078.001" "Default Accounts" ["initial-access", "persistence", "privilege-escalation", "stealth"];
    "T1078.004" "Cloud Accounts" ["initial-access", "persistence", "privilege-escalation", "stealth"];
    "T1082" "System Information Discovery" ["discovery"];
    "T1090" "Proxy" ["command-and-control"];
    "T1090.003" "Multi-hop Proxy" ["command-and-control"];
    "T1098" "Account Manipulation" ["persistence", "privilege-escalation"];
    "T1098.001" "Additional Cloud Credentials" ["persistence", "privilege-escalation"];
    "T1098.003" "Additional Cloud Roles" ["persistence", "privilege-escalation"];
    "T1098.004" "SSH Authorized Keys" ["persistence", "privilege-escalation"];
    "T1098.005" "Device Registration" ["persistence", "privilege-escalation"];
    "T1098.006" "Additional Container Cluster Roles" ["persistence", "privilege-escalation"];
    "T1110" "Brute Force" ["credential-access"];
    "T1110.001" "Password Guessing" ["credential-access"];
    "T1110.003" "Password Spraying" ["credential-access"];
    "T1133" "External Remote Services" ["initial-access", "persistence"];
    "T1136" "Create Account" ["persistence"];
    "T1136.003" "Cloud Account" ["persistence"];
    "T1219" "Remote Access Tools" ["command-and-control"];
    "T1484" "Domain or Tenant Policy Modification" ["privilege-escalation", "stealth"];
    "T1484.002" "Trust Modification" ["privilege-escalation", "stealth"];
    "T1526" "Cloud Service Discovery" ["discovery"];
    "T1528" "Steal Application Access Token" ["credential-access"];
    "T1530" "Data from Cloud Storage" ["collection"];
    "T1535" "Unused/Unsupported Cloud Regions" ["stealth"];
    "T1546" "Event Triggered Execution" ["persistence", "privilege-escalation"];
    "T1550" "Use Alternate Authentication Material" ["lateral-movement", "stealth"];
    "T1550.001" "Application Access Token" ["lateral-movement", "stealth"];
    "T1552" "Unsecured Credentials" ["credential-access"];
    "T1552.005" "Cloud Instance Metadata API" ["credential-access"];
    "T1556" "Modify Authentication Process" ["credential-access", "persistence"];
    "T1556.006" "Multi-Factor Authentication" ["credential-access", "persistence"];
    "T1556.009" "Conditional Access Policies" ["credential-access", "persistence"];
    "T1563" "Remote Service Session Hijacking" ["lateral-movement"];
    "T1566" "Phishing" ["initial-access"];
    "T1566.002" "Spearphishing Link" ["initial-access"];
    "T1572" "Protocol Tunneling" ["command-and-control"];
    "T1578" "Modify Cloud Compute Infrastructure" ["stealth"];
    "T1578.005" "Modify Cloud Compute Configurations" ["stealth"];
    "T1580" "Cloud Infrastructure Discovery" ["discovery"];
    "T1606" "Forge Web Credentials" ["credential-access"];
    "T1606.002" "SAML Tokens" ["credential-access"];
    "T1609" "Container Administration Command" ["execution"];
    "T1611" "Escape to Host" ["privilege-escalation"];
    "T1619" "Cloud Storage Object Discovery" ["discovery"];
    "T1648" "Serverless Execution" ["execution"];
    "T1651" "Cloud Administration Command" ["execution"];
    "T1685" "Disable or Modify Tools" ["defense-impairment"];
    "T1685.002" "Disable or Modify Cloud Log" ["defense-impairment"];
};

/// The techniques that are known by name.
pub fn techniques() -> impl Iterator<Item = &'static Technique> {
    TECHNIQUES.iter()
}

/// The names of all tactics, as rules' tags spell them.
pub fn tactics() -> impl Iterator<Item = &'static str> {
    TACTICS.iter().map(|(name, _)| *name)
}

/// The technique with this id, as `T1021.008`.
pub fn technique(uid: &str) -> Option<&'static Technique> {
    TECHNIQUES.binary_search_by(|technique| technique.uid.cmp(uid)).ok().map(|at| &TECHNIQUES[at])
}

/// The tactic that a rule's tag names, as `lateral-movement` (or with underscores, as older rules write it).
pub fn tactic(tag: &str) -> Option<Tactic> {
    let tag = tag.replace('_', "-").to_ascii_lowercase();
    TACTICS.iter().find_map(|(name, tactic)| (*name == tag).then_some(*tactic))
}

/// The tactic a technique serves in a rule: of the rule's own tactics the first that the technique belongs to, else
/// the technique's first, else the rule's first.
pub(super) fn tactic_of(uid: &str, rule: &[String]) -> Tactic {
    let of_rule = || rule.iter().filter_map(|tag| tactic(tag));
    let Some(technique) = technique(uid) else { return of_rule().next().unwrap_or(LATERAL_MOVEMENT) };
    let own = || technique.tactics.iter().filter_map(|tag| tactic(tag));
    of_rule()
        .find(|tactic| own().any(|own| own == *tactic))
        .or_else(|| own().next())
        .unwrap_or(LATERAL_MOVEMENT)
}

/// The id of the technique that a sub-technique belongs to; a technique's own.
pub(super) fn parent(uid: &str) -> &str {
    uid.split_once('.').map_or(uid, |(parent, _)| parent)
}

/// Does this look like an id the schema takes: `T1021` or `T1021.008`?
pub(super) fn is_well_formed(uid: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let Some(rest) = uid.strip_prefix('T') else { return false };
    match rest.split_once('.') {
        None => digits(rest, 4),
        Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
    }
}
