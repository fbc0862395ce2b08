# An organisation trail in a log archive account, trailhound in the security account. The archive's EventBridge sends
# notices of new objects to a bus in the security account; the function reads the bucket across accounts.
#
# Left to the archive's owner, because it is theirs: turning EventBridge on for the bucket, and adding the statements of
# the outputs to the bucket's and the key's policy.

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "log_archive"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.log_archive_account_id}:role/${var.log_archive_role}"
  }
}

module "trailhound" {
  source = "../.."

  trail_buckets = {
    (var.trail_bucket) = { account_id = var.log_archive_account_id, key_prefix = var.trail_key_prefix, kms_key_arn = var.trail_kms_key_arn }
  }
  notices = { from = "eventbridge", event_bus_name = aws_cloudwatch_event_bus.notices.name }
  package = {
    s3_bucket         = "example-artifacts"
    s3_key            = "trailhound/trailhound-aws-arm64.zip"
    s3_object_version = "example-version"
  }
}

# --- security account: a bus the archive may send to ---

resource "aws_cloudwatch_event_bus" "notices" {
  name = "trailhound-notices"
}

resource "aws_cloudwatch_event_bus_policy" "notices" {
  event_bus_name = aws_cloudwatch_event_bus.notices.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AllowTheLogArchive"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${var.log_archive_account_id}:root" }
      Action    = "events:PutEvents"
      Resource  = aws_cloudwatch_event_bus.notices.arn
    }]
  })
}

# --- log archive account: pass notices of new trail objects on ---

resource "aws_cloudwatch_event_rule" "forward" {
  provider = aws.log_archive

  name        = "trailhound-notices"
  description = "Notices of new CloudTrail objects, to the security account."
  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created"]
    detail        = { bucket = { name = [var.trail_bucket] } }
  })
}

resource "aws_cloudwatch_event_target" "forward" {
  provider = aws.log_archive

  rule     = aws_cloudwatch_event_rule.forward.name
  arn      = aws_cloudwatch_event_bus.notices.arn
  role_arn = aws_iam_role.forward.arn

  dead_letter_config {
    arn = aws_sqs_queue.unforwarded.arn
  }
  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts       = 185
  }
  depends_on = [aws_sqs_queue_policy.unforwarded]
}

# Notices come no other way: what could not be passed on is kept here, and somebody is told.
resource "aws_sqs_queue" "unforwarded" {
  provider = aws.log_archive

  name                      = "trailhound-notices-unforwarded"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "unforwarded" {
  provider = aws.log_archive

  queue_url = aws_sqs_queue.unforwarded.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AllowTheRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.unforwarded.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.forward.arn } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "unforwarded" {
  for_each = {
    kept = { namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", dimensions = { QueueName = aws_sqs_queue.unforwarded.name } }
    lost = { namespace = "AWS/Events", metric = "InvocationsFailedToBeSentToDlq", statistic = "Sum", dimensions = { RuleName = aws_cloudwatch_event_rule.forward.name } }
  }
  provider = aws.log_archive

  alarm_name          = "trailhound-notices-${each.key}"
  alarm_description   = "Notices of CloudTrail objects do not reach the security account: look at the bus's policy and the role."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = compact([var.log_archive_alarm_topic_arn])
}

resource "aws_iam_role" "forward" {
  provider = aws.log_archive

  name = "trailhound-notices"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "forward" {
  provider = aws.log_archive

  name = "put-events"
  role = aws_iam_role.forward.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = aws_cloudwatch_event_bus.notices.arn
    }]
  })
}
