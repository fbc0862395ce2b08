//! The clouds' agents on machines: what they are called, where they are installed, and where their scripts lie.

#[cfg(test)]
mod tests;

use super::command::program;
use crate::logs::guid;

/// The Systems Manager agent's programs.
const SSM: &[&str] = &["amazon-ssm-agent", "ssm-agent-worker", "ssm-session-worker", "ssm-document-worker"];

/// Azure's agent and the handlers behind Run Command and Custom Script.
const AZURE: &[&str] = &[
    "waappagent",
    "windowsazureguestagent",
    "runcommandextension",
    "customscripthandler",
    "immediateruncommandservice",
    "managedruncommand",
    "run-command-extension",
    "run-command-handler",
    "custom-script-extension",
];

/// Folders that Azure's handlers download scripts to, and run them in.
const AZURE_FOLDERS: &[&str] = &[
    "/packages/plugins/microsoft.cplat.core.runcommandwindows/",
    "/packages/plugins/microsoft.cplat.core.runcommandhandlerwindows/",
    "/packages/plugins/microsoft.compute.customscriptextension/",
    "/var/lib/waagent/run-command/download/",
    "/var/lib/waagent/run-command-handler/download/",
    "/var/lib/waagent/custom-script/download/",
];

/// What is known of where a process comes from.
#[derive(Default)]
pub(super) struct Ancestry<'r> {
    /// Programs above it.
    pub(super) images: [Option<&'r str>; 2],
    /// How those were started, and the folder it runs in.
    pub(super) texts: [Option<&'r str>; 3],
}

impl Ancestry<'_> {
    /// The agents that started it, or the script that started it.
    pub(super) fn agents(&self) -> Vec<String> {
        let programs: Vec<String> = self.images.iter().flatten().map(|image| program(image)).collect();
        let texts: Vec<String> =
            self.texts.iter().flatten().map(|text| text.to_ascii_lowercase().replace('\\', "/")).collect();
        // Linux keeps fifteen characters of a name.
        let is =
            |program: &str, name: &str| program == name || (program.len() == 15 && name.starts_with(program));
        let is_of =
            |names: &[&str]| programs.iter().any(|program| names.iter().any(|name| is(program, name)));
        let lies_in =
            |folders: &[&str]| texts.iter().any(|text| folders.iter().any(|folder| text.contains(folder)));
        let mut agents = Vec::new();
        if is_of(SSM) || texts.iter().any(|text| orchestration(text).is_some()) {
            agents.push("ssm".to_owned());
        }
        if is_of(AZURE) || lies_in(AZURE_FOLDERS) || texts.iter().any(|text| is_run_command(text)) {
            agents.push("azure".to_owned());
        }
        agents
    }
}

/// Run Command's handler starts PowerShell in its folder with `-File script0.ps1`.
fn is_run_command(text: &str) -> bool {
    let name = text.split_whitespace().skip_while(|word| *word != "-file").nth(1).unwrap_or_default();
    let number = name.trim_matches('"').strip_prefix("script").and_then(|rest| rest.strip_suffix(".ps1"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The command in whose folder of the Systems Manager agent something runs:
/// `…/document/orchestration/<command id>/…`.
pub(super) fn orchestration(text: &str) -> Option<String> {
    let mut parts = text.split(['/', '\\']);
    parts.find(|part| part.eq_ignore_ascii_case("orchestration"))?;
    parts.next().filter(|id| guid::is_guid(id)).map(str::to_ascii_lowercase)
}

/// Does the Systems Manager agent's program lie where one of its distributions puts it? Nothing where it is none of
/// its programs, or nobody says where it lies.
pub(super) fn is_installed(image: &str) -> Option<bool> {
    let path = image.to_ascii_lowercase().replace('\\', "/");
    let (folder, _) = path.rsplit_once('/')?;
    if !SSM.contains(&program(image).as_str()) {
        return None;
    }
    // The volume is whichever it is.
    let folder = match folder.split_once('/') {
        Some((drive, rest)) if drive.len() == 2 && drive.ends_with(':') => rest,
        _ => folder.trim_start_matches('/'),
    };
    let folder = match folder.strip_prefix("device/harddiskvolume") {
        Some(rest) => rest.split_once('/').map_or("", |(_, rest)| rest),
        None => folder,
    };
    let rows = include_str!("agents.tsv").lines().filter(|row| !row.starts_with('#'));
    let mut folders = rows.filter_map(|row| row.split('\t').nth(1));
    Some(folders.any(|known| is_folder(folder, known.trim_matches('/'))))
}

/// Are all parts of a path those of a pattern, in which `*` stands for anything within one part?
fn is_folder(path: &str, pattern: &str) -> bool {
    let (parts, known) = (path.split('/'), pattern.split('/'));
    parts.clone().count() == known.clone().count()
        && parts.zip(known).all(|(part, known)| match known.split_once('*') {
            Some((head, rest)) => part.strip_prefix(head).is_some_and(|part| match rest.split_once('*') {
                Some((middle, tail)) => part.contains(middle) && part.ends_with(tail),
                None => part.ends_with(rest),
            }),
            None => part == known,
        })
}
