//! Which members of an audit event are objects and lists.

use crate::logs::members::ObjectMember;

pub(super) const MEMBERS: &[ObjectMember] = &[
    ObjectMember::object("user", &[ObjectMember::list("groups", &[]), ObjectMember::object("extra", &[])]),
    ObjectMember::text("userAgent"),
    ObjectMember::object("impersonatedUser", &[ObjectMember::list("groups", &[])]),
    ObjectMember::list("sourceIPs", &[]),
    ObjectMember::object("objectRef", &[]),
    ObjectMember::object("responseStatus", &[]),
    ObjectMember::open("requestObject", POD),
    ObjectMember::open("responseObject", &[]),
    ObjectMember::object("annotations", &[]),
];

/// Of a pod that is created, what rules look into.
const POD: &[ObjectMember] = &[
    ObjectMember::object("metadata", &[]),
    ObjectMember::object("spec", &[ObjectMember::list("volumes", &[ObjectMember::object("hostPath", &[])])]),
];
