# The logs already flow into a hub of the company's, which has a central workspace and an on-call action group. The
# module adds a consumer group to the hub, and findings go to an event hub of the SIEM.

provider "azurerm" {
  features {}
  subscription_id     = var.subscription_id
  storage_use_azuread = true
  resource_providers_to_register = [
    "Microsoft.App", "Microsoft.EventGrid", "Microsoft.EventHub", "Microsoft.Insights", "Microsoft.Logic",
    "Microsoft.ManagedIdentity", "Microsoft.OperationalInsights", "Microsoft.Storage", "Microsoft.Web",
  ]
}

module "trailhound" {
  source = "../.."

  resource_group_name = "example-security"
  location            = "westeurope"
  suffix              = "example1"
  package_path        = "build/trailhound-azure.zip"

  existing_hub = {
    id                  = "/subscriptions/${var.subscription_id}/resourceGroups/example-hubs/providers/Microsoft.EventHub/namespaces/example-central/eventhubs/activity"
    name                = "activity"
    namespace_id        = "/subscriptions/${var.subscription_id}/resourceGroups/example-hubs/providers/Microsoft.EventHub/namespaces/example-central"
    namespace_name      = "example-central"
    resource_group_name = "example-hubs"
  }
  log_analytics_workspace_id = "/subscriptions/${var.subscription_id}/resourceGroups/example-logs/providers/Microsoft.OperationalInsights/workspaces/example-central"
  alarm_action_group_ids     = ["/subscriptions/${var.subscription_id}/resourceGroups/example-logs/providers/Microsoft.Insights/actionGroups/example-oncall"]

  subscriptions = {
    siem = {
      event_hub_id = local.siem_hub_id
      severities   = ["medium", "high", "critical"]
    }
  }
}

locals {
  siem_hub_id = "/subscriptions/${var.subscription_id}/resourceGroups/example-siem/providers/Microsoft.EventHub/namespaces/example-siem/eventhubs/findings"
}

# The topic delivers with its own identity.
resource "azurerm_role_assignment" "deliver" {
  scope                = local.siem_hub_id
  role_definition_name = "Azure Event Hubs Data Sender"
  principal_id         = module.trailhound.topic_principal_id
  principal_type       = "ServicePrincipal"
}
