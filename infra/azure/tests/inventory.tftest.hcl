# Blobs gathered by the function: nothing of it unless asked for, and roles that can do no more than that.

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
override_resource {
  target = azurerm_storage_container.inventory["PARTS"]
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/parts" }
}
override_resource {
  target = azurerm_storage_container.inventory["CANDIDATE"]
  values = { id = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/candidate" }
}

variables {
  protect_data        = false
  resource_group_name = "rg"
  location            = "westeurope"
  suffix              = "contoso1"
  subscription_ids    = ["00000000-0000-0000-0000-000000000001"]
}

run "nothing_of_it_unless_asked_for" {
  assert {
    condition     = length(azurerm_storage_container.inventory) + length(azurerm_resource_group_template_deployment.inventory) == 0 && output.inventory == null
    error_message = "No container and no queue without inventory_jobs."
  }
  assert {
    condition = !can(regex("TRAILHOUND_(PARTS|CANDIDATE|ALLOWED_CONTAINERS)", azurerm_resource_group_template_deployment.function.template_content)) && contains(
      jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings, { name = "AzureWebJobs.gather.Disabled", value = "true" },
    )
    error_message = "Nor a place for parts, nor a function that reads the queue."
  }
  assert {
    condition     = length([for name in keys(azurerm_role_assignment.function) : name if can(regex("parts|candidate|gather|inventory", name))]) == 0
    error_message = "Nor a role."
  }
}

run "a_queue_has_blobs_gathered" {
  variables {
    inventory_jobs = true
    inventory_containers = {
      hub     = { id = "/subscriptions/00000000-0000-0000-0000-000000000002/containers/capture", url = "https://stother.blob.core.windows.net/capture" }
      archive = { id = "/subscriptions/00000000-0000-0000-0000-000000000002/containers/archive", url = "https://stother.blob.core.windows.net/archive" }
    }
  }
  assert {
    condition = jsonencode({ for s in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings : s.name => s.value if can(regex("^(AzureWebJobs\\.|Gather|GATHER|TRAILHOUND_(PARTS|CANDIDATE|ALLOWED_CONTAINERS))", s.name)) }) == jsonencode({
      GATHER_QUEUE                  = "trailhound-gather"
      Gather__clientId              = "00000000-0000-0000-0000-00000000000b"
      Gather__credential            = "managedidentity"
      Gather__queueServiceUri       = "https://stdata.queue.core.windows.net/"
      TRAILHOUND_ALLOWED_CONTAINERS = "https://stother.blob.core.windows.net/archive,https://stother.blob.core.windows.net/capture"
      TRAILHOUND_CANDIDATE_URL      = "https://stdata.blob.core.windows.net/candidate"
      TRAILHOUND_PARTS_URL          = "https://stdata.blob.core.windows.net/parts"
    })
    error_message = "The function reads the queue, and keeps parts of the containers that are named."
  }
  assert {
    condition = jsonencode({ for name, r in azurerm_role_assignment.function : name => [r.scope, r.role_definition_name, r.principal_id] if can(regex("parts|candidate|gather|inventory", name)) }) == jsonencode({
      for name, r in {
        parts                    = ["/subscriptions/00000000-0000-0000-0000-000000000001/containers/parts", "Storage Blob Data Contributor"]
        candidate                = ["/subscriptions/00000000-0000-0000-0000-000000000001/containers/candidate", "Storage Blob Data Reader"]
        trailhound-gather        = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata/queueServices/default/queues/trailhound-gather", "Storage Queue Data Contributor"]
        trailhound-gather-poison = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata/queueServices/default/queues/trailhound-gather-poison", "Storage Queue Data Contributor"]
        inventory-archive        = ["/subscriptions/00000000-0000-0000-0000-000000000002/containers/archive", "Storage Blob Data Reader"]
        inventory-hub            = ["/subscriptions/00000000-0000-0000-0000-000000000002/containers/capture", "Storage Blob Data Reader"]
      } : name => [r[0], r[1], "00000000-0000-0000-0000-00000000000a"]
    })
    error_message = "It may read what is named, keep parts, and take and give up messages, and no more."
  }
  assert {
    condition = jsonencode([for d in azurerm_resource_group_template_deployment.inventory : [d.name, d.resource_group_name, d.deployment_mode, jsondecode(d.template_content)]]) == jsonencode([["trailhound-inventory", "rg", "Incremental", {
      "$schema"      = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
      contentVersion = "1.0.0.0"
      resources = [for name in ["trailhound-gather", "trailhound-gather-poison"] : {
        type = "Microsoft.Storage/storageAccounts/queueServices/queues", apiVersion = "2023-05-01", name = "sttrailhoundcontoso1data/default/${name}", properties = {}
      }]
    }]])
    error_message = "The queue, and the one for what is given up, made through Resource Manager."
  }
  assert {
    condition = jsonencode({ for name, c in azurerm_storage_container.inventory : name => [c.name, c.storage_account_id] }) == jsonencode({
      for name in ["CANDIDATE", "PARTS"] : name => [lower(name), "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata"]
    })
    error_message = "Parts and the candidate lie in the data account."
  }
  assert {
    condition     = jsonencode([for r in azurerm_storage_management_policy.data.rule : sort(r.filters[0].prefix_match)]) == jsonencode([["parts/", "rejects/", "undelivered-findings/"]])
    error_message = "Parts go with the rejects; a candidate stays."
  }
  assert {
    condition = jsonencode(output.inventory) == jsonencode({
      candidate        = "https://stdata.blob.core.windows.net/candidate"
      parts            = "https://stdata.blob.core.windows.net/parts/"
      poison_queue_url = "https://stdata.queue.core.windows.net/trailhound-gather-poison"
      queue_url        = "https://stdata.queue.core.windows.net/trailhound-gather"
    })
    error_message = "Whoever sends messages is told where to."
  }
}
