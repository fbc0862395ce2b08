# Every subscription of a tenant and Entra's own logs, into one hub in the security subscription. Subscriptions made later
# are covered by an Azure Policy that sets the same diagnostic setting with the output diagnostics_rule_id.

provider "azurerm" {
  features {}
  subscription_id     = var.subscription_id
  storage_use_azuread = true
  resource_providers_to_register = [
    "Microsoft.App", "Microsoft.EventGrid", "Microsoft.EventHub", "Microsoft.Insights", "Microsoft.Logic",
    "Microsoft.ManagedIdentity", "Microsoft.OperationalInsights", "Microsoft.Storage", "Microsoft.Web",
  ]
}

resource "azurerm_resource_group" "this" {
  name     = "rg-trailhound"
  location = "westeurope"
}

module "trailhound" {
  source = "../.."

  resource_group_name      = azurerm_resource_group.this.name
  location                 = azurerm_resource_group.this.location
  suffix                   = "example1"
  package_path             = "build/trailhound-azure.zip"
  subscription_ids         = var.watched_subscription_ids
  partition_count          = 16
  maximum_throughput_units = 10

  entra_categories = [
    "SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs", "AuditLogs", "UserRiskEvents",
  ]
}
