//! Where it happened.
//!
//! Alert schema v1 knows two clouds. A host's own log does not say which cloud the host is in, so the provider is
//! that of the agent or tool the process belongs to, and AWS where there is none; `unmapped.cloud_basis` says which
//! of the three it was, the account is `unknown`, and the envelope's `source` says `host`. Google's audit log says
//! `GCP`, which our schema allows beside the two: its rule ships disabled, and no other word would be true.

use serde::Serialize;

use super::{Writer, caption::OTHER};
use crate::event::{Facts, Provider};

#[derive(Serialize)]
pub(super) struct Cloud {
    pub(super) provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    pub(super) account: Account,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) org: Option<Organization>,
    #[serde(rename = "cloud_partition", skip_serializing_if = "Option::is_none")]
    pub(super) partition: Option<String>,
    #[serde(skip)]
    pub(super) basis: Basis,
}

#[derive(Clone, Serialize)]
pub(super) struct Account {
    pub(super) uid: String,
    type_id: u8,
    #[serde(rename = "type")]
    type_name: &'static str,
}

#[derive(Clone, Serialize)]
pub(super) struct Organization {
    uid: String,
}

/// What tells the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Basis {
    /// The log is the provider's own.
    Log,
    /// A process of the provider's guest agent.
    Agent,
    /// A process of the provider's command line.
    Tool,
    /// Nothing: the schema wants one.
    Assumed,
}

/// Stands for an account that a record does not name.
pub(super) const UNKNOWN: &str = "unknown";

impl Cloud {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        let facts = &writer.found.facts;
        let scope = &facts.scope;
        let (provider, basis) = provider(facts);
        let tenant = scope.tenant.as_ref().filter(|_| facts.provider == Provider::Azure);
        Self {
            provider,
            region: writer.optional(scope.region.as_ref(), 64),
            account: Account::of(writer),
            org: writer.optional(tenant, 128).map(|uid| Organization { uid }),
            partition: writer.optional(scope.partition.as_ref(), 32),
            basis,
        }
    }
}

impl Account {
    fn of(writer: &Writer<'_>) -> Self {
        let facts = &writer.found.facts;
        let scope = &facts.scope;
        if facts.provider == Provider::Host || scope.account.is_empty() {
            return Self { uid: UNKNOWN.to_owned(), type_id: 0, type_name: "Unknown" };
        }
        let uid = writer.text(&scope.account, 128);
        let (type_id, type_name) = match facts.provider {
            Provider::Aws => (10, "AWS Account"),
            Provider::Gcp => (11, "GCP Project"),
            _ if scope.subscription.as_deref() == Some(&scope.account) => (13, "Azure Subscription"),
            _ => (OTHER, "Azure Tenant"),
        };
        Self { uid, type_id, type_name }
    }

    /// The AWS account that an actor belongs to.
    pub(super) fn aws(uid: String) -> Self {
        Self { uid, type_id: 10, type_name: "AWS Account" }
    }
}

fn provider(facts: &Facts) -> (&'static str, Basis) {
    match facts.provider {
        Provider::Aws => ("AWS", Basis::Log),
        Provider::Azure => ("Azure", Basis::Log),
        Provider::Gcp => ("GCP", Basis::Log),
        Provider::Host => host_provider(facts),
    }
}

const AWS_AGENTS: &[&str] =
    &["amazon-ssm-agent", "ssm-agent-worker", "ssm-session-worker", "ssm-document-worker", "amazon/ssm"];
const AZURE_AGENTS: &[&str] = &[
    "waagent",
    "waappagent",
    "windowsazureguestagent",
    "runcommandextension",
    "customscripthandler",
    "runcommandservice",
    "managedruncommand",
    "/packages/plugins/microsoft.",
];
const AWS_TOOLS: &[&str] = &["aws", "session-manager-plugin"];
const AZURE_TOOLS: &[&str] = &["az"];
const AZURE_COMMANDS: &[&str] = &["azure.cli", "azaccount", "invoke-azvm", "set-azvm", "mggraph", "azuread"];

fn host_provider(facts: &Facts) -> (&'static str, Basis) {
    let Some(process) = &facts.process else { return ("AWS", Basis::Assumed) };
    let plain = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase().replace('\\', "/");
    let texts = [plain(&process.image), plain(&process.parent_image), plain(&process.command_line)];
    let mentions = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    let [image, _, line] = &texts;
    let program = line.trim_start_matches('"').split(['"', ' ']).next().unwrap_or_default();
    let runs = |tools: &[&str]| [image.as_str(), program].iter().any(|path| tools.contains(&tool_name(path)));
    if mentions(AWS_AGENTS) {
        ("AWS", Basis::Agent)
    } else if mentions(AZURE_AGENTS) {
        ("Azure", Basis::Agent)
    } else if runs(AWS_TOOLS) {
        ("AWS", Basis::Tool)
    } else if runs(AZURE_TOOLS) || mentions(AZURE_COMMANDS) {
        ("Azure", Basis::Tool)
    } else {
        ("AWS", Basis::Assumed)
    }
}

fn tool_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".exe").or_else(|| name.strip_suffix(".cmd")).unwrap_or(name)
}
