//! What findings show of a call, by its name.

use crate::logs::show::{Shown, Shows, fields};

pub(super) const SHOWS: Shows = Shows {
    fields: |facts| {
        let operation = facts.action.operation.as_str();
        FIELDS.iter().find(|(names, _)| names.contains(&operation)).map_or(&[], |(_, fields)| fields)
    },
    withheld: WITHHELD,
    forwards,
};

/// AWS's documents whose parameters are a host and ports.
fn forwards(document: &str) -> bool {
    document.starts_with("AWS-StartPortForwardingSession") || document == "AWS-StartSSHSession"
}

const WITHHELD: &[&str] = &[
    "requestParameters.parameters",
    "requestParameters.userData",
    "requestParameters.content",
    "requestParameters.sSHPublicKey",
    "requestParameters.publicKeyMaterial",
    "requestParameters.policy",
    "requestParameters.policyDocument",
    "requestParameters.sAMLAssertion",
    "requestParameters.sAMLMetadataDocument",
    "responseElements.tokenValue",
    "responseElements.streamUrl",
    "responseElements.session.tokenValue",
    "responseElements.session.streamUrl",
    "responseElements.command.parameters",
    "responseElements.credentials",
    "responseElements.keyMaterial",
    "responseElements.passwordData",
    "responseElements.accessDetails",
];

/// By the event's name.
const FIELDS: &[(&[&str], &[Shown<'static>])] = &[
    (
        &["StartSession"],
        fields! {
            Value: "requestParameters.target", "requestParameters.documentName", "responseElements.sessionId";
            FreeText: "requestParameters.reason";
            Forwarding: "requestParameters.parameters";
        },
    ),
    (
        &["ResumeSession", "TerminateSession"],
        fields! {
            Value: "requestParameters.sessionId", "responseElements.sessionId";
        },
    ),
    (
        &["SendCommand"],
        fields! {
            Value: "requestParameters.documentName", "requestParameters.documentVersion",
                "requestParameters.instanceIds", "requestParameters.targets",
                "requestParameters.outputS3BucketName", "requestParameters.cloudWatchOutputConfig",
                "responseElements.command.commandId", "responseElements.command.targetCount";
            FreeText: "requestParameters.comment";
        },
    ),
    (
        &["StartAutomationExecution", "StartChangeRequestExecution"],
        fields! {
            Value: "requestParameters.documentName", "requestParameters.documentVersion",
                "requestParameters.targets", "requestParameters.targetParameterName",
                "requestParameters.targetLocations", "requestParameters.parameters.AutomationAssumeRole",
                "responseElements.automationExecutionId";
            Host: "requestParameters.targetLocationsURL";
        },
    ),
    (
        &[
            "CreateAssociation",
            "UpdateAssociation",
            "CreateAssociationBatch",
            "StartAssociationsOnce",
            "CreateMaintenanceWindow",
            "RegisterTaskWithMaintenanceWindow",
        ],
        fields! {
            Value: "requestParameters.name", "requestParameters.associationName", "requestParameters.associationId",
                "requestParameters.associationIds", "requestParameters.instanceId", "requestParameters.targets",
                "requestParameters.entries.name", "requestParameters.scheduleExpression",
                "requestParameters.schedule", "requestParameters.taskArn", "requestParameters.taskType";
        },
    ),
    (
        &["CreateDocument", "UpdateDocument", "UpdateDocumentDefaultVersion", "DeleteDocument"],
        fields! {
            Value: "requestParameters.name", "requestParameters.documentType", "requestParameters.documentFormat",
                "requestParameters.documentVersion", "requestParameters.targetType";
            Digest: "requestParameters.content";
        },
    ),
    (
        &["UpdateServiceSetting", "ResetServiceSetting"],
        fields! {
            Value: "requestParameters.settingId", "requestParameters.settingValue";
        },
    ),
    (
        &["ModifyDocumentPermission"],
        fields! {
            Value: "requestParameters.name", "requestParameters.permissionType",
                "requestParameters.accountIdsToAdd", "requestParameters.accountIdsToRemove";
        },
    ),
    (
        &["StartConnection"],
        fields! {
            Value: "requestParameters.InstanceId", "requestParameters.Protocol", "requestParameters.AuthType",
                "requestParameters.ConnectionType", "responseElements.ConnectionArn";
        },
    ),
    (
        &["StartAccessRequest"],
        fields! {
            Value: "requestParameters.targets", "responseElements.accessRequestId";
            FreeText: "requestParameters.reason";
        },
    ),
    (
        &["SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"],
        fields! {
            Value: "requestParameters.instanceId", "requestParameters.instanceOSUser",
                "requestParameters.availabilityZone", "requestParameters.serialPort",
                "requestParameters.monitorMode", "responseElements.success";
        },
    ),
    (
        &["OpenTunnel"],
        fields! {
            Value: "requestParameters.instanceConnectEndpointId", "requestParameters.remotePort",
                "requestParameters.privateIpAddress", "requestParameters.maxTunnelDuration";
        },
    ),
    (
        &["CreateInstanceConnectEndpoint", "ModifyInstanceConnectEndpoint", "DeleteInstanceConnectEndpoint"],
        fields! {
            Value: "requestParameters.subnetId", "requestParameters.instanceConnectEndpointId",
                "requestParameters.preserveClientIp",
                "requestParameters.CreateInstanceConnectEndpointRequest.SubnetId";
        },
    ),
    (
        &["ModifyInstanceAttribute"],
        fields! {
            Value: "requestParameters.instanceId", "requestParameters.attribute";
        },
    ),
    (
        &["ExecuteCommand"],
        fields! {
            Value: "requestParameters.cluster", "requestParameters.task", "requestParameters.container",
                "requestParameters.interactive", "responseElements.session.sessionId";
            Program: "requestParameters.command";
        },
    ),
    (
        &[
            "GetPasswordData",
            "ImportKeyPair",
            "CreateKeyPair",
            "AssociateIamInstanceProfile",
            "ReplaceIamInstanceProfileAssociation",
            "GetInstanceAccessDetails",
            "DownloadDefaultKeyPair",
        ],
        fields! {
            Value: "requestParameters.instanceId", "requestParameters.keyName", "requestParameters.instanceName",
                "requestParameters.associationId";
        },
    ),
    (
        &["ConsoleLogin", "GetSigninToken", "SwitchRole", "CheckMfa"],
        fields! {
            Value: "responseElements.ConsoleLogin", "responseElements.SwitchRole", "responseElements.CheckMfa",
                "responseElements.GetSigninToken", "additionalEventData.MFAUsed",
                "additionalEventData.MobileVersion", "additionalEventData.SwitchFrom";
            Host: "additionalEventData.LoginTo", "additionalEventData.RedirectTo";
        },
    ),
    (
        &["GetFederationToken"],
        fields! {
            Value: "requestParameters.name", "requestParameters.durationSeconds",
                "responseElements.federatedUser.arn";
            Digest: "requestParameters.policy";
        },
    ),
    (
        &["AssumeRole", "AssumeRoot", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
        fields! {
            Value: "requestParameters.roleArn", "requestParameters.roleSessionName",
                "requestParameters.sourceIdentity", "requestParameters.principalArn",
                "requestParameters.targetPrincipal", "requestParameters.durationSeconds";
        },
    ),
    (
        &[
            "CreateSAMLProvider",
            "UpdateSAMLProvider",
            "CreateOpenIDConnectProvider",
            "AddClientIDToOpenIDConnectProvider",
            "UpdateOpenIDConnectProviderThumbprint",
            "UpdateAssumeRolePolicy",
        ],
        fields! {
            Value: "requestParameters.name", "requestParameters.sAMLProviderArn",
                "requestParameters.openIDConnectProviderArn", "requestParameters.clientID",
                "requestParameters.clientIDList", "requestParameters.thumbprintList",
                "requestParameters.roleName";
            Host: "requestParameters.url";
            Digest: "requestParameters.policyDocument", "requestParameters.sAMLMetadataDocument";
        },
    ),
];
