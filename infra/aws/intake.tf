# How notices reach the queue. The bucket's own notification configuration is never touched: it has one owner, and a
# second one silently erases the first.

locals {
  # `/CloudTrail/` keeps insights out, and digests (`/CloudTrail-Digest/`) where they are not verified.
  trail_folders = concat(["CloudTrail"], var.verify_digests ? ["CloudTrail-Digest"] : [])
  trail_patterns = var.notices.from != "eventbridge" ? {} : {
    for bucket, trail in var.trail_buckets : bucket => {
      source        = ["aws.s3"]
      "detail-type" = ["Object Created"]
      detail = {
        bucket = { name = [bucket] }
        object = { key = [for folder in local.trail_folders : { wildcard = "${trail.key_prefix == "" ? "" : "${trail.key_prefix}/"}AWSLogs/*/${folder}/*.json.gz" }] }
      }
    }
  }

  # What the rules look at, by the service that records it; `infra/check` compares it with the events of the rules' tests.
  # Of ec2, iam and sts only these: the rest is too much to send.
  fast_path_events = {
    "ec2-instance-connect.amazonaws.com" = [{ exists = true }]
    "ec2.amazonaws.com" = [
      "AssociateIamInstanceProfile",
      "AuthorizeSecurityGroupIngress",
      "CreateInstanceConnectEndpoint",
      "CreateKeyPair",
      "DeleteInstanceConnectEndpoint",
      "DisableSerialConsoleAccess",
      "EnableSerialConsoleAccess",
      "GetPasswordData",
      "ImportKeyPair",
      "ModifyInstanceAttribute",
      "ModifyInstanceConnectEndpoint",
      "ReplaceIamInstanceProfileAssociation",
      "StartInstances",
      "StopInstances",
    ]
    "ecs.amazonaws.com" = ["CreateService", "ExecuteCommand", "RunTask", "StartTask", "UpdateService"]
    "iam.amazonaws.com" = [
      "AddClientIDToOpenIDConnectProvider",
      "CreateOpenIDConnectProvider",
      "CreateSAMLProvider",
      "UpdateAssumeRolePolicy",
      "UpdateOpenIDConnectProviderThumbprint",
      "UpdateSAMLProvider",
    ]
    "lightsail.amazonaws.com"      = ["DownloadDefaultKeyPair", "GetInstanceAccessDetails"]
    "signin.amazonaws.com"         = [{ exists = true }]
    "ssm-guiconnect.amazonaws.com" = [{ exists = true }]
    # Every agent reports every few minutes.
    "ssm.amazonaws.com" = [{ "anything-but" = ["PutComplianceItems", "PutInventory", "UpdateInstanceAssociationStatus", "UpdateInstanceInformation"] }]
    "sts.amazonaws.com" = ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "GetFederationToken"]
  }
  # Whoever may call PutEvents may write any event whose source does not begin with "aws.", and none whose does.
  fast_path_pattern = {
    source        = [{ prefix = "aws." }]
    "detail-type" = [{ suffix = "via CloudTrail" }]
    "$or" = concat(
      [{ detail = { userIdentity = { type = ["Root"] } } }],
      [for service, events in local.fast_path_events : { detail = { eventSource = [service], eventName = events } }],
    )
  }

  # Names are cut at 64 letters; the hash keeps apart what was cut.
  trail_rule_names = { for bucket in keys(local.trail_patterns) : bucket =>
    length("${var.name}-trail-${bucket}") <= 64 ? "${var.name}-trail-${bucket}" : "${substr("${var.name}-trail-${bucket}", 0, 55)}-${substr(sha256(bucket), 0, 8)}"
  }

  rule_arns = sort(concat(
    [aws_cloudwatch_event_rule.canary.arn],
    values(aws_cloudwatch_event_rule.trail)[*].arn,
    aws_cloudwatch_event_rule.fast_path[*].arn,
  ))
}

resource "aws_cloudwatch_event_rule" "trail" {
  for_each = local.trail_patterns

  name           = local.trail_rule_names[each.key]
  description    = "New CloudTrail objects in ${each.key}, for trailhound."
  event_bus_name = var.notices.event_bus_name
  event_pattern  = jsonencode(each.value)
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "trail" {
  for_each = local.trail_patterns

  rule           = aws_cloudwatch_event_rule.trail[each.key].name
  event_bus_name = var.notices.event_bus_name
  target_id      = "intake"
  arn            = aws_sqs_queue.intake.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  depends_on = [aws_sqs_queue_policy.intake, aws_sqs_queue_policy.dead_letter]
}

resource "aws_cloudwatch_event_rule" "fast_path" {
  count = var.fast_path.enabled ? 1 : 0

  name          = "${var.name}-fast-path"
  description   = "CloudTrail events that detections look at, straight from EventBridge, for trailhound."
  event_pattern = jsonencode(local.fast_path_pattern)
  state         = var.fast_path.include_read_only ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED"
  tags          = var.tags

  lifecycle {
    precondition {
      condition     = length(jsonencode(local.fast_path_pattern)) <= 2048
      error_message = "EventBridge takes patterns of 2048 characters."
    }
  }
}

resource "aws_cloudwatch_event_target" "fast_path" {
  count = var.fast_path.enabled ? 1 : 0

  rule      = aws_cloudwatch_event_rule.fast_path[0].name
  target_id = "intake"
  arn       = aws_sqs_queue.intake.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letter.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  depends_on = [aws_sqs_queue_policy.intake, aws_sqs_queue_policy.dead_letter]
}

resource "aws_sns_topic_subscription" "notices" {
  for_each = var.notices.topic_arns

  topic_arn            = each.value
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.intake.arn
  raw_message_delivery = true
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letter.arn })

  depends_on = [aws_sqs_queue_policy.intake, aws_sqs_queue_policy.dead_letter]
}

# Who does not know it keeps no alarm quiet.
resource "terraform_data" "canary_key" {
  input = uuid()

  lifecycle {
    ignore_changes = [input]
  }
}

# The canary goes the way of real notices: its absence means that they do not get through either.
resource "aws_cloudwatch_event_rule" "canary" {
  name                = "${var.name}-canary"
  description         = "trailhound's canary: one informational finding that must come out of the other end."
  schedule_expression = "rate(${var.canary_interval_minutes} minutes)"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "canary" {
  rule      = aws_cloudwatch_event_rule.canary.name
  target_id = "intake"
  arn       = aws_sqs_queue.intake.arn
  input     = jsonencode({ trailhound = "canary", key = terraform_data.canary_key.output })

  # A canary that arrives late says nothing.
  retry_policy {
    maximum_event_age_in_seconds = 60 * var.canary_interval_minutes
    maximum_retry_attempts       = 3
  }
  depends_on = [aws_sqs_queue_policy.intake]
}
