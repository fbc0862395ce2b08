# Alarms on failure and on silence, each with its page in the runbooks (alarms.yml). A metric that is not reported must
# mean something: mostly that nothing went wrong. Silence is measured against what is known to have been sent, so that
# nothing goes off before the first canary, and a metric that never was is not taken for good news.

locals {
  from_function = { Function = local.function_name }
  on_lambda     = { FunctionName = local.function_name }
  queue_name    = element(split(":", coalesce(var.notices.queue_arn, local.queue_arn)), 5)

  runbooks = yamldecode(file("${path.module}/alarms.yml"))

  dead_letter_queues = merge(
    { dead-letters = aws_sqs_queue.dead_letter.name },
    var.notices.dead_letter_queue_name == null ? {} : { dead-letters-existing = var.notices.dead_letter_queue_name },
  )
  age_queues = merge(
    { late = aws_sqs_queue.intake.name },
    var.notices.from == "sqs" ? { late-existing = local.queue_name } : {},
  )

  # A rule's metrics on another bus than the default one carry the bus as well.
  rules = merge(
    { canary = { RuleName = aws_cloudwatch_event_rule.canary.name } },
    { for bucket, rule in aws_cloudwatch_event_rule.trail : "trail-${bucket}" => merge(
      { RuleName = rule.name },
      var.notices.event_bus_name == "default" ? {} : { EventBusName = var.notices.event_bus_name },
    ) },
    { for rule in aws_cloudwatch_event_rule.fast_path : "fast-path" => { RuleName = rule.name } },
  )

  topic_names   = { for key, arn in local.finding_topics : key => element(split(":", arn), 5) }
  people_topics = { for key, name in local.topic_names : key => name if key != "findings" }
  # Copies for people are enough; without them somebody has to take the findings themselves.
  heard_topics = length(var.subscriptions) > 0 || length(var.subscriber_account_ids) > 0 || length(local.people_topics) == 0 ? local.topic_names : local.people_topics

  # The canary's deliveries count no record, so while it comes there is a zero to sum in each of its periods.
  silence_period  = 60 * max(5, var.canary_interval_minutes)
  silence_periods = ceil(var.alarm_thresholds.silence / local.silence_period)

  # Goes off at once, and after the given number of periods in a row.
  counted = { statistic = "Sum", comparison = "GreaterThanOrEqualToThreshold", threshold = 1, period = 300, periods = 1, missing = "notBreaching" }

  alarms = merge(
    {
      errors    = merge(local.counted, { metric = ["AWS/Lambda", "Errors", local.on_lambda] })
      throttles = merge(local.counted, { metric = ["AWS/Lambda", "Throttles", local.on_lambda], periods = 3 })
      slow = merge(local.counted, {
        metric = ["AWS/Lambda", "Duration", local.on_lambda], statistic = "Maximum", threshold = 900 * var.timeout
      })
      failed            = merge(local.counted, { metric = ["trailhound", "Failed", local.from_function] })
      uncopied          = merge(local.counted, { metric = ["trailhound", "Uncopied", local.from_function] })
      rejects           = merge(local.counted, { metric = ["trailhound", "Rejected", local.from_function] })
      deferred          = merge(local.counted, { metric = ["trailhound", "Deferred", local.from_function], periods = 3 })
      state-unavailable = merge(local.counted, { metric = ["trailhound", "StateUnavailable", local.from_function] })
      rules-invalid     = merge(local.counted, { metric = ["trailhound", "RulesInvalid", local.from_function] })
      silence = merge(local.counted, {
        metric = ["trailhound", "Records", local.from_function], comparison = "LessThanThreshold"
        period = local.silence_period, periods = local.silence_periods
      })
      # Looked at once an hour and a canary, so at least once in two: what one account stopped sending is hidden by all others of its bucket.
      quiet-sources = merge(local.counted, { metric = ["trailhound", "QuietSources", local.from_function], statistic = "Maximum", period = 7200 })
      canary-missing = merge(local.counted, {
        expression = "IF(FILL(came, 0) < 1, sent, 0)", period = 60 * var.canary_interval_minutes, periods = 2, missing = "missing"
        metrics = {
          sent = ["AWS/Events", "Invocations", local.rules.canary]
          came = ["trailhound", "Canary", local.from_function]
        }
      })
      undelivered-kept = merge(local.counted, {
        metric = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName = aws_sqs_queue.undelivered.name }], statistic = "Maximum", period = 60
      })
    },
    # By bucket, while canaries come: what one stopped sending is hidden by another's, and by the fast path's.
    { for bucket in keys(var.trail_buckets) : "silence-${bucket}" => merge(local.counted, {
      runbook = "silence", expression = "IF(FILL(records, 0) < 1, canaries, 0)", period = local.silence_period, periods = local.silence_periods
      metrics = {
        records  = ["trailhound", "Records", merge(local.from_function, { Bucket = bucket })]
        canaries = ["trailhound", "Canary", local.from_function]
      }
    }) if length(var.trail_buckets) > 1 || var.fast_path.enabled },
    { for stream in aws_kinesis_firehose_delivery_stream.archive : "unarchived" => merge(local.counted, {
      metric     = ["AWS/Firehose", "DeliveryToS3.DataFreshness", { DeliveryStreamName = stream.name }], statistic = "Maximum"
      comparison = "GreaterThanThreshold", threshold = 1800
    }) },
    { for key, name in local.dead_letter_queues : key => merge(local.counted, {
      runbook = "dead-letters", metric = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName = name }], statistic = "Maximum", period = 60
    }) },
    { for key, name in local.age_queues : key => merge(local.counted, {
      runbook    = "late", metric = ["AWS/SQS", "ApproximateAgeOfOldestMessage", { QueueName = name }], statistic = "Maximum"
      comparison = "GreaterThanThreshold", threshold = var.alarm_thresholds.queue_age, period = 60, periods = 5
    }) },
    { for key, rule in local.rules : "undelivered-${key}" => merge(local.counted, {
      runbook = "undelivered-rule", metric = ["AWS/Events", "FailedInvocations", rule]
    }) },
    { for key, rule in local.rules : "lost-${key}" => merge(local.counted, {
      runbook = "lost-rule", metric = ["AWS/Events", "InvocationsFailedToBeSentToDlq", rule]
    }) if key != "canary" },
    { for key, name in local.topic_names : key == "findings" ? "undelivered" : "undelivered-${key}" => merge(local.counted, {
      runbook = "undelivered", metric = ["AWS/SNS", "NumberOfNotificationsFailed", { TopicName = name }]
    }) },
    { for key, name in local.heard_topics : "unheard-${key}" => merge(local.counted, {
      runbook = "unheard", expression = "IF(FILL(delivered, 0) < 1, published, 0)", period = 3600
      metrics = {
        published = ["AWS/SNS", "NumberOfMessagesPublished", { TopicName = name }]
        delivered = ["AWS/SNS", "NumberOfNotificationsDelivered", { TopicName = name }]
      }
    }) },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name                = "${var.name}-${each.key}"
  alarm_description         = "${local.runbooks[try(each.value.runbook, each.key)].summary} ${var.runbooks_url}#aws-${try(each.value.runbook, each.key)}"
  namespace                 = try(each.value.metric[0], null)
  metric_name               = try(each.value.metric[1], null)
  dimensions                = try(each.value.metric[2], null)
  statistic                 = contains(keys(each.value), "metric") ? each.value.statistic : null
  period                    = contains(keys(each.value), "metric") ? each.value.period : null
  comparison_operator       = each.value.comparison
  threshold                 = each.value.threshold
  evaluation_periods        = each.value.periods
  treat_missing_data        = each.value.missing
  alarm_actions             = [local.alarm_topic_arn]
  ok_actions                = [local.alarm_topic_arn]
  insufficient_data_actions = each.value.missing == "missing" ? [local.alarm_topic_arn] : []
  tags                      = var.tags

  dynamic "metric_query" {
    for_each = try(each.value.metrics, {})
    content {
      id = metric_query.key
      metric {
        namespace   = metric_query.value[0]
        metric_name = metric_query.value[1]
        dimensions  = metric_query.value[2]
        stat        = each.value.statistic
        period      = each.value.period
      }
    }
  }
  dynamic "metric_query" {
    for_each = try([each.value.expression], [])
    content {
      id          = "value"
      expression  = metric_query.value
      label       = each.key
      return_data = true
    }
  }
}
