# Who is told: findings for machines, and for people in chat and e-mail; alarms about trailhound itself apart from both.

resource "aws_sns_topic" "findings" {
  count = var.findings_topic.arn == null ? 1 : 0

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
    { findings = local.findings_topic_arn },
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
  # The daily test of the way to people.
  allow_test = {
    Sid       = "AllowTheDailyTest"
    Effect    = "Allow"
    Principal = { Service = "events.amazonaws.com" }
    Action    = "sns:Publish"
    Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.daily_test[*].arn } }
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
    chat     = [local.allow_function, local.allow_test]
    email    = [local.allow_function, local.allow_test]
    alarms   = [local.allow_alarms]
  }
}

resource "aws_sns_topic_policy" "this" {
  for_each = merge(
    { for key, arn in local.finding_topics : key => arn if key != "findings" || var.findings_topic.arn == null },
    local.alarm_topics,
  )

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

  topic_arn            = local.findings_topic_arn
  protocol             = each.value.protocol
  endpoint             = each.value.endpoint
  raw_message_delivery = each.value.raw
  filter_policy        = each.value.filter_policy == null ? null : jsonencode(each.value.filter_policy)
  # What a subscriber never took is kept, where SNS would let it go.
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })

  depends_on = [aws_sqs_queue_policy.undelivered]
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.email_addresses

  topic_arn     = aws_sns_topic.email[0].arn
  protocol      = "email"
  endpoint      = each.value
  filter_policy = local.rings
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_email_addresses

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.value
}

# An address that nobody confirmed takes nothing, and nothing tells before the first finding: once a day it gets a word.
resource "aws_cloudwatch_event_rule" "daily_test" {
  count = length(local.daily_tests) > 0 ? 1 : 0

  name                = "${var.name}-daily-test"
  description         = "Once a day, a word to the people who get trailhound's findings."
  schedule_expression = "rate(1 day)"
  tags                = var.tags
}

locals {
  daily_test = "This is trailhound's daily test of the way to you. Findings come the same way; nothing is to be done."
  daily_tests = merge(
    { for topic in aws_sns_topic.email : "email" => { arn = topic.arn, input = local.daily_test } },
    { for topic in aws_sns_topic.chat : "chat" => { arn = topic.arn, input = {
      version = "1.0", source = "custom", content = { textType = "client-markdown", title = "trailhound: daily test", description = local.daily_test }
    } } },
    # A pager that rings each day is turned off.
    { for name, queue in aws_sqs_queue.chat : "chat-${name}" => { arn = queue.arn, input = {
      id = "daily-test", thread = "daily-test", casestep = "alone", data = { severity = "Informational", message = local.daily_test }
    } } if var.chat_webhooks[name].kind != "pagerduty" },
  )
}

resource "aws_cloudwatch_event_target" "daily_test" {
  for_each = local.daily_tests

  rule      = aws_cloudwatch_event_rule.daily_test[0].name
  target_id = each.key
  arn       = each.value.arn
  input     = jsonencode(each.value.input)

  depends_on = [aws_sns_topic_policy.this, aws_sqs_queue_policy.chat]
}
