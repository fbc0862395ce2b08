//! The allow-list: which fields of which operation a finding shows, and how.

use crate::event::{Facts, LogType};

/// How a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    /// As it is, unless it looks like a secret.
    Value,
    /// The caller's words: at most 120 characters.
    FreeText,
    /// Only the hosts of the URLs in it.
    Host,
    /// Only the program of a command, and a digest.
    Program,
    /// Session parameters: only what AWS's port forwarding documents take.
    Forwarding,
    /// A body of settings: names, hosts, digest.
    Body,
    /// Only digest and length.
    Digest,
    /// Not even that: short enough to be guessed from a digest.
    Never,
}

/// A field and how it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'p> {
    pub(super) path: &'p str,
    pub(super) show: Show,
}

macro_rules! fields {
    ($($show:ident: $($path:literal),+;)*) => {
        &[$($(Shown { path: $path, show: Show::$show }),+),*]
    };
}

/// What findings of this operation show whatever their rule.
pub(super) fn fields(facts: &Facts) -> &'static [Shown<'static>] {
    match facts.log {
        LogType::CloudTrail => cloudtrail(&facts.action.operation),
        LogType::AzureActivity => AZURE_ACTIVITY,
        LogType::EntraSignIn => ENTRA_SIGN_IN,
        LogType::EntraRisk => ENTRA_RISK,
        LogType::BastionAudit => BASTION,
        LogType::GcpAudit => GCP,
        _ => &[],
    }
}

/// What findings of a CloudTrail event show, by its name.
const CLOUDTRAIL: &[(&[&str], &[Shown<'static>])] = &[
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

fn cloudtrail(operation: &str) -> &'static [Shown<'static>] {
    CLOUDTRAIL.iter().find(|(names, _)| names.contains(&operation)).map_or(&[], |(_, fields)| fields)
}

const AZURE_ACTIVITY: &[Shown<'static>] = fields! {
    Value: "category", "properties.eventCategory", "properties.statusCode",
        "identity.claims.http://schemas.microsoft.com/claims/authnmethodsreferences";
    Body: "properties.requestbody", "properties.requestBody", "properties.responseBody";
};

const ENTRA_SIGN_IN: &[Shown<'static>] = fields! {
    Value: "category", "properties.clientAppUsed", "properties.isInteractive",
        "properties.authenticationRequirement", "properties.conditionalAccessStatus", "properties.riskState",
        "properties.riskDetail", "properties.originalTransferMethod", "properties.incomingTokenType",
        "properties.homeTenantId", "properties.resourceTenantId", "properties.crossTenantAccessType";
};

const ENTRA_RISK: &[Shown<'static>] = fields! {
    Value: "properties.riskEventType", "properties.riskLevel", "properties.riskState", "properties.riskDetail",
        "properties.detectionTimingType", "properties.activity";
};

const BASTION: &[Shown<'static>] = fields! {
    Value: "properties.protocol", "properties.targetVMIPAddress", "properties.sessionStartTime",
        "properties.sessionEndTime", "properties.duration";
};

const GCP: &[Shown<'static>] = fields! {
    Value: "protoPayload.serviceName", "protoPayload.methodName", "protoPayload.resourceName",
        "protoPayload.metadata.instanceMetadataDelta.addedMetadataKeys",
        "protoPayload.metadata.instanceMetadataDelta.modifiedMetadataKeys",
        "protoPayload.metadata.projectMetadataDelta.addedMetadataKeys",
        "protoPayload.metadata.projectMetadataDelta.modifiedMetadataKeys";
};

/// How a field is shown that a rule asks for: what is never shown as it is stays so.
pub(super) fn asked(path: &str) -> Show {
    // A whole record, or a part of one that holds free parameters, is no field.
    const PARTS: [&str; 12] = [
        "requestparameters",
        "responseelements",
        "properties",
        "identity",
        "claims",
        "useridentity",
        "additionaleventdata",
        "sessioncontext",
        "protopayload",
        "request",
        "response",
        "eventdata",
    ];
    let leaf = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase();
    let whole = path.to_ascii_lowercase();
    match leaf.as_str() {
        "parameters" => Show::Forwarding,
        "command" | "commandline" | "command_line" | "processcommandline" | "parentcommandline" => {
            Show::Program
        }
        "commandtoexecute" | "script" | "content" | "policy" | "policydocument" | "userdata" | "source"
        | "scripttext" | "value" => Show::Digest,
        "requestbody"
        | "responsebody"
        | "settings"
        | "protectedsettings"
        | "protectedparameters"
        | "statusmessage" => Show::Body,
        "fileuris" | "scripturi" | "outputbloburi" | "errorbloburi" | "targetlocationsurl" | "uri"
        | "url" => Show::Host,
        "reason" | "comment" => Show::FreeText,
        leaf if PARTS.contains(&leaf) => Show::Digest,
        _ if whole.contains("protectedsettings") || whole.contains("protectedparameters") => Show::Digest,
        _ if whole.contains("parameters.parameters.") && !whole.ends_with("automationassumerole") => {
            Show::Never
        }
        _ => Show::Value,
    }
}

/// What is named as left out when a record has it.
pub(super) fn withheld(facts: &Facts) -> &'static [&'static str] {
    match facts.log {
        LogType::CloudTrail => &[
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
        ],
        LogType::AzureActivity => &["identity.claims", "properties.statusMessage"],
        LogType::EntraSignIn => &["properties.uniqueTokenIdentifier", "properties.authenticationDetails"],
        LogType::GcpAudit => &["protoPayload.request", "protoPayload.response"],
        _ => &[],
    }
}

/// AWS's documents whose parameters are a host and ports.
pub(super) fn is_forwarding(document: &str) -> bool {
    document.starts_with("AWS-StartPortForwardingSession") || document == "AWS-StartSSHSession"
}

/// The settings of run commands and extensions that a summary names, in our own spelling.
pub(super) fn setting(name: &str) -> Option<&'static str> {
    const SETTINGS: [&str; 26] = [
        "asyncExecution",
        "autoUpgradeMinorVersion",
        "commandId",
        "commandToExecute",
        "errorBlobUri",
        "fileUris",
        "managedIdentity",
        "outputBlobUri",
        "parameters",
        "properties",
        "protectedParameters",
        "protectedSettings",
        "protectedSettingsFromKeyVault",
        "publisher",
        "runAsPassword",
        "runAsUser",
        "script",
        "scriptUri",
        "settings",
        "source",
        "storageAccountKey",
        "storageAccountName",
        "timeoutInSeconds",
        "type",
        "typeHandlerVersion",
        "timestamp",
    ];
    SETTINGS.into_iter().find(|setting| setting.eq_ignore_ascii_case(name))
}

/// Does a setting hold URLs whose hosts are worth knowing?
pub(super) fn holds_urls(setting: &str) -> bool {
    ["fileUris", "scriptUri", "outputBlobUri", "errorBlobUri"].contains(&setting)
}
