# What the function may do: each action on the ARNs it needs it for. Statements that would name nothing are left out.

resource "aws_iam_role" "function" {
  name                 = "${var.name}-function"
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

locals {
  trail_key_arns = distinct(compact([for bucket in values(var.trail_buckets) : bucket.kms_key_arn]))

  # s3://bucket/key, as bucket and key.
  settings_objects = [for uri in compact([var.rules_uri, var.suppressions_uri]) : regex("^s3://(?P<bucket>[^/]+)/(?P<key>.+)$", uri)]

  function_statements = [
    {
      Sid      = "WriteOwnLog"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.function.arn}:log-stream:*"]
    },
    {
      Sid      = "ReadQueues"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = values(local.queues)
    },
    {
      Sid      = "DeadLetterDirectInvocations"
      Action   = ["sqs:SendMessage"]
      Resource = [aws_sqs_queue.dead_letter.arn]
    },
    {
      Sid      = "ReadTrail"
      Action   = ["s3:GetObject"]
      Resource = [for name, bucket in var.trail_buckets : "arn:${local.partition}:s3:::${name}/${bucket.key_prefix == "" ? "" : "${bucket.key_prefix}/"}AWSLogs/*"]
    },
    {
      # Without it a missing object looks like a forbidden one.
      Sid      = "TellMissingFromForbidden"
      Action   = ["s3:ListBucket"]
      Resource = [for name in keys(var.trail_buckets) : "arn:${local.partition}:s3:::${name}"]
    },
    {
      Sid      = "DecryptTrail"
      Action   = ["kms:Decrypt"]
      Resource = local.trail_key_arns
    },
    {
      Sid      = "DecryptForeignQueue"
      Action   = ["kms:Decrypt"]
      Resource = compact([var.notices.queue_kms_key_arn])
    },
    {
      Sid      = "ReadRulesAndSuppressions"
      Action   = ["s3:GetObject"]
      Resource = distinct([for o in local.settings_objects : "arn:${local.partition}:s3:::${o.bucket}/${o.key}*"])
    },
    {
      Sid      = "ListRulesAndSuppressions"
      Action   = ["s3:ListBucket"]
      Resource = distinct([for o in local.settings_objects : "arn:${local.partition}:s3:::${o.bucket}"])
    },
    {
      Sid      = "Publish"
      Action   = ["sns:Publish"]
      Resource = [for name in sort(keys(local.finding_topics)) : local.finding_topics[name]]
    },
    {
      # A transaction of puts needs no more than a put.
      Sid      = "Remember"
      Action   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"]
      Resource = [aws_dynamodb_table.state.arn]
    },
    {
      Sid      = "ParkRejects"
      Action   = ["s3:PutObject"]
      Resource = ["${aws_s3_bucket.rejects.arn}/${local.rejects_prefix}/*"]
    },
    {
      Sid      = "UseOwnKey"
      Action   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
      Resource = [local.key_arn]
    },
  ]

  function_policy = {
    Version   = "2012-10-17"
    Statement = [for s in local.function_statements : merge(s, { Effect = "Allow" }) if length(s.Resource) > 0]
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "least"
  role   = aws_iam_role.function.id
  policy = jsonencode(local.function_policy)
}
