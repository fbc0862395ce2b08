# The same alarms as on AWS, asked of the accounting lines in Application Insights. `summarize` without `by` gives one row
# even when nothing was logged, so silence is a zero and not an absence.

locals {
  deliveries = <<-KQL
    traces
    | where message has '"event":"delivery"'
    | extend d = parse_json(extract(@'\{.*\}', 0, message))
  KQL

  windows = { "30" = "PT30M", "60" = "PT1H", "120" = "PT2H", "360" = "PT6H", "1440" = "P1D" }

  query_alarms = {
    errors = {
      description = "The function fails. Batches are tried again under its retry policy, then parked."
      query       = "requests | where success == false | summarize value = count()"
      operator    = "GreaterThan", threshold = 0, window = "PT5M", periods = 1, severity = 1
    }
    restarts = {
      description = "The handler process exits. After a few times the host stops starting it."
      query       = "traces | where severityLevel >= 3 and message has 'trailhound-azure' and message has 'exited' | summarize value = count()"
      operator    = "GreaterThan", threshold = 0, window = "PT5M", periods = 1, severity = 1
    }
    rejects = {
      description = "Input could not be read and was parked in the rejects container, with the reason."
      query       = "${local.deliveries}| where tostring(d.rejected) !in ('', '{}') | summarize value = count()"
      operator    = "GreaterThan", threshold = 0, window = "PT5M", periods = 1, severity = 2
    }
    deferred = {
      description = "Findings could not be published for fifteen minutes; their batches are tried again, then parked."
      query       = "${local.deliveries}| where tolong(d.deferred) > 0 | summarize value = count()"
      operator    = "GreaterThan", threshold = 0, window = "PT5M", periods = 3, severity = 1
    }
    state-unavailable = {
      description = "The state table cannot be used. Findings go out marked state_unavailable, perhaps more than once."
      query       = "${local.deliveries}| where isnotempty(tostring(d.state_unavailable)) | summarize value = count()"
      operator    = "GreaterThan", threshold = 0, window = "PT5M", periods = 1, severity = 2
    }
    rules-invalid = {
      description = "New rules or suppressions cannot be used; the previous ones stay in force. The log names the file."
      query       = "traces | where message has '\"event\":\"rules_invalid\"' | summarize value = count()"
      operator    = "GreaterThan", threshold = 0, window = "PT5M", periods = 1, severity = 2
    }
    late = {
      description = "From an event to its alert took longer than ${var.alarm_thresholds.lag} seconds."
      query       = "${local.deliveries}| summarize value = max(tolong(d.lag_ms)) / 1000"
      operator    = "GreaterThan", threshold = var.alarm_thresholds.lag, window = "PT5M", periods = 3, severity = 2
    }
    silence = {
      description = "No record came for ${var.alarm_thresholds.silence_minutes} minutes: look at the diagnostic settings and the hub."
      query       = "${local.deliveries}| summarize value = sum(tolong(d.records))"
      operator    = "LessThan", threshold = 1, window = local.windows[var.alarm_thresholds.silence_minutes], periods = 1, severity = 1
    }
    canary-missing = {
      description = "None of the three canaries due in fifteen minutes came through: trailhound is blind, or mute."
      query       = "${local.deliveries}| summarize value = sum(tolong(d.notices.canary))"
      operator    = "LessThan", threshold = 1, window = "PT15M", periods = 1, severity = 1
    }
  }

  metric_alarms = {
    throttles = {
      description = "The hub's namespace throttles: raise maximum_throughput_units."
      scope       = local.hub.namespace_id, namespace = "Microsoft.EventHub/namespaces", metric = "ThrottledRequests"
    }
    undelivered = {
      description = "Event Grid gave up delivering findings to a subscriber and parked them in undelivered-findings."
      scope       = azurerm_eventgrid_topic.findings.id, namespace = "Microsoft.EventGrid/topics", metric = "DeadLetteredCount"
    }
    dropped = {
      description = "Event Grid dropped findings: neither the subscriber nor the container took them."
      scope       = azurerm_eventgrid_topic.findings.id, namespace = "Microsoft.EventGrid/topics", metric = "DroppedEventCount"
    }
  }

  action_group_ids = concat([azurerm_monitor_action_group.alarms.id], sort(var.alarm_action_group_ids))
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "this" {
  for_each = local.query_alarms

  name                    = "${var.name}-${each.key}"
  resource_group_name     = var.resource_group_name
  location                = var.location
  description             = each.value.description
  scopes                  = [azurerm_application_insights.this.id]
  severity                = each.value.severity
  evaluation_frequency    = "PT5M"
  window_duration         = each.value.window
  auto_mitigation_enabled = true
  tags                    = var.tags

  # The tables exist only once the function has logged; without this the first apply fails.
  skip_query_validation = true

  criteria {
    query                   = each.value.query
    metric_measure_column   = "value"
    time_aggregation_method = "Total"
    operator                = each.value.operator
    threshold               = each.value.threshold
    failing_periods {
      minimum_failing_periods_to_trigger_alert = each.value.periods
      number_of_evaluation_periods             = each.value.periods
    }
  }
  action {
    action_groups = local.action_group_ids
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = local.metric_alarms

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  description         = each.value.description
  scopes              = [each.value.scope]
  severity            = 2
  frequency           = "PT5M"
  window_size         = "PT5M"
  tags                = var.tags

  criteria {
    metric_namespace = each.value.namespace
    metric_name      = each.value.metric
    aggregation      = "Total"
    operator         = "GreaterThan"
    threshold        = 0
  }
  dynamic "action" {
    for_each = local.action_group_ids
    content {
      action_group_id = action.value
    }
  }
}
