# People are told of findings, in each channel's own form, without a program of theirs.

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


run "people_hear" {
  variables {
    email_addresses = ["soc@example.com"]
    chat_webhooks = {
      board = { kind = "teams", url = "https://teams.example.com/workflows/secret" }
      pager = { kind = "pagerduty", url = "https://events.example.com/v2/enqueue", routing_key = "0123456789abcdef0123456789abcdef" }
      soc   = { kind = "slack", url = "https://hooks.example.com/services/T0/B0/secret" }
    }
  }
  assert {
    condition = jsonencode([for a in azurerm_monitor_scheduled_query_rules_alert_v2.people : [
      a.scopes, a.evaluation_frequency, a.window_duration, a.auto_mitigation_enabled, a.skip_query_validation, a.severity,
      a.criteria[0].metric_measure_column, a.criteria[0].time_aggregation_method, a.criteria[0].operator, a.criteria[0].threshold,
      [for d in a.criteria[0].dimension : [d.name, d.operator, d.values]],
      [for f in a.criteria[0].failing_periods : [f.minimum_failing_periods_to_trigger_alert, f.number_of_evaluation_periods]],
      a.action[0].action_groups, a.resource_group_name, a.location,
      ]]) == jsonencode([[
      ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/appi-trailhound"], "PT5M", "PT15M", true, true, 1,
      "value", "Total", "GreaterThan", 0, [for name in ["severity", "finding", "rule", "uid", "thread"] : [name, "Include", ["*"]]], [[1, 1]],
      ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag-trailhound"], "rg", "westeurope",
    ]])
    error_message = "Each finding must be an alert of its own, once, with its words in the dimensions."
  }
  assert {
    condition = jsonencode([for g in azurerm_monitor_action_group.people : [
      g.short_name, g.resource_group_name,
      [for r in g.email_receiver : [r.name, r.email_address, r.use_common_alert_schema]],
      [for r in g.logic_app_receiver : [r.name, r.resource_id, r.callback_url, r.use_common_alert_schema]],
      ]]) == jsonencode([[
      "trailhound", "rg", [["soc@example.com", "soc@example.com", true]],
      [for name in ["board", "pager", "soc"] : [name, "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/logic-trailhound-chat", azurerm_logic_app_trigger_http_request.chat[name].callback_url, true]],
    ]])
    error_message = "Mail and every chat must be told."
  }
  assert {
    condition = jsonencode({ for name, a in azurerm_logic_app_action_custom.post : name => [jsondecode(a.body).inputs.method, jsondecode(a.body).inputs.uri, jsondecode(a.body).inputs.headers, jsondecode(a.body).inputs.body, jsondecode(a.body).type, jsondecode(a.body).runAfter, jsondecode(a.body).runtimeConfiguration] }) == jsonencode({
      for name, own in {
        board = ["https://teams.example.com/workflows/secret", {
          type = "message"
          attachments = [{
            contentType = "application/vnd.microsoft.card.adaptive"
            content     = { type = "AdaptiveCard", version = "1.4", body = [{ type = "RichTextBlock", inlines = [{ type = "TextRun", text = "@{join(body('said'), ' · ')}" }] }] }
          }]
        }]
        pager = ["https://events.example.com/v2/enqueue", {
          routing_key = "0123456789abcdef0123456789abcdef", event_action = "trigger"
          dedup_key   = "@{last(body('said'))}"
          payload     = { summary = "@{join(body('said'), ' · ')}", source = "trailhound", severity = "critical" }
        }]
        soc = ["https://hooks.example.com/services/T0/B0/secret", { text = "@{replace(replace(replace(join(body('said'), ' · '), '&', '&amp;'), '<', '&lt;'), '>', '&gt;')}" }]
      } : name => ["POST", own[0], { "Content-Type" = "application/json" }, own[1], "Http", { said = ["Succeeded"] }, { secureData = { properties = ["inputs"] } }]
    })
    error_message = "Each chat must get its own form, with what an attacker wrote made harmless, and its address kept out of the run history."
  }
  assert {
    condition = alltrue([for name, a in azurerm_logic_app_action_custom.said : jsonencode(jsondecode(a.body)) == jsonencode({
      type   = "Select", runAfter = {}
      inputs = { from = "@first(triggerBody()?['data']?['alertContext']?['condition']?['allOf'])?['dimensions']", select = "@item()?['value']" }
    })])
    error_message = "The words are the alert's dimensions."
  }
  assert {
    condition = alltrue([for kind in [azurerm_logic_app_action_custom.said, azurerm_logic_app_action_custom.post, azurerm_logic_app_trigger_http_request.chat] : alltrue([for name, part in kind :
      part.logic_app_id == azurerm_logic_app_workflow.chat[name].id
    ])])
    error_message = "Each part in its Logic App."
  }
  assert {
    condition     = alltrue([for name, app in azurerm_logic_app_workflow.chat : app.resource_group_name == "rg" && app.location == "westeurope"])
    error_message = "Where everything is."
  }
}

run "people_hear_of_a_case_once_if_they_want" {
  variables {
    email_addresses = ["soc@example.com"]
    case_updates    = false
  }
  assert {
    condition     = strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.people[0].criteria[0].query, "| where tostring(f.case_step) != 'added'\n")
    error_message = "What is only added to a case rings nobody."
  }
}

run "a_chat_alone_is_enough" {
  variables {
    chat_webhooks = { soc = { kind = "slack", url = "https://hooks.example.com/services/T0/B0/secret" } }
  }
  assert {
    condition     = length(azurerm_monitor_action_group.people) == 1 && !contains(keys(azurerm_monitor_metric_alert.this), "unheard")
    error_message = "With people told, a topic without a subscriber is no alarm."
  }
}

run "nobody_is_told" {
  assert {
    condition     = length(azurerm_monitor_action_group.people) == 0 && length(azurerm_monitor_scheduled_query_rules_alert_v2.people) == 0 && contains(keys(azurerm_monitor_metric_alert.this), "unheard")
    error_message = "Without people nothing is made for them, and that nobody hears is an alarm."
  }
}

run "subscribers_who_want_some" {
  variables {
    subscriptions = { siem = { event_hub_id = "/subscriptions/00000000-0000-0000-0000-000000000001/hubs/siem", severities = ["critical"] } }
  }
  assert {
    condition     = !contains(keys(azurerm_monitor_metric_alert.this), "unheard")
    error_message = "Where all subscribers filter, an unmatched finding is no fault."
  }
  assert {
    condition     = jsonencode([for f in azurerm_eventgrid_event_subscription.findings["siem"].advanced_filter : [for i in f.string_in : [i.key, i.values]]]) == jsonencode([[["severity", ["critical"]]]])
    error_message = "One condition is a filter."
  }
}

run "subscribers_who_want_new_cases" {
  variables {
    subscriptions = { siem = { event_hub_id = "/subscriptions/00000000-0000-0000-0000-000000000001/hubs/siem", case_steps = ["opened"] } }
  }
  assert {
    condition     = !contains(keys(azurerm_monitor_metric_alert.this), "unheard")
    error_message = "Where all subscribers filter, an unmatched finding is no fault."
  }
  assert {
    condition     = jsonencode([for f in azurerm_eventgrid_event_subscription.findings["siem"].advanced_filter : [for i in f.string_in : [i.key, i.values]]]) == jsonencode([[["casestep", ["opened"]]]])
    error_message = "One condition is a filter."
  }
}
