//! Which members of a record are objects and lists.

use crate::logs::members::ObjectMember;

pub(super) const MEMBERS: &[ObjectMember] = &[
    ObjectMember::time("time"),
    ObjectMember::due(
        "properties",
        &[
            ObjectMember::object("status", &[]),
            ObjectMember::object("location", &[ObjectMember::object("geoCoordinates", &[])]),
            ObjectMember::object("deviceDetail", &[]),
            ObjectMember::object("mfaDetail", &[]),
            ObjectMember::object("managedServiceIdentity", &[]),
            ObjectMember::list("networkLocationDetails", &[]),
            ObjectMember::list("riskEventTypes", &[]),
            ObjectMember::list("riskEventTypes_v2", &[]),
            ObjectMember::list("authenticationDetails", &[]),
            ObjectMember::list("authenticationProcessingDetails", &[]),
            ObjectMember::list("authenticationRequirementPolicies", &[]),
            ObjectMember::list("appliedConditionalAccessPolicies", &[]),
        ],
    ),
];
