//! A process without its command line: image, parent, a digest and the length of the line, and which well-known
//! words stand in it. Passwords and keys are given on command lines; the words come from a fixed list.

use serde_json::{Value, json};

use super::sha256;
use crate::event::Process;

/// Words that say what a command line is about; only these ever leave.
const WORDS: [&str; 44] = [
    "az login",
    "az account",
    "az ssh",
    "az serial-console",
    "vm run-command",
    "vmss run-command",
    "azure.cli",
    "aws configure",
    "aws sso",
    "aws sts",
    "aws ssm",
    "ssm start-session",
    "ssm send-command",
    "ssm resume-session",
    "ssm start-automation-execution",
    "ec2-instance-connect",
    "ecs execute-command",
    "session-manager-plugin",
    "amazon-ssm-agent",
    "gcloud auth",
    "gcloud compute",
    "compute ssh",
    "connect-to-serial-port",
    "connect-azaccount",
    "connect-mggraph",
    "invoke-azvmruncommand",
    "set-azvmextension",
    "-register",
    "-activationcode",
    "-enc",
    "-encodedcommand",
    "frombase64string",
    "downloadstring",
    "invoke-webrequest",
    "-windowstyle hid",
    "-w hid",
    "curl",
    "wget",
    "/dev/tcp",
    "169.254.169.254",
    "169.254.170.2",
    "base64",
    "waagent",
    "runcommand",
];

/// What of a process may leave.
pub(in crate::describe) fn process(process: &Process) -> Value {
    let mut value = json!({});
    if let Some(image) = &process.image {
        value["image"] = image.as_str().into();
    }
    if let Some(parent) = &process.parent_image {
        value["parent_image"] = parent.as_str().into();
    }
    if let Some(line) = &process.command_line {
        value["command_line"] =
            json!({ "sha256": sha256(line), "length": line.chars().count(), "words": words(line) });
    }
    value
}

fn words(line: &str) -> Vec<&'static str> {
    let line = super::super::visible::one_line(&line.to_lowercase().replace(['"', '\''], ""));
    let line = line.replace(".cmd ", " ").replace(".exe ", " ");
    WORDS.into_iter().filter(|word| line.contains(word)).collect()
}
