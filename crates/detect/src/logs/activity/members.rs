//! Which members of a record are objects and lists.
//!
//! `properties.statusMessage` is none: Azure itself writes an error there as JSON in a string, or plain text.

use crate::logs::members::Member;

pub(super) const MEMBERS: &[Member] = &[
    Member::open("identity", &[AUTHORIZATION, CLAIMS]),
    Member::open("properties", &[Member::object("responseBody", &[]), Member::object("requestbody", &[])]),
    Member::object("httpRequest", &[]),
];

const AUTHORIZATION: Member = Member::object("authorization", &[Member::object("evidence", &[])]);
const CLAIMS: Member = Member::open("claims", &[]);
