//! Which members of a record are objects and lists.

use crate::logs::members::Member;

pub(super) const MEMBERS: &[Member] = &[Member::open(
    "properties",
    &[
        Member::object("initiatedBy", &[Member::object("user", &[]), Member::object("app", &[])]),
        Member::list("targetResources", &[Member::list("modifiedProperties", &[])]),
        Member::list("additionalDetails", &[]),
    ],
)];
