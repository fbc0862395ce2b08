//! What findings show of a session.

use crate::logs::show::{Shown, Shows, fields};

const FIELDS: &[Shown<'static>] = fields! {
    Value: "properties.protocol", "properties.targetVMIPAddress", "properties.sessionStartTime",
        "properties.sessionEndTime", "properties.duration";
};

pub(super) const SHOWS: Shows = Shows::always(|_| FIELDS, &[]);
