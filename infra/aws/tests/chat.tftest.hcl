# Findings are posted to chat, each webhook in its own words, by a pipe that can do no more.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_buckets = { "example-trail" = {} }
  package       = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
}

run "people_read_findings_in_chat" {
  variables {
    chat_webhooks = {
      soc    = { kind = "slack", url = "https://hooks.slack.example.com/services/x" }
      team   = { kind = "teams", url = "https://example.webhook.office.example.com/x" }
      oncall = { kind = "pagerduty", url = "https://events.pagerduty.com/v2/enqueue", routing_key = "0123456789abcdef0123456789abcdef" }
    }
    role_path                = "/security/"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/example-boundary"
  }
  assert {
    condition = jsonencode({ for name, p in aws_pipes_pipe.chat : name => jsondecode(p.target_parameters[0].input_template) }) == jsonencode({
      oncall = {
        dedup_key = "<$.body.thread>", event_action = "trigger", routing_key = "0123456789abcdef0123456789abcdef"
        payload   = { severity = "critical", source = "trailhound", summary = "trailhound · <$.body.data.severity> · <$.body.data.message> · case <$.body.thread>, <$.body.casestep>" }
      }
      soc = { blocks = [{ type = "section", text = { type = "plain_text", text = "trailhound · <$.body.data.severity> · <$.body.data.message> · case <$.body.thread>, <$.body.casestep>" } }] }
      team = { type = "message", attachments = [{ contentType = "application/vnd.microsoft.card.adaptive", content = {
        type = "AdaptiveCard", version = "1.4"
        body = [{ type = "RichTextBlock", inlines = [{ type = "TextRun", text = "trailhound · <$.body.data.severity> · <$.body.data.message> · case <$.body.thread>, <$.body.casestep>" }] }]
      } }] }
    })
    error_message = "Each channel is told in its own form."
  }
  assert {
    condition     = alltrue([for p in aws_pipes_pipe.chat : strcontains(p.target_parameters[0].input_template, "<$.body.data.message>")])
    error_message = "A pipe knows a member by < and >, not by their escapes."
  }
  assert {
    condition = jsonencode({ for name, d in aws_cloudwatch_event_api_destination.chat : name => [d.name, d.invocation_endpoint, d.http_method, d.invocation_rate_limit_per_second, d.connection_arn] }) == jsonencode({
      oncall = ["trailhound-chat-oncall", "https://events.pagerduty.com/v2/enqueue", "POST", 1, aws_cloudwatch_event_connection.chat[0].arn]
      soc    = ["trailhound-chat-soc", "https://hooks.slack.example.com/services/x", "POST", 1, aws_cloudwatch_event_connection.chat[0].arn]
      team   = ["trailhound-chat-team", "https://example.webhook.office.example.com/x", "POST", 1, aws_cloudwatch_event_connection.chat[0].arn]
    })
    error_message = "To the addresses given."
  }
  assert {
    condition = alltrue(flatten([for name, p in aws_pipes_pipe.chat : [
      p.name == "trailhound-chat-${name}", p.source == aws_sqs_queue.chat[name].arn, p.target == aws_cloudwatch_event_api_destination.chat[name].arn,
      p.role_arn == aws_iam_role.chat[name].arn, p.source_parameters[0].sqs_queue_parameters[0].batch_size == 1,
    ]]))
    error_message = "From each webhook's queue to its address, one finding at a time."
  }
  assert {
    condition = jsonencode([for s in aws_sns_topic_subscription.chat : [s.topic_arn, s.protocol, s.endpoint, s.raw_message_delivery, jsondecode(s.redrive_policy)]]) == jsonencode([for n in [1, 2, 3] : [
      "arn:aws:sns:eu-west-1:111122223333:mocked", "sqs", "arn:aws:sqs:eu-west-1:111122223333:mocked", true, { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:111122223333:mocked" },
    ]])
    error_message = "Every finding comes as it is, or is kept."
  }
  assert {
    condition = jsonencode({ for name, s in aws_sns_topic_subscription.chat : name => s.filter_policy == null ? null : jsondecode(s.filter_policy) }) == jsonencode({
      oncall = { severity = ["high", "critical"] }, soc = null, team = null
    })
    error_message = "Chat hears of everything, the pager of what cannot wait."
  }
  assert {
    condition = alltrue(flatten([for name, q in aws_sqs_queue.chat : [
      q.name == "trailhound-chat-${name}", q.visibility_timeout_seconds == 60, q.message_retention_seconds == 14 * 24 * 3600, q.kms_master_key_id == aws_kms_key.this[0].arn,
      jsondecode(q.redrive_policy).maxReceiveCount == 40, jsondecode(q.redrive_policy).deadLetterTargetArn == aws_sqs_queue.undelivered.arn,
    ]]))
    error_message = "What a webhook refuses comes again, and is kept in the end."
  }
  assert {
    condition = jsonencode([for s in jsondecode(aws_sqs_queue_policy.chat["soc"].policy).Statement : [s.Effect, s.Principal, s.Action, s.Resource, s.Condition]]) == jsonencode([
      ["Allow", { Service = "sns.amazonaws.com" }, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:trailhound-chat-soc", { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:mocked" } }],
      ["Allow", { Service = "events.amazonaws.com" }, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:trailhound-chat-soc", { ArnEquals = { "aws:SourceArn" = ["arn:aws:events:eu-west-1:111122223333:rule/mocked"] } }],
      ["Deny", "*", "sqs:*", "arn:aws:sqs:eu-west-1:111122223333:trailhound-chat-soc", { Bool = { "aws:SecureTransport" = "false" } }],
    ])
    error_message = "Nobody but the findings and the daily test is posted."
  }
  assert {
    condition = jsonencode([for r in aws_iam_role.chat : [r.path, r.permissions_boundary, [for s in jsondecode(r.assume_role_policy).Statement : [s.Effect, s.Principal, s.Action, s.Condition]]]]) == jsonencode([for n in [1, 2, 3] : [
      "/security/", "arn:aws:iam::111122223333:policy/example-boundary", [["Allow", { Service = "pipes.amazonaws.com" }, "sts:AssumeRole", { StringEquals = { "aws:SourceAccount" = "111122223333" } }]],
    ]])
    error_message = "Pipes of this account, and nobody else, take the role."
  }
  assert {
    condition = jsonencode([for s in jsondecode(aws_iam_role_policy.chat["soc"].policy).Statement : [s.Effect, s.Action, s.Resource, try(s.Condition.StringEquals, null)]]) == jsonencode([
      ["Allow", ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-west-1:111122223333:trailhound-chat-soc"], null],
      ["Allow", ["kms:Decrypt"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"], { "kms:ViaService" = ["sqs.eu-west-1.amazonaws.com"] }],
      ["Allow", ["events:InvokeApiDestination"], ["arn:aws:events:eu-west-1:111122223333:api-destination/mocked/00000000-0000-0000-0000-000000000002"], null],
    ])
    error_message = "It may take findings and post them."
  }
  assert {
    condition     = jsonencode([aws_cloudwatch_event_connection.chat[0].authorization_type, aws_cloudwatch_event_connection.chat[0].auth_parameters[0].api_key[0].key]) == jsonencode(["API_KEY", "X-Sent-By"])
    error_message = "A destination wants a connection."
  }
  assert {
    condition = jsonencode({ for name, t in aws_cloudwatch_event_target.daily_test : name => jsondecode(t.input).data.severity }) == jsonencode({
      "chat-soc" = "Informational", "chat-team" = "Informational"
    })
    error_message = "The daily test comes the way of findings, and wakes nobody."
  }
}

run "people_hear_of_a_case_once_if_they_want" {
  variables {
    case_updates    = false
    email_addresses = ["soc@example.com"]
    chat_webhooks = {
      soc    = { kind = "slack", url = "https://hooks.slack.example.com/services/x" }
      oncall = { kind = "pagerduty", url = "https://events.pagerduty.com/v2/enqueue", routing_key = "0123456789abcdef0123456789abcdef" }
    }
  }
  assert {
    condition = jsonencode([for s in concat([aws_sns_topic_subscription.chat["soc"]], values(aws_sns_topic_subscription.email)) : jsondecode(s.filter_policy)]) == jsonencode([for n in [1, 2] : {
      case_step = ["opened", "raised", "alone", { exists = false }]
    }])
    error_message = "What is only added to a case rings nobody; the daily test, which has no attributes, still comes."
  }
  assert {
    condition     = jsonencode(jsondecode(aws_sns_topic_subscription.chat["oncall"].filter_policy)) == jsonencode({ severity = ["high", "critical"] })
    error_message = "The pager takes what is added into the case's incident."
  }
}

run "no_post_unless_asked" {
  assert {
    condition     = length(aws_pipes_pipe.chat) + length(aws_sqs_queue.chat) + length(aws_iam_role.chat) + length(aws_cloudwatch_event_connection.chat) == 0
    error_message = "No queue, pipe or role unless asked for."
  }
}

run "one_webhook_is_enough" {
  command = plan
  variables {
    chat_webhooks = { soc = { kind = "slack", url = "https://hooks.slack.example.com/x" } }
  }
  assert {
    condition     = [length(aws_pipes_pipe.chat), length(aws_sqs_queue.chat), length(aws_iam_role.chat), length(aws_cloudwatch_event_connection.chat)] == [1, 1, 1, 1]
    error_message = "A queue, a pipe, a role and the connection for one webhook."
  }
}

run "a_key_only_for_pagerduty" {
  command = plan
  variables {
    chat_webhooks = { soc = { kind = "slack", url = "https://hooks.slack.example.com/x", routing_key = "k" } }
  }
  expect_failures = [var.chat_webhooks]
}

run "names_that_queues_can_carry" {
  command = plan
  variables {
    chat_webhooks = { "SOC room" = { kind = "slack", url = "https://hooks.slack.example.com/x" } }
  }
  expect_failures = [var.chat_webhooks]
}

run "kinds_that_are_known" {
  command = plan
  variables {
    chat_webhooks = { soc = { kind = "irc", url = "https://hooks.slack.example.com/x" } }
  }
  expect_failures = [var.chat_webhooks]
}
