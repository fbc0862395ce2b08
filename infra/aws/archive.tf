# Every finding as it was published, kept in a bucket for as long as asked for: SNS hands them to Firehose, which writes an
# object every few minutes, one CloudEvent a line.

locals {
  archive           = var.archive_days == 0 ? {} : { findings = local.findings_topic_arn }
  archive_full_name = "${var.name}-findings-${local.account}-${local.region}"
  archive_name      = length(local.archive_full_name) <= 63 ? local.archive_full_name : "${trimsuffix(substr(local.archive_full_name, 0, 54), "-")}-${substr(sha256(local.archive_full_name), 0, 8)}"
  archive_stream    = "arn:${local.partition}:firehose:${local.region}:${local.account}:deliverystream/${var.name}-findings"

  archive_roles = {
    firehose = {
      service   = "firehose.amazonaws.com"
      condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      statements = [
        {
          Sid       = "WriteTheArchive", Effect = "Allow", Action = ["s3:AbortMultipartUpload", "s3:PutObject"]
          Resource  = ["arn:${local.partition}:s3:::${local.archive_name}/*"]
          Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
        },
        {
          Sid       = "SeeTheArchive", Effect = "Allow", Action = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
          Resource  = ["arn:${local.partition}:s3:::${local.archive_name}"]
          Condition = { StringEquals = { "aws:ResourceAccount" = local.account } }
        },
        {
          Sid       = "EncryptTheArchive", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = [local.key_arn]
          Condition = { StringEquals = { "kms:ViaService" = [local.via.s3] } }
        },
      ]
    }
    sns = {
      service   = "sns.amazonaws.com"
      condition = { ArnEquals = { "aws:SourceArn" = local.findings_topic_arn } }
      statements = [{
        Sid      = "FeedTheArchive", Effect = "Allow", Action = ["firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch"]
        Resource = [local.archive_stream]
      }]
    }
  }
}

resource "aws_s3_bucket" "archive" {
  # checkov:skip=CKV_AWS_18: an access log needs a bucket of the customer's choosing; S3 data events in their trail do it better
  # checkov:skip=CKV_AWS_144: subscribers and the log hold findings as well
  # checkov:skip=CKV2_AWS_62: nobody is to be notified object by object
  for_each = local.archive

  bucket        = local.archive_name
  force_destroy = !var.protect_data
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "archive" {
  for_each = local.archive

  bucket                  = aws_s3_bucket.archive[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "archive" {
  for_each = local.archive

  bucket = aws_s3_bucket.archive[each.key].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "archive" {
  for_each = local.archive

  bucket = aws_s3_bucket.archive[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "archive" {
  for_each = local.archive

  bucket = aws_s3_bucket.archive[each.key].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  for_each = local.archive

  bucket = aws_s3_bucket.archive[each.key].id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.archive_days
    }
    noncurrent_version_expiration {
      noncurrent_days = 14
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
  depends_on = [aws_s3_bucket_versioning.archive]
}

resource "aws_s3_bucket_policy" "archive" {
  for_each = local.archive

  bucket = aws_s3_bucket.archive[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(local.deny_plain_http, {
      Action   = "s3:*"
      Resource = [aws_s3_bucket.archive[each.key].arn, "${aws_s3_bucket.archive[each.key].arn}/*"]
    })]
  })
  depends_on = [aws_s3_bucket_public_access_block.archive]
}

resource "aws_iam_role" "archive" {
  for_each = { for name, role in local.archive_roles : name => role if length(local.archive) > 0 }

  name                 = "${var.name}-archive-${each.key}"
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = each.value.service }, Action = "sts:AssumeRole", Condition = each.value.condition }]
  })
}

resource "aws_iam_role_policy" "archive" {
  for_each = aws_iam_role.archive

  name   = "least"
  role   = each.value.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.archive_roles[each.key].statements })
}

resource "aws_kinesis_firehose_delivery_stream" "archive" {
  # checkov:skip=CKV_AWS_241: findings wait in it for minutes, under AWS's key; the bucket's objects are under ours
  for_each = local.archive

  name        = "${var.name}-findings"
  destination = "extended_s3"
  tags        = var.tags

  extended_s3_configuration {
    role_arn            = aws_iam_role.archive["firehose"].arn
    bucket_arn          = aws_s3_bucket.archive[each.key].arn
    prefix              = "findings/!{timestamp:yyyy/MM/dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"
    buffering_interval  = 300
    buffering_size      = 5
    compression_format  = "GZIP"
    kms_key_arn         = local.key_arn

    processing_configuration {
      enabled = true
      processors {
        type = "AppendDelimiterToRecord"
      }
    }
  }
  server_side_encryption {
    enabled = true
  }
  depends_on = [aws_iam_role_policy.archive]
}

resource "aws_sns_topic_subscription" "archive" {
  for_each = local.archive

  topic_arn             = each.value
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.archive[each.key].arn
  subscription_role_arn = aws_iam_role.archive["sns"].arn
  raw_message_delivery  = true
  redrive_policy        = jsonencode({ deadLetterTargetArn = aws_sqs_queue.undelivered.arn })

  depends_on = [aws_sqs_queue_policy.undelivered, aws_iam_role_policy.archive]
}
