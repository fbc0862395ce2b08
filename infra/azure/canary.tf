# A canary every five minutes, sent to the hub as logs are. It makes an informational finding that takes the way of every
# finding, and counts only once Event Grid accepted it: when none counts, findings do not get through either.

resource "azurerm_logic_app_workflow" "canary" {
  name                = "logic-${var.name}-canary"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "canary" {
  scope                = local.hub.id
  role_definition_name = "Azure Event Hubs Data Sender"
  principal_id         = azurerm_logic_app_workflow.canary.identity[0].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_logic_app_trigger_recurrence" "canary" {
  name         = "every-five-minutes"
  logic_app_id = azurerm_logic_app_workflow.canary.id
  frequency    = "Minute"
  interval     = 5
}

resource "azurerm_logic_app_action_custom" "canary" {
  name         = "send-canary"
  logic_app_id = azurerm_logic_app_workflow.canary.id

  body = jsonencode({
    type     = "Http"
    runAfter = {}
    inputs = {
      method  = "POST"
      uri     = "https://${local.hub.namespace_name}.servicebus.windows.net/${local.hub.name}/messages"
      headers = { "Content-Type" = "application/json" }
      body    = { trailhound = "canary" }
      authentication = {
        type     = "ManagedServiceIdentity"
        audience = "https://eventhubs.azure.net"
      }
    }
  })

  depends_on = [azurerm_role_assignment.canary]
}
