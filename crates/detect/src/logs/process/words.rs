//! What a process start is called, and which cloud's it is.
//!
//! A host's own log does not say which cloud the host is in, so the provider is that of the agent or tool the process
//! belongs to, and AWS where there is none.

use crate::facts::Facts;
use crate::logs::words::{Basis, Cloud, Words, own_event};

pub(super) const WORDS: Words = Words {
    log: "Endpoint process log",
    record: "process-record",
    event: "Process start",
    source_event: own_event,
    request: None,
    response: None,
    cloud: |facts| {
        let (provider, basis) = provider(facts);
        Cloud { provider, basis, account: None }
    },
};

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

fn provider(facts: &Facts) -> (&'static str, Basis) {
    let Some(process) = &facts.process else { return ("AWS", Basis::Assumed) };
    let plain = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase().replace('\\', "/");
    let texts = [plain(&process.image), plain(&process.parent_image), plain(&process.command_line)];
    let mentions = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    let [image, _, line] = &texts;
    let program = line.trim_start_matches('"').split(['"', ' ']).next().unwrap_or_default();
    let runs = |tools: &[&str]| [image.as_str(), program].iter().any(|path| tools.contains(&tool_name(path)));
    let descends = |agent: &str| process.agents.iter().any(|known| known == agent);
    if mentions(AWS_AGENTS) || descends("ssm") {
        ("AWS", Basis::Agent)
    } else if mentions(AZURE_AGENTS) || descends("azure") {
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
