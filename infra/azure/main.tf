# What every file shares: names, and the identity that the function is everywhere.

locals {
  unique = "${var.name}${var.suffix}"

  hub = var.existing_hub != null ? {
    id                  = var.existing_hub.id
    name                = var.existing_hub.name
    namespace_id        = var.existing_hub.namespace_id
    namespace_name      = var.existing_hub.namespace_name
    resource_group_name = var.existing_hub.resource_group_name
    } : {
    id                  = azurerm_eventhub.logs[0].id
    name                = azurerm_eventhub.logs[0].name
    namespace_id        = azurerm_eventhub_namespace.this[0].id
    namespace_name      = azurerm_eventhub_namespace.this[0].name
    resource_group_name = var.resource_group_name
  }
  consumer_group = coalesce(try(var.existing_hub.consumer_group, null), one(azurerm_eventhub_consumer_group.function[*].name))
}

# User-assigned: its roles exist before the function starts, and survive the function being replaced.
resource "azurerm_user_assigned_identity" "function" {
  name                = "id-${var.name}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}
