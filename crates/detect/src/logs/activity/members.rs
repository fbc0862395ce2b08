//! Which members of a record are objects and lists.
//!
//! `properties.statusMessage` is none: Azure itself writes an error there as JSON in a string, or plain text.

use crate::logs::members::ObjectMember;

pub(super) const MEMBERS: &[ObjectMember] = &[
    ObjectMember::time("time"),
    ObjectMember::word("operationName"),
    ObjectMember::word("category"),
    ObjectMember::word("resultType"),
    ObjectMember::word("resourceId"),
    ObjectMember::word("correlationId"),
    ObjectMember::word("callerIpAddress"),
    ObjectMember::due("identity", &[AUTHORIZATION, CLAIMS]),
    ObjectMember::open(
        "properties",
        &[ObjectMember::object("responseBody", &[]), ObjectMember::object("requestbody", &[])],
    ),
    ObjectMember::object("httpRequest", &[]),
];

const AUTHORIZATION: ObjectMember =
    ObjectMember::object("authorization", &[ObjectMember::object("evidence", &[])]);
const CLAIMS: ObjectMember = ObjectMember::open("claims", &[]);
