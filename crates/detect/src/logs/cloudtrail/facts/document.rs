//! Which document a Systems Manager call names, and whose it is.

use trailhound_sigma::json::Document;

use super::super::arn::Arn;
use crate::facts::Facts;
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

pub(super) fn name(record: &Document<'_>, facts: &mut Facts) {
    let mut name = record.string("requestParameters.documentName");
    if name.is_none()
        && facts.action.service.starts_with("ssm.")
        && NAMES_ITS_DOCUMENT.contains(&facts.action.operation.as_str())
    {
        name = record.first(&["requestParameters.name", "requestParameters.entries.name"]);
    }
    if let Some(name) = name {
        set(&name, facts);
    }
}

/// Takes a document's name, or its ARN: what follows `document/`, without an automation's `:version`, and the
/// account. Documents of AWS have an ARN without one.
pub(super) fn set(name: &str, facts: &mut Facts) {
    let Some(arn) = Arn::parse(name) else {
        facts.document = Some(name.to_owned());
        return;
    };
    let name = arn.resource.split_once('/').map_or(arn.resource, |(_, name)| name);
    let name = name.split_once(':').map_or(name, |(name, _version)| name);
    facts.document = Some(name.to_owned());
    facts.document_account = (!arn.account.is_empty()).then(|| arn.account.to_owned());
}
