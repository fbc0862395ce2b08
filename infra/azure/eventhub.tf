# Where logs arrive: a hub of our own or an existing one, and what feeds ours.

resource "azurerm_eventhub_namespace" "this" {
  count = var.existing_hub == null ? 1 : 0

  name                     = "evhns-${local.unique}"
  resource_group_name      = var.resource_group_name
  location                 = var.location
  sku                      = "Standard"
  capacity                 = 1
  auto_inflate_enabled     = true
  maximum_throughput_units = var.maximum_throughput_units
  minimum_tls_version      = "1.2"
  tags                     = var.tags

  # Diagnostic settings send with a shared access rule; they cannot use an identity.
  local_authentication_enabled = true
}

resource "azurerm_eventhub" "logs" {
  count = var.existing_hub == null ? 1 : 0

  name            = "trailhound-logs"
  namespace_id    = azurerm_eventhub_namespace.this[0].id
  partition_count = var.partition_count

  retention_description {
    cleanup_policy          = "Delete"
    retention_time_in_hours = var.retention_hours
  }
}

resource "azurerm_eventhub_consumer_group" "function" {
  count = try(var.existing_hub.consumer_group, null) == null ? 1 : 0

  name                = var.name
  namespace_name      = local.hub.namespace_name
  eventhub_name       = local.hub.name
  resource_group_name = local.hub.resource_group_name
}

# All three rights: Azure Monitor refuses a rule with less.
resource "azurerm_eventhub_namespace_authorization_rule" "diagnostics" {
  count = var.existing_hub == null ? 1 : 0

  name                = "diagnostic-settings"
  namespace_name      = azurerm_eventhub_namespace.this[0].name
  resource_group_name = var.resource_group_name
  listen              = true
  send                = true
  manage              = true
}

resource "azurerm_monitor_diagnostic_setting" "activity" {
  for_each = var.subscription_ids

  name                           = "to-${var.name}"
  target_resource_id             = "/subscriptions/${each.value}"
  eventhub_name                  = azurerm_eventhub.logs[0].name
  eventhub_authorization_rule_id = azurerm_eventhub_namespace_authorization_rule.diagnostics[0].id

  enabled_log {
    category = "Administrative"
  }
  enabled_log {
    category = "Security"
  }
}

resource "azurerm_monitor_aad_diagnostic_setting" "entra" {
  count = length(var.entra_categories) > 0 ? 1 : 0

  name                           = "to-${var.name}"
  eventhub_name                  = azurerm_eventhub.logs[0].name
  eventhub_authorization_rule_id = azurerm_eventhub_namespace_authorization_rule.diagnostics[0].id

  dynamic "enabled_log" {
    for_each = var.entra_categories
    content {
      category = enabled_log.value
    }
  }
}
