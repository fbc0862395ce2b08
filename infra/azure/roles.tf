# What the function and the topic may do: each role on the narrowest scope that works.

locals {
  function_roles = merge(
    {
      receive = { scope = local.hub.id, role = "Azure Event Hubs Data Receiver" }
      publish = { scope = azurerm_eventgrid_topic.findings.id, role = "EventGrid Data Sender" }
      state   = { scope = local.state_table_id, role = "Storage Table Data Contributor" }
      rejects = { scope = azurerm_storage_container.rejects.id, role = "Storage Blob Data Contributor" }
      metrics = { scope = azurerm_application_insights.this.id, role = "Monitoring Metrics Publisher" }

      # The host's own account, as Microsoft's documentation of AzureWebJobsStorage asks for.
      host-blobs  = { scope = azurerm_storage_account.host.id, role = "Storage Blob Data Owner" }
      host-queues = { scope = azurerm_storage_account.host.id, role = "Storage Queue Data Contributor" }
      host-tables = { scope = azurerm_storage_account.host.id, role = "Storage Table Data Contributor" }
    },
    { for container in azurerm_storage_container.archive : "archive" => { scope = container.id, role = "Storage Blob Data Contributor" } },
    var.inventory_jobs ? merge(
      {
        parts     = { scope = azurerm_storage_container.inventory["PARTS"].id, role = "Storage Blob Data Contributor" }
        candidate = { scope = azurerm_storage_container.inventory["CANDIDATE"].id, role = "Storage Blob Data Reader" }
      },
      # The host hides a message again that failed, which the role of a message processor does not allow.
      { for name, id in local.inventory_queue_ids : name => { scope = id, role = "Storage Queue Data Contributor" } },
      { for name, container in var.inventory_containers : "inventory-${name}" => { scope = container.id, role = "Storage Blob Data Reader" } },
    ) : {},
    var.settings_container == null ? {} : {
      settings = { scope = var.settings_container.id, role = "Storage Blob Data Reader" }
    },
  )
}

resource "azurerm_role_assignment" "function" {
  for_each = local.function_roles

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.function.principal_id
  principal_type       = "ServicePrincipal"

  # Roles of the table and of queues need these.
  depends_on = [azurerm_resource_group_template_deployment.state, azurerm_resource_group_template_deployment.inventory]
}

resource "azurerm_role_assignment" "topic" {
  scope                = azurerm_storage_container.undelivered.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_eventgrid_topic.findings.identity[0].principal_id
  principal_type       = "ServicePrincipal"
}
