//! Who acts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Kinds of actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// An IAM user, an Entra user.
    User,
    /// The root user of an AWS account.
    Root,
    /// An assumed role.
    Role,
    /// A federated, SAML, web-identity or Identity Center user.
    Federated,
    /// The role session of an EC2 instance.
    Instance,
    /// An Entra service principal or application.
    ServicePrincipal,
    /// A managed identity.
    ManagedIdentity,
    /// The provider's own service.
    Service,
    /// Another AWS account.
    Account,
    /// A local account of a machine.
    Local,
    /// The record does not say.
    #[default]
    Unknown,
}

impl ActorKind {
    /// All of them.
    pub(crate) const ALL: [Self; 11] = [
        Self::User,
        Self::Root,
        Self::Role,
        Self::Federated,
        Self::Instance,
        Self::ServicePrincipal,
        Self::ManagedIdentity,
        Self::Service,
        Self::Account,
        Self::Local,
        Self::Unknown,
    ];

    /// The word in `n.actor.kind` and suppressions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Root => "root",
            Self::Role => "role",
            Self::Federated => "federated",
            Self::Instance => "instance",
            Self::ServicePrincipal => "service_principal",
            Self::ManagedIdentity => "managed_identity",
            Self::Service => "service",
            Self::Account => "account",
            Self::Local => "local",
            Self::Unknown => "unknown",
        }
    }
}

/// Who did it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    /// What baselines and correlations key on; stable across sessions. Entra object ids lower-case without dashes.
    pub key: String,
    /// The same with the person that the caller claims to be, where it claims one: a session's name, a source identity.
    /// It only tells more apart; nothing may count by it to say less.
    #[serde(default)]
    pub claimed: Option<String>,
    /// Which kind.
    pub kind: ActorKind,
    /// The log's own word for the kind: `AssumedRole`, `IAMUser`, `ServicePrincipal`.
    pub type_name: String,
    /// Short and for people: `OpsReadOnly/dana`, `alice@example.com`.
    pub display: String,
    /// The full id as the log gives it: ARN, object id, SID.
    pub uid: Option<String>,
    /// AWS `principalId`.
    pub principal_id: Option<String>,
    /// User or session name alone.
    pub name: Option<String>,
    /// Role session name.
    pub session: Option<String>,
    /// ARN of the role that issued the session.
    pub issuer: Option<String>,
    /// When the session was made.
    pub session_created: Option<Timestamp>,
    /// `sourceIdentity`.
    pub source_identity: Option<String>,
    /// Access key id.
    pub credential_uid: Option<String>,
    /// Account the actor belongs to.
    pub account: Option<String>,
    /// The resource whose own identity it is, in full: an Azure machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Entra application id.
    pub app_id: Option<String>,
    /// Entra groups, by object id.
    pub groups: Vec<String>,
    /// Azure RBAC role the call was allowed by.
    pub role: Option<String>,
    /// Used a second factor; `None` where the record cannot know, as for federated principals.
    pub mfa: Option<bool>,
    /// Acting through the console.
    pub console: bool,
    /// A provider's service acts, itself or for somebody.
    pub is_service: bool,
    /// The service that acts: `userIdentity.invokedBy`.
    pub invoked_by: Option<String>,
    /// The identity of a machine or of a function, which has no business on other machines by itself.
    #[serde(default)]
    pub is_workload: bool,
    /// Believed to be a person.
    pub is_human: bool,
}
