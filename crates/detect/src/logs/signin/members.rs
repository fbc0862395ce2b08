//! Which members of a record are objects and lists.

use crate::logs::members::Member;

pub(super) const MEMBERS: &[Member] = &[Member::open(
    "properties",
    &[
        Member::object("status", &[]),
        Member::object("location", &[Member::object("geoCoordinates", &[])]),
        Member::object("deviceDetail", &[]),
        Member::object("mfaDetail", &[]),
        Member::object("managedServiceIdentity", &[]),
        Member::list("networkLocationDetails", &[]),
        Member::list("riskEventTypes", &[]),
        Member::list("riskEventTypes_v2", &[]),
        Member::list("authenticationDetails", &[]),
        Member::list("authenticationProcessingDetails", &[]),
        Member::list("authenticationRequirementPolicies", &[]),
        Member::list("appliedConditionalAccessPolicies", &[]),
    ],
)];
