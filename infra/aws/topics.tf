# Who is told: findings for machines, and for people in chat and e-mail; alarms about trailhound itself apart from both.

resource "aws_sns_topic" "findings" {
  name              = "${var.name}-findings"
  kms_master_key_id = local.key_arn
  tags              = var.tags
}

resource "aws_sns_topic" "chat" {
  count = var.chat_topic ? 1 : 0

  name              = "${var.name}-chat"
  kms_master_key_id = local.key_arn
  tags              = var.tags
}

resource "aws_sns_topic" "email" {
  count = length(var.email_addresses) > 0 ? 1 : 0

  name              = "${var.name}-email"
  kms_master_key_id = local.key_arn
  tags              = var.tags
}

resource "aws_sns_topic" "alarms" {
  count = var.alarm_topic_arn == null ? 1 : 0

  name              = "${var.name}-alarms"
  kms_master_key_id = local.key_arn
  tags              = var.tags
}

locals {
  finding_topics = merge(
    { findings = aws_sns_topic.findings.arn },
    { for topic in aws_sns_topic.chat : "chat" => topic.arn },
    { for topic in aws_sns_topic.email : "email" => topic.arn },
  )
  alarm_topics    = { for topic in aws_sns_topic.alarms : "alarms" => topic.arn }
  alarm_topic_arn = coalesce(var.alarm_topic_arn, one(aws_sns_topic.alarms[*].arn))

  allow_function = {
    Sid       = "AllowTheFunction"
    Effect    = "Allow"
    Principal = { AWS = aws_iam_role.function.arn }
    Action    = "sns:Publish"
  }
  allow_subscribers = {
    Sid       = "AllowSubscribers"
    Effect    = "Allow"
    Principal = { AWS = [for id in sort(var.subscriber_account_ids) : "arn:${local.partition}:iam::${id}:root"] }
    Action    = ["sns:Subscribe", "sns:GetTopicAttributes"]
  }
  allow_alarms = {
    Sid       = "AllowOurAlarms"
    Effect    = "Allow"
    Principal = { Service = "cloudwatch.amazonaws.com" }
    Action    = "sns:Publish"
    Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
  }

  # A topic's policy replaces the default one, which lets everybody in the account publish.
  topic_statements = {
    findings = concat([local.allow_function], length(var.subscriber_account_ids) > 0 ? [local.allow_subscribers] : [])
    chat     = [local.allow_function]
    email    = [local.allow_function]
    alarms   = [local.allow_alarms]
  }
}

resource "aws_sns_topic_policy" "this" {
  for_each = merge(local.finding_topics, local.alarm_topics)

  arn = each.value
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in concat(local.topic_statements[each.key], [merge(local.deny_plain_http, { Action = "sns:Publish" })]) :
      merge(statement, { Resource = each.value })
    ]
  })
}

resource "aws_sns_topic_subscription" "findings" {
  for_each = var.subscriptions

  topic_arn            = aws_sns_topic.findings.arn
  protocol             = each.value.protocol
  endpoint             = each.value.endpoint
  raw_message_delivery = each.value.raw
  filter_policy        = each.value.filter_policy == null ? null : jsonencode(each.value.filter_policy)
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.email_addresses

  topic_arn = aws_sns_topic.email[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_email_addresses

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.value
}
