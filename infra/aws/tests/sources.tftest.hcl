# The other ways in, and what each adds to queue, key and role.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_buckets = { "example-trail" = {} }
  package       = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
}

run "a_topic_of_another_account" {
  variables {
    notices = { from = "sns", topic_arns = ["arn:aws:sns:eu-west-1:444455556666:example-notices"] }
  }
  assert {
    condition     = length(aws_cloudwatch_event_rule.trail) == 0 && length(aws_cloudwatch_event_rule.fast_path) == 0
    error_message = "Notices from a topic need no rule, and the fast path is off unless asked for."
  }
  assert {
    condition = jsonencode([for s in aws_sns_topic_subscription.notices : [s.topic_arn, s.protocol, s.endpoint, s.raw_message_delivery, jsondecode(s.redrive_policy)]]) == jsonencode([[
      "arn:aws:sns:eu-west-1:444455556666:example-notices", "sqs", "arn:aws:sqs:eu-west-1:111122223333:mocked", true,
      { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:111122223333:mocked" },
    ]])
    error_message = "The queue must be subscribed, and what cannot be delivered kept."
  }
  assert {
    condition = alltrue([for policy in [aws_sqs_queue_policy.intake.policy, aws_sqs_queue_policy.dead_letter.policy] :
      contains([for s in jsondecode(policy).Statement : jsonencode([s.Effect, s.Principal, s.Action, try(s.Condition.ArnEquals, null)])], jsonencode([
        "Allow", { Service = "sns.amazonaws.com" }, "sqs:SendMessage", { "aws:SourceArn" = ["arn:aws:sns:eu-west-1:444455556666:example-notices"] },
      ]))
    ])
    error_message = "Both queues must take messages from that topic."
  }
  assert {
    condition     = [for s in jsondecode(aws_kms_key.this[0].policy).Statement : s.Condition.StringEquals["aws:SourceAccount"] if s.Sid == "SnsSendsToTheQueue"] == [["111122223333", "444455556666"]]
    error_message = "SNS must be allowed the key on behalf of the topic's owner."
  }
}

run "digests_nobody_asked_to_verify" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.trail["example-trail"].event_pattern).detail.object.key == [{ wildcard = "AWSLogs/*/CloudTrail/*.json.gz" }]
    error_message = "Notices of digests are not asked for unless they are verified."
  }
  assert {
    condition = (
      length(setintersection(keys(aws_lambda_function.this.environment[0].variables), ["TRAILHOUND_DIGESTS", "TRAILHOUND_ALLOWED_ACCOUNTS"])) == 0
      && !contains(jsondecode(aws_iam_role_policy.function.policy).Statement[*].Sid, "ListKeysOfDigests")
    )
    error_message = "Nothing of it is set or allowed either."
  }
}

run "an_existing_queue" {
  variables {
    notices = {
      from              = "sqs"
      queue_arn         = "arn:aws:sqs:eu-west-1:111122223333:example-notices"
      queue_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000b"
      check_queue       = false
    }
    intake_enabled = false
  }
  assert {
    condition = jsonencode({ for name, m in aws_lambda_event_source_mapping.queue : name => [m.event_source_arn, m.function_response_types, m.enabled] }) == jsonencode({
      existing = ["arn:aws:sqs:eu-west-1:111122223333:example-notices", ["ReportBatchItemFailures"], false]
      own      = ["arn:aws:sqs:eu-west-1:111122223333:mocked", ["ReportBatchItemFailures"], false]
    })
    error_message = "Both queues are read, with partial batches, unless intake is off."
  }
  assert {
    condition = jsonencode({ for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] if contains(["ReadQueues", "DecryptForeignQueue"], s.Sid) }) == jsonencode({
      DecryptForeignQueue = [["kms:Decrypt"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000b"], { StringEquals = { "kms:ViaService" = ["sqs.eu-west-1.amazonaws.com"] } }]
      ReadQueues = [
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
        ["arn:aws:sqs:eu-west-1:111122223333:example-notices", "arn:aws:sqs:eu-west-1:111122223333:mocked"], null,
      ]
    })
    error_message = "The function must be allowed the existing queue and its key."
  }
}

run "rules_and_suppressions_of_your_own" {
  variables {
    rules_uri            = "s3://example-detections/rules/"
    suppressions_uri     = "s3://example-detections/suppressions.yml"
    context_uris         = { geo = "s3://example-detections/geo", inventory = "s3://example-detections/assets.csv" }
    settings_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000d"
    settings_account_id  = "444455556666"
  }
  assert {
    condition = jsonencode({ for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s.Sid => [s.Action, s.Resource, s.Condition] if endswith(s.Sid, "RulesAndSuppressions") }) == jsonencode({
      DecryptRulesAndSuppressions = [
        ["kms:Decrypt"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000d"], { StringEquals = { "kms:ViaService" = ["s3.eu-west-1.amazonaws.com"] } },
      ]
      ListRulesAndSuppressions = [["s3:ListBucket"], ["arn:aws:s3:::example-detections"], {
        StringEquals       = { "aws:ResourceAccount" = "444455556666" }
        StringLikeIfExists = { "s3:prefix" = ["rules", "rules/*", "suppressions.yml", "suppressions.yml/*", "geo", "geo/*", "assets.csv", "assets.csv/*"] }
      }]
      ReadRulesAndSuppressions = [
        ["s3:GetObject"], [
          "arn:aws:s3:::example-detections/rules/*", "arn:aws:s3:::example-detections/suppressions.yml", "arn:aws:s3:::example-detections/geo/*", "arn:aws:s3:::example-detections/assets.csv",
        ], { StringEquals = { "aws:ResourceAccount" = "444455556666" } },
      ]
    })
    error_message = "The function must be allowed its rules and suppressions."
  }
  assert {
    condition = jsonencode([for name in ["RULES", "SUPPRESSIONS", "GEO", "INVENTORY", "INDICATORS"] : lookup(aws_lambda_function.this.environment[0].variables, "TRAILHOUND_${name}_URI", null)]) == jsonencode([
      "s3://example-detections/rules/", "s3://example-detections/suppressions.yml", "s3://example-detections/geo", "s3://example-detections/assets.csv", null,
    ])
    error_message = "The function must be told of its rules and suppressions."
  }
}

run "a_key_and_subscribers_that_exist" {
  variables {
    kms_key_arn            = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000c"
    subscriber_account_ids = ["444455556666"]
    subscriptions = {
      siem  = { protocol = "sqs", endpoint = "arn:aws:sqs:eu-west-1:111122223333:example-siem", raw = true }
      pager = { protocol = "https", endpoint = "https://pager.example.com/", filter_policy = { severity = ["high"] } }
    }
    fast_path = { enabled = true, include_read_only = true }
  }
  assert {
    condition     = length(aws_kms_key.this) == 0 && aws_sqs_queue.intake.kms_master_key_id == "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000c"
    error_message = "A key given is the key used."
  }
  assert {
    condition = contains([for s in jsondecode(aws_sns_topic_policy.this["findings"].policy).Statement : jsonencode([s.Effect, s.Principal, s.Action])], jsonencode([
      "Allow", { AWS = ["arn:aws:iam::444455556666:root"] }, ["sns:Subscribe", "sns:GetTopicAttributes"],
    ]))
    error_message = "The account named may subscribe."
  }
  assert {
    condition = jsonencode({ for name, s in aws_sns_topic_subscription.findings : name => [s.topic_arn, s.protocol, s.endpoint, s.raw_message_delivery, s.filter_policy, jsondecode(s.redrive_policy).deadLetterTargetArn] }) == jsonencode({
      pager = ["arn:aws:sns:eu-west-1:111122223333:mocked", "https", "https://pager.example.com/", false, "{\"severity\":[\"high\"]}", "arn:aws:sqs:eu-west-1:111122223333:mocked"]
      siem  = ["arn:aws:sns:eu-west-1:111122223333:mocked", "sqs", "arn:aws:sqs:eu-west-1:111122223333:example-siem", true, null, "arn:aws:sqs:eu-west-1:111122223333:mocked"]
    })
    error_message = "Subscribers as asked for."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.fast_path[0].state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    error_message = "Read-only events need the rule's state, not its pattern."
  }
}

run "topics_nobody_asked_for" {
  assert {
    condition     = length(aws_sns_topic.chat) == 0 && length(aws_sns_topic.email) == 0
    error_message = "No topic for chat or e-mail unless asked for."
  }
}

run "data_can_be_let_go" {
  variables {
    protect_data = false
  }
  assert {
    condition     = aws_s3_bucket.rejects.force_destroy && !aws_dynamodb_table.state.deletion_protection_enabled
    error_message = "With protect_data off, destroy must work."
  }
}

run "a_package_on_disk" {
  variables {
    package = { path = "versions.tf" }
  }
  assert {
    condition     = aws_lambda_function.this.filename == "versions.tf" && aws_lambda_function.this.source_code_hash == filebase64sha256("versions.tf")
    error_message = "The package, and a new deployment whenever it changes."
  }
}
