# One subscription's activity log, people told of findings and of trouble by e-mail. Storage keys are off, so the provider itself has to
# use Entra ID for storage; and version 5 registers only the resource providers it is told to.

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
  location = var.location
}

module "trailhound" {
  source = "../.."

  resource_group_name   = azurerm_resource_group.this.name
  location              = azurerm_resource_group.this.location
  suffix                = var.suffix
  subscription_ids      = [var.subscription_id]
  package_path          = var.package_path
  email_addresses       = var.email_addresses
  alarm_email_addresses = var.email_addresses
  protect_data          = var.protect_data
}
