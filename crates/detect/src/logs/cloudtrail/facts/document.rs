//! Which document a Systems Manager call names, whose it is, and whether it runs the caller's code.
//!
//! A name comes bare, as an ARN, with a version behind it, in any case. A bare name is the account's own or AWS's: what
//! other accounts share is named by its ARN alone.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

use trailhound_sigma::json::Document;

use super::super::arn::Arn;
use crate::facts::{DocumentOwner, Facts, Purpose};
use crate::logs::node::Texts;

/// SSM calls whose document stands in `name`.
const NAMES_ITS_DOCUMENT: &[&str] = &[
    "CreateAssociation",
    "CreateAssociationBatch",
    "UpdateAssociation",
    "CreateDocument",
    "UpdateDocument",
    "UpdateDocumentDefaultVersion",
    "UpdateDocumentMetadata",
    "DeleteDocument",
    "DescribeDocument",
    "GetDocument",
    "ModifyDocumentPermission",
    "DescribeDocumentPermission",
];

/// Names begin so for AWS alone, in any case.
const RESERVED: &[&str] = &["aws", "amazon", "amzn"];

/// Documents of AWS by their lower-case names, in AWS's spelling.
static CATALOGUE: LazyLock<HashMap<String, (&str, Purpose)>> = LazyLock::new(|| {
    let lines = include_str!("../documents.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (name, runs) = line.split_once('\t')?;
            let runs = if runs == "code" { Purpose::Code } else { Purpose::Upkeep };
            Some((name.to_ascii_lowercase(), (name, runs)))
        })
        .collect()
});

pub(super) fn name(record: &Document<'_>, facts: &mut Facts) {
    // What a change request runs are its runbooks; the template is only the form.
    let mut names = match facts.action.key.as_str() {
        "ssm:StartChangeRequestExecution" => record.list("requestParameters.runbooks.documentName"),
        _ => Vec::new(),
    };
    if names.is_empty() {
        names.extend(record.string("requestParameters.documentName"));
    }
    if names.is_empty()
        && facts.action.service.starts_with("ssm.")
        && NAMES_ITS_DOCUMENT.contains(&facts.action.operation.as_str())
    {
        names.extend(record.string("requestParameters.name"));
        let entries = record.get("requestParameters.entries");
        names.extend(entries.iter().flat_map(|list| list.members()).filter_map(|entry| entry.string("name")));
    }
    names.extend(named_elsewhere(record, &facts.action.key));
    names.retain(|name| name.contains(char::is_alphanumeric));
    // Of several, the one that says most of what the caller may do.
    let named: Vec<NamedDocument> =
        names.iter().map(|name| NamedDocument::read(name, &facts.scope.account)).collect();
    if let Some(named) = named.into_iter().min_by_key(NamedDocument::order) {
        named.set(facts);
    }
}

/// Documents under other names: the task of a maintenance window, what a remediation or an event's rule runs. A task
/// may be a function or a state machine, whose ARN says so.
fn named_elsewhere(record: &Document<'_>, action: &str) -> Vec<String> {
    let is_document = |arn: &str| Arn::parse(arn).is_none_or(|arn| arn.service == "ssm");
    match action {
        "ssm:RegisterTaskWithMaintenanceWindow" | "ssm:UpdateMaintenanceWindowTask" => {
            let task = record.string("requestParameters.taskArn");
            task.into_iter().filter(|task| is_document(task)).collect()
        }
        "config:PutRemediationConfigurations" => {
            record.list("requestParameters.remediationConfigurations.targetId")
        }
        "events:PutTargets" => {
            let targets = record.list("requestParameters.targets.arn").into_iter();
            targets.filter(|arn| Arn::parse(arn).is_some_and(|arn| arn.service == "ssm")).collect()
        }
        _ => Vec::new(),
    }
}

/// Takes a document's name or ARN.
pub(super) fn set(name: &str, facts: &mut Facts) {
    NamedDocument::read(name, &facts.scope.account).set(facts);
}

struct NamedDocument {
    name: String,
    account: Option<String>,
    owner: DocumentOwner,
    runs: Option<Purpose>,
}

impl NamedDocument {
    fn read(written: &str, own: &str) -> Self {
        let written = written.trim();
        let arn = Arn::parse(written);
        let name =
            arn.map_or(written, |arn| arn.resource.split_once('/').map_or(arn.resource, |(_, name)| name));
        // An automation's `:version`, or `:$LATEST`: no name has a colon.
        let name = name.split_once(':').map_or(name, |(name, _version)| name);
        let account = arn.map(|arn| arn.account).filter(|account| !account.is_empty());
        let lower = name.to_ascii_lowercase();
        let owner = match account {
            Some(account) if account == own => DocumentOwner::Account,
            Some(_) => DocumentOwner::Foreign,
            None if RESERVED.iter().any(|reserved| lower.starts_with(reserved)) => DocumentOwner::Aws,
            None => DocumentOwner::Account,
        };
        let known = CATALOGUE.get(&lower).filter(|_| owner == DocumentOwner::Aws);
        Self {
            name: known.map_or(name, |(spelled, _)| spelled).to_owned(),
            account: account.map(str::to_owned),
            owner,
            runs: known.map(|(_, runs)| *runs),
        }
    }

    /// What is first says most.
    fn order(&self) -> u8 {
        match (self.owner, self.runs) {
            (DocumentOwner::Foreign, _) => 0,
            (DocumentOwner::Account, _) => 1,
            (DocumentOwner::Aws, Some(Purpose::Code)) => 2,
            (DocumentOwner::Aws, None) => 3,
            (DocumentOwner::Aws, Some(Purpose::Upkeep)) => 4,
        }
    }

    fn set(self, facts: &mut Facts) {
        facts.document = Some(self.name);
        facts.document_account = self.account;
        facts.document_owner = Some(self.owner);
        facts.document_runs = self.runs;
    }
}
