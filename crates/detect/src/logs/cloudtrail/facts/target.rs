//! Which machines a call was for.

use std::collections::HashSet;

use trailhound_sigma::json::{Document, Kind, Node};

use super::super::arn::Arn;
use super::actor::is_machine_id;
use super::document;
use crate::facts::{Facts, Target};
use crate::logs::node::{Texts, ip, text_of, texts_of};

/// Where calls name one machine or a list of them; every one that is there counts.
const PLACES: &[&str] = &[
    "target",
    "instanceId",
    "instanceIds",
    "InstanceId",
    "InstanceIds",
    "instancesSet.items.instanceId",
    "AssociateIamInstanceProfileRequest.InstanceId",
    "ReplaceIamInstanceProfileAssociationRequest.InstanceId",
    "entries.instanceId",
    "parameters.InstanceId",
    "parameters.InstanceIds",
];

/// Calls that name what they are for in a member of their own: the call, the member, what it names.
const NAMED: &[(&str, &str, &str)] = &[
    ("ecs:ExecuteCommand", "task", "AWS::ECS::Task"),
    ("ec2-instance-connect:OpenTunnel", "privateIpAddress", "Host"),
    (
        "ec2:ModifyInstanceMetadataOptions",
        "ModifyInstanceMetadataOptionsRequest.InstanceId",
        "AWS::EC2::Instance",
    ),
    ("ec2:AuthorizeSecurityGroupIngress", "groupId", "AWS::EC2::SecurityGroup"),
    ("ec2:ModifySecurityGroupRules", "ModifySecurityGroupRulesRequest.GroupId", "AWS::EC2::SecurityGroup"),
    ("lightsail:GetInstanceAccessDetails", "instanceName", "AWS::Lightsail::Instance"),
    ("lightsail:UpdateInstanceMetadataOptions", "instanceName", "AWS::Lightsail::Instance"),
    ("lightsail:OpenInstancePublicPorts", "instanceName", "AWS::Lightsail::Instance"),
    ("lightsail:PutInstancePublicPorts", "instanceName", "AWS::Lightsail::Instance"),
    ("autoscaling:StartInstanceRefresh", "autoScalingGroupName", "AWS::AutoScaling::AutoScalingGroup"),
    ("codebuild:StartBuild", "projectName", "AWS::CodeBuild::Project"),
    ("codebuild:StartBuildBatch", "projectName", "AWS::CodeBuild::Project"),
    ("codebuild:StartCommandExecution", "sandboxId", "AWS::CodeBuild::Sandbox"),
    ("codebuild:StartSandboxConnection", "sandboxId", "AWS::CodeBuild::Sandbox"),
    ("elasticmapreduce:AddJobFlowSteps", "jobFlowId", "AWS::EMR::Cluster"),
    ("sagemaker:StartSession", "resourceIdentifier", "AWS::SageMaker::Space"),
    (
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "notebookInstanceName",
        "AWS::SageMaker::NotebookInstance",
    ),
    ("eks:CreateAccessEntry", "name", "AWS::EKS::Cluster"),
    ("eks:UpdateAccessEntry", "name", "AWS::EKS::Cluster"),
    ("eks:AssociateAccessPolicy", "name", "AWS::EKS::Cluster"),
    ("eks:AssociateIdentityProviderConfig", "name", "AWS::EKS::Cluster"),
    ("eks:UpdateClusterConfig", "name", "AWS::EKS::Cluster"),
    ("sso:CreateAccountAssignment", "targetId", "AWS::Organizations::Account"),
    ("iam:CreateLoginProfile", "userName", "AWS::IAM::User"),
    ("iam:UpdateLoginProfile", "userName", "AWS::IAM::User"),
    ("iam:CreateAccessKey", "userName", "AWS::IAM::User"),
    ("iam:UpdateAssumeRolePolicy", "roleName", "AWS::IAM::Role"),
    ("iam:CreateRole", "roleName", "AWS::IAM::Role"),
    ("sts:AssumeRoot", "targetPrincipal", "AWS::Organizations::Account"),
    ("sts:AssumeRole", "roleArn", "AWS::IAM::Role"),
    ("sts:AssumeRoleWithSAML", "roleArn", "AWS::IAM::Role"),
    ("sts:AssumeRoleWithWebIdentity", "roleArn", "AWS::IAM::Role"),
    ("signin:SwitchRole", "roleArn", "AWS::IAM::Role"),
];

/// Services that own machines: what their calls name as an instance is one, whatever it is called. In others'
/// calls an instance may be anything, and only what reads as a machine's id is a machine.
const OWNERS: &[&str] = &[
    "ssm",
    "ssm-guiconnect",
    "ec2",
    "ec2-instance-connect",
    "autoscaling",
    "lightsail",
    "opsworks",
    "gamelift",
    "ecs",
];

pub(super) fn read(record: &Document<'_>, facts: &mut Facts) -> Target {
    let mut target = Target::default();
    if let Some(parameters) = record.get("requestParameters").filter(|node| node.kind() == Kind::Object) {
        from_parameters(parameters, &facts.action.key, &mut target);
    }
    if target.ids.is_empty() {
        for id in record.list("responseElements.command.instanceIds") {
            add(&mut target, &id);
        }
    }
    if target.ids.is_empty() {
        // An association that is replaced is named by its own id; the answer says whose it is.
        for answer in ["AssociateIamInstanceProfileResponse", "ReplaceIamInstanceProfileAssociationResponse"]
        {
            let id = format!("responseElements.{answer}.iamInstanceProfileAssociation.instanceId");
            add_each(&mut target, record.string(&id));
        }
    }
    if facts.action.key == "sts:GetFederationToken"
        && let Some(arn) = record.string("responseElements.federatedUser.arn")
    {
        add(&mut target, &arn);
    }
    if target.ids.is_empty()
        && let Some(message) = record.string("errorMessage")
    {
        from_message(&message, facts, &mut target);
    }
    // In linear time, however many there are.
    let mut seen = HashSet::new();
    target.ids.to_mut().retain(|id| seen.insert(id.clone()));
    let submitted = record.get("responseElements.command.targetCount").and_then(Node::as_i64);
    let submitted = submitted.and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    target.count = target.count.max(submitted).max(u32::try_from(target.ids.len()).unwrap_or(u32::MAX));
    target.names = target.ids.clone();
    if target.kind.is_empty() {
        let first = target.ids.first().map(|id| kind(id)).unwrap_or_default();
        first.clone_into(&mut target.kind);
    }
    target
}

fn from_parameters(parameters: Node<'_>, action: &str, target: &mut Target) {
    let owns = action.split(':').next().is_some_and(|service| OWNERS.contains(&service));
    for place in PLACES {
        for id in parameters.list(place) {
            if !owns && !is_machine_id(machine_of_arn(&id).unwrap_or(&id)) {
                continue;
            }
            add_or_select(target, "InstanceIds", &id);
        }
    }
    if let Some((_, member, kind)) = NAMED.iter().find(|(call, ..)| *call == action) {
        let before = target.ids.len();
        add_each(target, parameters.string(member));
        if before == 0 && !target.ids.is_empty() {
            (*kind).clone_into(&mut target.kind);
        }
    }
    let choices = ["targets", "entries.targets"].iter().filter_map(|path| parameters.get(path));
    for choice in choices.flat_map(Node::members) {
        choose(choice, target);
    }
    for map in parameters.get("targetMaps").into_iter().flat_map(Node::members) {
        for (key, values) in map.entries() {
            pick(&key.as_str().unwrap_or_default(), &texts_of(values), target);
        }
    }
}

/// One `{key, values}` of `targets`, in whichever casing.
fn choose(choice: Node<'_>, target: &mut Target) {
    let Some(key) = member_text(choice, "key") else { return };
    pick(&key, &member(choice, "values").map(texts_of).unwrap_or_default(), target);
}

fn pick(key: &str, values: &[String], target: &mut Target) {
    let lower = key.to_ascii_lowercase();
    let by_id = matches!(lower.as_str(), "instanceids" | "instanceid" | "parametervalues");
    if by_id {
        let named = values.iter().filter(|value| !value.contains('*')).count();
        target.count = target.count.saturating_add(u32::try_from(named).unwrap_or(u32::MAX));
        for value in values {
            add_or_select(target, key, value);
        }
        return;
    }
    let by_group = lower.starts_with("tag:")
        || lower == "tag-key"
        || lower.starts_with("resource-groups:")
        || lower == "resourcegroup"
        || lower == "aws:noopautomationtag";
    target.wildcard |= by_group || values.iter().any(|value| value.contains('*'));
    target.selectors.push(format!("{key}={}", values.join(",")));
}

/// An id, unless it stands for any machine.
fn add_or_select(target: &mut Target, key: &str, id: &str) {
    if id.contains('*') {
        target.wildcard = true;
        target.selectors.push(format!("{key}={id}"));
    } else {
        add(target, id);
    }
}

fn add_each(target: &mut Target, ids: impl IntoIterator<Item = String>) {
    for id in ids {
        add(target, &id);
    }
}

fn add(target: &mut Target, id: &str) {
    let id = machine_of_arn(id).unwrap_or(id);
    if !id.is_empty() {
        target.ids.to_mut().push(id.to_owned());
    }
}

/// The id at the end of an instance's, a managed instance's or a task's ARN.
fn machine_of_arn(text: &str) -> Option<&str> {
    let arn = Arn::parse(text)?;
    is_machine(&arn).then(|| arn.last_segment())
}

/// An instance of EC2's or of Systems Manager's, or a task; other services have instances that are no machines.
fn is_machine(arn: &Arn<'_>) -> bool {
    let kind = arn.resource.split('/').next().unwrap_or_default();
    matches!((arn.service, kind), ("ec2" | "ssm", "instance" | "managed-instance") | ("ecs", "task"))
}

/// `… is not authorized to perform: ssm:StartSession on resource: arn:aws:ec2:…:instance/i-… because …`
fn from_message(message: &str, facts: &mut Facts, target: &mut Target) {
    let Some((_, rest)) = message.split_once("on resource: ") else { return };
    let Some(word) = rest.trim_start_matches(['"', '\'']).split_whitespace().next() else { return };
    let word = word.trim_end_matches(['"', '\'', ',', '.', ';', ')']);
    let Some(arn) = Arn::parse(word) else { return };
    match arn.resource.split('/').next().unwrap_or_default() {
        _ if is_machine(&arn) => {
            let id = arn.last_segment();
            if !id.contains('*') {
                add(target, id);
            }
        }
        "document" | "automation-definition" if facts.document.is_none() => document::set(word, facts),
        "session" if facts.session_id.is_none() => {
            facts.session_id = Some(arn.last_segment().to_owned()).filter(|id| !id.contains('*'));
        }
        "role" if facts.action.key.starts_with("sts:") => add(target, word),
        _ => {}
    }
}

fn kind(id: &str) -> &'static str {
    if id.starts_with("mi-") {
        "AWS::SSM::ManagedInstance"
    } else if id.starts_with("i-") {
        "AWS::EC2::Instance"
    } else if id.starts_with("ecs:") {
        "AWS::ECS::Task"
    } else if let Some(arn) = Arn::parse(id) {
        match (arn.service, arn.resource.split('/').next()) {
            ("iam", Some("role")) => "AWS::IAM::Role",
            ("sts", _) => "AWS::STS::FederatedUser",
            ("ecs", _) => "AWS::ECS::Task",
            _ => "AWS::Resource",
        }
    } else if ip(id).is_some() {
        "Host"
    } else if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        "AWS::ECS::Task"
    } else {
        "AWS::EC2::Instance"
    }
}

/// A member in whichever of the two casings AWS writes it: `key` or `Key`.
fn member<'d>(node: Node<'d>, name: &str) -> Option<Node<'d>> {
    (node.kind() == Kind::Object).then(|| node.key_any_case(name)).flatten()
}

fn member_text(node: Node<'_>, name: &str) -> Option<String> {
    member(node, name).and_then(text_of)
}
