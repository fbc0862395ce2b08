//! Suppressions: somebody's reasoned, owned and expiring word that some matches are expected.
//!
//! Each names who or where, so none hides somebody else; each is counted when it acts; none drops a critical
//! match. The file's rules are enforced when it is loaded.

use ipnet::IpNet;
use jiff::Timestamp;
use regex::Regex;

use super::window::TimeWindow;
use crate::facts::{Actor, ActorKind};
use crate::matched::{Level, Match, Newness};
use crate::rules::RuleSet;

/// What a suppression does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuppressionAction {
    /// Keeps the match back.
    Drop,
    /// Lowers its level to this.
    Downgrade(Level),
    /// Only labels it.
    Tag,
}

impl SuppressionAction {
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
    pub action: SuppressionAction,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The change it belongs to.
    pub ticket: Option<String>,
    /// The end of its last day, UTC.
    pub expires: Timestamp,
    /// May drop a high match.
    pub(super) allow_high: bool,
    pub(super) tags: Vec<String>,
    pub(super) when: Vec<(Fact, Vec<Test>)>,
    pub(super) unless_first: Vec<String>,
    pub(super) window: Option<TimeWindow>,
}

/// A fact a suppression can ask for; each is written as FACTS has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fact {
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
pub(super) const FACTS: [(&str, Fact); 37] = [
    ("provider", Fact::Provider),
    ("account", Fact::Account),
    ("region", Fact::Region),
    ("subscription", Fact::Subscription),
    ("tenant", Fact::Tenant),
    ("resource_group", Fact::ResourceGroup),
    ("actor.type", Fact::ActorType),
    ("actor.key", Fact::ActorId),
    ("actor.issuer_arn", Fact::ActorIssuer),
    ("actor.session", Fact::ActorSession),
    ("actor.display", Fact::ActorDisplay),
    ("actor.source_identity", Fact::ActorSourceIdentity),
    ("actor.appid", Fact::ActorAppId),
    ("actor.is_service", Fact::ActorIsService),
    ("actor.mfa", Fact::ActorMfa),
    ("actor.groups", Fact::ActorGroups),
    ("source.cidr", Fact::SourceCidr),
    ("source.asn", Fact::SourceAsn),
    ("source.country", Fact::SourceCountry),
    ("source.kind", Fact::SourceKind),
    ("user_agent", Fact::UserAgent),
    ("action", Fact::Action),
    ("outcome", Fact::Outcome),
    ("document", Fact::Document),
    ("document_account", Fact::DocumentAccount),
    ("extension_type", Fact::ExtensionType),
    ("target.id", Fact::TargetId),
    ("target.tag", Fact::TargetTag),
    ("target.count", Fact::TargetCount),
    ("target.wildcard", Fact::TargetWildcard),
    ("session_id", Fact::SessionId),
    ("tunnel.host", Fact::TunnelHost),
    ("tunnel.port", Fact::TunnelPort),
    ("entra.app_id", Fact::EntraAppId),
    ("entra.risk_level", Fact::EntraRiskLevel),
    ("entra.protocol", Fact::EntraProtocol),
    ("entra.device_trust", Fact::EntraDeviceTrust),
];

/// One thing a fact may be.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// Text with `*` within a segment and `**` for anything, in any case.
    Glob(Regex),
    /// The same of what a platform gives to a whole class, and which: it only narrows.
    Class(Regex, &'static str),
    /// An address in this network.
    Network(IpNet),
    /// A number between these, both included.
    Between(i64, i64),
}

/// A file's suppressions.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    pub(super) active: Vec<Suppression>,
    /// Entries whose day has passed: ignored, and told.
    pub expired: Vec<Suppression>,
}

impl Suppressions {
    /// Those in force when the file was loaded.
    pub fn active(&self) -> &[Suppression] {
        &self.active
    }

    /// Adds another file's; `Err` says why not: an id that both have, by which nobody could tell what acted, or that
    /// together they would hide nearly everybody.
    pub fn and(&mut self, other: Self, rules: &RuleSet) -> Result<(), String> {
        let known = |id: &str| self.active.iter().chain(&self.expired).any(|entry| entry.id == id);
        if let Some(entry) = other.active.iter().chain(&other.expired).find(|entry| known(&entry.id)) {
            return Err(format!("another file has a suppression with the id '{}'", entry.id));
        }
        let had = self.active.len();
        self.active.extend(other.active);
        if let Some(why) = self.hide_too_many(rules) {
            self.active.truncate(had);
            return Err(format!("with the files before it: {why}"));
        }
        self.expired.extend(other.expired);
        Ok(())
    }

    /// The ids of those that name a match, whatever is new about it.
    pub fn naming(&self, found: &Match, now: Timestamp) -> impl Iterator<Item = &str> {
        let acting = self.acting_on(found, &Newness::default(), now);
        acting.into_iter().map(|suppression| suppression.id.as_str())
    }

    /// Those that act on a match, the one that decides first.
    pub(super) fn acting_on(&self, found: &Match, newness: &Newness, now: Timestamp) -> Vec<&Suppression> {
        let mut acting: Vec<&Suppression> =
            self.active.iter().filter(|s| s.acts_on(found, newness, now)).collect();
        acting.sort_by_key(|s| std::cmp::Reverse((s.when.len(), s.action.gentleness())));
        acting
    }
}

impl Suppression {
    fn acts_on(&self, found: &Match, newness: &Newness, now: Timestamp) -> bool {
        now < self.expires
            && self.names(found)
            && !self.unless_first.iter().any(|fact| newness.is_news(fact))
            && self
                .window
                .as_ref()
                .is_none_or(|window| found.facts.time.is_some_and(|at| window.contains(at)))
            && self.when.iter().all(|(key, tests)| tests.iter().any(|test| test.holds(*key, found)))
    }

    fn names(&self, found: &Match) -> bool {
        self.rules.iter().any(|name| name == "*" || found.rule.is_called(name))
    }

    /// What it does to a match of this level: critical is never dropped, high only with leave.
    pub(super) fn action_on(&self, level: Level) -> SuppressionAction {
        match self.action {
            SuppressionAction::Drop if level == Level::Critical => SuppressionAction::Tag,
            SuppressionAction::Drop if level == Level::High && !self.allow_high => SuppressionAction::Tag,
            action => action,
        }
    }

    /// The labels it gives: its own, or its id.
    pub(super) fn labels(&self) -> Vec<String> {
        if self.tags.is_empty() { vec![self.id.clone()] } else { self.tags.clone() }
    }
}

impl Test {
    fn holds(&self, key: Fact, found: &Match) -> bool {
        match self {
            Self::Network(network) => found.facts.source.ip.is_some_and(|ip| network.contains(&ip)),
            Self::Between(low, high) => number(key, found).is_some_and(|n| (*low..=*high).contains(&n)),
            Self::Glob(glob) | Self::Class(glob, _) => {
                texts(key, found).iter().any(|text| glob.is_match(text))
            }
        }
    }
}

fn number(key: Fact, found: &Match) -> Option<i64> {
    let facts = &found.facts;
    match key {
        // A wildcard's true count is unknown, so no bound on it can hold.
        Fact::TargetCount => (!facts.target.wildcard).then_some(i64::from(facts.target.count)),
        Fact::SourceAsn => facts.source.asn.map(i64::from),
        Fact::TunnelPort => facts.tunnel.as_ref()?.port.as_ref()?.parse().ok(),
        _ => None,
    }
}

/// The key, which has no path, and the same as whoever copies the role's or the user's ARN writes it.
fn with_path(actor: &Actor) -> Vec<String> {
    let owner = if actor.kind == ActorKind::User { &actor.uid } else { &actor.issuer };
    let (named, person) = match actor.key.split_once('#') {
        Some((named, person)) => (named, format!("#{person}")),
        None => (actor.key.as_str(), String::new()),
    };
    let is_it = |arn: &&String| arn.rsplit('/').next() == named.rsplit('/').next();
    let as_written = owner.as_ref().filter(is_it).map(|arn| format!("{arn}{person}"));
    [actor.key.clone()].into_iter().chain(as_written).collect()
}

pub(super) fn texts(key: Fact, found: &Match) -> Vec<String> {
    let facts = &found.facts;
    let (actor, source, scope, target) = (&facts.actor, &facts.source, &facts.scope, &facts.target);
    let one = |text: Option<&String>| text.cloned().into_iter().collect();
    let word = |text: &str| vec![text.to_owned()];
    match key {
        Fact::Provider => word(facts.provider.as_str()),
        Fact::Account => word(&scope.account),
        Fact::Region => one(scope.region.as_ref()),
        Fact::Subscription => one(scope.subscription.as_ref()),
        Fact::Tenant => one(scope.tenant.as_ref()),
        Fact::ResourceGroup => one(scope.resource_group.as_ref()),
        Fact::ActorType => vec![actor.kind.as_str().to_owned(), actor.type_name.clone()],
        Fact::ActorId => with_path(actor),
        Fact::ActorIssuer => one(actor.issuer.as_ref()),
        Fact::ActorSession => one(actor.session.as_ref()),
        Fact::ActorDisplay => word(&actor.display),
        Fact::ActorSourceIdentity => one(actor.source_identity.as_ref()),
        // Of whoever is no application it is the client that they chose to act through.
        Fact::ActorAppId => match actor.kind {
            ActorKind::ServicePrincipal | ActorKind::ManagedIdentity => one(actor.app_id.as_ref()),
            _ => Vec::new(),
        },
        Fact::ActorIsService => word(&actor.is_service.to_string()),
        Fact::ActorMfa => actor.mfa.map(|mfa| mfa.to_string()).into_iter().collect(),
        Fact::ActorGroups => actor.groups.clone(),
        Fact::SourceCidr => source.ip.map(|ip| ip.to_string()).into_iter().collect(),
        Fact::SourceAsn => source.asn.map(|asn| asn.to_string()).into_iter().collect(),
        Fact::SourceCountry => one(source.country.as_ref()),
        Fact::SourceKind => source.kind().map(str::to_owned).into_iter().collect(),
        Fact::UserAgent => one(source.user_agent.as_ref()),
        Fact::Action => word(&facts.action.key),
        Fact::Outcome => word(facts.outcome.kind.as_str()),
        Fact::Document => one(facts.document.as_ref()),
        Fact::DocumentAccount => one(facts.document_account.as_ref()),
        Fact::ExtensionType => one(facts.extension_type.as_ref()),
        Fact::TargetId => target.ids.iter().chain(&target.names).cloned().collect(),
        Fact::TargetTag => target.selectors.clone(),
        Fact::TargetCount => word(&target.count.to_string()),
        Fact::TargetWildcard => word(&target.wildcard.to_string()),
        Fact::SessionId => one(facts.session_id.as_ref()),
        Fact::TunnelHost => one(facts.tunnel.as_ref().and_then(|tunnel| tunnel.host.as_ref())),
        Fact::TunnelPort => one(facts.tunnel.as_ref().and_then(|tunnel| tunnel.port.as_ref())),
        Fact::EntraAppId => one(facts.entra.as_ref().and_then(|entra| entra.app_id.as_ref())),
        Fact::EntraRiskLevel => one(facts.entra.as_ref().and_then(|entra| entra.risk_level.as_ref())),
        Fact::EntraProtocol => one(facts.entra.as_ref().and_then(|entra| entra.protocol.as_ref())),
        Fact::EntraDeviceTrust => one(facts.entra.as_ref().and_then(|entra| entra.device_trust.as_ref())),
    }
}
