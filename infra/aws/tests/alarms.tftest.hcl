# Every alarm, whole: what it watches, when it goes off, what missing data means, and whom it tells.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_sns_topic.findings
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-findings" }
}
override_resource {
  target = aws_sns_topic.chat
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-chat" }
}
override_resource {
  target = aws_sns_topic.email
  values = { arn = "arn:aws:sns:eu-west-1:111122223333:trailhound-email" }
}

variables {
  trail_buckets   = { "example-trail" = {} }
  package         = { s3_bucket = "example-artifacts", s3_key = "trailhound-aws.zip", s3_object_version = "first" }
  alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:example-oncall"
}

run "every_way_to_fail_has_its_alarm" {
  variables {
    fast_path       = { enabled = true }
    email_addresses = ["soc@example.com"]
    chat_topic      = true
    archive_days    = 400
    subscriptions   = { siem = { protocol = "sqs", endpoint = "arn:aws:sqs:eu-west-1:111122223333:example-siem" } }
    notices         = { event_bus_name = "example-notices" }
  }

  assert {
    condition = alltrue([for a in aws_cloudwatch_metric_alarm.this :
      tolist(a.alarm_actions) == tolist(["arn:aws:sns:eu-west-1:111122223333:example-oncall"]) && tolist(a.ok_actions) == tolist(["arn:aws:sns:eu-west-1:111122223333:example-oncall"])
    ])
    error_message = "Every alarm must tell the alarm topic, also when it is over."
  }
  assert {
    condition = jsonencode({ for name, a in aws_cloudwatch_metric_alarm.this : name => a.insufficient_data_actions if length(a.insufficient_data_actions) > 0 }) == jsonencode({
      canary-missing = ["arn:aws:sns:eu-west-1:111122223333:example-oncall"]
    })
    error_message = "Canaries that are no longer sent must be told."
  }
  assert {
    condition     = alltrue([for name, a in aws_cloudwatch_metric_alarm.this : can(regex("[.] docs/runbooks.md#aws-[a-z-]+$", a.alarm_description))])
    error_message = "Every alarm must name its page in the runbooks."
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
      "LagMilliseconds", "AgeMilliseconds", "CpuMilliseconds", "StateUnavailable", "Canary", "RulesInvalid", "Failed", "Uncopied", "QuietSources",
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

run "canaries_that_are_rare_make_silence_slow_to_tell" {
  variables {
    alarm_thresholds        = { queue_age = 120, silence = 7200 }
    canary_interval_minutes = 10
  }
  assert {
    condition     = jsonencode([for a in [aws_cloudwatch_metric_alarm.this["late"].threshold, aws_cloudwatch_metric_alarm.this["silence"].period, aws_cloudwatch_metric_alarm.this["silence"].evaluation_periods] : a]) == jsonencode([120, 600, 12])
    error_message = "Thresholds must follow the inputs, and silence is counted in periods that hold a canary."
  }
}

run "subscribers_that_exist_are_heard" {
  variables {
    email_addresses        = ["soc@example.com"]
    subscriber_account_ids = ["444455556666"]
  }
  assert {
    condition     = alltrue([for name in ["unheard-email", "unheard-findings"] : contains(keys(aws_cloudwatch_metric_alarm.this), name)])
    error_message = "Where somebody subscribes to findings, their topic must reach somebody."
  }
}

run "one_subscriber_is_heard" {
  variables {
    email_addresses = ["soc@example.com"]
    subscriptions   = { siem = { protocol = "sqs", endpoint = "arn:aws:sqs:eu-west-1:111122223333:example-siem" } }
  }
  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "unheard-findings")
    error_message = "Where somebody subscribes to findings, their topic must reach somebody."
  }
  assert {
    condition     = jsonencode([aws_cloudwatch_metric_alarm.this["silence"].period, aws_cloudwatch_metric_alarm.this["silence"].evaluation_periods]) == jsonencode([300, 12])
    error_message = "An hour of silence, in periods that each hold one canary."
  }
}

run "people_are_enough" {
  variables {
    email_addresses = ["soc@example.com"]
  }
  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "unheard-email") && !contains(keys(aws_cloudwatch_metric_alarm.this), "unheard-findings")
    error_message = "A findings topic that nobody was to subscribe to is no alarm."
  }
}

run "nobody_is_told" {
  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "unheard-findings")
    error_message = "With neither people nor subscribers somebody has to be told."
  }
}

run "a_queue_that_exists" {
  variables {
    notices = {
      from                   = "sqs"
      queue_arn              = "arn:aws:sqs:eu-west-1:111122223333:example-notices"
      dead_letter_queue_name = "example-notices-dead-letter"
      check_queue            = false
    }
  }
  assert {
    condition     = alltrue([for name in ["late", "late-existing", "dead-letters", "dead-letters-existing"] : contains(keys(aws_cloudwatch_metric_alarm.this), name)])
    error_message = "Age and dead letters of both queues must be watched: our own still carries the canary."
  }
}
