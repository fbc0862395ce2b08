//! Suppressions: somebody's reasoned, owned and expiring word that some matches are expected.
//!
//! Each names who or where, so none hides somebody else; each is counted when it acts; none drops a critical
//! match. The file's rules are enforced when it is loaded.

mod load;
mod window;

use ipnet::IpNet;
use jiff::Timestamp;
use regex::Regex;

use crate::matched::{Level, Match};
use window::TimeWindow;

/// What a suppression does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Keeps the match back.
    Drop,
    /// Lowers its level to this.
    Downgrade(Level),
    /// Only labels it.
    Tag,
}

impl Action {
    /// The word in files and findings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Downgrade(_) => "downgrade",
            Self::Tag => "tag",
        }
    }

    /// Of two equally specific suppressions the gentler one acts.
    fn gentleness(self) -> u8 {
        match self {
            Self::Drop => 0,
            Self::Downgrade(_) => 1,
            Self::Tag => 2,
        }
    }
}

/// One entry of the file.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// Its name, counted and shown when it acts.
    pub id: String,
    /// Rule names, ids or catalogue numbers; `*` for all.
    pub rules: Vec<String>,
    /// What it does.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The change it belongs to.
    pub ticket: Option<String>,
    /// The end of its last day, UTC.
    pub expires: Timestamp,
    /// May drop a high match.
    allow_high: bool,
    tags: Vec<String>,
    when: Vec<(Key, Vec<Test>)>,
    unless_first: Vec<String>,
    window: Option<TimeWindow>,
}

/// A fact a suppression can ask for; each is written as KEYS has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Provider,
    Account,
    Region,
    Subscription,
    Tenant,
    ResourceGroup,
    ActorType,
    ActorId,
    ActorIssuer,
    ActorSession,
    ActorDisplay,
    ActorSourceIdentity,
    ActorAppId,
    ActorIsService,
    ActorMfa,
    ActorGroups,
    SourceCidr,
    SourceAsn,
    SourceCountry,
    SourceKind,
    UserAgent,
    Action,
    Outcome,
    Document,
    DocumentAccount,
    ExtensionType,
    TargetId,
    TargetTag,
    TargetCount,
    TargetWildcard,
    SessionId,
    TunnelHost,
    TunnelPort,
    EntraAppId,
    EntraRiskLevel,
    EntraProtocol,
    EntraDeviceTrust,
}

/// Every key as it is written.
pub(super) const KEYS: [(&str, Key); 37] = [
    ("provider", Key::Provider),
    ("account", Key::Account),
    ("region", Key::Region),
    ("subscription", Key::Subscription),
    ("tenant", Key::Tenant),
    ("resource_group", Key::ResourceGroup),
    ("actor.type", Key::ActorType),
    ("actor.key", Key::ActorId),
    ("actor.issuer_arn", Key::ActorIssuer),
    ("actor.session", Key::ActorSession),
    ("actor.display", Key::ActorDisplay),
    ("actor.source_identity", Key::ActorSourceIdentity),
    ("actor.appid", Key::ActorAppId),
    ("actor.is_service", Key::ActorIsService),
    ("actor.mfa", Key::ActorMfa),
    ("actor.groups", Key::ActorGroups),
    ("source.cidr", Key::SourceCidr),
    ("source.asn", Key::SourceAsn),
    ("source.country", Key::SourceCountry),
    ("source.kind", Key::SourceKind),
    ("user_agent", Key::UserAgent),
    ("action", Key::Action),
    ("outcome", Key::Outcome),
    ("document", Key::Document),
    ("document_account", Key::DocumentAccount),
    ("extension_type", Key::ExtensionType),
    ("target.id", Key::TargetId),
    ("target.tag", Key::TargetTag),
    ("target.count", Key::TargetCount),
    ("target.wildcard", Key::TargetWildcard),
    ("session_id", Key::SessionId),
    ("tunnel.host", Key::TunnelHost),
    ("tunnel.port", Key::TunnelPort),
    ("entra.app_id", Key::EntraAppId),
    ("entra.risk_level", Key::EntraRiskLevel),
    ("entra.protocol", Key::EntraProtocol),
    ("entra.device_trust", Key::EntraDeviceTrust),
];

/// One thing a fact may be.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// Text with `*` within a segment and `**` for anything, in any case.
    Glob(Regex),
    /// An address in this network.
    Network(IpNet),
    /// A number between these, both included.
    Between(i64, i64),
}

/// A file's suppressions.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    active: Vec<Suppression>,
    /// Entries whose day has passed: ignored, and told.
    pub expired: Vec<Suppression>,
}

impl Suppressions {
    /// Those in force when the file was loaded.
    pub fn active(&self) -> &[Suppression] {
        &self.active
    }

    /// Those that act on a match, the one that decides first.
    pub(super) fn acting_on(&self, found: &Match, now: Timestamp) -> Vec<&Suppression> {
        let mut acting: Vec<&Suppression> = self.active.iter().filter(|s| s.acts_on(found, now)).collect();
        acting.sort_by_key(|s| std::cmp::Reverse((s.when.len(), s.action.gentleness())));
        acting
    }
}

impl Suppression {
    fn acts_on(&self, found: &Match, now: Timestamp) -> bool {
        now < self.expires
            && self.names(found)
            && !self.unless_first.iter().any(|fact| found.newness.is_news(fact))
            && self
                .window
                .as_ref()
                .is_none_or(|window| found.facts.time.is_some_and(|at| window.contains(at)))
            && self.when.iter().all(|(key, tests)| tests.iter().any(|test| test.holds(*key, found)))
    }

    fn names(&self, found: &Match) -> bool {
        let rule = &found.rule;
        self.rules.iter().any(|name| {
            name == "*"
                || *name == rule.name
                || rule.catalogue.as_deref() == Some(name)
                || name.eq_ignore_ascii_case(&rule.id)
        })
    }

    /// What it does to a match of this level: critical is never dropped, high only with leave.
    pub(super) fn action_on(&self, level: Level) -> Action {
        match self.action {
            Action::Drop if level == Level::Critical => Action::Tag,
            Action::Drop if level == Level::High && !self.allow_high => Action::Tag,
            action => action,
        }
    }

    /// The labels it gives: its own, or its id.
    pub(super) fn labels(&self) -> Vec<String> {
        if self.tags.is_empty() { vec![self.id.clone()] } else { self.tags.clone() }
    }
}

impl Test {
    fn holds(&self, key: Key, found: &Match) -> bool {
        match self {
            Self::Network(network) => found.facts.source.ip.is_some_and(|ip| network.contains(&ip)),
            Self::Between(low, high) => number(key, found).is_some_and(|n| (*low..=*high).contains(&n)),
            Self::Glob(glob) => texts(key, found).iter().any(|text| glob.is_match(text)),
        }
    }
}

fn number(key: Key, found: &Match) -> Option<i64> {
    let facts = &found.facts;
    match key {
        // A wildcard's true count is unknown, so no bound on it can hold.
        Key::TargetCount => (!facts.target.wildcard).then_some(i64::from(facts.target.count)),
        Key::SourceAsn => facts.source.asn.map(i64::from),
        Key::TunnelPort => facts.tunnel.as_ref()?.port.as_ref()?.parse().ok(),
        _ => None,
    }
}

fn texts(key: Key, found: &Match) -> Vec<String> {
    let facts = &found.facts;
    let (actor, source, scope, target) = (&facts.actor, &facts.source, &facts.scope, &facts.target);
    let one = |text: Option<&String>| text.cloned().into_iter().collect();
    let word = |text: &str| vec![text.to_owned()];
    match key {
        Key::Provider => word(facts.provider.as_str()),
        Key::Account => word(&scope.account),
        Key::Region => one(scope.region.as_ref()),
        Key::Subscription => one(scope.subscription.as_ref()),
        Key::Tenant => one(scope.tenant.as_ref()),
        Key::ResourceGroup => one(scope.resource_group.as_ref()),
        Key::ActorType => vec![actor.kind.as_str().to_owned(), actor.type_name.clone()],
        Key::ActorId => word(&actor.key),
        Key::ActorIssuer => one(actor.issuer.as_ref()),
        Key::ActorSession => one(actor.session.as_ref()),
        Key::ActorDisplay => word(&actor.display),
        Key::ActorSourceIdentity => one(actor.source_identity.as_ref()),
        Key::ActorAppId => one(actor.app_id.as_ref()),
        Key::ActorIsService => word(&actor.is_service.to_string()),
        Key::ActorMfa => actor.mfa.map(|mfa| mfa.to_string()).into_iter().collect(),
        Key::ActorGroups => actor.groups.clone(),
        Key::SourceCidr => source.ip.map(|ip| ip.to_string()).into_iter().collect(),
        Key::SourceAsn => source.asn.map(|asn| asn.to_string()).into_iter().collect(),
        Key::SourceCountry => one(source.country.as_ref()),
        Key::SourceKind => source.kind().map(str::to_owned).into_iter().collect(),
        Key::UserAgent => one(source.user_agent.as_ref()),
        Key::Action => word(&facts.action.key),
        Key::Outcome => word(facts.outcome.kind.as_str()),
        Key::Document => one(facts.document.as_ref()),
        Key::DocumentAccount => one(facts.document_account.as_ref()),
        Key::ExtensionType => one(facts.extension_type.as_ref()),
        Key::TargetId => target.ids.iter().chain(&target.names).cloned().collect(),
        Key::TargetTag => target.selectors.clone(),
        Key::TargetCount => word(&target.count.to_string()),
        Key::TargetWildcard => word(&target.wildcard.to_string()),
        Key::SessionId => one(facts.session_id.as_ref()),
        Key::TunnelHost => one(facts.tunnel.as_ref().and_then(|tunnel| tunnel.host.as_ref())),
        Key::TunnelPort => one(facts.tunnel.as_ref().and_then(|tunnel| tunnel.port.as_ref())),
        Key::EntraAppId => one(facts.entra.as_ref().and_then(|entra| entra.app_id.as_ref())),
        Key::EntraRiskLevel => one(facts.entra.as_ref().and_then(|entra| entra.risk_level.as_ref())),
        Key::EntraProtocol => one(facts.entra.as_ref().and_then(|entra| entra.protocol.as_ref())),
        Key::EntraDeviceTrust => one(facts.entra.as_ref().and_then(|entra| entra.device_trust.as_ref())),
    }
}
