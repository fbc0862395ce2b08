# The failure wiring: take any of it away and an assertion here fails (`infra/mutate` proves it, argument by argument).
# Values are compared whole, so that an added statement or a widened one fails as well.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_iam_role.function
  values = { arn = "arn:aws:iam::111122223333:role/trailhound-function", id = "trailhound-function" }
}
override_resource {
  target = aws_s3_bucket.rejects
  values = { arn = "arn:aws:s3:::trailhound-rejects-111122223333-eu-west-1", id = "trailhound-rejects-111122223333-eu-west-1" }
}
override_resource {
  target = aws_sqs_queue.intake
  values = { arn = "arn:aws:sqs:eu-west-1:111122223333:trailhound", id = "https://sqs/trailhound" }
}
override_resource {
  target = aws_sqs_queue.dead_letter
  values = { arn = "arn:aws:sqs:eu-west-1:111122223333:trailhound-dead-letter", id = "https://sqs/trailhound-dead-letter" }
}
override_resource {
  target = aws_sns_topic.findings
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-findings" }
}
override_resource {
  target = aws_sns_topic.chat
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-chat" }
}
override_resource {
  target = aws_sns_topic.email
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-email" }
}
override_resource {
  target = aws_sns_topic.alarms
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-alarms" }
}
override_resource {
  target = aws_cloudwatch_event_rule.canary
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/trailhound-canary" }
}
override_resource {
  target = aws_cloudwatch_event_rule.daily_test
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/trailhound-daily-test" }
}
override_resource {
  target = aws_cloudwatch_event_rule.trail
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/trailhound-trail" }
}
override_resource {
  target = aws_cloudwatch_event_rule.fast_path
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/trailhound-fast-path" }
}

variables {
  trail_buckets = {
    "example-trail" = {
      key_prefix  = "audit"
      kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000a"
    }
  }
  # Digests verified, so that the pattern and the action are held against what AWS has; without is another file's.
  verify_digests = true

  allowed_account_ids = ["111122223333", "000000000000"]

  fast_path  = { enabled = true }
  package    = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
  chat_topic = true
  # Its own tests are elsewhere; here its policies are held against the real list of actions.
  archive_days = 400

  code_signing_config_arn  = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/example-boundary"

  email_addresses       = ["soc@example.com"]
  alarm_email_addresses = ["platform@example.com"]
  timeout               = 50
  batch_size            = 20
  batch_window          = 7
  max_receive_count     = 6
  maximum_concurrency   = 8
}

# One run: the mutation script pays for each.
run "wiring" {

  # --- Nothing is lost on the way in. ---

  assert {
    condition = jsonencode({ for name, m in aws_lambda_event_source_mapping.queue : name => {
      from    = m.event_source_arn, to = m.function_name, enabled = m.enabled, partial = m.function_response_types
      size    = m.batch_size, window = m.maximum_batching_window_in_seconds
      at_once = m.scaling_config[0].maximum_concurrency
      }
      }) == jsonencode({ own = {
        from    = "arn:aws:sqs:eu-west-1:111122223333:trailhound", to = "arn:aws:lambda:eu-west-1:111122223333:function:trailhound"
        enabled = true, partial = ["ReportBatchItemFailures"], size = 20, window = 7, at_once = 8
    } })
    error_message = "The mapping must report partial batches and bound its batches and concurrency."
  }

  assert {
    condition = aws_sqs_queue.intake.redrive_policy == jsonencode({
      deadLetterTargetArn = "arn:aws:sqs:eu-west-1:111122223333:trailhound-dead-letter", maxReceiveCount = 6
    })
    error_message = "The queue must redrive to the dead-letter queue."
  }
  assert {
    condition = jsonencode([aws_sqs_queue_redrive_allow_policy.dead_letter.queue_url, jsondecode(aws_sqs_queue_redrive_allow_policy.dead_letter.redrive_allow_policy)]) == jsonencode([
      "https://sqs/trailhound-dead-letter", { redrivePermission = "byQueue", sourceQueueArns = ["arn:aws:sqs:eu-west-1:111122223333:trailhound"] }
    ])
    error_message = "Only our queue may redrive to the dead-letter queue."
  }
  assert {
    condition     = aws_lambda_function.this.dead_letter_config[0].target_arn == "arn:aws:sqs:eu-west-1:111122223333:trailhound-dead-letter"
    error_message = "A direct asynchronous invocation that fails must be kept too."
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 50 && aws_sqs_queue.intake.visibility_timeout_seconds == 6 * 50 + 7
    error_message = "Visibility must be six times the timeout and the batch window."
  }
  assert {
    condition     = aws_sqs_queue.dead_letter.visibility_timeout_seconds == 6 * 50 + 7
    error_message = "Visibility of the dead-letter queue as the queue's, for a function reading it in a replay."
  }

  assert {
    condition     = aws_sqs_queue.intake.message_retention_seconds == 1209600 && aws_sqs_queue.dead_letter.message_retention_seconds == 1209600
    error_message = "Both queues must keep messages for 14 days: a redriven message keeps its first timestamp."
  }

  assert {
    condition = alltrue([for name, policy in {
      "trailhound"             = aws_sqs_queue_policy.intake.policy
      "trailhound-dead-letter" = aws_sqs_queue_policy.dead_letter.policy
      } : jsonencode(jsondecode(policy)) == jsonencode({
        Version = "2012-10-17"
        Statement = [
          {
            Sid       = "AllowOurEventRules", Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sqs:SendMessage"
            Resource  = "arn:aws:sqs:eu-west-1:111122223333:${name}"
            Condition = { ArnEquals = { "aws:SourceArn" = [for rule in ["canary", "fast-path", "trail"] : "arn:aws:events:eu-west-1:111122223333:rule/trailhound-${rule}"] } }
          },
          {
            Sid       = "DenyPlainHttp", Effect = "Deny", Principal = "*", Action = "sqs:*"
            Resource  = "arn:aws:sqs:eu-west-1:111122223333:${name}"
            Condition = { Bool = { "aws:SecureTransport" = "false" } }
          },
        ]
    })])
    error_message = "Both queues must take messages from our rules, and over TLS only."
  }
  assert {
    condition     = aws_sqs_queue_policy.intake.queue_url == "https://sqs/trailhound" && aws_sqs_queue_policy.dead_letter.queue_url == "https://sqs/trailhound-dead-letter"
    error_message = "Each policy on its queue."
  }

  assert {
    condition = jsonencode([for t in concat(values(aws_cloudwatch_event_target.trail), aws_cloudwatch_event_target.fast_path) : {
      to  = t.arn, kept = t.dead_letter_config[0].arn
      age = t.retry_policy[0].maximum_event_age_in_seconds, tries = t.retry_policy[0].maximum_retry_attempts
      }]) == jsonencode([for i in [1, 2] : {
      to  = "arn:aws:sqs:eu-west-1:111122223333:trailhound", kept = "arn:aws:sqs:eu-west-1:111122223333:trailhound-dead-letter"
      age = 86400, tries = 185
    }])
    error_message = "Targets must retry for a day and park in the dead-letter queue."
  }
  assert {
    condition = jsonencode({
      rule = aws_cloudwatch_event_target.trail["example-trail"].rule, bus = aws_cloudwatch_event_target.trail["example-trail"].event_bus_name
      fast = aws_cloudwatch_event_target.fast_path[0].rule, canary = aws_cloudwatch_event_target.canary.rule
      }) == jsonencode({
      rule = "trailhound-trail-example-trail", bus = "default", fast = "trailhound-fast-path", canary = "trailhound-canary"
    })
    error_message = "Each target on its rule."
  }

  assert {
    condition = jsonencode(jsondecode(aws_cloudwatch_event_rule.trail["example-trail"].event_pattern)) == jsonencode({
      source        = ["aws.s3"]
      "detail-type" = ["Object Created"]
      detail = {
        bucket = { name = ["example-trail"] }
        object = { key = [{ wildcard = "audit/AWSLogs/*/CloudTrail/*.json.gz" }, { wildcard = "audit/AWSLogs/*/CloudTrail-Digest/*.json.gz" }] }
      }
    })
    error_message = "The rule must select the trail's objects in this bucket."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.fast_path[0].state == "ENABLED" && aws_cloudwatch_event_rule.trail["example-trail"].event_bus_name == "default"
    error_message = "Rules on the default bus, and enabled."
  }
  assert {
    condition = jsonencode(jsondecode(aws_cloudwatch_event_rule.fast_path[0].event_pattern)) == jsonencode({
      source        = [{ prefix = "aws." }]
      "detail-type" = [{ suffix = "via CloudTrail" }]
      "$or" = concat([{ detail = { userIdentity = { type = ["Root"] } } }], [for choice in [
        ["ec2-instance-connect", [{ exists = true }]],
        ["ec2", [
          "AssociateIamInstanceProfile", "AuthorizeSecurityGroupIngress", "CreateInstanceConnectEndpoint", "CreateKeyPair", "DeleteInstanceConnectEndpoint",
          "DisableSerialConsoleAccess", "EnableSerialConsoleAccess", "GetPasswordData", "ImportKeyPair", "ModifyInstanceAttribute",
          "ModifyInstanceConnectEndpoint", "ReplaceIamInstanceProfileAssociation", "StartInstances", "StopInstances",
        ]],
        ["ecs", ["CreateService", "ExecuteCommand", "RunTask", "StartTask", "UpdateService"]],
        ["iam", [
          "AddClientIDToOpenIDConnectProvider", "CreateOpenIDConnectProvider", "CreateSAMLProvider", "UpdateAssumeRolePolicy",
          "UpdateOpenIDConnectProviderThumbprint", "UpdateSAMLProvider",
        ]],
        ["lightsail", ["DownloadDefaultKeyPair", "GetInstanceAccessDetails"]],
        ["signin", [{ exists = true }]],
        ["ssm-guiconnect", [{ exists = true }]],
        ["ssm", [{ "anything-but" = ["PutComplianceItems", "PutInventory", "UpdateInstanceAssociationStatus", "UpdateInstanceInformation"] }]],
        ["sts", ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "GetFederationToken"]],
      ] : { detail = { eventSource = ["${choice[0]}.amazonaws.com"], eventName = choice[1] } }])
    })
    error_message = "The fast path must select these events."
  }
  assert {
    condition     = output.fast_path_pattern == aws_cloudwatch_event_rule.fast_path[0].event_pattern
    error_message = "Other regions forward by the same pattern."
  }

  assert {
    condition = jsonencode([
      aws_cloudwatch_event_rule.canary.schedule_expression, aws_cloudwatch_event_target.canary.arn, aws_cloudwatch_event_target.canary.input,
      aws_cloudwatch_event_target.canary.retry_policy[0].maximum_event_age_in_seconds, aws_cloudwatch_event_target.canary.retry_policy[0].maximum_retry_attempts,
    ]) == jsonencode(["rate(5 minutes)", "arn:aws:sqs:eu-west-1:111122223333:trailhound", jsonencode({ trailhound = "canary", key = terraform_data.canary_key.output }), 300, 3]) && length(terraform_data.canary_key.output) == 36
    error_message = "The canary must go through the queue every five minutes, with a key that nobody guesses."
  }

  # --- The function is told everything, and what it keeps survives. ---

  assert {
    condition = jsonencode(aws_lambda_function.this.environment[0].variables) == jsonencode({
      TRAILHOUND_ALERT_TOPIC_ARN  = "arn:aws:sns:eu-west-1:111122223333:trailhound-findings"
      TRAILHOUND_CHAT_TOPIC_ARN   = "arn:aws:sns:eu-west-1:111122223333:trailhound-chat"
      TRAILHOUND_EMAIL_TOPIC_ARN  = "arn:aws:sns:eu-west-1:111122223333:trailhound-email"
      TRAILHOUND_STATE_TABLE      = "trailhound-state"
      TRAILHOUND_REJECTS_URI      = "s3://trailhound-rejects-111122223333-eu-west-1/rejects"
      TRAILHOUND_MIN_LEVEL        = "low"
      TRAILHOUND_ALLOWED_BUCKETS  = "example-trail"
      TRAILHOUND_EVENTS           = "vouched"
      TRAILHOUND_DIGESTS          = "verified"
      TRAILHOUND_ALLOWED_ACCOUNTS = "000000000000,111122223333"
      TRAILHOUND_CANARY_KEY       = terraform_data.canary_key.output
      RUST_LOG                    = "info"
    })
    error_message = "The environment must name topics, table, rejects and allowed buckets."
  }
  assert {
    condition = jsonencode([
      aws_lambda_function.this.runtime, aws_lambda_function.this.handler, aws_lambda_function.this.architectures, aws_lambda_function.this.role,
      aws_lambda_function.this.logging_config[0].log_format, aws_lambda_function.this.logging_config[0].log_group,
    ]) == jsonencode(["provided.al2023", "bootstrap", ["arm64"], "arn:aws:iam::111122223333:role/trailhound-function", "Text", "/aws/lambda/trailhound"])
    error_message = "Runtime, role and log."
  }
  assert {
    condition = jsonencode([
      aws_lambda_function.this.s3_bucket, aws_lambda_function.this.s3_key, aws_lambda_function.this.s3_object_version, aws_lambda_function.this.filename,
      aws_lambda_function.this.memory_size, aws_lambda_function.this.code_signing_config_arn,
    ]) == jsonencode(["example-artifacts", "trailhound-aws.zip", "first", null, 512, "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0"])
    error_message = "The package from the bucket, signed, with its memory."
  }
  assert {
    condition     = aws_cloudwatch_log_group.function.name == "/aws/lambda/trailhound" && aws_cloudwatch_log_group.function.retention_in_days == 365
    error_message = "The log must be kept a year."
  }

  assert {
    condition = jsonencode([
      aws_dynamodb_table.state.hash_key, aws_dynamodb_table.state.range_key,
      { for a in aws_dynamodb_table.state.attribute : a.name => a.type },
      aws_dynamodb_table.state.ttl[0].attribute_name, aws_dynamodb_table.state.ttl[0].enabled,
      aws_dynamodb_table.state.point_in_time_recovery[0].enabled, aws_dynamodb_table.state.deletion_protection_enabled,
      aws_dynamodb_table.state.billing_mode,
    ]) == jsonencode(["pk", "sk", { pk = "S", sk = "S" }, "expires_at", true, true, true, "PAY_PER_REQUEST"])
    error_message = "The table needs its keys, TTL on expires_at, point-in-time recovery and deletion protection, and no capacity to run out of."
  }

  assert {
    condition     = aws_s3_bucket.rejects.force_destroy == false && aws_s3_bucket_versioning.rejects.versioning_configuration[0].status == "Enabled"
    error_message = "Rejects must survive an overwrite and a destroy."
  }
  assert {
    condition     = aws_s3_bucket.rejects.bucket == "trailhound-rejects-111122223333-eu-west-1" && length(aws_s3_bucket_lifecycle_configuration.rejects.rule[0].filter) == 1
    error_message = "The bucket under a name of this account's and region's, with a lifecycle for all of it."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.rejects.block_public_acls, aws_s3_bucket_public_access_block.rejects.block_public_policy,
      aws_s3_bucket_public_access_block.rejects.ignore_public_acls, aws_s3_bucket_public_access_block.rejects.restrict_public_buckets,
      aws_s3_bucket_ownership_controls.rejects.rule[0].object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "Rejects hold raw records: never public."
  }
  assert {
    condition = jsonencode([
      aws_s3_bucket_lifecycle_configuration.rejects.rule[0].status, aws_s3_bucket_lifecycle_configuration.rejects.rule[0].expiration[0].days,
      aws_s3_bucket_lifecycle_configuration.rejects.rule[0].noncurrent_version_expiration[0].noncurrent_days,
      aws_s3_bucket_lifecycle_configuration.rejects.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation,
    ]) == jsonencode(["Enabled", 90, 14, 1])
    error_message = "Rejects expire after their time and not before."
  }
  assert {
    condition = jsonencode(jsondecode(aws_s3_bucket_policy.rejects.policy)) == jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "DenyPlainHttp", Effect = "Deny", Principal = "*", Action = "s3:*"
        Resource  = ["arn:aws:s3:::trailhound-rejects-111122223333-eu-west-1", "arn:aws:s3:::trailhound-rejects-111122223333-eu-west-1/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    })
    error_message = "Rejects over TLS only."
  }

  # --- Whoever sends may, and nobody else. ---

  assert {
    condition = alltrue([for key in concat(
      [
        aws_sqs_queue.intake.kms_master_key_id, aws_sqs_queue.dead_letter.kms_master_key_id,
        aws_sns_topic.findings[0].kms_master_key_id, aws_sns_topic.chat[0].kms_master_key_id, aws_sns_topic.email[0].kms_master_key_id,
        aws_sns_topic.alarms[0].kms_master_key_id, aws_dynamodb_table.state.server_side_encryption[0].kms_key_arn,
        aws_cloudwatch_log_group.function.kms_key_id, aws_lambda_function.this.kms_key_arn,
      ],
      [for d in flatten(aws_s3_bucket_server_side_encryption_configuration.rejects.rule[*].apply_server_side_encryption_by_default) : d.kms_master_key_id],
    ) : key == "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"])
    error_message = "Queues, topics, table, bucket, log and environment under the key."
  }
  assert {
    condition = (
      length(flatten(aws_s3_bucket_server_side_encryption_configuration.rejects.rule[*].apply_server_side_encryption_by_default)) == 1
      && length(aws_kms_key.this) == 1 && length(aws_kms_alias.this) == 1
    )
    error_message = "One key, one name for it, and one way to encrypt rejects."
  }
  assert {
    condition = alltrue(concat(
      [aws_dynamodb_table.state.server_side_encryption[0].enabled, aws_kms_key.this[0].enable_key_rotation, aws_kms_key.this[0].deletion_window_in_days == 30],
      [for rule in aws_s3_bucket_server_side_encryption_configuration.rejects.rule : rule.bucket_key_enabled],
      [for d in flatten(aws_s3_bucket_server_side_encryption_configuration.rejects.rule[*].apply_server_side_encryption_by_default) : d.sse_algorithm == "aws:kms"],
    ))
    error_message = "Encryption on, keys rotated and slow to delete, and one data key for many rejects."
  }

  assert {
    condition = jsonencode(jsondecode(aws_kms_key.this[0].policy)) == jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{ Sid = "AccountAdministers", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*", Resource = "*" }],
        [for sid, service in {
          AlarmsPublish = "cloudwatch", EventBridgeSendsToTheQueue = "events", SnsSendsToTheQueue = "sns"
          } : {
          Sid       = sid, Effect = "Allow", Principal = { Service = "${service}.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = "*"
          Condition = { StringEquals = { "aws:SourceAccount" = ["111122223333"] } }
        }],
        [{
          Sid       = "LogsEncrypt", Effect = "Allow", Principal = { Service = "logs.eu-west-1.amazonaws.com" }
          Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"], Resource = "*"
          Condition = { ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/trailhound" } }
        }],
      )
    })
    error_message = "EventBridge, SNS, CloudWatch alarms and logs must be allowed the key, for this account's resources."
  }
  assert {
    condition     = output.kms_key_policy == aws_kms_key.this[0].policy
    error_message = "Whoever brings a key gets the same policy."
  }

  assert {
    condition = alltrue([for name in ["findings", "chat", "email"] : jsonencode(jsondecode(aws_sns_topic_policy.this[name].policy)) == jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        [{
          Sid      = "AllowTheFunction", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:role/trailhound-function" }
          Action   = "sns:Publish"
          Resource = "arn:aws:sns:eu-west-1:111122223333:trailhound-${name}"
        }],
        [for test in ["arn:aws:events:eu-west-1:111122223333:rule/trailhound-daily-test"] : {
          Sid       = "AllowTheDailyTest", Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish"
          Resource  = "arn:aws:sns:eu-west-1:111122223333:trailhound-${name}"
          Condition = { ArnEquals = { "aws:SourceArn" = [test] } }
        } if name != "findings"],
        [{
          Sid       = "DenyPlainHttp", Effect = "Deny", Principal = "*", Action = "sns:Publish"
          Resource  = "arn:aws:sns:eu-west-1:111122223333:trailhound-${name}"
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        }],
      )
    })])
    error_message = "Finding topics must take from the function only, and people's from the daily test."
  }
  assert {
    condition = jsonencode(jsondecode(aws_sns_topic_policy.this["alarms"].policy)) == jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "AllowOurAlarms", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "sns:Publish"
          Resource  = "arn:aws:sns:eu-west-1:111122223333:trailhound-alarms"
          Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
        },
        {
          Sid       = "DenyPlainHttp", Effect = "Deny", Principal = "*", Action = "sns:Publish"
          Resource  = "arn:aws:sns:eu-west-1:111122223333:trailhound-alarms"
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ]
    })
    error_message = "The alarm topic must take from this account's alarms."
  }
  assert {
    condition = jsonencode({ for name, policy in aws_sns_topic_policy.this : name => policy.arn }) == jsonencode({
      for name in ["findings", "chat", "email", "alarms"] : name => "arn:aws:sns:eu-west-1:111122223333:trailhound-${name}"
    })
    error_message = "Each policy on its topic."
  }
  assert {
    condition = jsonencode([for s in concat(values(aws_sns_topic_subscription.email), values(aws_sns_topic_subscription.alarms)) : [s.topic_arn, s.protocol, s.endpoint]]) == jsonencode([
      ["arn:aws:sns:eu-west-1:111122223333:trailhound-email", "email", "soc@example.com"],
      ["arn:aws:sns:eu-west-1:111122223333:trailhound-alarms", "email", "platform@example.com"],
    ])
    error_message = "People must be subscribed."
  }

  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.function.policy)) == jsonencode({
      Version = "2012-10-17"
      Statement = [for s in [
        ["ReadTrail", ["s3:GetObject", "s3:GetObjectVersion"], ["arn:aws:s3:::example-trail/audit/AWSLogs/*"], { "aws:ResourceAccount" = "111122223333" }],
        ["TellMissingFromForbidden", ["s3:ListBucket"], ["arn:aws:s3:::example-trail"], { "aws:ResourceAccount" = "111122223333" }],
        ["ListKeysOfDigests", ["cloudtrail:ListPublicKeys"], ["*"]],
        ["WriteOwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/trailhound:log-stream:*"]],
        ["ReadQueues", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"], ["arn:aws:sqs:eu-west-1:111122223333:trailhound"]],
        ["DeadLetterDirectInvocations", ["sqs:SendMessage"], ["arn:aws:sqs:eu-west-1:111122223333:trailhound-dead-letter"]],
        ["DecryptTrail", ["kms:Decrypt"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-00000000000a"], { "kms:ViaService" = ["s3.eu-west-1.amazonaws.com"] }],
        ["Publish", ["sns:Publish"], [for t in ["chat", "email", "findings"] : "arn:aws:sns:eu-west-1:111122223333:trailhound-${t}"]],
        ["Remember", ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-west-1:111122223333:table/trailhound-state"]],
        ["ParkRejects", ["s3:PutObject"], ["arn:aws:s3:::trailhound-rejects-111122223333-eu-west-1/rejects/*"], { "aws:ResourceAccount" = "111122223333" }],
        ["UseOwnKey", ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"],
        { "kms:ViaService" = [for service in ["dynamodb", "lambda", "s3", "sns", "sqs"] : "${service}.eu-west-1.amazonaws.com"] }],
      ] : merge({ Sid = s[0], Effect = "Allow", Action = s[1], Resource = s[2] }, length(s) > 3 ? { Condition = { StringEquals = s[3] } } : {})]
    })
    error_message = "The function's policy must be exactly this."
  }
  assert {
    condition     = aws_iam_role_policy.function.role == "trailhound-function"
    error_message = "The policy on the function's role."
  }
  assert {
    condition     = aws_iam_role.function.permissions_boundary == "arn:aws:iam::111122223333:policy/example-boundary"
    error_message = "The role within its boundary."
  }
  assert {
    condition = jsonencode(jsondecode(aws_iam_role.function.assume_role_policy)) == jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
    })
    error_message = "Lambda, and nobody else, takes the role."
  }
}

# Where it is to change, nobody knows it before it is applied, and the assertion cannot be judged.
run "again" {
  command = plan

  assert {
    condition     = length(terraform_data.canary_key.output) == 36
    error_message = "What was drawn once stays at the next apply."
  }
}
