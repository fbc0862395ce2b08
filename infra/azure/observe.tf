# Where the function's log goes, and who is told about trailhound itself.

resource "azurerm_log_analytics_workspace" "this" {
  count = var.log_analytics_workspace_id == null ? 1 : 0

  name                = "log-${var.name}"
  resource_group_name = var.resource_group_name
  location            = var.location
  sku                 = "PerGB2018"
  retention_in_days   = var.log_retention_days
  tags                = var.tags
}

resource "azurerm_application_insights" "this" {
  name                         = "appi-${var.name}"
  resource_group_name          = var.resource_group_name
  location                     = var.location
  workspace_id                 = coalesce(var.log_analytics_workspace_id, one(azurerm_log_analytics_workspace.this[*].id))
  application_type             = "other"
  local_authentication_enabled = false
  sampling_percentage          = 100
  tags                         = var.tags
}

resource "azurerm_monitor_action_group" "alarms" {
  name                = "ag-${var.name}"
  resource_group_name = var.resource_group_name
  short_name          = var.name
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = var.alarm_email_addresses
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}
