# A canary every five minutes for each partition, sent to the hub as logs are: a partition that is stuck is noticed among
# those that are not. It makes an informational finding that takes the way of every finding, and counts only once Event
# Grid accepted it: when none counts, findings do not get through either.

# Who does not know it keeps no alarm quiet.
resource "terraform_data" "canary_key" {
  input = uuid()

  lifecycle {
    ignore_changes = [input]
  }
}

locals {
  canary_partitions = var.existing_hub == null ? range(var.partition_count) : range(coalesce(var.existing_hub.partition_count, 0))
  canary_paths      = length(local.canary_partitions) == 0 ? ["messages"] : [for partition in local.canary_partitions : "partitions/${partition}/messages"]
}

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
    type     = "Foreach"
    runAfter = {}
    foreach  = local.canary_paths
    actions = {
      send = {
        type     = "Http"
        runAfter = {}
        inputs = {
          method  = "POST"
          uri     = "https://${local.hub.namespace_name}.servicebus.windows.net/${local.hub.name}/@{item()}"
          headers = { "Content-Type" = "application/json" }
          body    = { trailhound = "canary", key = terraform_data.canary_key.output }
          authentication = {
            type     = "ManagedServiceIdentity"
            audience = "https://eventhubs.azure.net"
          }
        }
      }
    }
  })

  depends_on = [azurerm_role_assignment.canary]
}
