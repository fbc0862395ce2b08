//! Which members of an audit event are objects and lists.

use crate::logs::members::Member;

pub(super) const MEMBERS: &[Member] = &[
    Member::object("user", &[Member::list("groups", &[]), Member::object("extra", &[])]),
    Member::object("impersonatedUser", &[Member::list("groups", &[])]),
    Member::list("sourceIPs", &[]),
    Member::object("objectRef", &[]),
    Member::object("responseStatus", &[]),
    Member::open("requestObject", &[]),
    Member::open("responseObject", &[]),
    Member::object("annotations", &[]),
];
