# The function app: Flex Consumption, custom handler, connections by identity.
#
# The app is made by a template of Resource Manager. azurerm's own resource writes a storage connection string with an empty
# key at each change, which wins over the identity, and takes the setting that would override it out of what it reads: it
# either breaks the app at the second apply or shows a difference for ever.

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

# A package from this machine. Resource Manager takes packages by URL only, so it is put where the platform looks for one:
# people do this, and no document promises it.
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
      TRAILHOUND_STATE_TABLE_URL     = "${azurerm_storage_account.data.primary_table_endpoint}${local.state_table}"
      TRAILHOUND_REJECTS_URL         = "${azurerm_storage_account.data.primary_blob_endpoint}${azurerm_storage_container.rejects.name}"
      TRAILHOUND_MIN_LEVEL           = var.min_level
      TRAILHOUND_CANARY_KEY          = terraform_data.canary_key.output
      RUST_LOG                       = var.log_level

      # There even where nothing is gathered: the host resolves what it does not run, too.
      Gather__queueServiceUri = azurerm_storage_account.data.primary_queue_endpoint
      Gather__credential      = "managedidentity"
      Gather__clientId        = azurerm_user_assigned_identity.function.client_id
      GATHER_QUEUE            = local.inventory_queue

      APPLICATIONINSIGHTS_CONNECTION_STRING     = azurerm_application_insights.this.connection_string
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=${azurerm_user_assigned_identity.function.client_id};Authorization=AAD"
      # The alarms count accounting lines, so none may be sampled away.
      AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__isEnabled = "false"
    },
    # A new package takes effect with a restart, and a changed setting is one.
    var.package_path == null ? {} : { PACKAGE_MD5 = filemd5(var.package_path) },
    var.inventory_jobs ? {} : { "AzureWebJobs.gather.Disabled" = "true" },
    { for name, container in azurerm_storage_container.inventory : "TRAILHOUND_${name}_URL" => "${azurerm_storage_account.data.primary_blob_endpoint}${container.name}" },
    var.inventory_jobs ? { TRAILHOUND_ALLOWED_CONTAINERS = join(",", sort([for container in values(var.inventory_containers) : container.url])) } : {},
    { for container in azurerm_storage_container.archive : "TRAILHOUND_ARCHIVE_URL" => "${azurerm_storage_account.data.primary_blob_endpoint}${container.name}" },
    length(var.allowed_accounts) == 0 ? {} : { TRAILHOUND_ALLOWED_ACCOUNTS = join(",", sort(var.allowed_accounts)) },
    { for base in compact([var.rule_pages]) : "TRAILHOUND_RULE_PAGES" => base },
    { for path in compact([try(var.settings_container.rules, null)]) : "TRAILHOUND_RULES_URL" => "${var.settings_container.url}/${path}" },
    { for path in compact([try(var.settings_container.suppressions, null)]) : "TRAILHOUND_SUPPRESSIONS_URL" => "${var.settings_container.url}/${path}" },
    { for kind in ["geo", "inventory", "indicators"] : "TRAILHOUND_${upper(kind)}_URL" => "${var.settings_container.url}/${var.settings_container[kind]}" if try(var.settings_container[kind], null) != null },
  )
}

# One template for the app and its package: when it goes, the app goes first and takes with it what cannot be deleted alone.
resource "azurerm_resource_group_template_deployment" "function" {
  name                = "${var.name}-function"
  resource_group_name = var.resource_group_name
  deployment_mode     = "Incremental"
  tags                = var.tags

  template_content = jsonencode({
    "$schema"      = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    contentVersion = "1.0.0.0"
    resources      = concat([local.site], local.site_children)
  })

  # A function that starts before its roles fails, and the host gives up after a few tries.
  depends_on = [
    azurerm_role_assignment.function, azurerm_storage_blob.package, azurerm_resource_group_template_deployment.state,
    azurerm_resource_group_template_deployment.inventory,
  ]
}

locals {
  app_name = "func-${local.unique}"
  site = {
    type       = "Microsoft.Web/sites"
    apiVersion = local.web_api
    name       = local.app_name
    location   = var.location
    kind       = "functionapp,linux"
    tags       = var.tags
    identity = {
      type                   = "UserAssigned"
      userAssignedIdentities = { (azurerm_user_assigned_identity.function.id) = {} }
    }
    properties = {
      serverFarmId        = azurerm_service_plan.this.id
      httpsOnly           = true
      publicNetworkAccess = "Disabled"
      siteConfig = {
        minTlsVersion = "1.2"
        ftpsState     = "Disabled"
        appSettings   = [for name in sort(keys(local.app_settings)) : { name = name, value = local.app_settings[name] }]
      }
      functionAppConfig = {
        runtime = { name = "custom", version = "1.0" }
        deployment = {
          storage = {
            type  = "blobContainer"
            value = "${azurerm_storage_account.host.primary_blob_endpoint}${azurerm_storage_container.package.name}"
            authentication = {
              type                           = "UserAssignedIdentity"
              userAssignedIdentityResourceId = azurerm_user_assigned_identity.function.id
            }
          }
        }
        scaleAndConcurrency = {
          maximumInstanceCount = var.maximum_instance_count
          instanceMemoryMB     = var.instance_memory_in_mb
          alwaysReady          = [for count in [var.always_ready_instances] : { name = "function:detect", instanceCount = count } if count > 0]
        }
      }
    }
  }
  site_children = concat(
    [for policy in ["ftp", "scm"] : {
      type       = "Microsoft.Web/sites/basicPublishingCredentialsPolicies"
      apiVersion = local.web_api
      name       = "${local.app_name}/${policy}"
      dependsOn  = ["[resourceId('Microsoft.Web/sites', '${local.app_name}')]"]
      properties = { allow = false }
    }],
    # The documented way in: through Resource Manager, so with public access off, and triggers are synchronised.
    [for url in compact([var.package_url]) : {
      type       = "Microsoft.Web/sites/extensions"
      apiVersion = local.web_api
      name       = "${local.app_name}/onedeploy"
      dependsOn  = ["[resourceId('Microsoft.Web/sites', '${local.app_name}')]"]
      properties = { packageUri = url, remoteBuild = false }
    }],
  )
  web_api = "2024-04-01"
}
