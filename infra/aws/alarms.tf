# Alarms on failure and on silence. A metric that is not reported must mean something: for the canary and for records it
# is the alarm itself; for the rest it means that nothing went wrong.

locals {
  from_function = { Function = local.function_name }
  on_lambda     = { FunctionName = local.function_name }
  queue_name    = element(split(":", coalesce(var.notices.queue_arn, local.queue_arn)), 5)

  dead_letter_queues = merge(
    { dead-letters = aws_sqs_queue.dead_letter.name },
    var.notices.dead_letter_queue_name == null ? {} : { dead-letters-existing = var.notices.dead_letter_queue_name },
  )
  age_queues = merge(
    { late = aws_sqs_queue.intake.name },
    var.notices.from == "sqs" ? { late-existing = local.queue_name } : {},
  )

  alarms = merge(
    {
      errors = {
        description = "The function fails. Its log says why; messages are kept and tried again."
        namespace   = "AWS/Lambda", metric = "Errors", dimensions = local.on_lambda
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 1, missing = "notBreaching"
      }
      throttles = {
        description = "The function is throttled for fifteen minutes: raise maximum_concurrency or the account's limit."
        namespace   = "AWS/Lambda", metric = "Throttles", dimensions = local.on_lambda
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 3, missing = "notBreaching"
      }
      rejects = {
        description = "Input could not be read and was parked in the rejects bucket, with the reason."
        namespace   = "trailhound", metric = "Rejected", dimensions = local.from_function
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 1, missing = "notBreaching"
      }
      deferred = {
        description = "Findings could not be published for fifteen minutes; their messages are kept and tried again."
        namespace   = "trailhound", metric = "Deferred", dimensions = local.from_function
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 3, missing = "notBreaching"
      }
      state-unavailable = {
        description = "The state table cannot be used. Findings go out marked state_unavailable, perhaps more than once."
        namespace   = "trailhound", metric = "StateUnavailable", dimensions = local.from_function
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 1, missing = "notBreaching"
      }
      rules-invalid = {
        description = "New rules or suppressions cannot be used; the previous ones stay in force. The log names the file."
        namespace   = "trailhound", metric = "RulesInvalid", dimensions = local.from_function
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 1, missing = "notBreaching"
      }
      undelivered = {
        description = "A subscriber of the findings topic does not take findings."
        namespace   = "AWS/SNS", metric = "NumberOfNotificationsFailed", dimensions = { TopicName = aws_sns_topic.findings.name }
        statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
        period      = 300, periods = 1, missing = "notBreaching"
      }
      silence = {
        description = "No CloudTrail record came for ${var.alarm_thresholds.silence / 60} minutes: look at the trail, the bucket's notifications and the key."
        namespace   = "trailhound", metric = "Records", dimensions = local.from_function
        statistic   = "Sum", comparison = "LessThanThreshold", threshold = 1
        period      = var.alarm_thresholds.silence, periods = 1, missing = "breaching"
      }
      canary-missing = {
        description = "Three canaries did not come through: trailhound is blind."
        namespace   = "trailhound", metric = "Canary", dimensions = local.from_function
        statistic   = "Sum", comparison = "LessThanThreshold", threshold = 1
        period      = 60 * var.canary_interval_minutes, periods = 3, missing = "breaching"
      }
    },
    { for key, name in local.dead_letter_queues : key => {
      description = "Messages in ${name} were given up. Mend the cause, then move them back with a redrive."
      namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = name }
      statistic   = "Maximum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
      period      = 60, periods = 1, missing = "notBreaching"
    } },
    { for key, name in local.age_queues : key => {
      description = "A notice in ${name} waits longer than ${var.alarm_thresholds.queue_age} seconds."
      namespace   = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = name }
      statistic   = "Maximum", comparison = "GreaterThanThreshold", threshold = var.alarm_thresholds.queue_age
      period      = 60, periods = 5, missing = "notBreaching"
    } },
    { for key, rule in merge(
      { for bucket, rule in aws_cloudwatch_event_rule.trail : "undelivered-trail-${bucket}" => rule.name },
      { for rule in aws_cloudwatch_event_rule.fast_path : "undelivered-fast-path" => rule.name },
      ) : key => {
      description = "EventBridge cannot deliver to the queue: look at the queue's policy and the key's."
      namespace   = "AWS/Events", metric = "FailedInvocations", dimensions = { RuleName = rule }
      statistic   = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1
      period      = 300, periods = 1, missing = "notBreaching"
    } },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [local.alarm_topic_arn]
  ok_actions          = [local.alarm_topic_arn]
  tags                = var.tags
}
