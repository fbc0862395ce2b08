//! What findings show of a sign-in.

use crate::logs::show::{Shown, Shows, fields};

const FIELDS: &[Shown<'static>] = fields! {
    Value: "category", "properties.clientAppUsed", "properties.isInteractive",
        "properties.authenticationRequirement", "properties.conditionalAccessStatus", "properties.riskState",
        "properties.riskDetail", "properties.originalTransferMethod", "properties.incomingTokenType",
        "properties.homeTenantId", "properties.resourceTenantId", "properties.crossTenantAccessType";
};

pub(super) const SHOWS: Shows =
    Shows::always(|_| FIELDS, &["properties.uniqueTokenIdentifier", "properties.authenticationDetails"]);
