//! What findings show of an operation.

use crate::logs::show::{Shown, Shows, fields};

const FIELDS: &[Shown<'static>] = fields! {
    Value: "category", "properties.eventCategory", "properties.statusCode",
        "identity.claims.http://schemas.microsoft.com/claims/authnmethodsreferences";
    Body: "properties.requestbody", "properties.requestBody", "properties.responseBody";
};

pub(super) const SHOWS: Shows = Shows::always(|_| FIELDS, &["identity.claims", "properties.statusMessage"]);
