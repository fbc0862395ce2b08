//! Which members of a record are objects and lists.

use crate::logs::members::ObjectMember;

/// Who called and what with, without which a record says little.
pub(super) const WHO_AND_WHAT: &[ObjectMember] = &[WHO, WHAT];

const WHO: ObjectMember = ObjectMember::due("userIdentity", IDENTITY);
const WHAT: ObjectMember = ObjectMember::due("requestParameters", REQUEST);

pub(super) const MEMBERS: &[ObjectMember] = &[
    WHO,
    WHAT,
    ObjectMember::open("responseElements", RESPONSE),
    ObjectMember::open("additionalEventData", &[ObjectMember::yes_or_no("MFAUsed")]),
    ObjectMember::time("eventTime"),
    ObjectMember::word("eventName"),
    ObjectMember::word("eventSource"),
    ObjectMember::word("eventID"),
    ObjectMember::word("awsRegion"),
    ObjectMember::word("sourceIPAddress"),
    ObjectMember::word("recipientAccountId"),
    ObjectMember::object("serviceEventDetails", &[]),
    ObjectMember::list("resources", &[]),
    ObjectMember::object("tlsDetails", &[]),
    ObjectMember::object("addendum", &[]),
    ObjectMember::object("edgeDeviceDetails", &[]),
    ObjectMember::object("insightDetails", &[]),
    ObjectMember::object("eventContext", &[]),
    ObjectMember::word("errorCode"),
    ObjectMember::text("errorMessage"),
    ObjectMember::text("vpcEndpointId"),
];

const IDENTITY: &[ObjectMember] = &[
    ObjectMember::open(
        "sessionContext",
        &[
            ObjectMember::object("sessionIssuer", &[]),
            ObjectMember::object("attributes", &[]),
            ObjectMember::object("webIdFederationData", &[ObjectMember::object("attributes", &[])]),
        ],
    ),
    ObjectMember::object("onBehalfOf", &[]),
    ObjectMember::object("inScopeOf", &[]),
    ObjectMember::word("type"),
    ObjectMember::word("arn"),
    ObjectMember::word("principalId"),
    ObjectMember::word("accountId"),
    ObjectMember::text("invokedBy"),
    ObjectMember::text("userName"),
    ObjectMember::word("accessKeyId"),
    ObjectMember::text("identityProvider"),
];

const REQUEST: &[ObjectMember] = &[
    ObjectMember::object("parameters", &[]),
    ObjectMember::list("secondarySourcesOverride", &[]),
    ObjectMember::object("CreateManagedPrefixListRequest", &[ObjectMember::either("Entry", &[])]),
    ObjectMember::object("ModifyManagedPrefixListRequest", &[ObjectMember::either("AddEntry", &[])]),
    ObjectMember::list("targets", &[ObjectMember::list("values", &[])]),
    ObjectMember::list("targetMaps", &[]),
    ObjectMember::list("targetLocations", &[]),
    ObjectMember::list("entries", &[ObjectMember::list("targets", &[ObjectMember::list("values", &[])])]),
    ObjectMember::list("instanceIds", &[]),
    ObjectMember::object("instancesSet", ITEMS),
    ObjectMember::object("AssociateIamInstanceProfileRequest", &[]),
    ObjectMember::object("ReplaceIamInstanceProfileAssociationRequest", &[]),
    ObjectMember::object("CreateInstanceConnectEndpointRequest", &[]),
    ObjectMember::object("ipPermissions", &[ObjectMember::list("items", PERMISSION)]),
    ObjectMember::object(
        "ModifySecurityGroupRulesRequest",
        &[ObjectMember::either("SecurityGroupRule", &[ObjectMember::object("SecurityGroupRule", &[])])],
    ),
    ObjectMember::object("ModifyVpcBlockPublicAccessOptionsRequest", &[]),
    ObjectMember::object("portInfo", PORTS),
    ObjectMember::list("portInfos", PORTS),
    ObjectMember::object("containerOverrides", COMMAND),
    ObjectMember::object("overrides", &[ObjectMember::list("containerOverrides", COMMAND)]),
    ObjectMember::object("arguments", &[]),
    ObjectMember::object("source", &[]),
    ObjectMember::object("ModifyInstanceMetadataOptionsRequest", &[]),
    ObjectMember::object("ModifyInstanceMetadataDefaultsRequest", &[]),
    ObjectMember::object("resourcesVpcConfig", &[]),
    // The machine of a session is a plain text.
    ObjectMember::object("target", &[]),
    ObjectMember::either("actions", &[ObjectMember::object("ssmAutomation", &[])]),
    ObjectMember::list("remediationConfigurations", &[ObjectMember::object("parameters", &[])]),
    ObjectMember::list(
        "containerDefinitions",
        &[ObjectMember::list("command", &[]), ObjectMember::list("entryPoint", &[])],
    ),
    ObjectMember::object(
        "policyDetails",
        &[ObjectMember::list("schedules", &[ObjectMember::object("createRule", SCRIPTS)])],
    ),
    ObjectMember::list("steps", &[ObjectMember::object("hadoopJarStep", &[ObjectMember::list("args", &[])])]),
    ObjectMember::object("launchTemplate", &[]),
    ObjectMember::object("customLaunchTemplate", &[]),
    ObjectMember::object("nodeLifecycleActions", &[ObjectMember::object("stages", STAGES)]),
    ObjectMember::object("invokeConfiguration", &[]),
    ObjectMember::object("postLaunchActions", &[ObjectMember::list("ssmDocuments", &[])]),
    ObjectMember::list("policyArns", &[]),
    ObjectMember::list("accountIdsToAdd", &[]),
    ObjectMember::list("accountIdsToRemove", &[]),
    ObjectMember::list("clientIDList", &[]),
    ObjectMember::list("thumbprintList", &[]),
];

const STAGES: &[ObjectMember] =
    &[ObjectMember::object("nodeBootstrapped", SOURCE), ObjectMember::object("nodeReady", SOURCE)];

const SOURCE: &[ObjectMember] = &[ObjectMember::object("scriptSource", &[])];

const PORTS: &[ObjectMember] = &[ObjectMember::list("cidrs", &[]), ObjectMember::list("ipv6Cidrs", &[])];

const COMMAND: &[ObjectMember] = &[ObjectMember::list("command", &[])];

const SCRIPTS: &[ObjectMember] = &[ObjectMember::list("scripts", &[])];

const PERMISSION: &[ObjectMember] = &[
    ObjectMember::object("ipRanges", ITEMS),
    ObjectMember::object("ipv6Ranges", ITEMS),
    ObjectMember::object("prefixListIds", ITEMS),
    ObjectMember::object("groups", ITEMS),
];

const ITEMS: &[ObjectMember] = &[ObjectMember::list("items", &[])];

const RESPONSE: &[ObjectMember] = &[
    ObjectMember::word("ConsoleLogin"),
    ObjectMember::word("SwitchRole"),
    ObjectMember::word("CheckMfa"),
    ObjectMember::object(
        "command",
        &[
            ObjectMember::list("instanceIds", &[]),
            ObjectMember::list("targets", &[]),
            ObjectMember::object("parameters", &[]),
        ],
    ),
    ObjectMember::object("associationDescription", &[]),
    ObjectMember::object("session", &[]),
    ObjectMember::object("federatedUser", &[]),
    ObjectMember::object("assumedRoleUser", &[]),
    ObjectMember::object("credentials", &[]),
    ObjectMember::object("AssociateIamInstanceProfileResponse", ASSOCIATION),
    ObjectMember::object("ReplaceIamInstanceProfileAssociationResponse", ASSOCIATION),
];

const ASSOCIATION: &[ObjectMember] = &[ObjectMember::object("iamInstanceProfileAssociation", &[])];
