//! What findings show of a call: the object, never the address, which holds the command of whoever ran it.

use crate::logs::show::{Shown, Shows, fields};

const FIELDS: &[Shown<'static>] = fields! {
    Value: "verb", "objectRef.resource", "objectRef.subresource", "objectRef.namespace", "objectRef.name",
        "impersonatedUser.username";
};

pub(super) const SHOWS: Shows = Shows::always(|_| FIELDS, &["requestObject", "responseObject"]);
