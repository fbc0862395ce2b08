//! Which members of a record are objects and lists.

use crate::logs::members::Member;

pub(super) const MEMBERS: &[Member] = &[
    Member::open("userIdentity", IDENTITY),
    Member::open("requestParameters", REQUEST),
    Member::open("responseElements", RESPONSE),
    Member::open("additionalEventData", &[]),
    Member::object("serviceEventDetails", &[]),
    Member::list("resources", &[]),
    Member::object("tlsDetails", &[]),
    Member::object("addendum", &[]),
    Member::object("edgeDeviceDetails", &[]),
    Member::object("insightDetails", &[]),
    Member::object("eventContext", &[]),
];

const IDENTITY: &[Member] = &[
    Member::open(
        "sessionContext",
        &[
            Member::object("sessionIssuer", &[]),
            Member::object("attributes", &[]),
            Member::object("webIdFederationData", &[Member::object("attributes", &[])]),
        ],
    ),
    Member::object("onBehalfOf", &[]),
    Member::object("inScopeOf", &[]),
];

const REQUEST: &[Member] = &[
    Member::object("parameters", &[]),
    Member::list("targets", &[Member::list("values", &[])]),
    Member::list("targetMaps", &[]),
    Member::list("targetLocations", &[]),
    Member::list("entries", &[Member::list("targets", &[Member::list("values", &[])])]),
    Member::list("instanceIds", &[]),
    Member::object("instancesSet", ITEMS),
    Member::object("AssociateIamInstanceProfileRequest", &[]),
    Member::object("ReplaceIamInstanceProfileAssociationRequest", &[]),
    Member::object("CreateInstanceConnectEndpointRequest", &[]),
    Member::object("ipPermissions", &[Member::list("items", PERMISSION)]),
    Member::object(
        "ModifySecurityGroupRulesRequest",
        &[Member::either("SecurityGroupRule", &[Member::object("SecurityGroupRule", &[])])],
    ),
    Member::object("ModifyInstanceMetadataOptionsRequest", &[]),
    Member::object("ModifyInstanceMetadataDefaultsRequest", &[]),
    Member::object("resourcesVpcConfig", &[]),
    // The machine of a session is a plain text.
    Member::object("target", &[]),
    Member::either("actions", &[Member::object("ssmAutomation", &[])]),
    Member::list("remediationConfigurations", &[Member::object("parameters", &[])]),
    Member::list("containerDefinitions", &[Member::list("command", &[]), Member::list("entryPoint", &[])]),
    Member::object("policyDetails", &[Member::list("schedules", &[Member::object("createRule", SCRIPTS)])]),
    Member::list("steps", &[Member::object("hadoopJarStep", &[Member::list("args", &[])])]),
    Member::list("policyArns", &[]),
    Member::list("accountIdsToAdd", &[]),
    Member::list("accountIdsToRemove", &[]),
    Member::list("clientIDList", &[]),
    Member::list("thumbprintList", &[]),
];

const SCRIPTS: &[Member] = &[Member::list("scripts", &[])];

const PERMISSION: &[Member] = &[
    Member::object("ipRanges", ITEMS),
    Member::object("ipv6Ranges", ITEMS),
    Member::object("prefixListIds", ITEMS),
    Member::object("groups", ITEMS),
];

const ITEMS: &[Member] = &[Member::list("items", &[])];

const RESPONSE: &[Member] = &[
    Member::object(
        "command",
        &[Member::list("instanceIds", &[]), Member::list("targets", &[]), Member::object("parameters", &[])],
    ),
    Member::object("associationDescription", &[]),
    Member::object("session", &[]),
    Member::object("federatedUser", &[]),
    Member::object("assumedRoleUser", &[]),
    Member::object("credentials", &[]),
    Member::object("AssociateIamInstanceProfileResponse", ASSOCIATION),
    Member::object("ReplaceIamInstanceProfileAssociationResponse", ASSOCIATION),
];

const ASSOCIATION: &[Member] = &[Member::object("iamInstanceProfileAssociation", &[])];
