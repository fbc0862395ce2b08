//! Which members of a record are objects and lists.

use crate::logs::members::ObjectMember;

pub(super) const MEMBERS: &[ObjectMember] = &[
    ObjectMember::time("time"),
    ObjectMember::due(
        "properties",
        &[
            ObjectMember::object(
                "initiatedBy",
                &[ObjectMember::object("user", &[]), ObjectMember::object("app", &[])],
            ),
            ObjectMember::list("targetResources", &[ObjectMember::list("modifiedProperties", &[])]),
            ObjectMember::list("additionalDetails", &[]),
        ],
    ),
];
