"""Planned Terraform resources as CloudFormation resources: taken over here, or left out by name with the reason."""

import re

from planned import Fault, Values, document, renamed, without_nothing

# Not in a template, and why.
LEFT_OUT = {
    "aws_cloudwatch_dashboard": "a page to look at; nothing depends on it",
    "terraform_data": "the stack's own id is its canary key",
}
# What the module says with depends_on, or by taking a name from a resource that a template only spells.
AFTER = {
    "Function": ["FunctionPolicy", "FunctionLog"],
    "CanaryRule": ["IntakeQueuePolicy"],
    "TrailRule": ["IntakeQueuePolicy", "DeadLetterQueuePolicy"],
    "FastPathRule": ["IntakeQueuePolicy", "DeadLetterQueuePolicy"],
    "DailyTestRule": ["EmailTopicPolicy"],
}
# The module refuses to destroy these (protect_data), and the key reads them.
KEPT = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket")

# What a resource's computed values are in CloudFormation: by Ref, or by GetAtt.
BY_REF = {
    "aws_sqs_queue": ("id", "url"), "aws_sns_topic": ("arn",), "aws_iam_role": ("id",), "aws_kms_key": ("key_id",),
    "aws_lambda_function": (), "aws_s3_bucket": ("id",), "aws_dynamodb_table": (),
}
BY_ARN = {"aws_sqs_queue", "aws_iam_role", "aws_kms_key", "aws_lambda_function", "aws_s3_bucket", "aws_dynamodb_table"}

NOUNS = {
    "aws_cloudwatch_event_rule": "Rule", "aws_cloudwatch_log_group": "Log", "aws_dynamodb_table": "Table", "aws_iam_role": "Role",
    "aws_iam_role_policy": "Policy", "aws_kms_alias": "KeyAlias", "aws_kms_key": "Key", "aws_lambda_event_source_mapping": "Mapping",
    "aws_s3_bucket": "Bucket", "aws_s3_bucket_policy": "BucketPolicy", "aws_sns_topic": "Topic", "aws_sns_topic_policy": "TopicPolicy",
    "aws_sns_topic_subscription": "Subscription", "aws_sqs_queue": "Queue", "aws_sqs_queue_policy": "QueuePolicy",
}


def logical_id(resource):
    kind, name, index = resource["type"], resource["name"], resource.get("index")
    if kind == "aws_cloudwatch_metric_alarm":
        name = f"alarm-{index}".replace("the-bucket", "bucket").replace("-trail-bucket", "-trail")
    elif kind == "aws_lambda_function":
        name = "function"
    elif kind == "aws_sns_topic_policy":
        name = index
    words = "".join(part.capitalize() for part in re.split("[-_]", "" if name == "this" else name))
    return words + NOUNS.get(kind, "")


def dimensions(found):
    return [{"Name": name, "Value": value} for name, value in sorted((found or {}).items())] or None


def queue(v):
    return "AWS::SQS::Queue", renamed(v, {
        "name": "QueueName", "visibility_timeout_seconds": "VisibilityTimeout", "message_retention_seconds": "MessageRetentionPeriod",
        "kms_master_key_id": "KmsMasterKeyId",
    }) | {"SqsManagedSseEnabled": v("sqs_managed_sse_enabled") or None, "RedrivePolicy": document(v("redrive_policy"))}


def rule(v):
    event_bus = v("event_bus_name")
    return "AWS::Events::Rule", renamed(v, {"name": "Name", "description": "Description", "schedule_expression": "ScheduleExpression"}) | {
        "EventBusName": event_bus if event_bus != "default" else None, "EventPattern": document(v("event_pattern")), "State": v("state") or "ENABLED",
    }


def target(v):
    v("rule"), v("event_bus_name")
    dead_letter, retry = v.block("dead_letter_config")("arn"), v.block("retry_policy")
    return {
        "Id": v("target_id") or "forward", "Arn": v("arn"), "Input": v("input"), "RoleArn": v("role_arn"),
        "DeadLetterConfig": {"Arn": dead_letter} if dead_letter else None,
        "RetryPolicy": renamed(retry, {"maximum_event_age_in_seconds": "MaximumEventAgeInSeconds", "maximum_retry_attempts": "MaximumRetryAttempts"}),
    }


def function(v):
    # One package is told from the next by its version; the sum is Terraform's own way.
    v("source_code_hash"), v("reserved_concurrent_executions") == -1 or v.taken.discard("reserved_concurrent_executions")
    logging = v.block("logging_config")
    return "AWS::Lambda::Function", renamed(v, {
        "function_name": "FunctionName", "description": "Description", "role": "Role", "runtime": "Runtime", "handler": "Handler",
        "architectures": "Architectures", "memory_size": "MemorySize", "timeout": "Timeout", "kms_key_arn": "KmsKeyArn",
    }) | {
        "Code": renamed(v, {"s3_bucket": "S3Bucket", "s3_key": "S3Key", "s3_object_version": "S3ObjectVersion"}),
        "Environment": {"Variables": v.block("environment")("variables")},
        "DeadLetterConfig": {"TargetArn": v.block("dead_letter_config")("target_arn")},
        "LoggingConfig": renamed(logging, {"log_format": "LogFormat", "log_group": "LogGroup"}),
    }


def mapping(v):
    return "AWS::Lambda::EventSourceMapping", renamed(v, {
        "event_source_arn": "EventSourceArn", "function_name": "FunctionName", "enabled": "Enabled", "batch_size": "BatchSize",
        "maximum_batching_window_in_seconds": "MaximumBatchingWindowInSeconds", "function_response_types": "FunctionResponseTypes",
    }) | {"ScalingConfig": {"MaximumConcurrency": v.block("scaling_config")("maximum_concurrency")}}


def role(v):
    return "AWS::IAM::Role", renamed(v, {"name": "RoleName", "path": "Path"}) | {"AssumeRolePolicyDocument": document(v("assume_role_policy"))}


def role_policy(v):
    return "AWS::IAM::Policy", {"PolicyName": v("name"), "Roles": [v("role")], "PolicyDocument": document(v("policy"))}


def table(v):
    encryption, ttl = v.block("server_side_encryption"), v.block("ttl")
    recovery = v.block("point_in_time_recovery")
    return "AWS::DynamoDB::Table", {
        "TableName": v("name"), "BillingMode": v("billing_mode"), "DeletionProtectionEnabled": v("deletion_protection_enabled"),
        "AttributeDefinitions": [{"AttributeName": a("name"), "AttributeType": a("type")} for a in v.blocks("attribute")],
        "KeySchema": [{"AttributeName": v("hash_key"), "KeyType": "HASH"}, {"AttributeName": v("range_key"), "KeyType": "RANGE"}],
        "TimeToLiveSpecification": {"AttributeName": ttl("attribute_name"), "Enabled": ttl("enabled")},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery("enabled")},
        "SSESpecification": {"SSEEnabled": encryption("enabled"), "SSEType": "KMS", "KMSMasterKeyId": encryption("kms_key_arn")},
    }


def key(v):
    return "AWS::KMS::Key", renamed(v, {
        "description": "Description", "enable_key_rotation": "EnableKeyRotation", "deletion_window_in_days": "PendingWindowInDays",
    }) | {"KeyPolicy": document(v("policy"))}


def alarm(v):
    def metric(m):
        return {"Namespace": m("namespace"), "MetricName": m("metric_name"), "Dimensions": dimensions(m("dimensions"))}

    def query(q):
        inner = q.block("metric")
        stat = {"Metric": metric(inner), "Stat": inner("stat"), "Period": inner("period")} if inner.values else None
        return renamed(q, {"id": "Id", "expression": "Expression", "label": "Label"}) | {"ReturnData": bool(q("return_data")), "MetricStat": stat}

    return "AWS::CloudWatch::Alarm", renamed(v, {
        "alarm_name": "AlarmName", "alarm_description": "AlarmDescription", "statistic": "Statistic", "period": "Period", "threshold": "Threshold",
        "comparison_operator": "ComparisonOperator", "evaluation_periods": "EvaluationPeriods", "datapoints_to_alarm": "DatapointsToAlarm",
        "treat_missing_data": "TreatMissingData", "alarm_actions": "AlarmActions", "ok_actions": "OKActions",
        "insufficient_data_actions": "InsufficientDataActions",
    }) | metric(v) | {"Metrics": [query(q) for q in v.blocks("metric_query")]}


def bucket(v):
    # A stack never empties a bucket.
    v("force_destroy") is False or v.taken.discard("force_destroy")
    return "AWS::S3::Bucket", {"BucketName": v("bucket")}


def public_access(v):
    return {"PublicAccessBlockConfiguration": renamed(v, {
        "block_public_acls": "BlockPublicAcls", "block_public_policy": "BlockPublicPolicy", "ignore_public_acls": "IgnorePublicAcls",
        "restrict_public_buckets": "RestrictPublicBuckets",
    })}


def ownership(v):
    return {"OwnershipControls": {"Rules": [{"ObjectOwnership": r("object_ownership")} for r in v.blocks("rule")]}}


def versioning(v):
    return {"VersioningConfiguration": {"Status": v.block("versioning_configuration")("status")}}


def encryption(v):
    def one(r):
        by_default = renamed(r.block("apply_server_side_encryption_by_default"), {"sse_algorithm": "SSEAlgorithm", "kms_master_key_id": "KMSMasterKeyID"})
        return {"BucketKeyEnabled": r("bucket_key_enabled"), "ServerSideEncryptionByDefault": by_default}

    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [one(r) for r in v.blocks("rule")]}}


def lifecycle(v):
    def one(r):
        r.block("filter")
        return {
            "Id": r("id"), "Status": r("status"), "ExpirationInDays": r.block("expiration")("days"),
            "NoncurrentVersionExpiration": {"NoncurrentDays": r.block("noncurrent_version_expiration")("noncurrent_days")},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": r.block("abort_incomplete_multipart_upload")("days_after_initiation")},
        }

    return {"LifecycleConfiguration": {"Rules": [one(r) for r in v.blocks("rule")]}}


def with_policy(kind, of, argument):
    return lambda v: (kind, {of: v(argument) if of == "Bucket" else [v(argument)], "PolicyDocument": document(v("policy"))})


WHOLE = {
    "aws_cloudwatch_event_rule": rule, "aws_cloudwatch_metric_alarm": alarm, "aws_dynamodb_table": table, "aws_iam_role": role,
    "aws_iam_role_policy": role_policy, "aws_kms_key": key, "aws_lambda_event_source_mapping": mapping, "aws_lambda_function": function,
    "aws_s3_bucket": bucket, "aws_sqs_queue": queue,
    "aws_cloudwatch_log_group": lambda v: ("AWS::Logs::LogGroup", renamed(v, {"name": "LogGroupName", "retention_in_days": "RetentionInDays", "kms_key_id": "KmsKeyId"})),
    "aws_kms_alias": lambda v: ("AWS::KMS::Alias", renamed(v, {"name": "AliasName", "target_key_id": "TargetKeyId"})),
    "aws_sns_topic": lambda v: ("AWS::SNS::Topic", renamed(v, {"name": "TopicName", "kms_master_key_id": "KmsMasterKeyId"})),
    "aws_sns_topic_subscription": lambda v: ("AWS::SNS::Subscription", renamed(v, {"topic_arn": "TopicArn", "protocol": "Protocol", "endpoint": "Endpoint"})),
    "aws_s3_bucket_policy": with_policy("AWS::S3::BucketPolicy", "Bucket", "bucket"),
    "aws_sns_topic_policy": with_policy("AWS::SNS::TopicPolicy", "Topics", "arn"),
    "aws_sqs_queue_policy": with_policy("AWS::SQS::QueuePolicy", "Queues", "queue_url"),
}
# Resources of Terraform that are properties of a bucket or a queue here, by the argument that names it.
PARTS = {
    "aws_s3_bucket_public_access_block": ("bucket", public_access), "aws_s3_bucket_ownership_controls": ("bucket", ownership),
    "aws_s3_bucket_versioning": ("bucket", versioning), "aws_s3_bucket_server_side_encryption_configuration": ("bucket", encryption),
    "aws_s3_bucket_lifecycle_configuration": ("bucket", lifecycle),
    "aws_sqs_queue_redrive_allow_policy": ("queue_url", lambda v: {"RedriveAllowPolicy": document(v("redrive_allow_policy"))}),
}


class Run:
    """The resources of one run, with the schemas of their kinds."""

    def __init__(self, found, schemas):
        self.found = [r for r in found if r.get("mode") == "managed" and r["type"] not in LEFT_OUT]
        self.schemas = schemas
        self.references = {}
        for resource in self.found:
            name, kind, values = logical_id(resource), resource["type"], resource["values"]
            self.references |= {values[a]: (name, None) for a in BY_REF.get(kind, ()) if values.get(a)}
            if kind in BY_ARN and values.get("arn"):
                self.references[values["arn"]] = (name, "Arn")

    def resources(self):
        made, of = {}, {}
        for resource in self.found:
            kind, name = resource["type"], logical_id(resource)
            values = Values(resource["values"], self.schemas[kind]["block"], self.references)
            if kind in WHOLE:
                type_, properties = WHOLE[kind](values)
                made[name] = {"Type": type_, "Properties": properties}
                of[resource["values"].get("name") if kind == "aws_cloudwatch_event_rule" else name] = name
            elif kind in PARTS:
                argument, part = PARTS[kind]
                of[resource["address"]] = (self.references[values(argument)][0], part(values))
            elif kind == "aws_cloudwatch_event_target":
                of[resource["address"]] = (values("rule"), target(values))
            else:
                raise Fault(f"{resource['address']}: no template knows a {kind}; take it over in infra/tools/cloudformation.py, or leave it out there with the reason")
            if left := sorted(values.left()):
                raise Fault(f"{resource['address']}: {', '.join(left)} would be missing from the template; take it over in infra/tools/cloudformation.py")
        for resource in self.found:
            if resource["type"] in PARTS:
                owner, part = of[resource["address"]]
                made[owner]["Properties"] |= part
            elif resource["type"] == "aws_cloudwatch_event_target":
                by_name, found = of[resource["address"]]
                made[of[by_name]]["Properties"].setdefault("Targets", []).append(found)
        for name, resource in made.items():
            if name in AFTER:
                resource["DependsOn"] = [other for other in AFTER[name] if other in made]
            if resource["Type"] in KEPT:
                resource |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        return without_nothing(made)
