//! What findings show of a call.

use crate::logs::show::{Shown, Shows, fields};

const FIELDS: &[Shown<'static>] = fields! {
    Value: "protoPayload.serviceName", "protoPayload.methodName", "protoPayload.resourceName",
        "protoPayload.metadata.instanceMetadataDelta.addedMetadataKeys",
        "protoPayload.metadata.instanceMetadataDelta.modifiedMetadataKeys",
        "protoPayload.metadata.projectMetadataDelta.addedMetadataKeys",
        "protoPayload.metadata.projectMetadataDelta.modifiedMetadataKeys";
};

pub(super) const SHOWS: Shows = Shows::always(|_| FIELDS, &["protoPayload.request", "protoPayload.response"]);
