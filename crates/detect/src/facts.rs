//! The normalised envelope: one vocabulary for who did what to which machine, from where, whatever the log.

mod actor;
mod deciding;
mod document;
mod handed_out;
mod known;
mod named;
mod names;
mod trust;

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log_type::{LogType, Provider};
pub use actor::{Actor, ActorKind};
pub(crate) use deciding::Deciding;
pub use document::{DocumentOwner, Purpose, StepRuns};
pub use handed_out::HandedOut;
pub use known::{Asset, Consulted, Geography, Held, Indicated, Known, Role};
pub(crate) use named::{NAMES, closed};
pub(crate) use names::Names;
pub use trust::Trusted;

/// What a record says, in the words all logs share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The log it came from.
    pub log: LogType,
    /// Whose log that is.
    pub provider: Provider,
    /// The source event's own id; a hash of what identifies it where the log has none.
    pub event_uid: String,
    /// A hash of what it says, where its own id cannot tell it from others.
    pub content: Option<String>,
    /// Which of the operations under one correlation id it is of, where it is not the first; memory says so.
    pub run: Option<String>,
    /// When it happened; `None` when the record does not say in any form we read.
    pub time: Option<Timestamp>,
    /// The time as the record writes it.
    pub original_time: String,
    /// What was done.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// Who did it.
    pub actor: Actor,
    /// From where.
    pub source: Source,
    /// To what.
    pub target: Target,
    /// Azure's resource id in full, lower-case: what the target was cut from.
    pub resource: Option<String>,
    /// In which account, region, subscription, tenant.
    pub scope: Scope,
    /// SSM document, without an ARN's head; run-command name.
    pub document: Option<String>,
    /// The account that owns the document, when the record names it by ARN.
    pub document_account: Option<String>,
    /// Who owns the document.
    pub document_owner: Option<DocumentOwner>,
    /// What the document runs, if it is one of AWS's that is known.
    pub document_runs: Option<Purpose>,
    /// VM extension type, as declared; the name of an extension says nothing of it.
    pub extension_type: Option<String>,
    /// What the extension does, by its declared type and publisher, where both are known.
    pub extension_runs: Option<Purpose>,
    /// Session, command or operation that later records refer to.
    pub session_id: Option<String>,
    /// SSM `commandId`; for a process that the agent started, the command whose folder it runs in.
    pub command_id: Option<String>,
    /// Whom a role was given to, normalised as actors are.
    pub grantee: Option<String>,
    /// Whom a trust policy lets in; each kind once.
    pub trusted: Vec<Trusted>,
    /// Does what a call says of a firewall open a port for logins to everybody, or of a site logins with a password? Nothing for
    /// other calls.
    pub opens_login: Option<bool>,
    /// What the steps that a cluster is given run; each kind once.
    pub steps_run: Vec<StepRuns>,
    /// CloudTrail `requestID`.
    pub request_id: Option<String>,
    /// Azure's `correlationId`.
    pub correlation_id: Option<String>,
    /// Where a session forwards to.
    pub tunnel: Option<Tunnel>,
    /// What was asked for is there, and the record does not show it.
    pub parameters_hidden: bool,
    /// SHA-256 of an SSH public key that was pushed, without its comment.
    pub key_fingerprint: Option<String>,
    /// Free text of the caller: SSM `reason`, `comment`.
    pub reason: Option<String>,
    /// The session that it hands out, for others to act in.
    pub handed_out: Option<Box<HandedOut>>,
    /// Sign-in particulars.
    pub entra: Option<Entra>,
    /// Process particulars.
    pub process: Option<Process>,
    /// What is known of it beside what it says. Not kept with it: what files say is looked up anew.
    #[serde(skip)]
    pub known: Option<Box<Known>>,
    /// `eventVersion` and its like.
    pub log_version: Option<String>,
    /// The log's name within its provider: `Administrative`, `SignInLogs`, the Windows channel.
    pub log_name: Option<String>,
}

impl Facts {
    /// Facts of a log that says nothing yet.
    pub fn new(log: LogType) -> Self {
        Self {
            log,
            provider: log.provider(),
            event_uid: String::new(),
            content: None,
            run: None,
            time: None,
            original_time: String::new(),
            action: Action::default(),
            outcome: Outcome::default(),
            actor: Actor::default(),
            source: Source::default(),
            target: Target::default(),
            resource: None,
            scope: Scope::default(),
            document: None,
            document_account: None,
            document_owner: None,
            document_runs: None,
            extension_type: None,
            extension_runs: None,
            session_id: None,
            command_id: None,
            grantee: None,
            trusted: Vec::new(),
            opens_login: None,
            steps_run: Vec::new(),
            request_id: None,
            correlation_id: None,
            tunnel: None,
            parameters_hidden: false,
            key_fingerprint: None,
            reason: None,
            handed_out: None,
            entra: None,
            process: None,
            known: None,
            log_version: None,
            log_name: None,
        }
    }

    /// The country that it came from, by the record or by what is known of the address.
    pub fn country(&self) -> Option<&String> {
        let looked_up = self.known.as_ref().and_then(|known| known.place.country.as_ref());
        self.source.country.as_ref().or(looked_up)
    }

    /// The autonomous system that it came from, by the record or by what is known of the address.
    pub fn asn(&self) -> Option<u32> {
        self.source.asn.or_else(|| self.known.as_ref()?.place.asn)
    }

    /// Does the record name itself? A CloudTrail record without `eventID` does not: two that read alike may be two.
    pub fn has_own_id(&self) -> bool {
        self.content.as_ref() != Some(&self.event_uid)
    }
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// `ssm.amazonaws.com`, `Microsoft.Compute`, `Microsoft Entra ID`, `process`.
    pub service: String,
    /// The operation in its log's own spelling: `StartSession`, `Microsoft.Compute/virtualMachines/runCommand/action`.
    pub operation: String,
    /// The one key rules, baselines and suppressions use: `ssm:StartSession`, upper-cased Azure operation,
    /// `signin:SignInLogs`, `process_start`.
    pub key: String,
}

/// How an action ended; nothing is known of it until a record says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which of the ways.
    pub kind: OutcomeKind,
    /// The log's own code: `AccessDenied`, `50126`, `Failure`.
    pub code: Option<String>,
    /// The log's own words, as they came; untrusted.
    pub message: Option<String>,
}

/// The ways an action can end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OutcomeKind {
    /// Done.
    Success,
    /// Taken on; for operations that answer 202 this is as good as done.
    Accepted,
    /// Only begun; never alerts by itself.
    Pending,
    /// Refused for lack of permission.
    Denied,
    /// Tried and failed otherwise.
    Failed,
    /// Begun, and ended by somebody before it was done; what it did until then is not known.
    Cancelled,
    /// A sign-in that stopped for another step.
    Interrupted,
    /// `DryRun` asked whether it would have been allowed.
    DryRun,
    /// Throttled; it will be tried again.
    Throttled,
    /// The record does not say.
    #[default]
    Unknown,
}

impl Outcome {
    /// Done, without a code or words for it: what a record is about has happened.
    pub(crate) fn done() -> Self {
        Self { kind: OutcomeKind::Success, ..Self::default() }
    }
}

impl OutcomeKind {
    /// All of them.
    pub(crate) const ALL: [Self; 10] = [
        Self::Success,
        Self::Accepted,
        Self::Pending,
        Self::Denied,
        Self::Failed,
        Self::Cancelled,
        Self::Interrupted,
        Self::DryRun,
        Self::Throttled,
        Self::Unknown,
    ];

    /// Tried in vain, whatever for.
    pub(crate) fn is_failure(self) -> bool {
        match self {
            Self::Denied
            | Self::Failed
            | Self::Cancelled
            | Self::Interrupted
            | Self::DryRun
            | Self::Throttled => true,
            Self::Success | Self::Accepted | Self::Pending | Self::Unknown => false,
        }
    }

    /// The word in `n.outcome`, attributes and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
            Self::DryRun => "dryrun",
            Self::Throttled => "throttled",
            Self::Unknown => "unknown",
        }
    }
}

/// From where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The caller's address.
    pub ip: Option<IpAddr>,
    /// A service name where the log has one in place of an address.
    pub service: Option<String>,
    /// Written by the client; context only.
    pub user_agent: Option<String>,
    /// The AWS CLI command in the user agent: `ssm.start-session`.
    pub cli_command: Option<String>,
    /// Autonomous system.
    pub asn: Option<u32>,
    /// Two-letter country.
    pub country: Option<String>,
    /// In a network the tenant has named as trusted.
    pub trusted_network: bool,
}

impl Source {
    /// `ip`, `service` or `internal`; nothing when the record does not say.
    pub fn kind(&self) -> Option<&'static str> {
        match (&self.ip, self.service.as_deref()) {
            (Some(_), _) => Some("ip"),
            (None, Some("AWS Internal")) => Some("internal"),
            (None, Some(_)) => Some("service"),
            (None, None) => None,
        }
    }
}

/// To what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Instance ids, resource ids (lower-case), host names; without duplicates, in order.
    pub ids: Names,
    /// The ids in the log's own case, where it has it; same order, same length.
    pub names: Names,
    /// OCSF resource type: `AWS::EC2::Instance`, `Microsoft.Compute/virtualMachines`, `Host`.
    pub kind: String,
    /// How many machines, as far as the record tells.
    pub count: u32,
    /// Chosen by tag, resource group or `*`: unknown many.
    pub wildcard: bool,
    /// The tags or groups that chose them.
    pub selectors: Vec<String>,
}

/// In which account, region, subscription, tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// AWS account, Azure subscription, GCP project; for sign-ins the tenant; for hosts the sensor's customer id.
    pub account: String,
    /// Region.
    pub region: Option<String>,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: Option<String>,
    /// Entra tenant.
    pub tenant: Option<String>,
    /// Azure subscription, where there is one.
    pub subscription: Option<String>,
    /// Azure resource group.
    pub resource_group: Option<String>,
}

/// Where a session forwards to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tunnel {
    /// The host behind the instance.
    pub host: Option<String>,
    /// The port there.
    pub port: Option<String>,
    /// The port here.
    pub local_port: Option<String>,
}

/// Sign-in particulars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entra {
    /// Application signed in to, by id and name.
    pub app_id: Option<String>,
    /// Application's display name.
    pub app_name: Option<String>,
    /// Resource asked for.
    pub resource_name: Option<String>,
    /// Resource's id.
    pub resource_id: Option<String>,
    /// `riskLevelDuringSignIn`.
    pub risk_level: Option<String>,
    /// `riskEventTypes_v2` and its elder.
    pub risk_types: Vec<String>,
    /// `authenticationProtocol`.
    pub protocol: Option<String>,
    /// `deviceDetail.trustType`.
    pub device_trust: Option<String>,
}

/// Process particulars. Command lines are evidence that never leaves; see the describe stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Image path.
    pub image: Option<String>,
    /// Command line. Not kept, as it never leaves.
    #[serde(skip)]
    pub command_line: Option<String>,
    /// Parent's image path, or only its name.
    pub parent_image: Option<String>,
    /// Digests of the image as Sysmon writes them: `MD5=…,SHA256=…`.
    pub hashes: Option<String>,
    /// Process id.
    pub pid: Option<i64>,
    /// Host name or sensor id.
    pub host: Option<String>,
    /// Cloud tools it runs, with service and verb: `aws ssm start-session`.
    pub tools: Vec<String>,
    /// Their options, by name: `amazon-ssm-agent register`.
    pub tool_options: Vec<String>,
    /// The clouds' agents it descends from, as far as the record shows: `ssm`, `azure`.
    pub agents: Vec<String>,
    /// Of an agent's own program: does it lie where a distribution installs it?
    pub agent_installed: Option<bool>,
}
