//! Which members of a record are objects and lists.

use crate::logs::members::ObjectMember;

pub(super) const MEMBERS: &[ObjectMember] = &[
    ObjectMember::time("timestamp"),
    ObjectMember::due(
        "protoPayload",
        &[
            ObjectMember::object("status", &[]),
            ObjectMember::object("authenticationInfo", &[]),
            ObjectMember::list("authorizationInfo", &[]),
            ObjectMember::object("requestMetadata", &[]),
            ObjectMember::open("request", &[]),
            ObjectMember::open("response", &[]),
            ObjectMember::object("metadata", METADATA),
        ],
    ),
    ObjectMember::object("resource", &[ObjectMember::object("labels", &[])]),
    ObjectMember::object("labels", &[]),
    ObjectMember::object("operation", &[]),
];

const METADATA: &[ObjectMember] = &[
    ObjectMember::object("instanceMetadataDelta", KEYS),
    ObjectMember::object("projectMetadataDelta", KEYS),
];

const KEYS: &[ObjectMember] =
    &[ObjectMember::list("addedMetadataKeys", &[]), ObjectMember::list("modifiedMetadataKeys", &[])];
