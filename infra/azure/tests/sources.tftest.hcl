# An existing hub and workspace, settings of your own, and what is left out then.

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
  protect_data               = false
  resource_group_name        = "rg"
  location                   = "westeurope"
  suffix                     = "contoso1"
  always_ready_instances     = 0
  log_analytics_workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/central"
  existing_hub = {
    id                  = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hubs/providers/Microsoft.EventHub/namespaces/central/eventhubs/activity"
    name                = "activity"
    namespace_id        = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hubs/providers/Microsoft.EventHub/namespaces/central"
    namespace_name      = "central"
    resource_group_name = "hubs"
  }
}

run "an_existing_hub" {
  assert {
    condition = (
      length(azurerm_eventhub_namespace.this) + length(azurerm_eventhub.logs) + length(azurerm_eventhub_namespace_authorization_rule.diagnostics) == 0
      && length(azurerm_monitor_diagnostic_setting.activity) + length(azurerm_monitor_aad_diagnostic_setting.entra) + length(azurerm_log_analytics_workspace.this) == 0
    )
    error_message = "Nothing is made that exists."
  }
  assert {
    condition     = jsonencode([for g in azurerm_eventhub_consumer_group.function : [g.namespace_name, g.eventhub_name, g.resource_group_name]]) == jsonencode([["central", "activity", "hubs"]])
    error_message = "The function must have a consumer group of its own in it."
  }
  assert {
    condition = jsonencode([for name in ["EventHub__fullyQualifiedNamespace", "EVENTHUB_NAME", "EVENTHUB_CONSUMER_GROUP"] : ({ for s in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings : s.name => s.value })[name]]) == jsonencode([
      "central.servicebus.windows.net", "activity", "trailhound",
    ])
    error_message = "The function must read from it."
  }
  assert {
    condition = (
      azurerm_role_assignment.function["receive"].scope == var.existing_hub.id && azurerm_role_assignment.canary.scope == var.existing_hub.id
      && contains(azurerm_monitor_metric_alert.this["throttles"].scopes, var.existing_hub.namespace_id)
      && azurerm_application_insights.this.workspace_id == var.log_analytics_workspace_id
    )
    error_message = "Roles, alarm and log must be on what exists."
  }
  assert {
    condition = (
      jsondecode(azurerm_logic_app_action_custom.canary.body).foreach == ["messages"]
      && strcontains(azurerm_monitor_scheduled_query_rules_alert_v2.this["canary-missing"].criteria[0].query, "partitions < 1 ")
    )
    error_message = "Of a hub whose partitions nobody told one canary must come, wherever."
  }
  assert {
    condition     = length(jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.functionAppConfig.scaleAndConcurrency.alwaysReady) == 0 && length(azurerm_storage_blob.package) == 0
    error_message = "No instance kept warm and no package, when not asked for."
  }
}

run "a_consumer_group_that_exists" {
  variables {
    existing_hub = {
      id                  = "/subscriptions/00000000-0000-0000-0000-000000000001/hub"
      name                = "activity"
      namespace_id        = "/subscriptions/00000000-0000-0000-0000-000000000001/namespace"
      namespace_name      = "central"
      resource_group_name = "hubs"
      consumer_group      = "detector"
    }
  }
  assert {
    condition     = length(azurerm_eventhub_consumer_group.function) == 0 && ({ for s in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings : s.name => s.value }).EVENTHUB_CONSUMER_GROUP == "detector"
    error_message = "The group given is the group used."
  }
}

run "rules_and_suppressions_of_your_own" {
  variables {
    settings_container = {
      id           = "/subscriptions/00000000-0000-0000-0000-000000000001/containers/detections"
      url          = "https://example.blob.core.windows.net/detections"
      rules        = "rules.yml"
      suppressions = "suppressions.yml"
      geo          = "geo"
      inventory    = "assets.csv"
      indicators   = "warned.csv"
    }
  }
  assert {
    condition = jsonencode([for name in ["RULES", "SUPPRESSIONS", "GEO", "INVENTORY", "INDICATORS"] : lookup({ for s in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources[0].properties.siteConfig.appSettings : s.name => s.value }, "TRAILHOUND_${name}_URL", null)]) == jsonencode([
      "https://example.blob.core.windows.net/detections/rules.yml", "https://example.blob.core.windows.net/detections/suppressions.yml",
      "https://example.blob.core.windows.net/detections/geo", "https://example.blob.core.windows.net/detections/assets.csv",
      "https://example.blob.core.windows.net/detections/warned.csv",
    ])
    error_message = "The function must be told of its rules and suppressions."
  }
  assert {
    condition = jsonencode([azurerm_role_assignment.function["settings"].scope, azurerm_role_assignment.function["settings"].role_definition_name]) == jsonencode([
      "/subscriptions/00000000-0000-0000-0000-000000000001/containers/detections", "Storage Blob Data Reader",
    ])
    error_message = "The function must be allowed to read them, and no more."
  }
}

run "subscribers_by_service_bus" {
  variables {
    subscriptions = {
      queue = { service_bus_queue_id = "/subscriptions/00000000-0000-0000-0000-000000000001/queue" }
      topic = { service_bus_topic_id = "/subscriptions/00000000-0000-0000-0000-000000000001/topic" }
    }
  }
  assert {
    condition = jsonencode([azurerm_eventgrid_event_subscription.findings["queue"].service_bus_queue_id, azurerm_eventgrid_event_subscription.findings["topic"].service_bus_topic_id]) == jsonencode([
      "/subscriptions/00000000-0000-0000-0000-000000000001/queue", "/subscriptions/00000000-0000-0000-0000-000000000001/topic",
    ])
    error_message = "Queues and topics as subscribers."
  }
}

run "a_package_by_its_address" {
  variables {
    package_url = "https://example.com/trailhound/0.1.0/trailhound-azure.zip"
  }
  assert {
    condition = jsonencode([for r in jsondecode(azurerm_resource_group_template_deployment.function.template_content).resources : [r.name, r.properties, r.dependsOn] if r.type == "Microsoft.Web/sites/extensions"]) == jsonencode([
      ["func-trailhoundcontoso1/onedeploy", { packageUri = "https://example.com/trailhound/0.1.0/trailhound-azure.zip", remoteBuild = false }, ["[resourceId('Microsoft.Web/sites', 'func-trailhoundcontoso1')]"]],
    ])
    error_message = "The package must be deployed by the documented call, once the app is there."
  }
  assert {
    condition     = length(azurerm_storage_blob.package) == 0
    error_message = "And by no other."
  }
}

run "data_is_protected" {
  command = plan
  variables {
    protect_data = true
  }
  assert {
    condition     = terraform_data.protection.input && jsonencode([for l in azurerm_management_lock.data : l.lock_level]) == jsonencode(["CanNotDelete"])
    error_message = "Destroying must be refused."
  }
}

run "data_can_be_let_go" {
  command = plan
  assert {
    condition     = !terraform_data.protection.input && length(azurerm_management_lock.data) == 0
    error_message = "With protect_data off, destroy must work."
  }
}

run "findings_are_kept" {
  variables {
    archive_days = 400
  }
  assert {
    condition = jsonencode([for c in azurerm_storage_container.archive : [c.name, c.storage_account_id]]) == jsonencode([
      ["findings", "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stdata"],
    ])
    error_message = "Findings are kept in a container of the data account."
  }
  assert {
    condition = jsonencode([for r in azurerm_storage_management_policy.data.rule : [
      r.name, r.enabled, r.filters[0].blob_types, r.filters[0].prefix_match,
      r.actions[0].base_blob[0].delete_after_days_since_modification_greater_than, r.actions[0].version[0].delete_after_days_since_creation,
    ] if r.name != "expire"]) == jsonencode([["expire-archive", true, ["blockBlob"], ["findings/"], 400, 14]])
    error_message = "For as long as asked for, and no longer."
  }
  assert {
    condition = jsonencode([azurerm_role_assignment.function["archive"].scope, azurerm_role_assignment.function["archive"].role_definition_name]) == jsonencode([
      azurerm_storage_container.archive[0].id, "Storage Blob Data Contributor",
    ])
    error_message = "The function writes to it, and to no other container more than before."
  }
  assert {
    condition     = local.app_settings.TRAILHOUND_ARCHIVE_URL == "https://stdata.blob.core.windows.net/findings"
    error_message = "The function must know where."
  }
  assert {
    condition     = contains(keys(azurerm_monitor_scheduled_query_rules_alert_v2.this), "unarchived")
    error_message = "What the archive did not take must be told."
  }
}

run "no_archive_unless_asked" {
  command = plan
  assert {
    condition = jsonencode([
      length(azurerm_storage_container.archive), length(azurerm_storage_management_policy.data.rule), contains(keys(azurerm_role_assignment.function), "archive"),
      contains(keys(local.app_settings), "TRAILHOUND_ARCHIVE_URL"), contains(keys(azurerm_monitor_scheduled_query_rules_alert_v2.this), "unarchived"),
    ]) == jsonencode([0, 1, false, false, false])
    error_message = "Nothing of it without archive_days."
  }
}
