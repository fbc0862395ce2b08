# People hear of findings in chat without a program of theirs: a queue for each webhook takes every finding, and a pipe posts
# its words. What a webhook refuses comes again, and lies with the undelivered in the end.

locals {
  # Without updates people hear of what opens a case, raises it, or is of none; and the daily test, which has no attributes.
  rings = var.case_updates ? null : jsonencode({ case_step = ["opened", "raised", "alone", { exists = false }] })

  # What a person reads; a pipe puts in the members of the finding's CloudEvent, quotes escaped.
  said = "trailhound · <$.body.data.severity> · <$.body.data.message> · case <$.body.thread>, <$.body.casestep>"
  posts = {
    # Plain text is no Markdown.
    slack = { blocks = [{ type = "section", text = { type = "plain_text", text = local.said } }] }
    # A text run is none either.
    teams = {
      type = "message"
      attachments = [{
        contentType = "application/vnd.microsoft.card.adaptive"
        content = {
          type    = "AdaptiveCard"
          version = "1.4"
          body    = [{ type = "RichTextBlock", inlines = [{ type = "TextRun", text = local.said }] }]
        }
      }]
    }
    pagerduty = {
      event_action = "trigger"
      # One incident for a case, however many findings are of it.
      dedup_key = "<$.body.thread>"
      payload   = { summary = local.said, source = "trailhound", severity = "critical" }
    }
  }
  # Terraform writes < and > as escapes, by which a pipe would know no member.
  post_templates = { for name, hook in var.chat_webhooks : name => replace(replace(
    jsonencode(merge(local.posts[hook.kind], hook.routing_key == null ? {} : { routing_key = hook.routing_key })),
  "\\u003c", "<"), "\\u003e", ">") }

  webhook_queue_arns = { for name in keys(var.chat_webhooks) : name => "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-chat-${name}" }
}

resource "aws_sqs_queue" "chat" {
  for_each = var.chat_webhooks

  name                       = "${var.name}-chat-${each.key}"
  visibility_timeout_seconds = 60
  message_retention_seconds  = local.message_retention
  kms_master_key_id          = local.key_arn
  tags                       = var.tags

  # Tries for half an hour and more.
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn, maxReceiveCount = 40 })
}

resource "aws_sqs_queue_policy" "chat" {
  for_each = var.chat_webhooks

  queue_url = aws_sqs_queue.chat[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in [
      {
        Sid       = "AllowTheFindings"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Condition = { ArnEquals = { "aws:SourceArn" = local.findings_topic_arn } }
      },
      merge(local.allow_test, { Action = "sqs:SendMessage" }),
      merge(local.deny_plain_http, { Action = "sqs:*" }),
    ] : merge(statement, { Resource = local.webhook_queue_arns[each.key] })]
  })
}

resource "aws_sns_topic_subscription" "chat" {
  for_each = var.chat_webhooks

  topic_arn            = local.findings_topic_arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.chat[each.key].arn
  raw_message_delivery = true
  # A pager rings for what cannot wait.
  filter_policy  = each.value.kind == "pagerduty" ? jsonencode({ severity = ["high", "critical"] }) : local.rings
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })

  depends_on = [aws_sqs_queue_policy.chat, aws_sqs_queue_policy.undelivered]
}

# A destination wants a way to say who calls; these webhooks have theirs in the address or in what is posted.
resource "aws_cloudwatch_event_connection" "chat" {
  count = length(var.chat_webhooks) > 0 ? 1 : 0

  name               = "${var.name}-chat"
  description        = "trailhound's posts to chat; the header is of no meaning."
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "X-Sent-By"
      value = "trailhound"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "chat" {
  for_each = var.chat_webhooks

  name                = "${var.name}-chat-${each.key}"
  description         = "Where ${each.value.kind} takes trailhound's findings."
  connection_arn      = aws_cloudwatch_event_connection.chat[0].arn
  invocation_endpoint = each.value.url
  http_method         = "POST"
  # Slack takes one message a second.
  invocation_rate_limit_per_second = 1
}

resource "aws_iam_role" "chat" {
  for_each = var.chat_webhooks

  name                 = "${var.name}-chat-${each.key}"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow", Principal = { Service = "pipes.amazonaws.com" }, Action = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "chat" {
  for_each = var.chat_webhooks

  name = "least"
  role = aws_iam_role.chat[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "TakeFindings", Effect = "Allow", Action = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], Resource = [local.webhook_queue_arns[each.key]] },
      {
        Sid       = "ReadFindings", Effect = "Allow", Action = ["kms:Decrypt"], Resource = [local.key_arn]
        Condition = { StringEquals = { "kms:ViaService" = [local.via.sqs] } }
      },
      { Sid = "Post", Effect = "Allow", Action = ["events:InvokeApiDestination"], Resource = [aws_cloudwatch_event_api_destination.chat[each.key].arn] },
    ]
  })
}

resource "aws_pipes_pipe" "chat" {
  for_each = var.chat_webhooks

  name        = "${var.name}-chat-${each.key}"
  description = "trailhound's findings to ${each.value.kind}."
  role_arn    = aws_iam_role.chat[each.key].arn
  source      = aws_sqs_queue.chat[each.key].arn
  target      = aws_cloudwatch_event_api_destination.chat[each.key].arn
  tags        = var.tags

  source_parameters {
    sqs_queue_parameters {
      batch_size = 1
    }
  }
  target_parameters {
    input_template = local.post_templates[each.key]
  }

  depends_on = [aws_iam_role_policy.chat]
}
