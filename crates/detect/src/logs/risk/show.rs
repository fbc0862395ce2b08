//! What findings show of a risk detection.

use crate::logs::show::{Shown, Shows, fields};

const FIELDS: &[Shown<'static>] = fields! {
    Value: "properties.riskEventType", "properties.riskLevel", "properties.riskState", "properties.riskDetail",
        "properties.detectionTimingType", "properties.activity";
};

pub(super) const SHOWS: Shows = Shows::always(|_| FIELDS, &[]);
