# What trailhound remembers, and where it parks what it could not read.

resource "aws_dynamodb_table" "state" {
  name                        = "${var.name}-state"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.protect_data
  tags                        = var.tags

  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }
}

locals {
  rejects_prefix = "rejects"

  # Bucket names are cut at 63 letters; the hash keeps apart what was cut.
  rejects_bucket_full = "${var.name}-rejects-${local.account}-${local.region}"
  rejects_bucket      = length(local.rejects_bucket_full) <= 63 ? local.rejects_bucket_full : "${trimsuffix(substr(local.rejects_bucket_full, 0, 54), "-")}-${substr(sha256(local.rejects_bucket_full), 0, 8)}"
}

resource "aws_s3_bucket" "rejects" {
  # checkov:skip=CKV_AWS_18: an access log needs a bucket of the customer's choosing; S3 data events in their trail do it better
  # checkov:skip=CKV_AWS_144: rejects expire after weeks; the trail's own bucket is the lasting copy
  # checkov:skip=CKV2_AWS_62: nobody is to be notified object by object; the rejects alarm tells
  bucket        = local.rejects_bucket
  force_destroy = !var.protect_data
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "rejects" {
  bucket                  = aws_s3_bucket.rejects.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "rejects" {
  bucket = aws_s3_bucket.rejects.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "rejects" {
  bucket = aws_s3_bucket.rejects.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "rejects" {
  bucket = aws_s3_bucket.rejects.id

  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "rejects" {
  bucket = aws_s3_bucket.rejects.id

  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.rejects_retention_days
    }
    noncurrent_version_expiration {
      noncurrent_days = 14
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
  depends_on = [aws_s3_bucket_versioning.rejects]
}

resource "aws_s3_bucket_policy" "rejects" {
  bucket = aws_s3_bucket.rejects.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(local.deny_plain_http, {
      Action   = "s3:*"
      Resource = [aws_s3_bucket.rejects.arn, "${aws_s3_bucket.rejects.arn}/*"]
    })]
  })
  depends_on = [aws_s3_bucket_public_access_block.rejects]
}
