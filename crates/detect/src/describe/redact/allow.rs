//! How a field is shown that a rule asks for, and the names of settings that a summary may tell, whatever the log.
//! What a log shows by itself is told in its folder.

use crate::logs::{Show, is_open};

/// How a field is shown that a rule asks for: what is never shown as it is stays so.
pub(super) fn asked(path: &str) -> Show {
    let leaf = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase();
    let whole = path.to_ascii_lowercase();
    match leaf.as_str() {
        "parameters" => Show::Forwarding,
        "command" | "commandline" | "command_line" | "processcommandline" | "parentcommandline" => {
            Show::Program
        }
        "commandtoexecute"
        | "script"
        | "content"
        | "policy"
        | "policydocument"
        | "userdata"
        | "source"
        | "scripttext"
        | "value"
        | "buildspec"
        | "buildspecoverride"
        | "inlinepolicy"
        | "data"
        | "args"
        | "lifecycleconfigcontent"
        | "notebookinstancelifecycleconfigcontent"
        | "onstart"
        | "oncreate"
        | "entrypoint" => Show::Digest,
        "requestbody"
        | "responsebody"
        | "settings"
        | "protectedsettings"
        | "protectedparameters"
        | "statusmessage" => Show::Body,
        "fileuris" | "scripturi" | "outputbloburi" | "errorbloburi" | "targetlocationsurl" | "uri"
        | "url" => Show::Host,
        "reason" | "comment" => Show::FreeText,
        leaf if is_open(leaf) => Show::Digest,
        _ if whole.contains("protectedsettings") || whole.contains("protectedparameters") => Show::Digest,
        _ if whole.contains("parameters.parameters.") && !whole.ends_with("automationassumerole") => {
            Show::Never
        }
        _ => Show::Value,
    }
}

/// The settings of run commands and extensions that a summary names, in our own spelling.
pub(super) fn setting(name: &str) -> Option<&'static str> {
    const SETTINGS: [&str; 26] = [
        "asyncExecution",
        "autoUpgradeMinorVersion",
        "commandId",
        "commandToExecute",
        "errorBlobUri",
        "fileUris",
        "managedIdentity",
        "outputBlobUri",
        "parameters",
        "properties",
        "protectedParameters",
        "protectedSettings",
        "protectedSettingsFromKeyVault",
        "publisher",
        "runAsPassword",
        "runAsUser",
        "script",
        "scriptUri",
        "settings",
        "source",
        "storageAccountKey",
        "storageAccountName",
        "timeoutInSeconds",
        "type",
        "typeHandlerVersion",
        "timestamp",
    ];
    SETTINGS.into_iter().find(|setting| setting.eq_ignore_ascii_case(name))
}

/// Does a setting hold URLs whose hosts are worth knowing?
pub(super) fn holds_urls(setting: &str) -> bool {
    ["fileUris", "scriptUri", "outputBlobUri", "errorBlobUri"].contains(&setting)
}
