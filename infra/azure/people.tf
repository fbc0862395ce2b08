# People hear of findings without a program of theirs: the function writes a line for each finding that Event Grid took, an
# alert finds the line and gives its words to an action group, which sends mail and runs a Logic App for each chat.

locals {
  people = toset(concat(sort(var.email_addresses), keys(var.chat_webhooks)))

  # What a person reads, in the order of the alert's columns, made harmless for the chat.
  said = "join(body('said'), ' · ')"
  posts = {
    slack = { text = "@{replace(replace(replace(${local.said}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')}" }
    teams = {
      type = "message"
      attachments = [{
        contentType = "application/vnd.microsoft.card.adaptive"
        # A text run is no Markdown.
        content = {
          type    = "AdaptiveCard"
          version = "1.4"
          body    = [{ type = "RichTextBlock", inlines = [{ type = "TextRun", text = "@{${local.said}}" }] }]
        }
      }]
    }
    pagerduty = {
      event_action = "trigger"
      # One incident for a case, however many findings are of it; the thread is the last of the alert's columns.
      dedup_key = "@{last(body('said'))}"
      payload   = { summary = "@{${local.said}}", source = "trailhound", severity = "critical" }
    }
  }
}

resource "azurerm_monitor_action_group" "people" {
  count = length(local.people) > 0 ? 1 : 0

  name                = "ag-${var.name}-people"
  resource_group_name = var.resource_group_name
  short_name          = substr(var.name, 0, 12)
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = var.email_addresses
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
  dynamic "logic_app_receiver" {
    for_each = var.chat_webhooks
    content {
      name                    = logic_app_receiver.key
      resource_id             = azurerm_logic_app_workflow.chat[logic_app_receiver.key].id
      callback_url            = azurerm_logic_app_trigger_http_request.chat[logic_app_receiver.key].callback_url
      use_common_alert_schema = true
    }
  }
}

# Stateful, so that looking at a row in three windows tells of it once.
resource "azurerm_monitor_scheduled_query_rules_alert_v2" "people" {
  count = length(local.people) > 0 ? 1 : 0

  name                    = "${var.name}-finding"
  resource_group_name     = var.resource_group_name
  location                = var.location
  description             = "trailhound published a finding; its words are in the dimensions."
  scopes                  = [azurerm_application_insights.this.id]
  severity                = 1
  evaluation_frequency    = "PT5M"
  window_duration         = "PT15M"
  auto_mitigation_enabled = true
  skip_query_validation   = true
  tags                    = var.tags

  criteria {
    query                   = <<-KQL
      traces
      | where message has '"event":"finding"'
      | extend f = parse_json(extract(@'\{.*\}', 0, message))
      | where ${var.case_updates ? "true" : "tostring(f.case_step) != 'added'"}
      | summarize value = count() by severity = tostring(f.severity), finding = tostring(f.message), rule = tostring(f.rule_id), uid = tostring(f.uid), thread = tostring(f.thread)
    KQL
    metric_measure_column   = "value"
    time_aggregation_method = "Total"
    operator                = "GreaterThan"
    threshold               = 0

    dynamic "dimension" {
      for_each = ["severity", "finding", "rule", "uid", "thread"]
      content {
        name     = dimension.value
        operator = "Include"
        values   = ["*"]
      }
    }
    failing_periods {
      minimum_failing_periods_to_trigger_alert = 1
      number_of_evaluation_periods             = 1
    }
  }
  action {
    action_groups = azurerm_monitor_action_group.people[*].id
  }
}

resource "azurerm_logic_app_workflow" "chat" {
  for_each = var.chat_webhooks

  name                = "logic-${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_logic_app_trigger_http_request" "chat" {
  for_each = var.chat_webhooks

  name         = "alert"
  logic_app_id = azurerm_logic_app_workflow.chat[each.key].id
  schema       = jsonencode({})
}

resource "azurerm_logic_app_action_custom" "said" {
  for_each = var.chat_webhooks

  name         = "said"
  logic_app_id = azurerm_logic_app_workflow.chat[each.key].id

  body = jsonencode({
    type     = "Select"
    runAfter = {}
    inputs = {
      from   = "@first(triggerBody()?['data']?['alertContext']?['condition']?['allOf'])?['dimensions']"
      select = "@item()?['value']"
    }
  })
}

resource "azurerm_logic_app_action_custom" "post" {
  for_each = var.chat_webhooks

  name         = "post"
  logic_app_id = azurerm_logic_app_workflow.chat[each.key].id

  body = jsonencode({
    type     = "Http"
    runAfter = { (azurerm_logic_app_action_custom.said[each.key].name) = ["Succeeded"] }
    inputs = {
      method  = "POST"
      uri     = each.value.url
      headers = { "Content-Type" = "application/json" }
      body    = merge(local.posts[each.value.kind], each.value.routing_key == null ? {} : { routing_key = each.value.routing_key })
    }
    # The address is a secret.
    runtimeConfiguration = { secureData = { properties = ["inputs"] } }
  })
}

locals {
  # A chat that takes nothing is noticed by its Logic App's failed runs, a mail that bounces by nobody.
  chat_alarms = { for name, app in azurerm_logic_app_workflow.chat : "unposted-${name}" => [app.id, "Microsoft.Logic/workflows", "RunsFailed"] }
}
