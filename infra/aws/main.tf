# What every file shares: where we are, what things are called, and which key they use.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id
  dns       = data.aws_partition.current.dns_suffix

  key_arn = coalesce(var.kms_key_arn, one(aws_kms_key.this[*].arn))

  function_name = var.name

  # A topic of the customer's, or ours.
  findings_topic_arn = coalesce(var.findings_topic.arn, one(aws_sns_topic.findings[*].arn))

  # Known before anything exists, so that policies can name each other's resources without a cycle.
  queue_arn             = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
  dead_letter_queue_arn = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-dead-letter"

  undelivered_queue_arn = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}-undelivered"

  deny_plain_http = {
    Sid       = "DenyPlainHttp"
    Effect    = "Deny"
    Principal = "*"
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
}
