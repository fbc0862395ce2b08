# Where findings go: an Event Grid topic for CloudEvents, without keys.

resource "azurerm_eventgrid_topic" "findings" {
  # checkov:skip=CKV_AZURE_193: the same, as another check asks it
  # checkov:skip=CKV_AZURE_106: subscribers and the function reach it over the public endpoint, with an identity only
  name                          = "evgt-${local.unique}"
  resource_group_name           = var.resource_group_name
  location                      = var.location
  input_schema                  = "CloudEventSchemaV1_0"
  local_auth_enabled            = false
  public_network_access_enabled = true
  tags                          = var.tags

  # Delivers and dead-letters; the storage account takes no keys.
  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_eventgrid_event_subscription" "findings" {
  for_each = var.subscriptions

  name                  = each.key
  scope                 = azurerm_eventgrid_topic.findings.id
  event_delivery_schema = "CloudEventSchemaV1_0"
  eventhub_id           = each.value.event_hub_id
  service_bus_queue_id  = each.value.service_bus_queue_id
  service_bus_topic_id  = each.value.service_bus_topic_id

  dynamic "webhook_endpoint" {
    for_each = compact([each.value.webhook_url])
    content {
      url = webhook_endpoint.value
    }
  }
  dynamic "delivery_identity" {
    for_each = each.value.webhook_url == null ? ["SystemAssigned"] : []
    content {
      type = delivery_identity.value
    }
  }
  # What all of its conditions hold for; the provider takes one block of them.
  dynamic "advanced_filter" {
    for_each = length(each.value.severities) + length(each.value.case_steps) > 0 ? [each.value] : []
    content {
      dynamic "string_in" {
        for_each = { for key, values in { severity = advanced_filter.value.severities, casestep = advanced_filter.value.case_steps } : key => values if length(values) > 0 }
        content {
          key    = string_in.key
          values = string_in.value
        }
      }
    }
  }
  retry_policy {
    max_delivery_attempts = 30
    event_time_to_live    = 1440
  }
  dead_letter_identity {
    type = "SystemAssigned"
  }
  storage_blob_dead_letter_destination {
    storage_account_id          = azurerm_storage_account.data.id
    storage_blob_container_name = azurerm_storage_container.undelivered.name
  }

  depends_on = [azurerm_role_assignment.topic]
}
