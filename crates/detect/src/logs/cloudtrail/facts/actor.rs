//! Who called, by `userIdentity.type`.
//!
//! The key is what baselines and correlations count by: the root of the credentials as every record tells it, so without
//! the path of a role or a user. Names of sessions and of federation tokens and the source identity are the caller's
//! choice, so they are shown and make no actor, though one that looks like a container's raises a level; only Identity
//! Center writes the person's name itself.

use trailhound_sigma::json::{Document, Node};

use super::super::arn::Arn;
use crate::facts::{Actor, ActorKind, Facts};
use crate::logs::node::{Texts, text_of};
use crate::logs::{guid, time};

/// Where Identity Center makes its roles, and nobody else can.
const IDENTITY_CENTER_PATH: &str = ":role/aws-reserved/sso.amazonaws.com/";

/// What CloudTrail writes in place of a name that may be a mistyped password.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
/// What it writes in place of an id where nobody signed the call.
const ANONYMOUS: &str = "Anonymous";

pub(super) fn read(record: &Document<'_>, facts: &Facts) -> Actor {
    let identity = Identity { record, facts };
    let type_name = identity.string("type").unwrap_or_default();
    let mut actor = match type_name.as_str() {
        "IAMUser" => identity.iam_user(),
        "Root" => identity.root(),
        "AssumedRole" | "Role" => identity.assumed_role(),
        "FederatedUser" => identity.federated(),
        "SAMLUser" | "WebIdentityUser" => identity.of_identity_provider(),
        "IdentityCenterUser" => identity.identity_center(),
        "AWSService" => identity.service(),
        "AWSAccount" => identity.other_account(),
        // A service's own events have no type.
        "" if identity.string("invokedBy").is_some() && identity.string("userName").is_none() => {
            identity.service()
        }
        _ => identity.unnamed(),
    };
    actor.type_name = type_name;
    actor.principal_id = identity.string("principalId");
    actor.account = identity.string("accountId").or(actor.account);
    actor.credential_uid = identity.string("accessKeyId");
    actor.source_identity = identity.string("sessionContext.sourceIdentity");
    actor.session_created =
        identity.string("sessionContext.attributes.creationDate").and_then(|text| time::parse(&text));
    actor.invoked_by = identity.string("invokedBy");
    actor.is_workload = actor.kind == ActorKind::Instance
        || actor.session.as_deref().is_some_and(is_of_container)
        || identity
            .string("sessionContext.webIdFederationData.federatedProvider")
            .is_some_and(|provider| provider.contains("oidc-provider/oidc.eks."))
        || identity.string("inScopeOf.issuerType").is_some_and(|kind| kind == "AWS::Lambda::Function");
    actor.console = identity.console();
    actor.mfa = identity.mfa(&actor);
    let service_writes = |name: &Option<String>| {
        name.as_deref().is_some_and(|name| name.ends_with(".amazonaws.com") || name == "AWS Internal")
    };
    actor.is_service |= service_writes(&actor.invoked_by)
        || facts.source.service.as_deref().is_some_and(|name| name.ends_with(".amazonaws.com"));
    if actor.kind == ActorKind::User && !actor.is_service {
        actor.is_human = actor.console || actor.mfa == Some(true);
    }
    actor
}

/// Sessions of containers are named by what runs them: a task of ECS by its id, a pod by `eks-CLUSTER-POD-UUID`.
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
fn is_of_container(session: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_task = session.len() == 32 && is_hex(session);
    let is_pod = session.starts_with("eks-")
        && session.len() > 40
        && session.get(session.len() - 36..).is_some_and(guid::is_guid);
    is_task || is_pod
}

struct Identity<'r, 'a> {
    record: &'r Document<'a>,
    facts: &'r Facts,
}

impl Identity<'_, '_> {
    fn node(&self, path: &str) -> Option<Node<'_>> {
        self.record.get("userIdentity")?.get(path)
    }

    fn string(&self, path: &str) -> Option<String> {
        self.node(path).and_then(text_of)
    }

    fn account(&self) -> String {
        self.string("accountId").unwrap_or_else(|| self.facts.scope.account.clone())
    }

    fn iam_user(&self) -> Actor {
        let (arn, name) = (self.string("arn"), self.string("userName"));
        let Some(arn) = arn else { return Actor { kind: ActorKind::User, ..self.unnamed() } };
        let name = name.or_else(|| Arn::parse(&arn).map(|arn| arn.last_segment().to_owned()));
        Actor {
            key: Arn::without_path(&arn),
            kind: ActorKind::User,
            display: name.clone().unwrap_or_else(|| arn.clone()),
            uid: Some(arn),
            name,
            ..Actor::default()
        }
    }

    fn root(&self) -> Actor {
        let account = self.account();
        Actor {
            key: format!("root:{account}"),
            kind: ActorKind::Root,
            display: "root".to_owned(),
            uid: self.string("arn"),
            name: Some("root".to_owned()),
            is_human: true,
            ..Actor::default()
        }
    }

    fn assumed_role(&self) -> Actor {
        let arn = self.string("arn");
        let parsed = arn.as_deref().and_then(Arn::parse);
        let session = parsed
            .filter(|arn| arn.resource.starts_with("assumed-role/"))
            .map(|arn| arn.last_segment().to_owned())
            .or_else(|| {
                self.string("principalId")
                    .and_then(|id| id.split_once(':').map(|(_, session)| session.to_owned()))
            });
        let issuer = self.string("sessionContext.sessionIssuer.arn").or_else(|| role_of_session(parsed?));
        let told = self.string("sessionContext.sessionIssuer.arn");
        // Where the record names no issuer, the role's path is lost, and with it what only Identity Center may write.
        let is_vouched = match &told {
            Some(issuer) => issuer.contains(IDENTITY_CENTER_PATH),
            None => issuer.as_deref().is_some_and(is_identity_center_role),
        };
        let role = issuer
            .as_deref()
            .and_then(Arn::parse)
            .map(|arn| arn.last_segment().to_owned())
            .or_else(|| self.string("sessionContext.sessionIssuer.userName"));
        let is_instance = session.as_deref().is_some_and(is_machine_id);
        let is_human = !is_instance
            && (is_vouched
                || self.string("sessionContext.sourceIdentity").is_some()
                || session.as_deref().is_some_and(|session| session.contains('@')));
        // A principal is `<role's id>:<session>`.
        let role_id = || self.string("principalId").map(|id| before_colon(&id).to_owned());
        let mut key = issuer
            .as_deref()
            .map(Arn::without_path)
            .or_else(role_id)
            .or_else(|| arn.clone())
            .unwrap_or_default();
        let claimed = self.string("sessionContext.sourceIdentity").or_else(|| session.clone());
        let claimed = claimed.filter(|_| is_human).map(|person| format!("{key}#{person}"));
        if is_vouched && let Some(person) = &session {
            key = format!("{key}#{person}");
        }
        let display = match (&role, &session) {
            (Some(role), Some(session)) => format!("{role}/{session}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => key.clone(),
        };
        Actor {
            key,
            kind: if is_instance { ActorKind::Instance } else { ActorKind::Role },
            display,
            uid: arn,
            name: session.clone(),
            session,
            issuer,
            claimed,
            is_human,
            ..Actor::default()
        }
    }

    fn federated(&self) -> Actor {
        let arn = self.string("arn");
        let name = arn.as_deref().and_then(Arn::parse).map(|arn| {
            arn.resource.strip_prefix("federated-user/").unwrap_or_else(|| arn.last_segment()).to_owned()
        });
        let name = name.or_else(|| {
            self.string("principalId").and_then(|id| id.split_once(':').map(|(_, name)| name.to_owned()))
        });
        let issuer = self.string("sessionContext.sessionIssuer.arn");
        let known = issuer.clone().or_else(|| arn.clone());
        let display = name.clone().or(known).unwrap_or_default();
        let key =
            issuer.as_deref().map_or_else(|| format!("federated:{}", self.account()), Arn::without_path);
        Actor {
            kind: ActorKind::Federated,
            display,
            uid: arn,
            session: name.clone(),
            claimed: name.as_ref().map(|name| format!("{key}#{name}")),
            name,
            issuer,
            key,
            ..Actor::default()
        }
    }

    fn of_identity_provider(&self) -> Actor {
        // A web identity's principal is provider:audience:subject.
        let principal = self.string("principalId").unwrap_or_default();
        let name = self
            .string("userName")
            .or_else(|| principal.rsplit(':').next().filter(|name| !name.is_empty()).map(str::to_owned));
        let provider = self
            .string("identityProvider")
            .or_else(|| principal.split(':').next().filter(|name| !name.is_empty()).map(str::to_owned))
            .unwrap_or_default();
        let display = name.clone().unwrap_or_else(|| provider.clone());
        Actor {
            key: format!("{provider}#{}", name.as_deref().unwrap_or_default()),
            kind: ActorKind::Federated,
            is_human: display.contains('@'),
            display,
            uid: (!principal.is_empty()).then_some(principal),
            name,
            ..Actor::default()
        }
    }

    fn identity_center(&self) -> Actor {
        let user = self.string("onBehalfOf.userId").or_else(|| self.string("principalId"));
        let user = user.or_else(|| self.string("userName")).unwrap_or_default();
        let store = self.string("onBehalfOf.identityStoreArn");
        let name = self.string("userName");
        Actor {
            key: store.as_ref().map_or_else(|| user.clone(), |store| format!("{store}#{user}")),
            kind: ActorKind::Federated,
            display: name.clone().unwrap_or_else(|| user.clone()),
            uid: Some(user),
            name,
            is_human: true,
            ..Actor::default()
        }
    }

    fn service(&self) -> Actor {
        let name = self.string("invokedBy").or_else(|| self.facts.source.service.clone());
        Actor {
            key: name.clone().unwrap_or_default(),
            kind: ActorKind::Service,
            display: name.clone().unwrap_or_default(),
            name,
            is_service: true,
            ..Actor::default()
        }
    }

    fn other_account(&self) -> Actor {
        // Of somebody anonymous CloudTrail writes a constant in place of an account.
        let account = self.string("accountId").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(account) = account else { return self.unnamed() };
        let principal = self.string("principalId");
        let key = principal.as_ref().map_or_else(|| account.clone(), |id| format!("{account}:{id}"));
        Actor {
            display: format!("account {account}"),
            key,
            kind: ActorKind::Account,
            uid: self.string("arn").or(principal),
            ..Actor::default()
        }
    }

    /// No type, or one without an ARN, as after a failed console sign-in. A hidden name is everybody's, so the address
    /// stands for the person, and nobody is told.
    fn unnamed(&self) -> Actor {
        let name = self.string("userName");
        let uid = self.string("arn");
        let shown = name.clone().filter(|name| name != HIDDEN);
        let principal = || {
            let id = self.string("principalId")?;
            (id != self.facts.scope.account && id != ANONYMOUS).then_some(id)
        };
        let known = uid.clone().or_else(|| shown.clone()).or_else(principal);
        let display = shown.clone().or_else(|| known.clone()).unwrap_or_default();
        let somebody = || match (&name, self.facts.source.ip) {
            (Some(hidden), Some(ip)) => format!("{hidden}#{ip}"),
            _ => String::new(),
        };
        let key = known.unwrap_or_else(somebody);
        Actor { key, kind: ActorKind::Unknown, display, uid, name: shown, ..Actor::default() }
    }

    fn console(&self) -> bool {
        self.record.get("sessionCredentialFromConsole").and_then(Node::as_bool) == Some(true)
            || self.record.get("eventType").is_some_and(|node| node.raw().starts_with("AwsConsole"))
    }

    /// Federated principals passed their second factor, or not, where CloudTrail cannot see it.
    fn mfa(&self, actor: &Actor) -> Option<bool> {
        let may_know = match actor.kind {
            ActorKind::User | ActorKind::Root | ActorKind::Unknown => true,
            ActorKind::Role => {
                !actor.issuer.as_deref().is_some_and(is_identity_center_role)
                    && self.string("sessionContext.webIdFederationData.federatedProvider").is_none()
            }
            _ => false,
        };
        if !may_know || self.record.string("additionalEventData.SamlProviderArn").is_some() {
            return None;
        }
        if self.facts.action.operation == "ConsoleLogin" {
            if actor.kind == ActorKind::Role {
                return None;
            }
            let used = self.record.get("additionalEventData.MFAUsed")?.scalar()?;
            return match used.to_ascii_lowercase().as_str() {
                "yes" | "true" => Some(true),
                "no" | "false" => Some(false),
                _ => None,
            };
        }
        self.node("sessionContext.attributes.mfaAuthenticated")?.as_bool()
    }
}

fn before_colon(text: &str) -> &str {
    text.split(':').next().unwrap_or(text)
}

/// The role behind `assumed-role/<role>/<session>`; its path is lost.
pub(super) fn role_of_session(arn: Arn<'_>) -> Option<String> {
    let (role, _session) = arn.resource.strip_prefix("assumed-role/")?.rsplit_once('/')?;
    Some(format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account))
}

fn is_identity_center_role(issuer: &str) -> bool {
    issuer.contains(IDENTITY_CENTER_PATH) || issuer.contains("role/AWSReservedSSO_")
}

/// `i-` or `mi-` and 8 to 17 hex digits: the session of an instance's role.
pub(super) fn is_machine_id(name: &str) -> bool {
    let digits = name.strip_prefix("i-").or_else(|| name.strip_prefix("mi-"));
    digits.is_some_and(|digits| {
        (8..=17).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}
