# The failure wiring: take any of it away and an assertion here fails (`infra/mutate` proves it, argument by argument).
# Values are compared whole. Where azurerm cannot be had, its schema stands in for it (infra/tools/provider_double.py).

mock_provider "azurerm" {
  mock_resource "azurerm_eventhub_namespace" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns" }
  }
  mock_resource "azurerm_eventhub" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/logs" }
  }
  mock_resource "azurerm_eventhub_namespace_authorization_rule" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/authorizationRules/diagnostic-settings" }
  }
  mock_resource "azurerm_user_assigned_identity" {
    defaults = {
      id           = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-trailhound"
      principal_id = "00000000-0000-0000-0000-00000000000a"
      client_id    = "00000000-0000-0000-0000-00000000000b"
    }
  }
  mock_resource "azurerm_storage_container" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st/blobServices/default/containers/mocked" }
  }
  mock_resource "azurerm_service_plan" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Web/serverFarms/asp-trailhound" }
  }
  mock_resource "azurerm_log_analytics_workspace" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log-trailhound" }
  }
  mock_resource "azurerm_application_insights" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/appi-trailhound", connection_string = "InstrumentationKey=00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "azurerm_monitor_action_group" {
    defaults = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/actionGroups/ag-trailhound" }
  }
  mock_resource "azurerm_eventgrid_topic" {
    defaults = {
      id       = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventGrid/topics/evgt"
      endpoint = "https://evgt.westeurope-1.eventgrid.azure.net/api/events"
      identity = { principal_id = "00000000-0000-0000-0000-00000000000c" }
    }
  }
  mock_resource "azurerm_logic_app_workflow" {
    defaults = {
      id       = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Logic/workflows/logic-trailhound-canary"
      identity = { principal_id = "00000000-0000-0000-0000-00000000000d" }
    }
  }
}

override_resource {
  target = azurerm_storage_account.host
  values = {
    id                    = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sthost"
    primary_blob_endpoint = "https://sthost.blob.core.windows.net/"
  }
}
override_resource {
  target = azurerm_storage_account.data
  values = {
    id                     = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata"
    primary_blob_endpoint  = "https://stdata.blob.core.windows.net/"
    primary_table_endpoint = "https://stdata.table.core.windows.net/"
    primary_queue_endpoint = "https://stdata.queue.core.windows.net/"
  }
}
override_resource {
  target = azurerm_storage_container.rejects
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/rejects" }
}
override_resource {
  target = azurerm_storage_container.undelivered
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/undelivered" }
}

variables {
  protect_data        = false
  resource_group_name = "rg"
  location            = "westeurope"
  suffix              = "contoso1"
  subscription_ids    = ["00000000-0000-0000-0000-000000000001"]
  entra_categories    = ["SignInLogs", "AuditLogs"]
  package_path        = "versions.tf"
  allowed_accounts    = ["00000000-0000-0000-0000-0000000000ff", "00000000-0000-0000-0000-000000000001"]
  subscriptions = {
    hook = { webhook_url = "https://siem.example.com/trailhound" }
    siem = { event_hub_id = "/subscriptions/00000000-0000-0000-0000-000000000001/hubs/siem", severities = ["critical"], case_steps = ["opened", "raised"] }
  }
}

# One run: the mutation script pays for each.
run "wiring" {

  # --- Logs reach the function. ---

  assert {
    condition = jsonencode({ for id, s in azurerm_monitor_diagnostic_setting.activity : id => [
      s.target_resource_id, s.eventhub_name, s.eventhub_authorization_rule_id, sort([for l in s.enabled_log : l.category]),
      ] }) == jsonencode({
      "00000000-0000-0000-0000-000000000001" = [
        "/subscriptions/00000000-0000-0000-0000-000000000001", "trailhound-logs",
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/authorizationRules/diagnostic-settings",
        ["Administrative", "Security"],
      ]
    })
    error_message = "Each subscription must stream its administrative and security log to the hub."
  }
  assert {
    condition = jsonencode([for s in azurerm_monitor_aad_diagnostic_setting.entra : [s.eventhub_name, s.eventhub_authorization_rule_id, sort([for l in s.enabled_log : l.category])]]) == jsonencode([[
      "trailhound-logs",
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/authorizationRules/diagnostic-settings",
      ["AuditLogs", "SignInLogs"],
    ]])
    error_message = "Entra must stream the categories asked for."
  }
  assert {
    condition = jsonencode([for r in azurerm_eventhub_namespace_authorization_rule.diagnostics : [r.namespace_name, r.resource_group_name, r.listen, r.send, r.manage]]) == jsonencode([
      ["evhns-trailhoundcontoso1", "rg", true, true, true],
    ])
    error_message = "Azure Monitor needs a rule with all three rights."
  }
  assert {
    condition = jsonencode([for n in azurerm_eventhub_namespace.this : [n.sku, n.capacity, n.auto_inflate_enabled, n.maximum_throughput_units, n.local_authentication_enabled, n.minimum_tls_version, n.resource_group_name, n.location]]) == jsonencode([
      ["Standard", 1, true, 4, true, "1.2", "rg", "westeurope"],
    ])
    error_message = "The namespace must inflate, and let diagnostic settings send."
  }
  assert {
    condition = jsonencode([for h in azurerm_eventhub.logs : [h.namespace_id, h.partition_count, h.retention_description[0].cleanup_policy, h.retention_description[0].retention_time_in_hours]]) == jsonencode([
      ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns", 4, "Delete", 168],
    ])
    error_message = "The hub must keep events for a week."
  }
  assert {
    condition = jsonencode([for g in azurerm_eventhub_consumer_group.function : [g.namespace_name, g.eventhub_name, g.resource_group_name]]) == jsonencode([
      ["evhns-trailhoundcontoso1", "trailhound-logs", "rg"],
    ])
    error_message = "The function must read by a consumer group of its own."
  }

  # --- The function is told everything. ---

  assert {
    condition = jsonencode(({ for s in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings : s.name => s.value })) == jsonencode({
      AzureWebJobsStorage__accountName          = "sttrailhoundcontoso1host"
      AzureWebJobsStorage__credential           = "managedidentity"
      AzureWebJobsStorage__clientId             = "00000000-0000-0000-0000-00000000000b"
      EventHub__fullyQualifiedNamespace         = "evhns-trailhoundcontoso1.servicebus.windows.net"
      EventHub__credential                      = "managedidentity"
      EventHub__clientId                        = "00000000-0000-0000-0000-00000000000b"
      EVENTHUB_NAME                             = "trailhound-logs"
      EVENTHUB_CONSUMER_GROUP                   = "trailhound"
      Gather__queueServiceUri                   = "https://stdata.queue.core.windows.net/"
      Gather__credential                        = "managedidentity"
      Gather__clientId                          = "00000000-0000-0000-0000-00000000000b"
      GATHER_QUEUE                              = "trailhound-gather"
      AZURE_CLIENT_ID                           = "00000000-0000-0000-0000-00000000000b"
      TRAILHOUND_EVENT_GRID_ENDPOINT            = "https://evgt.westeurope-1.eventgrid.azure.net/api/events"
      TRAILHOUND_STATE_TABLE_URL                = "https://stdata.table.core.windows.net/trailhoundstate"
      TRAILHOUND_REJECTS_URL                    = "https://stdata.blob.core.windows.net/rejects"
      TRAILHOUND_MIN_LEVEL                      = "low"
      TRAILHOUND_CANARY_KEY                     = terraform_data.canary_key.output
      TRAILHOUND_ALLOWED_ACCOUNTS               = "00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-0000000000ff"
      RUST_LOG                                  = "info"
      APPLICATIONINSIGHTS_CONNECTION_STRING     = "InstrumentationKey=00000000-0000-0000-0000-000000000000"
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=00000000-0000-0000-0000-00000000000b;Authorization=AAD"
      PACKAGE_MD5                               = filemd5("versions.tf")

      AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__isEnabled = "false"
      # What nobody asked for is in the package, and is not run.
      "AzureWebJobs.gather.Disabled" = "true"
    })
    error_message = "Identity connections, endpoints, and no sampling."
  }
  assert {
    condition     = length(terraform_data.canary_key.output) == 36
    error_message = "A key that nobody guesses."
  }
  assert {
    condition = jsonencode([for b in azurerm_storage_blob.package : [b.name, b.type, b.source, b.content_md5]]) == jsonencode([
      ["released-package.zip", "Block", "versions.tf", filemd5("versions.tf")],
    ])
    error_message = "The platform runs released-package.zip, and nothing else."
  }
  assert {
    condition = jsonencode(jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0]) == jsonencode({
      type       = "Microsoft.Web/sites"
      apiVersion = "2024-04-01"
      name       = "func-trailhoundcontoso1"
      location   = "westeurope"
      kind       = "functionapp,linux"
      tags       = {}
      identity = {
        type                   = "UserAssigned"
        userAssignedIdentities = { "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-trailhound" = {} }
      }
      properties = {
        serverFarmId        = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Web/serverFarms/asp-trailhound"
        httpsOnly           = true
        publicNetworkAccess = "Disabled"
        # Asserted above.
        siteConfig = { minTlsVersion = "1.2", ftpsState = "Disabled", appSettings = jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings }
        functionAppConfig = {
          runtime = { name = "custom", version = "1.0" }
          deployment = { storage = {
            type = "blobContainer", value = "https://sthost.blob.core.windows.net/app-package"
            authentication = {
              type                           = "UserAssignedIdentity"
              userAssignedIdentityResourceId = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-trailhound"
            }
          } }
          scaleAndConcurrency = { maximumInstanceCount = 40, instanceMemoryMB = 512, alwaysReady = [{ name = "function:detect", instanceCount = 1 }] }
        }
      }
    })
    error_message = "A custom handler on Flex Consumption, by identity throughout, and warm."
  }
  assert {
    condition = jsonencode([for r in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources : [r.type, r.name, r.properties, r.dependsOn] if r.type != "Microsoft.Web/sites"]) == jsonencode([
      for policy in ["ftp", "scm"] : [
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "func-trailhoundcontoso1/${policy}", { allow = false }, ["[resourceId('Microsoft.Web/sites', 'func-trailhoundcontoso1')]"],
      ]
    ])
    error_message = "Nobody publishes with a password."
  }
  assert {
    condition = alltrue([for name, d in { state = azurerm_resource_group_template_deployment.state, function = azurerm_resource_group_template_deployment.function } : jsonencode([
      d.resource_group_name, d.deployment_mode, jsondecode(d.template_content)["$schema"], jsondecode(d.template_content).contentVersion,
    ]) == jsonencode(["rg", "Incremental", "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "1.0.0.0"])])
    error_message = "Templates that add to the group and take nothing away."
  }
  assert {
    condition = jsonencode(jsondecode(azurerm_resource_group_template_deployment.state.template_content).resources) == jsonencode([
      { type = "Microsoft.Storage/storageAccounts/tableServices/tables", apiVersion = "2023-05-01", name = "sttrailhoundcontoso1data/default/trailhoundstate", properties = {} },
    ])
    error_message = "The table must be made through Resource Manager: there is no key to make it with."
  }
  assert {
    condition     = azurerm_service_plan.this.os_type == "Linux" && azurerm_service_plan.this.sku_name == "FC1"
    error_message = "Flex Consumption on Linux."
  }

  # --- Identities may do this and no more. ---

  assert {
    condition = jsonencode({ for name, r in azurerm_role_assignment.function : name => [r.scope, r.role_definition_name, r.principal_id, r.principal_type] }) == jsonencode({
      for name, r in {
        receive     = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/logs", "Azure Event Hubs Data Receiver"]
        publish     = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventGrid/topics/evgt", "EventGrid Data Sender"]
        state       = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata/tableServices/default/tables/trailhoundstate", "Storage Table Data Contributor"]
        rejects     = ["/subscriptions/00000000-0000-0000-0000-000000000001/containers/rejects", "Storage Blob Data Contributor"]
        metrics     = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Insights/components/appi-trailhound", "Monitoring Metrics Publisher"]
        host-blobs  = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sthost", "Storage Blob Data Owner"]
        host-queues = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sthost", "Storage Queue Data Contributor"]
        host-tables = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sthost", "Storage Table Data Contributor"]
      } : name => [r[0], r[1], "00000000-0000-0000-0000-00000000000a", "ServicePrincipal"]
    })
    error_message = "The function's roles must be exactly these."
  }
  assert {
    condition = jsonencode([for r in [azurerm_role_assignment.topic, azurerm_role_assignment.canary] : [r.scope, r.role_definition_name, r.principal_type]]) == jsonencode([
      ["/subscriptions/00000000-0000-0000-0000-000000000001/containers/undelivered", "Storage Blob Data Contributor", "ServicePrincipal"],
      ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventHub/namespaces/ns/eventhubs/logs", "Azure Event Hubs Data Sender", "ServicePrincipal"],
    ])
    error_message = "The topic dead-letters and the canary sends, and no more."
  }
  assert {
    condition = (
      azurerm_role_assignment.topic.principal_id == azurerm_eventgrid_topic.findings.identity[0].principal_id
      && azurerm_role_assignment.canary.principal_id == azurerm_logic_app_workflow.canary.identity[0].principal_id
    )
    error_message = "Each role for its own identity."
  }

  # --- Findings are delivered or kept. ---

  assert {
    condition = jsonencode([
      azurerm_eventgrid_topic.findings.input_schema, azurerm_eventgrid_topic.findings.local_auth_enabled,
      azurerm_eventgrid_topic.findings.public_network_access_enabled, azurerm_eventgrid_topic.findings.identity[0].type,
    ]) == jsonencode(["CloudEventSchemaV1_0", false, true, "SystemAssigned"])
    error_message = "A topic for CloudEvents, without keys, with an identity to dead-letter by."
  }
  assert {
    condition = jsonencode({ for name, s in azurerm_eventgrid_event_subscription.findings : name => [
      s.scope, s.event_delivery_schema, name == "siem" ? s.eventhub_id : "", s.webhook_endpoint[*].url, s.delivery_identity[*].type,
      flatten([for f in s.advanced_filter : [for i in f.string_in : [i.key, i.values]]]),
      s.retry_policy[0].max_delivery_attempts, s.retry_policy[0].event_time_to_live, s.dead_letter_identity[*].type,
      s.storage_blob_dead_letter_destination[0].storage_account_id, s.storage_blob_dead_letter_destination[0].storage_blob_container_name,
      ] }) == jsonencode({ for name, own in {
      hook = ["", ["https://siem.example.com/trailhound"], [], []]
      siem = ["/subscriptions/00000000-0000-0000-0000-000000000001/hubs/siem", [], ["SystemAssigned"], ["casestep", "opened", "raised", "severity", "critical"]]
      } : name => [
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.EventGrid/topics/evgt", "CloudEventSchemaV1_0",
      own[0], own[1], own[2], own[3], 30, 1440, ["SystemAssigned"],
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata", "undelivered-findings",
    ] })
    error_message = "Subscribers as asked for, tried for a day, then dead-lettered."
  }

  # --- What is kept is kept, and private. ---

  assert {
    condition = alltrue([for a in [azurerm_storage_account.host, azurerm_storage_account.data] : jsonencode([
      a.account_tier, a.account_replication_type, a.min_tls_version, a.shared_access_key_enabled, a.default_to_oauth_authentication,
      a.allow_nested_items_to_be_public, a.local_user_enabled, a.resource_group_name, a.location,
    ]) == jsonencode(["Standard", "ZRS", "TLS1_2", false, true, false, false, "rg", "westeurope"])])
    error_message = "Both accounts: no keys, nothing public, across zones."
  }
  assert {
    condition = jsonencode([
      azurerm_storage_account.data.blob_properties[0].versioning_enabled, azurerm_storage_account.data.blob_properties[0].delete_retention_policy[0].days,
      azurerm_storage_account.data.blob_properties[0].container_delete_retention_policy[0].days,
    ]) == jsonencode([true, 14, 14])
    error_message = "Rejects survive an overwrite and a deletion."
  }
  assert {
    condition = jsonencode([
      azurerm_storage_container.rejects.storage_account_id, azurerm_storage_container.undelivered.storage_account_id,
      ]) == jsonencode([for i in [1, 2] :
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata"
    ])
    error_message = "What trailhound keeps is in the data account."
  }
  assert {
    condition     = azurerm_storage_container.package.storage_account_id == "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/sthost"
    error_message = "The package is in the host's account."
  }
  assert {
    condition     = length(azurerm_storage_blob.package) == 1 && azurerm_storage_blob.package[0].storage_container_id == azurerm_storage_container.package.id
    error_message = "The package is in its container."
  }
  assert {
    condition = jsonencode([azurerm_storage_management_policy.data.storage_account_id, [for r in azurerm_storage_management_policy.data.rule : [
      r.enabled, r.filters[0].blob_types, sort(r.filters[0].prefix_match),
      r.actions[0].base_blob[0].delete_after_days_since_modification_greater_than, r.actions[0].version[0].delete_after_days_since_creation,
      ]]]) == jsonencode([
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata",
      [[true, ["blockBlob"], ["rejects/", "undelivered-findings/"], 90, 14]],
    ])
    error_message = "Rejects expire after their time and not before."
  }
}

# Where it is to change, nobody knows it before it is applied, and the assertion cannot be judged.
run "again" {
  command = plan

  assert {
    condition     = length(terraform_data.canary_key.output) == 36 && terraform_data.installed.output != ""
    error_message = "What was drawn once stays at the next apply."
  }
}
