# Setups that exist in the field, and what would break in each: cut names, foreign buckets and topics, short queues,
# packages for another processor, networks.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_buckets = { "example-trail" = {} }
  package       = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
}


run "buckets_whose_names_begin_alike" {
  variables {
    trail_buckets = {
      "my-company-production-security-cloudtrail-logs-eu-west-1" = {}
      "my-company-production-security-cloudtrail-logs-eu-west-2" = {}
      "my-company-production-security-cloudtrail-logs1"          = {}
    }
  }
  assert {
    condition     = aws_cloudwatch_event_rule.trail["my-company-production-security-cloudtrail-logs1"].name == "trailhound-trail-my-company-production-security-cloudtrail-logs1"
    error_message = "A name that just fits is not cut."
  }
  assert {
    condition     = length(distinct([for rule in aws_cloudwatch_event_rule.trail : rule.name])) == 3 && alltrue([for rule in aws_cloudwatch_event_rule.trail : length(rule.name) <= 64])
    error_message = "Each bucket needs a rule of its own: PutRule overwrites one of the same name."
  }
  assert {
    condition     = alltrue([for bucket, target in aws_cloudwatch_event_target.trail : target.rule == aws_cloudwatch_event_rule.trail[bucket].name])
    error_message = "Each target on its rule."
  }
}

run "a_long_name_in_a_long_region" {
  variables {
    name = "trailhound-security-production-x"
  }
  override_data {
    target = data.aws_region.current
    values = { id = "ap-southeast-1" }
  }
  assert {
    condition     = length(aws_s3_bucket.rejects.bucket) <= 63 && can(regex("^trailhound-security-production-x-rejects-111122223333-[0-9a-f]{8}$", aws_s3_bucket.rejects.bucket))
    error_message = "A bucket's name has 63 letters at most."
  }
}

run "a_bucket_of_another_account_is_that_accounts" {
  variables {
    trail_buckets = { "example-trail" = {}, "example-archive" = { account_id = "444455556666" } }
  }
  assert {
    condition = jsonencode({ for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s.Sid => [s.Resource, s.Condition] if startswith(s.Sid, "ReadTrail") || startswith(s.Sid, "TellMissing") }) == jsonencode({
      for sid, s in {
        ReadTrail                            = ["example-trail/AWSLogs/*", "111122223333"]
        TellMissingFromForbidden             = ["example-trail", "111122223333"]
        ReadTrail444455556666                = ["example-archive/AWSLogs/*", "444455556666"]
        TellMissingFromForbidden444455556666 = ["example-archive", "444455556666"]
      } : sid => [["arn:aws:s3:::${s[0]}"], { StringEquals = { "aws:ResourceAccount" = s[1] } }]
    })
    error_message = "A bucket must still be its owner's when it is read."
  }
}

run "a_findings_topic_that_exists" {
  variables {
    findings_topic = {
      arn         = "arn:aws:sns:eu-central-1:444455556666:example-findings"
      kms_key_arn = "arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-00000000000e"
    }
    email_addresses = ["soc@example.com"]
  }
  assert {
    condition     = length(aws_sns_topic.findings) == 0 && !contains(keys(aws_sns_topic_policy.this), "findings")
    error_message = "A topic of somebody else's is not made, and its policy is theirs."
  }
  assert {
    condition     = aws_lambda_function.this.environment[0].variables.TRAILHOUND_ALERT_TOPIC_ARN == "arn:aws:sns:eu-central-1:444455556666:example-findings"
    error_message = "Findings go to the topic that was given."
  }
  assert {
    condition = jsonencode({ for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s.Sid => [s.Resource, try(s.Condition.StringEquals, null)] if contains(["Publish", "UseFindingsTopicKey"], s.Sid) }) == jsonencode({
      Publish             = [["arn:aws:sns:eu-west-1:111122223333:mocked", "arn:aws:sns:eu-central-1:444455556666:example-findings"], null]
      UseFindingsTopicKey = [["arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-00000000000e"], { "kms:ViaService" = ["sns.eu-central-1.amazonaws.com"] }]
    })
    error_message = "The function must be allowed the topic and its key."
  }
  assert {
    condition = jsonencode([for s in jsondecode(aws_sqs_queue_policy.undelivered.policy).Statement : [s.Effect, s.Action, s.Condition]]) == jsonencode([
      ["Allow", "sqs:SendMessage", { ArnEquals = { "aws:SourceArn" = ["arn:aws:sns:eu-west-1:111122223333:mocked", "arn:aws:sns:eu-central-1:444455556666:example-findings"] } }],
      ["Deny", "sqs:*", { Bool = { "aws:SecureTransport" = "false" } }],
    ])
    error_message = "The topics, and nobody else, park what nobody took."
  }
  assert {
    condition     = aws_sqs_queue_policy.undelivered.queue_url == aws_sqs_queue.undelivered.id && aws_sqs_queue.undelivered.message_retention_seconds == 1209600 && aws_sqs_queue.undelivered.kms_master_key_id == aws_kms_key.this[0].arn
    error_message = "What nobody took is kept for 14 days, encrypted."
  }
}

run "an_organisations_rules" {
  variables {
    role_path            = "/security/"
    reserved_concurrency = 20
    vpc                  = { subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = ["sg-0123456789abcdef0"] }
  }
  assert {
    condition = jsonencode([
      aws_iam_role.function.path, aws_lambda_function.this.reserved_concurrent_executions,
      [for v in aws_lambda_function.this.vpc_config : [v.subnet_ids, v.security_group_ids]],
      ]) == jsonencode([
      "/security/", 20, [[["subnet-0123456789abcdef0"], ["sg-0123456789abcdef0"]]],
    ])
    error_message = "Path, concurrency and network as asked for."
  }
  assert {
    condition = jsonencode([for s in jsondecode(aws_iam_role_policy.function.policy).Statement : [sort(s.Action), s.Resource] if s.Sid == "JoinTheNetwork"]) == jsonencode([[
      ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"], ["*"],
    ]])
    error_message = "A function in a network makes interfaces there."
  }
}

run "nothing_of_it_unless_asked" {
  assert {
    condition = jsonencode([
      aws_iam_role.function.path, aws_lambda_function.this.reserved_concurrent_executions, length(aws_lambda_function.this.vpc_config), length(aws_cloudwatch_event_rule.daily_test),
      length([for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s if s.Sid == "JoinTheNetwork"]),
    ]) == jsonencode(["/", -1, 0, 0, 0])
    error_message = "No network, path or reservation of our own choosing."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue.intake.redrive_policy).maxReceiveCount == 200
    error_message = "A message must outlive an outage of a region: tried every four minutes, for 13 hours."
  }
}

run "people_are_tried_once_a_day" {
  variables {
    email_addresses = ["soc@example.com"]
    chat_topic      = true
  }
  assert {
    condition     = aws_cloudwatch_event_rule.daily_test[0].schedule_expression == "rate(1 day)"
    error_message = "Once a day."
  }
  assert {
    condition = jsonencode({ for name, t in aws_cloudwatch_event_target.daily_test : name => [t.rule, t.arn, try(jsondecode(t.input).source, "plain"), try(jsondecode(t.input).content.textType, "text"), strcontains(t.input, "daily test")] }) == jsonencode({
      chat  = ["trailhound-daily-test", "arn:aws:sns:eu-west-1:111122223333:mocked", "custom", "client-markdown", true]
      email = ["trailhound-daily-test", "arn:aws:sns:eu-west-1:111122223333:mocked", "plain", "text", true]
    })
    error_message = "To each of the people's topics, in its form."
  }
}

run "a_queue_with_time_enough" {
  command = plan
  variables {
    notices = { from = "sqs", queue_arn = "arn:aws:sqs:eu-central-1:444455556666:example-notices" }
  }
  override_data {
    target = data.aws_cloudcontrolapi_resource.existing_queue
    values = { properties = "{\"VisibilityTimeout\":60}" }
  }
  assert {
    condition = jsonencode([for q in data.aws_cloudcontrolapi_resource.existing_queue : [q.type_name, q.identifier]]) == jsonencode([
      ["AWS::SQS::Queue", "https://sqs.eu-central-1.amazonaws.com/444455556666/example-notices"],
    ])
    error_message = "The queue must be looked at."
  }
}

run "a_queue_whose_messages_come_back_too_soon" {
  command = plan
  variables {
    notices = { from = "sqs", queue_arn = "arn:aws:sqs:eu-west-1:111122223333:example-notices" }
  }
  override_data {
    target = data.aws_cloudcontrolapi_resource.existing_queue
    values = { properties = "{\"VisibilityTimeout\":30}" }
  }
  expect_failures = [data.aws_cloudcontrolapi_resource.existing_queue]
}

run "a_package_as_its_manifest_says" {
  command = plan
  variables {
    package      = { path = "tests/package/good.zip" }
    architecture = "x86_64"
  }
  assert {
    condition     = tolist(aws_lambda_function.this.architectures) == tolist(["x86_64"])
    error_message = "Built for it, deployed for it."
  }
}

run "a_package_for_another_processor" {
  command = plan
  variables {
    package      = { path = "tests/package/good.zip" }
    architecture = "arm64"
  }
  expect_failures = [aws_lambda_function.this]
}

run "a_package_that_is_not_its_manifests" {
  command = plan
  variables {
    package      = { path = "tests/package/changed.zip" }
    architecture = "x86_64"
  }
  expect_failures = [aws_lambda_function.this]
}

run "a_package_by_its_address" {
  command = plan
  variables {
    package = { url = "https://example.com/0.1.0/trailhound-aws-arm64.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    error_message = "The sum, as Lambda writes it."
  }
  assert {
    condition     = endswith(terraform_data.package[0].input, "/.terraform/trailhound-aws-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.zip") && terraform_data.package[0].triggers_replace[0] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    error_message = "Another sum is another file, fetched anew."
  }
}

run "a_package_by_another_address" {
  command = plan
  variables {
    package = { url = "https://example.com/b.zip", sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    error_message = "The sum, as Lambda writes it."
  }
}

run "a_package_in_a_bucket_is_not_fetched" {
  command = plan
  assert {
    condition     = length(terraform_data.package) == 0
    error_message = "Only what comes by address is."
  }
}

run "a_package_known_by_its_hash" {
  variables {
    package = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws-arm64.zip", source_code_hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    error_message = "A new package under the same key must be deployed."
  }
}
