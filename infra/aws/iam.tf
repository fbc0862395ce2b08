# What the function may do: each action on the ARNs it needs it for. Statements that would name nothing are left out.

resource "aws_iam_role" "function" {
  name                 = "${var.name}-function"
  path                 = var.role_path
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
  # A bucket that is deleted and made again by somebody else is not the bucket that was meant.
  trail_owners = { for name, bucket in var.trail_buckets : coalesce(bucket.account_id, local.account) => name... }

  # s3://bucket/key, as bucket and key: a file, or all under a prefix.
  settings_objects = [for uri in compact(concat([var.rules_uri, var.suppressions_uri], values(var.context_uris))) : regex("^s3://(?P<bucket>[^/]+)/(?P<key>.+?)/?$", uri)]
  settings_owner   = coalesce(var.settings_account_id, local.account)

  # A key is used through the service it is for, never by itself.
  via = { for service in ["dynamodb", "lambda", "s3", "sns", "sqs"] : service => "${service}.${local.region}.${local.dns}" }

  trail_statements = flatten([for owner, names in local.trail_owners : [
    {
      # The version that a notice is about, where the object was replaced since.
      Sid       = "ReadTrail${owner == local.account ? "" : owner}"
      Action    = ["s3:GetObject", "s3:GetObjectVersion"]
      Resource  = [for name in names : "arn:${local.partition}:s3:::${name}/${var.trail_buckets[name].key_prefix == "" ? "" : "${var.trail_buckets[name].key_prefix}/"}AWSLogs/*"]
      Condition = { StringEquals = { "aws:ResourceAccount" = owner } }
    },
    {
      # Without it a missing object looks like a forbidden one.
      Sid       = "TellMissingFromForbidden${owner == local.account ? "" : owner}"
      Action    = ["s3:ListBucket"]
      Resource  = [for name in names : "arn:${local.partition}:s3:::${name}"]
      Condition = { StringEquals = { "aws:ResourceAccount" = owner } }
    },
  ]])

  function_statements = concat(local.trail_statements, [
    {
      # The action knows no resources. Keys are no secret, and each region has its own.
      Sid      = "ListKeysOfDigests"
      Action   = ["cloudtrail:ListPublicKeys"]
      Resource = var.verify_digests ? ["*"] : []
    },
    {
      Sid      = "WriteOwnLog"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.function.arn}:log-stream:*"]
    },
    {
      # Visibility is changed of what failed, so that it comes again soon and then ever later.
      Sid      = "ReadQueues"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"]
      Resource = values(local.queues)
    },
    {
      Sid      = "DeadLetterDirectInvocations"
      Action   = ["sqs:SendMessage"]
      Resource = [aws_sqs_queue.dead_letter.arn]
    },
    {
      Sid       = "DecryptTrail"
      Action    = ["kms:Decrypt"]
      Resource  = local.trail_key_arns
      Condition = { StringEquals = { "kms:ViaService" = distinct([for arn in local.trail_key_arns : "s3.${split(":", arn)[3]}.${local.dns}"]) } }
    },
    {
      Sid       = "DecryptForeignQueue"
      Action    = ["kms:Decrypt"]
      Resource  = compact([var.notices.queue_kms_key_arn])
      Condition = { StringEquals = { "kms:ViaService" = [local.via.sqs] } }
    },
    {
      Sid       = "ReadRulesAndSuppressions"
      Action    = ["s3:GetObject"]
      Resource  = distinct([for o in local.settings_objects : "arn:${local.partition}:s3:::${o.bucket}/${o.key}${can(regex("(?i)\\.(ya?ml|mmdb|csv|json|jsonl|ndjson)$", o.key)) ? "" : "/*"}"])
      Condition = { StringEquals = { "aws:ResourceAccount" = local.settings_owner } }
    },
    {
      # Asked without a prefix where a missing object is to be told from a forbidden one.
      Sid      = "ListRulesAndSuppressions"
      Action   = ["s3:ListBucket"]
      Resource = distinct([for o in local.settings_objects : "arn:${local.partition}:s3:::${o.bucket}"])
      Condition = {
        StringEquals       = { "aws:ResourceAccount" = local.settings_owner }
        StringLikeIfExists = { "s3:prefix" = distinct(flatten([for o in local.settings_objects : [o.key, "${o.key}/*"]])) }
      }
    },
    {
      Sid       = "DecryptRulesAndSuppressions"
      Action    = ["kms:Decrypt"]
      Resource  = compact([var.settings_kms_key_arn])
      Condition = { StringEquals = { "kms:ViaService" = [local.via.s3] } }
    },
    {
      Sid      = "Publish"
      Action   = ["sns:Publish"]
      Resource = [for name in sort(keys(local.finding_topics)) : local.finding_topics[name]]
    },
    {
      Sid       = "UseFindingsTopicKey"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = compact([var.findings_topic.kms_key_arn])
      Condition = { StringEquals = { "kms:ViaService" = [for arn in compact([var.findings_topic.arn]) : "sns.${split(":", arn)[3]}.${local.dns}"] } }
    },
    {
      # A transaction of puts needs no more than a put.
      Sid      = "Remember"
      Action   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"]
      Resource = [aws_dynamodb_table.state.arn]
    },
    {
      Sid       = "ParkRejects"
      Action    = ["s3:PutObject"]
      Resource  = ["${aws_s3_bucket.rejects.arn}/${local.rejects_prefix}/*"]
      Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
    },
    {
      Sid       = "KeepParts"
      Action    = ["s3:PutObject"]
      Resource  = var.inventory_jobs ? ["${aws_s3_bucket.rejects.arn}/${local.inventory_prefix}/${local.inventory_places.PARTS}/*"] : []
      Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
    },
    {
      Sid       = "ReadCandidate"
      Action    = ["s3:GetObject"]
      Resource  = var.inventory_jobs ? ["${aws_s3_bucket.rejects.arn}/${local.inventory_prefix}/${local.inventory_places.CANDIDATE}/*"] : []
      Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
    },
    {
      Sid      = "ListCandidate"
      Action   = ["s3:ListBucket"]
      Resource = var.inventory_jobs ? [aws_s3_bucket.rejects.arn] : []
      Condition = {
        StringEquals       = { "aws:ResourceAccount" = local.account }
        StringLikeIfExists = { "s3:prefix" = ["${local.inventory_prefix}/${local.inventory_places.CANDIDATE}/*"] }
      }
    },
    {
      Sid       = "UseOwnKey"
      Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
      Resource  = [local.key_arn]
      Condition = { StringEquals = { "kms:ViaService" = values(local.via) } }
    },
    {
      # Network interfaces have no ARN before they exist; AWS's own policy for functions in a VPC says the same.
      Sid      = "JoinTheNetwork"
      Action   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
      Resource = var.vpc == null ? [] : ["*"]
    },
  ])

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
