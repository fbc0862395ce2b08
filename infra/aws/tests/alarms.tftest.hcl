# Every alarm, whole: what it watches, when it goes off, what missing data means, and whom it tells.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:111122223333:mocked" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:111122223333:mocked" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mocked" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:trailhound" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:eu-west-1:111122223333:rule/mocked" }
  }
}

variables {
  trail_buckets   = { "example-trail" = {} }
  package         = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip" }
  alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:example-oncall"
}

run "every_way_to_fail_has_its_alarm" {
  variables {
    fast_path = { enabled = true }
  }

  assert {
    condition = jsonencode({ for name, a in aws_cloudwatch_metric_alarm.this : name => [
      a.namespace, a.metric_name, a.dimensions, a.statistic, a.comparison_operator, a.threshold, a.period, a.evaluation_periods, a.treat_missing_data,
      ] }) == jsonencode({
      errors                            = ["AWS/Lambda", "Errors", { FunctionName = "trailhound" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
      throttles                         = ["AWS/Lambda", "Throttles", { FunctionName = "trailhound" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 3, "notBreaching"]
      dead-letters                      = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName = "trailhound-dead-letter" }, "Maximum", "GreaterThanOrEqualToThreshold", 1, 60, 1, "notBreaching"]
      late                              = ["AWS/SQS", "ApproximateAgeOfOldestMessage", { QueueName = "trailhound" }, "Maximum", "GreaterThanThreshold", 900, 60, 5, "notBreaching"]
      rejects                           = ["trailhound", "Rejected", { Function = "trailhound" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
      deferred                          = ["trailhound", "Deferred", { Function = "trailhound" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 3, "notBreaching"]
      state-unavailable                 = ["trailhound", "StateUnavailable", { Function = "trailhound" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
      rules-invalid                     = ["trailhound", "RulesInvalid", { Function = "trailhound" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
      silence                           = ["trailhound", "Records", { Function = "trailhound" }, "Sum", "LessThanThreshold", 1, 3600, 1, "breaching"]
      canary-missing                    = ["trailhound", "Canary", { Function = "trailhound" }, "Sum", "LessThanThreshold", 1, 300, 3, "breaching"]
      undelivered                       = ["AWS/SNS", "NumberOfNotificationsFailed", { TopicName = "trailhound-findings" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
      undelivered-fast-path             = ["AWS/Events", "FailedInvocations", { RuleName = "trailhound-fast-path" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
      "undelivered-trail-example-trail" = ["AWS/Events", "FailedInvocations", { RuleName = "trailhound-trail-example-trail" }, "Sum", "GreaterThanOrEqualToThreshold", 1, 300, 1, "notBreaching"]
    })
    error_message = "The alarms are not what they must be."
  }
  assert {
    condition = alltrue([for a in aws_cloudwatch_metric_alarm.this :
      tolist(a.alarm_actions) == tolist(["arn:aws:sns:eu-west-1:111122223333:example-oncall"]) && tolist(a.ok_actions) == tolist(["arn:aws:sns:eu-west-1:111122223333:example-oncall"])
    ])
    error_message = "Every alarm must tell the alarm topic, also when it is over."
  }
  assert {
    condition     = length(aws_sns_topic.alarms) == 0
    error_message = "With a topic given, none is made."
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.alarms) == length(aws_cloudwatch_metric_alarm.this)
    error_message = "Every alarm on the dashboard."
  }
  assert {
    condition = alltrue([for metric in [
      "Records", "Evaluated", "Rejected", "Matches", "Published", "Suppressed", "Duplicates", "Deferred",
      "LagMilliseconds", "CpuMilliseconds", "StateUnavailable", "Canary", "RulesInvalid",
    ] : strcontains(aws_cloudwatch_dashboard.this.dashboard_body, "[\"trailhound\",\"${metric}\",\"Function\",\"trailhound\"]")])
    error_message = "Every metric of the function on the dashboard."
  }
}

run "the_module_makes_a_topic_for_alarms" {
  variables {
    alarm_topic_arn = null
  }
  assert {
    condition     = alltrue([for a in aws_cloudwatch_metric_alarm.this : tolist(a.alarm_actions) == tolist(["arn:aws:sns:eu-west-1:111122223333:mocked"])])
    error_message = "Alarms must go to the module's own topic."
  }
}

run "existing_queues_are_watched_too" {
  variables {
    notices = {
      from                   = "sqs"
      queue_arn              = "arn:aws:sqs:eu-west-1:111122223333:example-notices"
      dead_letter_queue_name = "example-notices-dead-letter"
    }
  }
  assert {
    condition = jsonencode([
      aws_cloudwatch_metric_alarm.this["late-existing"].dimensions, aws_cloudwatch_metric_alarm.this["dead-letters-existing"].dimensions,
    ]) == jsonencode([{ QueueName = "example-notices" }, { QueueName = "example-notices-dead-letter" }])
    error_message = "Age and dead letters of the existing queue must be watched."
  }
  assert {
    condition     = alltrue([for name in ["late", "dead-letters"] : contains(keys(aws_cloudwatch_metric_alarm.this), name)])
    error_message = "Our own queue still carries the canary."
  }
}

run "thresholds_and_canaries_follow_the_inputs" {
  variables {
    alarm_thresholds        = { queue_age = 120, silence = 7200 }
    canary_interval_minutes = 10
  }
  assert {
    condition = jsonencode([
      aws_cloudwatch_metric_alarm.this["late"].threshold, aws_cloudwatch_metric_alarm.this["silence"].period, aws_cloudwatch_metric_alarm.this["canary-missing"].period,
    ]) == jsonencode([120, 7200, 600])
    error_message = "Thresholds must follow the inputs, and the canary's alarm its interval."
  }
}
