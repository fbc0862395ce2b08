# The function, its log, and what feeds it.

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.key_arn
  tags              = var.tags
}

locals {
  environment = merge(
    {
      TRAILHOUND_ALERT_TOPIC_ARN = local.findings_topic_arn
      TRAILHOUND_STATE_TABLE     = aws_dynamodb_table.state.name
      TRAILHOUND_REJECTS_URI     = "s3://${aws_s3_bucket.rejects.id}/${local.rejects_prefix}"
      TRAILHOUND_MIN_LEVEL       = var.min_level
      TRAILHOUND_ALLOWED_BUCKETS = join(",", sort(keys(var.trail_buckets)))
      # Records come in objects, and from EventBridge where the fast path is on; whatever else is in a message is somebody's own.
      TRAILHOUND_EVENTS     = var.fast_path.enabled ? "vouched" : "none"
      TRAILHOUND_CANARY_KEY = terraform_data.canary_key.output
      RUST_LOG              = var.log_level
    },
    { for topic in aws_sns_topic.chat : "TRAILHOUND_CHAT_TOPIC_ARN" => topic.arn },
    { for topic in aws_sns_topic.email : "TRAILHOUND_EMAIL_TOPIC_ARN" => topic.arn },
    length(var.allowed_account_ids) == 0 ? {} : { TRAILHOUND_ALLOWED_ACCOUNTS = join(",", sort(var.allowed_account_ids)) },
    var.verify_digests ? { TRAILHOUND_DIGESTS = "verified" } : {},
    { for base in compact([var.rule_pages]) : "TRAILHOUND_RULE_PAGES" => base },
    { for uri in compact([var.rules_uri]) : "TRAILHOUND_RULES_URI" => uri },
    { for uri in compact([var.suppressions_uri]) : "TRAILHOUND_SUPPRESSIONS_URI" => uri },
    { for name, place in local.inventory_places : "TRAILHOUND_${name}_URI" => "s3://${aws_s3_bucket.rejects.id}/${local.inventory_prefix}/${place}" if var.inventory_jobs },
    { for kind, uri in var.context_uris : "TRAILHOUND_${upper(kind)}_URI" => uri if uri != null },
  )
}

locals {
  # What `cargo xtask package aws` writes beside the zip.
  manifest_path = try(replace(var.package.path, "/\\.zip$/", ".json"), "")
  manifest      = var.package.path != null && local.manifest_path != var.package.path && try(fileexists(local.manifest_path), false) ? jsondecode(file(local.manifest_path)) : null
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50: the function does not speak X-Ray; lag and CPU are metrics of its own
  # checkov:skip=CKV_AWS_115: the event source mapping bounds concurrency without taking it from the account; reserved_concurrency can
  # checkov:skip=CKV_AWS_117: it talks to AWS services only; a VPC adds endpoints and cold-start time, and is there for who must (vpc)
  function_name = local.function_name
  description   = "trailhound: people moving into machines they should not be in, from CloudTrail."
  role          = aws_iam_role.function.arn

  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = var.memory_size
  timeout       = var.timeout

  reserved_concurrent_executions = var.reserved_concurrency

  filename                = var.package.path != null ? var.package.path : one(terraform_data.package[*].output)
  source_code_hash        = var.package.path != null ? filebase64sha256(var.package.path) : local.fetched != null ? local.fetched_hash : var.package.source_code_hash
  s3_bucket               = var.package.s3_bucket
  s3_key                  = var.package.s3_key
  s3_object_version       = var.package.s3_object_version
  code_signing_config_arn = var.code_signing_config_arn

  kms_key_arn = local.key_arn
  tags        = var.tags

  environment {
    variables = local.environment
  }

  # Text leaves the function's own JSON lines and embedded metrics as they are.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  # For whoever invokes it directly and asynchronously; the queue does not need it.
  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letter.arn
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = local.manifest == null || try(local.manifest.architecture, null) == var.architecture
      error_message = "The package was built for ${try(local.manifest.architecture, "another processor")}: set architecture to that, or build for \"${var.architecture}\" with `cargo xtask package aws --architecture ${var.architecture}`."
    }
    precondition {
      condition     = local.manifest == null || try(local.manifest.sha256 == filesha256(var.package.path), false)
      error_message = "The package is not the one its manifest (the .json beside it) speaks of: take both from one build."
    }
  }

  depends_on = [aws_iam_role_policy.function]
}

locals {
  queues = merge(
    { own = aws_sqs_queue.intake.arn },
    var.notices.from == "sqs" ? { existing = var.notices.queue_arn } : {},
  )
}

# AWS refuses a queue whose messages come back before the function's time is up; the plan says so first.
data "aws_cloudcontrolapi_resource" "existing_queue" {
  count = var.notices.from == "sqs" && var.notices.check_queue ? 1 : 0

  type_name  = "AWS::SQS::Queue"
  identifier = "https://sqs.${split(":", var.notices.queue_arn)[3]}.${local.dns}/${split(":", var.notices.queue_arn)[4]}/${local.queue_name}"

  lifecycle {
    postcondition {
      condition     = try(jsondecode(self.properties).VisibilityTimeout, 30) >= var.timeout
      error_message = "The queue's visibility timeout (${try(jsondecode(self.properties).VisibilityTimeout, 30)} s) is less than the function's timeout (${var.timeout} s), which AWS refuses. Ask its owner for six times that, ${6 * var.timeout} s, or lower timeout."
    }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.queues

  event_source_arn                   = each.value
  function_name                      = aws_lambda_function.this.arn
  enabled                            = var.intake_enabled
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batch_window
  tags                               = var.tags

  # Without this a failed message is deleted with the ones that succeeded.
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.maximum_concurrency
  }
}
