# One key for everything trailhound keeps. An encrypted queue or topic loses deliveries in silence when the service that
# sends to it may not use the key, so each sender is named here.

locals {
  # Accounts whose topics send to our queue: SNS acts for the topic's owner.
  notice_accounts = sort(distinct(concat([local.account], [for arn in var.notices.topic_arns : split(":", arn)[4]])))

  key_senders = {
    EventBridgeSendsToTheQueue = { service = "events.amazonaws.com", accounts = [local.account] }
    SnsSendsToTheQueue         = { service = "sns.amazonaws.com", accounts = local.notice_accounts }
    AlarmsPublish              = { service = "cloudwatch.amazonaws.com", accounts = [local.account] }
  }

  key_policy = {
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "AccountAdministers"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      [for sid, sender in local.key_senders : {
        Sid       = sid
        Effect    = "Allow"
        Principal = { Service = sender.service }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = sender.accounts } }
      }],
      [{
        Sid       = "LogsEncrypt"
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { ArnEquals = {
          "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${local.function_name}"
        } }
      }],
    )
  }
}

resource "aws_kms_key" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "trailhound (${var.name}): queues, topics, state, rejects, logs"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode(local.key_policy)
  tags                    = var.tags
}

resource "aws_kms_alias" "this" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this[0].key_id
}
