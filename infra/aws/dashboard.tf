# One page: is it seeing, is it keeping up, is it failing, what did it find.

locals {
  own_metric = { for name in [
    "Records", "Evaluated", "Rejected", "Matches", "Published", "Suppressed", "Duplicates", "Deferred",
    "LagMilliseconds", "AgeMilliseconds", "CpuMilliseconds", "StateUnavailable", "Canary", "RulesInvalid", "Failed", "Uncopied", "QuietSources",
  ] : name => ["trailhound", name, "Function", local.function_name] }

  widgets = [
    { title = "Records", stat = "Sum", metrics = [local.own_metric.Records, local.own_metric.Evaluated, local.own_metric.Rejected] },
    { title = "Findings", stat = "Sum", metrics = [local.own_metric.Matches, local.own_metric.Published, local.own_metric.Suppressed, local.own_metric.Duplicates, local.own_metric.Deferred] },
    { title = "From event to alert (ms, p95)", stat = "p95", metrics = [local.own_metric.LagMilliseconds] },
    { title = "From queue to done (ms, p99.9): 60 s are promised", stat = "p99.9", metrics = [local.own_metric.AgeMilliseconds] },
    { title = "Queue", stat = "Maximum", metrics = concat(
      [for name in values(local.age_queues) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name]],
      [for name in values(local.dead_letter_queues) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]],
    ) },
    { title = "Function", stat = "Sum", metrics = [
      ["AWS/Lambda", "Invocations", "FunctionName", local.function_name],
      ["AWS/Lambda", "Errors", "FunctionName", local.function_name],
      ["AWS/Lambda", "Throttles", "FunctionName", local.function_name],
    ] },
    { title = "CPU (ms)", stat = "Sum", metrics = [local.own_metric.CpuMilliseconds] },
    { title = "Health", stat = "Sum", metrics = [local.own_metric.Canary, local.own_metric.Failed, local.own_metric.Uncopied, local.own_metric.StateUnavailable, local.own_metric.RulesInvalid, local.own_metric.QuietSources] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm", x = 0, y = 0, width = 24, height = 3
        properties = { title = "Alarms", alarms = values(aws_cloudwatch_metric_alarm.this)[*].arn }
      }],
      [for i, widget in local.widgets : {
        type = "metric", x = 12 * (i % 2), y = 3 + 6 * floor(i / 2), width = 12, height = 6
        properties = {
          title   = widget.title
          region  = local.region
          stat    = widget.stat
          period  = 300
          view    = "timeSeries"
          metrics = widget.metrics
        }
      }],
    )
  })
}
