# Every alarm, whole: what it asks, when it goes off, and whom it tells; and the canary that makes silence mean something.

mock_provider "azurerm" {
  mock_resource "azurerm_eventhub_namespace" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns" }
  }
  mock_resource "azurerm_eventhub" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/logs" }
  }
  mock_resource "azurerm_eventhub_namespace_authorization_rule" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/authorizationRules/diagnostic-settings" }
  }
  mock_resource "azurerm_user_assigned_identity" {
    defaults = {
      id           = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-trailhound"
      principal_id = "00000000-0000-0000-0000-00000000000a"
      client_id    = "00000000-0000-0000-0000-00000000000b"
    }
  }
  mock_resource "azurerm_storage_container" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st/blobServices/default/containers/mocked" }
  }
  mock_resource "azurerm_service_plan" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Web/serverFarms/asp-trailhound" }
  }
  mock_resource "azurerm_log_analytics_workspace" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log-trailhound" }
  }
  mock_resource "azurerm_application_insights" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/appi-trailhound", connection_string = "InstrumentationKey=00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "azurerm_monitor_action_group" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag-trailhound" }
  }
  mock_resource "azurerm_eventgrid_topic" {
    defaults = {
      id       = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventGrid/topics/evgt"
      endpoint = "https://evgt.westeurope-1.eventgrid.azure.net/api/events"
      identity = { principal_id = "00000000-0000-0000-0000-00000000000c" }
    }
  }
  mock_resource "azurerm_logic_app_workflow" {
    defaults = {
      id       = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/logic-trailhound-canary"
      identity = { principal_id = "00000000-0000-0000-0000-00000000000d" }
    }
  }
}

override_resource {
  target = azurerm_storage_account.host
  values = {
    id                    = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sthost"
    primary_blob_endpoint = "https://sthost.blob.core.windows.net/"
  }
}
override_resource {
  target = azurerm_storage_account.data
  values = {
    id                     = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata"
    primary_blob_endpoint  = "https://stdata.blob.core.windows.net/"
    primary_table_endpoint = "https://stdata.table.core.windows.net/"
  }
}
override_resource {
  target = azurerm_logic_app_workflow.chat
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/logic-trailhound-chat" }
}
override_resource {
  target = azurerm_storage_container.rejects
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/rejects" }
}
override_resource {
  target = azurerm_storage_container.undelivered
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/undelivered" }
}

variables {
  protect_data           = false
  resource_group_name    = "rg"
  location               = "westeurope"
  suffix                 = "contoso1"
  subscription_ids       = ["00000000-0000-0000-0000-000000000001"]
  alarm_email_addresses  = ["soc@example.com"]
  alarm_action_group_ids = ["/subscriptions/00000000-0000-0000-0000-000000000001/actionGroups/oncall"]
}

run "every_way_to_fail_has_its_alarm" {
  variables {
    archive_days  = 400
    subscriptions = { siem = { event_hub_id = "/subscriptions/00000000-0000-0000-0000-000000000001/hubs/siem" } }
    chat_webhooks = {
      soc   = { kind = "slack", url = "https://hooks.example.com/services/T0/B0/secret" }
      board = { kind = "teams", url = "https://teams.example.com/workflows/secret" }
      pager = { kind = "pagerduty", url = "https://events.example.com/v2/enqueue", routing_key = "0123456789abcdef0123456789abcdef" }
    }
  }

  assert {
    condition     = alltrue([for a in azurerm_monitor_scheduled_query_rules_alert_v2.this : a.criteria[0].failing_periods[0].minimum_failing_periods_to_trigger_alert == 1 && a.criteria[0].failing_periods[0].number_of_evaluation_periods == 1])
    error_message = "One window that fails is enough."
  }
  assert {
    condition = alltrue([for a in azurerm_monitor_scheduled_query_rules_alert_v2.this : jsonencode([
      a.scopes, a.evaluation_frequency, a.criteria[0].metric_measure_column, a.criteria[0].time_aggregation_method, a.skip_query_validation,
      a.auto_mitigation_enabled, a.action[0].action_groups, a.resource_group_name, a.location,
      ]) == jsonencode([
      ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/appi-trailhound"], "PT5M", "value", "Total", true, true,
      ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag-trailhound", "/subscriptions/00000000-0000-0000-0000-000000000001/actionGroups/oncall"],
      "rg", "westeurope",
    ])])
    error_message = "Every query alarm must measure its value every five minutes and tell both groups."
  }
  assert {
    condition = alltrue([for a in azurerm_monitor_metric_alert.this : jsonencode([a.frequency, a.window_size, a.severity, sort([for x in a.action : x.action_group_id])]) == jsonencode([
      "PT5M", "PT5M", 2,
      ["/subscriptions/00000000-0000-0000-0000-000000000001/actionGroups/oncall", "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag-trailhound"],
    ])])
    error_message = "Every metric alarm must be looked at every five minutes and tell both groups."
  }
  assert {
    condition     = alltrue([for a in concat(values(azurerm_monitor_scheduled_query_rules_alert_v2.this)[*].description, values(azurerm_monitor_metric_alert.this)[*].description) : can(regex("[.] docs/runbooks.md#azure-[a-z-]+$", a))])
    error_message = "Every alarm must name its page in the runbooks."
  }
  assert {
    condition = jsonencode([for r in azurerm_monitor_action_group.alarms.email_receiver : [r.name, r.email_address, r.use_common_alert_schema]]) == jsonencode([
      ["soc@example.com", "soc@example.com", true],
    ])
    error_message = "People must be told."
  }
  assert {
    condition = jsonencode([
      azurerm_application_insights.this.workspace_id, azurerm_application_insights.this.application_type, azurerm_application_insights.this.sampling_percentage,
      azurerm_application_insights.this.local_authentication_enabled, [for w in azurerm_log_analytics_workspace.this : [w.sku, w.retention_in_days]],
      ]) == jsonencode([
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log-trailhound", "other", 100, false, [["PerGB2018", 90]],
    ])
    error_message = "Every accounting line must be kept, by identity."
  }
}

run "entra_with_one_category" {
  variables {
    entra_categories = ["AuditLogs"]
  }
  assert {
    condition     = length(azurerm_monitor_aad_diagnostic_setting.entra) == 1
    error_message = "One category is enough for a setting."
  }
}

run "a_canary_goes_the_way_of_logs" {
  assert {
    condition = jsonencode([
      azurerm_logic_app_trigger_recurrence.canary.logic_app_id, azurerm_logic_app_trigger_recurrence.canary.frequency, azurerm_logic_app_trigger_recurrence.canary.interval,
      azurerm_logic_app_action_custom.canary.logic_app_id, azurerm_logic_app_workflow.canary.identity[0].type,
      ]) == jsonencode([
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/logic-trailhound-canary", "Minute", 5,
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/logic-trailhound-canary", "SystemAssigned",
    ])
    error_message = "A canary every five minutes."
  }
  assert {
    condition     = !contains([for s in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings : s.name], "TRAILHOUND_ALLOWED_ACCOUNTS")
    error_message = "Whose records are told is not asked unless somebody says so."
  }
  assert {
    condition = jsonencode(jsondecode(azurerm_logic_app_action_custom.canary.body)) == jsonencode({
      type = "Foreach", runAfter = {}, foreach = [for partition in range(4) : "partitions/${partition}/messages"]
      actions = { send = {
        type = "Http", runAfter = {}
        inputs = {
          method         = "POST", uri = "https://evhns-trailhoundcontoso1.servicebus.windows.net/trailhound-logs/@{item()}"
          headers        = { "Content-Type" = "application/json" }, body = { trailhound = "canary", key = terraform_data.canary_key.output }
          authentication = { type = "ManagedServiceIdentity", audience = "https://eventhubs.azure.net" }
        }
      } }
    })
    error_message = "A canary must be sent to each of the hub's partitions, with the key."
  }
}

run "windows_and_thresholds_follow_the_inputs" {
  variables {
    alarm_thresholds = { age = 600, silence_minutes = 1440 }
  }
  assert {
    condition     = azurerm_monitor_scheduled_query_rules_alert_v2.this["silence"].window_duration == "P1D" && strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.this["silence"].criteria[0].query, "+ 1440m") && azurerm_monitor_scheduled_query_rules_alert_v2.this["late"].criteria[0].threshold == 600
    error_message = "Window and threshold must follow the inputs."
  }
}

run "a_silence_of_30_minutes" {
  variables {
    alarm_thresholds = { silence_minutes = 30 }
  }
  assert {
    condition     = azurerm_monitor_scheduled_query_rules_alert_v2.this["silence"].window_duration == "PT30M"
    error_message = "The window must be PT30M."
  }
}

run "a_silence_of_120_minutes" {
  variables {
    alarm_thresholds = { silence_minutes = 120 }
  }
  assert {
    condition     = azurerm_monitor_scheduled_query_rules_alert_v2.this["silence"].window_duration == "PT2H"
    error_message = "The window must be PT2H."
  }
}

run "a_silence_of_360_minutes" {
  variables {
    alarm_thresholds = { silence_minutes = 360 }
  }
  assert {
    condition     = azurerm_monitor_scheduled_query_rules_alert_v2.this["silence"].window_duration == "PT6H"
    error_message = "The window must be PT6H."
  }
}
