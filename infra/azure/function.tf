# The function app: Flex Consumption, custom handler, connections by identity.
#
# Two faults of azurerm 5.2 are worked around, each marked below; take the workaround out when the provider mends it.

resource "azurerm_service_plan" "this" {
  # checkov:skip=CKV_AZURE_211: Flex Consumption scales by itself; its plan has no production tier
  # checkov:skip=CKV_AZURE_212: Flex Consumption has no instance count on the plan; always_ready_instances keeps some warm
  # checkov:skip=CKV_AZURE_225: zone balancing of Flex Consumption is not offered in every region
  name                = "asp-${var.name}"
  resource_group_name = var.resource_group_name
  location            = var.location
  os_type             = "Linux"
  sku_name            = "FC1"
  tags                = var.tags
}

# Fault 1 (hashicorp/terraform-provider-azurerm#29630): zip_deploy_file posts to an endpoint Flex Consumption does not have,
# and fails with 404. The platform runs whatever lies under this name in the deployment container.
resource "azurerm_storage_blob" "package" {
  count = var.package_path == null ? 0 : 1

  name                 = "released-package.zip"
  storage_container_id = azurerm_storage_container.package.id
  type                 = "Block"
  source               = var.package_path
  content_md5          = filemd5(var.package_path)
}

locals {
  app_settings = merge(
    {
      # Fault 2 (hashicorp/terraform-provider-azurerm#29099): with identity storage the provider writes a connection string
      # with an empty key, which wins over the identity. Ours wins over that, and empty means absent.
      AzureWebJobsStorage              = ""
      AzureWebJobsStorage__accountName = azurerm_storage_account.host.name
      AzureWebJobsStorage__credential  = "managedidentity"
      AzureWebJobsStorage__clientId    = azurerm_user_assigned_identity.function.client_id

      EventHub__fullyQualifiedNamespace = "${local.hub.namespace_name}.servicebus.windows.net"
      EventHub__credential              = "managedidentity"
      EventHub__clientId                = azurerm_user_assigned_identity.function.client_id
      EVENTHUB_NAME                     = local.hub.name
      EVENTHUB_CONSUMER_GROUP           = local.consumer_group

      AZURE_CLIENT_ID                = azurerm_user_assigned_identity.function.client_id
      TRAILHOUND_EVENT_GRID_ENDPOINT = azurerm_eventgrid_topic.findings.endpoint
      TRAILHOUND_STATE_TABLE_URL     = "${azurerm_storage_account.data.primary_table_endpoint}${azurerm_storage_table.state.name}"
      TRAILHOUND_REJECTS_URL         = "${azurerm_storage_account.data.primary_blob_endpoint}${azurerm_storage_container.rejects.name}"
      TRAILHOUND_MIN_LEVEL           = var.min_level
      RUST_LOG                       = var.log_level

      APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=${azurerm_user_assigned_identity.function.client_id};Authorization=AAD"
      # The alarms count accounting lines, so none may be sampled away.
      AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__isEnabled = "false"
    },
    # A new package takes effect with a restart, and a changed setting is one.
    var.package_path == null ? {} : { PACKAGE_MD5 = filemd5(var.package_path) },
    { for path in compact([try(var.settings_container.rules, null)]) : "TRAILHOUND_RULES_URL" => "${var.settings_container.url}/${path}" },
    { for path in compact([try(var.settings_container.suppressions, null)]) : "TRAILHOUND_SUPPRESSIONS_URL" => "${var.settings_container.url}/${path}" },
  )
}

resource "azurerm_function_app_flex_consumption" "this" {
  name                = "func-${local.unique}"
  resource_group_name = var.resource_group_name
  location            = var.location
  service_plan_id     = azurerm_service_plan.this.id
  tags                = var.tags

  runtime_name           = "custom"
  runtime_version        = "1.0"
  instance_memory_in_mb  = var.instance_memory_in_mb
  maximum_instance_count = var.maximum_instance_count

  storage_container_type            = "blobContainer"
  storage_container_endpoint        = "${azurerm_storage_account.host.primary_blob_endpoint}${azurerm_storage_container.package.name}"
  storage_authentication_type       = "UserAssignedIdentity"
  storage_user_assigned_identity_id = azurerm_user_assigned_identity.function.id

  https_only                                     = true
  public_network_access_enabled                  = false
  webdeploy_publish_basic_authentication_enabled = false

  dynamic "always_ready" {
    for_each = var.always_ready_instances > 0 ? [var.always_ready_instances] : []
    content {
      name           = "function:detect"
      instance_count = always_ready.value
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.function.id]
  }

  site_config {
    application_insights_connection_string = azurerm_application_insights.this.connection_string
    minimum_tls_version                    = "1.2"
  }

  app_settings = local.app_settings

  # A function that starts before its roles fails, and the host gives up after a few tries.
  depends_on = [azurerm_role_assignment.function, azurerm_storage_blob.package]
}
