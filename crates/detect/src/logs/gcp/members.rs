//! Which members of a record are objects and lists.

use crate::logs::members::Member;

pub(super) const MEMBERS: &[Member] = &[
    Member::open(
        "protoPayload",
        &[
            Member::object("status", &[]),
            Member::object("authenticationInfo", &[]),
            Member::list("authorizationInfo", &[]),
            Member::object("requestMetadata", &[]),
            Member::open("request", &[]),
            Member::open("response", &[]),
            Member::object("metadata", METADATA),
        ],
    ),
    Member::object("resource", &[Member::object("labels", &[])]),
    Member::object("labels", &[]),
    Member::object("operation", &[]),
];

const METADATA: &[Member] =
    &[Member::object("instanceMetadataDelta", KEYS), Member::object("projectMetadataDelta", KEYS)];

const KEYS: &[Member] = &[Member::list("addedMetadataKeys", &[]), Member::list("modifiedMetadataKeys", &[])];
