output "findings_topic_arn" {
  description = "The topic findings are published to, as CloudEvents. Subscribe your queue, function or endpoint."
  value       = local.findings_topic_arn
}

output "chat_topic_arn" {
  description = "The topic to choose in Amazon Q Developer in chat applications, if made."
  value       = one(aws_sns_topic.chat[*].arn)
}

output "alarm_topic_arn" {
  description = "The topic that alarms about trailhound itself go to."
  value       = local.alarm_topic_arn
}

output "queue_arn" {
  description = "The queue every notice goes through."
  value       = aws_sqs_queue.intake.arn
}

output "queue_url" {
  description = "The same queue, as the AWS CLI wants it."
  value       = aws_sqs_queue.intake.id
}

output "dead_letter_queue_arn" {
  description = "Where messages are that failed for good."
  value       = aws_sqs_queue.dead_letter.arn
}

output "function_name" {
  description = "The Lambda function."
  value       = aws_lambda_function.this.function_name
}

output "function_role_arn" {
  description = "The function's role, for bucket and key policies in other accounts."
  value       = aws_iam_role.function.arn
}

output "log_group_name" {
  description = "The function's log."
  value       = aws_cloudwatch_log_group.function.name
}

output "state_table_name" {
  description = "The table with claims, baselines and windows."
  value       = aws_dynamodb_table.state.name
}

output "rejects_uri" {
  description = "Where input is parked that could not be read."
  value       = local.environment.TRAILHOUND_REJECTS_URI
}

output "inventory" {
  description = "What jobs over inventories take, with inventory_jobs: the role of S3 Batch Operations, where its manifests lie, where parts and the candidate's rules do, and the state machine."
  value = var.inventory_jobs ? {
    batch_role_arn    = aws_iam_role.inventory["batch"].arn
    manifests         = "s3://${aws_s3_bucket.rejects.id}/${local.inventory_prefix}/"
    parts             = "s3://${aws_s3_bucket.rejects.id}/${local.inventory_prefix}/${local.inventory_places.PARTS}/"
    candidate         = "s3://${aws_s3_bucket.rejects.id}/${local.inventory_prefix}/${local.inventory_places.CANDIDATE}/"
    state_machine_arn = aws_sfn_state_machine.inventory["jobs"].arn
  } : null
}

output "dashboard_url" {
  description = "The dashboard."
  value       = "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards/dashboard/${aws_cloudwatch_dashboard.this.dashboard_name}"
}

output "kms_key_arn" {
  description = "The key in use."
  value       = local.key_arn
}

output "kms_key_policy" {
  description = "The policy the key needs, for whoever brings their own (`kms_key_arn`)."
  value       = jsonencode(local.key_policy)
}

output "bucket_policy_statements" {
  description = "For a trail bucket in another account: the statements its owner adds to the bucket's policy, by bucket."
  value = { for name, bucket in var.trail_buckets : name => jsonencode([
    {
      Sid       = "AllowTrailhoundToRead"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.function.arn }
      Action    = ["s3:GetObject", "s3:GetObjectVersion"]
      Resource  = "arn:${local.partition}:s3:::${name}/${bucket.key_prefix == "" ? "" : "${bucket.key_prefix}/"}AWSLogs/*"
    },
    {
      Sid       = "AllowTrailhoundToTellMissingFromForbidden"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.function.arn }
      Action    = "s3:ListBucket"
      Resource  = "arn:${local.partition}:s3:::${name}"
    },
  ]) }
}

output "trail_key_policy_statement" {
  description = "For trail objects encrypted with a key: the statement its owner adds to the key's policy."
  value = jsonencode({
    Sid       = "AllowTrailhoundToDecrypt"
    Effect    = "Allow"
    Principal = { AWS = aws_iam_role.function.arn }
    Action    = "kms:Decrypt"
    Resource  = "*"
    Condition = { StringLike = { "kms:ViaService" = "s3.*.${local.dns}" } }
  })
}

output "findings_topic_policy_statement" {
  description = "For a findings topic that exists: the statement its owner adds to the topic's policy."
  value = jsonencode({
    Sid       = "AllowTrailhoundToPublish"
    Effect    = "Allow"
    Principal = { AWS = aws_iam_role.function.arn }
    Action    = "sns:Publish"
    Resource  = local.findings_topic_arn
  })
}

output "undelivered_queue_arn" {
  description = "Findings that a subscriber did not take."
  value       = aws_sqs_queue.undelivered.arn
}

output "fast_path_pattern" {
  description = "The event pattern of the fast path, for rules that pass events on from other regions or accounts."
  value       = jsonencode(local.fast_path_pattern)
}

output "archive_bucket" {
  description = "The bucket that findings are kept in, if any."
  value       = one(values(aws_s3_bucket.archive)[*].id)
}
