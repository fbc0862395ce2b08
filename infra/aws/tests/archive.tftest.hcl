# The archive of findings: written by two roles that can do no more, private, encrypted, and gone after its time.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  trail_buckets = { "example-trail" = {} }
  package       = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
}


run "findings_are_kept" {
  variables {
    archive_days             = 400
    role_path                = "/security/"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/example-boundary"
  }
  assert {
    condition = jsonencode([for s in aws_sns_topic_subscription.archive : [s.topic_arn, s.protocol, s.endpoint, s.subscription_role_arn, s.raw_message_delivery, jsondecode(s.redrive_policy)]]) == jsonencode([[
      "arn:aws:sns:eu-west-1:111122223333:mocked", "firehose", "arn:aws:firehose:eu-west-1:111122223333:deliverystream/trailhound-findings", "arn:aws:iam::111122223333:role/mocked", true,
      { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:111122223333:mocked" },
    ]])
    error_message = "Every finding must go to the archive, as it is, or be kept."
  }
  assert {
    condition = jsonencode([for f in aws_kinesis_firehose_delivery_stream.archive : [
      f.name, f.destination, f.server_side_encryption[0].enabled,
      [for s in f.extended_s3_configuration : [
        s.role_arn, s.bucket_arn, s.prefix, s.error_output_prefix, s.buffering_interval, s.buffering_size, s.compression_format, s.kms_key_arn,
        s.processing_configuration[0].enabled, [for p in s.processing_configuration[0].processors : p.type],
      ]],
      ]]) == jsonencode([[
      "trailhound-findings", "extended_s3", true, [[
        "arn:aws:iam::111122223333:role/mocked", "arn:aws:s3:::trailhound-findings-111122223333-eu-west-1",
        "findings/!{timestamp:yyyy/MM/dd}/", "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/", 300, 5, "GZIP",
        "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001", true, ["AppendDelimiterToRecord"],
      ]],
    ]])
    error_message = "One CloudEvent a line, a day a folder, under our key."
  }
  assert {
    condition = jsonencode({ for name, r in aws_iam_role.archive : name => [r.path, r.permissions_boundary, jsondecode(r.assume_role_policy).Statement[0].Effect, jsondecode(r.assume_role_policy).Statement[0].Principal, jsondecode(r.assume_role_policy).Statement[0].Action, jsondecode(r.assume_role_policy).Statement[0].Condition] }) == jsonencode({
      firehose = ["/security/", "arn:aws:iam::111122223333:policy/example-boundary", "Allow", { Service = "firehose.amazonaws.com" }, "sts:AssumeRole", { StringEquals = { "aws:SourceAccount" = "111122223333" } }]
      sns      = ["/security/", "arn:aws:iam::111122223333:policy/example-boundary", "Allow", { Service = "sns.amazonaws.com" }, "sts:AssumeRole", { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:mocked" } }]
    })
    error_message = "Firehose of this account and our topic, and nobody else, take the roles."
  }
  assert {
    condition = jsonencode({ for name, p in aws_iam_role_policy.archive : name => [for s in jsondecode(p.policy).Statement : [s.Effect, s.Action, s.Resource, try(s.Condition.StringEquals, null)]] }) == jsonencode({
      firehose = [
        ["Allow", ["s3:AbortMultipartUpload", "s3:PutObject"], ["arn:aws:s3:::trailhound-findings-111122223333-eu-west-1/*"], { "aws:ResourceAccount" = "111122223333" }],
        ["Allow", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], ["arn:aws:s3:::trailhound-findings-111122223333-eu-west-1"], { "aws:ResourceAccount" = "111122223333" }],
        ["Allow", ["kms:Decrypt", "kms:GenerateDataKey"], ["arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001"], { "kms:ViaService" = ["s3.eu-west-1.amazonaws.com"] }],
      ]
      sns = [["Allow", ["firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch"],
      ["arn:aws:firehose:eu-west-1:111122223333:deliverystream/trailhound-findings"], null]]
    })
    error_message = "The roles may do this and no more."
  }
  assert {
    condition = jsonencode([for b in aws_s3_bucket.archive : [b.bucket, b.force_destroy]]) == jsonencode([["trailhound-findings-111122223333-eu-west-1", false]]) && jsonencode([
      for v in aws_s3_bucket_versioning.archive : v.versioning_configuration[0].status
    ]) == jsonencode(["Enabled"])
    error_message = "Findings survive an overwrite and a destroy."
  }
  assert {
    condition = alltrue(flatten([
      [for b in aws_s3_bucket_public_access_block.archive : [b.block_public_acls, b.block_public_policy, b.ignore_public_acls, b.restrict_public_buckets]],
      [for o in aws_s3_bucket_ownership_controls.archive : o.rule[0].object_ownership == "BucketOwnerEnforced"],
      [for e in aws_s3_bucket_server_side_encryption_configuration.archive : [for r in e.rule : [r.bucket_key_enabled, r.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms", r.apply_server_side_encryption_by_default[0].kms_master_key_id == aws_kms_key.this[0].arn]]],
    ]))
    error_message = "Private, and under our key."
  }
  assert {
    condition = jsonencode([for l in aws_s3_bucket_lifecycle_configuration.archive : [
      l.rule[0].status, l.rule[0].expiration[0].days, l.rule[0].noncurrent_version_expiration[0].noncurrent_days, l.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation, length(l.rule[0].filter),
    ]]) == jsonencode([["Enabled", 400, 14, 1, 1]])
    error_message = "Gone after their time and not before."
  }
  assert {
    condition = jsonencode([for p in aws_s3_bucket_policy.archive : [for s in jsondecode(p.policy).Statement : [s.Effect, s.Principal, s.Action, s.Resource, s.Condition]]]) == jsonencode([[
      ["Deny", "*", "s3:*", ["arn:aws:s3:::trailhound-findings-111122223333-eu-west-1", "arn:aws:s3:::trailhound-findings-111122223333-eu-west-1/*"], { Bool = { "aws:SecureTransport" = "false" } }],
    ]])
    error_message = "Over TLS only."
  }
  assert {
    condition = alltrue(flatten([for kind in [
      aws_s3_bucket_policy.archive, aws_s3_bucket_lifecycle_configuration.archive, aws_s3_bucket_server_side_encryption_configuration.archive, aws_s3_bucket_versioning.archive,
      aws_s3_bucket_ownership_controls.archive, aws_s3_bucket_public_access_block.archive,
    ] : [for part in kind : part.bucket == "trailhound-findings-111122223333-eu-west-1"]]))
    error_message = "Each part on the archive's bucket."
  }
}

run "an_archive_that_may_go" {
  variables {
    archive_days = 30
    protect_data = false
  }
  assert {
    condition     = alltrue([for b in aws_s3_bucket.archive : b.force_destroy])
    error_message = "With protect_data off, destroy must work."
  }
}

run "a_name_of_one_letter_too_many" {
  variables {
    archive_days = 30
    name         = "trailhound-of-a-long-name-thirty"
  }
  assert {
    condition     = aws_s3_bucket.archive["findings"].bucket == "trailhound-of-a-long-name-thirty-findings-111122223333-${substr(sha256("trailhound-of-a-long-name-thirty-findings-111122223333-eu-west-1"), 0, 8)}"
    error_message = "A bucket's name has 63 letters at most; what is cut is kept apart by a hash."
  }
}

run "no_archive_unless_asked" {
  assert {
    condition     = length(aws_s3_bucket.archive) + length(aws_iam_role.archive) + length(aws_sns_topic_subscription.archive) + length(aws_kinesis_firehose_delivery_stream.archive) == 0
    error_message = "No bucket, role or stream unless asked for."
  }
}
