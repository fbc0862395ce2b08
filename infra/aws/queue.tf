# The function's own queue, and where a message goes that fails for good. Every notice, fast-path event and canary comes
# through here, so retries, partial batches and the dead-letter queue are the same for all of them.

locals {
  # AWS asks for six times the function's timeout; the batch window is waited within the visibility timeout too. It is for
  # invocations that die: of what fails, the function itself says when it is to come again.
  visibility_timeout = 6 * var.timeout + var.batch_window
  message_retention  = 14 * 24 * 3600
}

resource "aws_sqs_queue" "intake" {
  name                       = var.name
  visibility_timeout_seconds = local.visibility_timeout
  message_retention_seconds  = local.message_retention
  kms_master_key_id          = local.key_arn
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue" "dead_letter" {
  name                       = "${var.name}-dead-letter"
  visibility_timeout_seconds = local.visibility_timeout
  message_retention_seconds  = local.message_retention
  kms_master_key_id          = local.key_arn
  tags                       = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.queue_arn]
  })
}

# Findings that a subscriber or a person's mailbox did not take, once SNS has given up.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  message_retention_seconds = local.message_retention
  kms_master_key_id         = local.key_arn
  tags                      = var.tags
}

locals {
  allow_rules = {
    Sid       = "AllowOurEventRules"
    Effect    = "Allow"
    Principal = { Service = "events.amazonaws.com" }
    Action    = "sqs:SendMessage"
    Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns } }
  }
  allow_topics = {
    Sid       = "AllowTheTrailsTopics"
    Effect    = "Allow"
    Principal = { Service = "sns.amazonaws.com" }
    Action    = "sqs:SendMessage"
    Condition = { ArnEquals = { "aws:SourceArn" = sort(var.notices.topic_arns) } }
  }
  senders = concat([local.allow_rules], var.notices.from == "sns" ? [local.allow_topics] : [])
}

resource "aws_sqs_queue_policy" "intake" {
  queue_url = aws_sqs_queue.intake.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in concat(local.senders, [merge(local.deny_plain_http, { Action = "sqs:*" })]) :
      merge(statement, { Resource = local.queue_arn })
    ]
  })
}

# Rules and subscriptions park here what they could not deliver to the queue.
resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in concat(local.senders, [merge(local.deny_plain_http, { Action = "sqs:*" })]) :
      merge(statement, { Resource = local.dead_letter_queue_arn })
    ]
  })
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in [
      {
        Sid       = "AllowOurTopics"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Condition = { ArnEquals = { "aws:SourceArn" = [for name in sort(keys(local.finding_topics)) : local.finding_topics[name]] } }
      },
      merge(local.deny_plain_http, { Action = "sqs:*" }),
    ] : merge(statement, { Resource = local.undelivered_queue_arn })]
  })
}
