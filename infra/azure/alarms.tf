# The alarms, asked of the accounting lines in Application Insights; each has its page in the runbooks (alarms.yml).
# Log rows come minutes after they were written, so what happens once is looked for over three times the frequency.
# `summarize` without `by` gives one row even when nothing was logged, so silence is a zero and not an absence; it counts
# from the installation on, so that a new one is not told that it is blind.

resource "terraform_data" "installed" {
  input = timestamp()

  lifecycle {
    ignore_changes = [input]
  }
}

locals {
  runbooks = yamldecode(file("${path.module}/alarms.yml"))

  deliveries = <<-KQL
    traces
    | where message has '"event":"delivery"'
    | extend d = parse_json(extract(@'\{.*\}', 0, message))
  KQL

  windows = { "30" = "PT30M", "60" = "PT1H", "120" = "PT2H", "360" = "PT6H", "1440" = "P1D" }
  old     = { for minutes in ["15", var.alarm_thresholds.silence_minutes] : minutes => "now() > datetime(${terraform_data.installed.output}) + ${minutes}m" }

  once = { operator = "GreaterThan", threshold = 0, window = "PT15M", severity = 2 }

  query_alarms = merge(local.archive_alarms, {
    errors = merge(local.once, {
      query    = "requests | where success == false | summarize value = count()"
      severity = 1
    })
    restarts = merge(local.once, {
      query    = "union traces, exceptions | where severityLevel >= 3 and (message startswith 'Language Worker Process exited' or message startswith 'Exceeded http worker restart retry count' or outerMessage has 'trailhound-azure exited') | summarize value = count()"
      severity = 1
    })
    rejects = merge(local.once, {
      query = "${local.deliveries}| where tostring(d.rejected) !in ('', '{}') | summarize value = count()"
    })
    # Tried five times more within seven minutes: the fourth failure is no passing one.
    deferred = merge(local.once, {
      query    = "${local.deliveries}| where tolong(d.deferred) > 0 and tolong(d.attempt) >= 3 | summarize value = count()"
      severity = 1
    })
    given-up = merge(local.once, {
      query    = "${local.deliveries}| where tolong(d.parked_unpublished) > 0 | summarize value = count()"
      severity = 0
    })
    state-unavailable = merge(local.once, {
      query = "${local.deliveries}| where isnotempty(tostring(d.state_unavailable)) | summarize value = count()"
    })
    rules-invalid = merge(local.once, {
      query = "traces | where message has '\"event\":\"rules_invalid\"' | summarize value = count()"
    })
    late = merge(local.once, {
      query     = "${local.deliveries}| summarize value = max(tolong(d.age_ms)) / 1000"
      threshold = var.alarm_thresholds.age
    })
    silence = merge(local.once, {
      query  = "${local.deliveries}| summarize records = sum(tolong(d.records)) | extend value = iff(records < 1 and ${local.old[var.alarm_thresholds.silence_minutes]}, 1, 0)"
      window = local.windows[var.alarm_thresholds.silence_minutes], severity = 1
    })
    canary-missing = merge(local.once, {
      query    = "${local.deliveries}| where tolong(d.notices.canary) > 0 | extend partition = extract(@'/(\\d+)@', 1, tostring(d.origin)) | summarize partitions = dcount(partition) | extend value = iff(partitions < ${max(1, length(local.canary_partitions))} and ${local.old["15"]}, 1, 0)"
      severity = 1
    })
  })
  archive_alarms = { for container in azurerm_storage_container.archive : "unarchived" => merge(local.once, {
    query = "${local.deliveries}| where tolong(d.uncopied) > 0 | summarize value = count()"
  }) }

  # Somebody is to take every finding, or nobody takes any.
  everything_is_taken = length(var.subscriptions) == 0 ? length(local.people) == 0 : anytrue([for s in values(var.subscriptions) : length(s.severities) + length(s.case_steps) == 0])

  metric_alarms = merge(
    {
      throttles     = [local.hub.namespace_id, "Microsoft.EventHub/namespaces", "ThrottledRequests"]
      undelivered   = [azurerm_eventgrid_topic.findings.id, "Microsoft.EventGrid/topics", "DeadLetteredCount"]
      dropped       = [azurerm_eventgrid_topic.findings.id, "Microsoft.EventGrid/topics", "DroppedEventCount"]
      canary-unsent = [azurerm_logic_app_workflow.canary.id, "Microsoft.Logic/workflows", "RunsFailed"]
    },
    local.everything_is_taken ? { unheard = [azurerm_eventgrid_topic.findings.id, "Microsoft.EventGrid/topics", "UnmatchedEventCount"] } : {},
    local.chat_alarms,
  )

  action_group_ids = concat([azurerm_monitor_action_group.alarms.id], sort(var.alarm_action_group_ids))
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "this" {
  for_each = local.query_alarms

  name                    = "${var.name}-${each.key}"
  resource_group_name     = var.resource_group_name
  location                = var.location
  description             = "${local.runbooks[each.key].summary} ${var.runbooks_url}#azure-${each.key}"
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
      minimum_failing_periods_to_trigger_alert = 1
      number_of_evaluation_periods             = 1
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
  description         = "${local.runbooks[startswith(each.key, "unposted-") ? "unposted" : each.key].summary} ${var.runbooks_url}#azure-${startswith(each.key, "unposted-") ? "unposted" : each.key}"
  scopes              = [each.value[0]]
  severity            = 2
  frequency           = "PT5M"
  window_size         = "PT5M"
  tags                = var.tags

  criteria {
    metric_namespace = each.value[1]
    metric_name      = each.value[2]
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
