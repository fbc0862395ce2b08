# What a backtest or a baseline needs, gathered by the function: a queue whose messages name blobs, and containers for the parts it
# keeps of them and for the rules that a backtest tries. Off unless asked for; it costs nothing until a message is put.

locals {
  inventory_queue  = "trailhound-gather"
  inventory_poison = "${local.inventory_queue}-poison"
  # What the function keeps of blobs, and what an operator puts there.
  inventory_places = { PARTS = "parts", CANDIDATE = "candidate" }
  inventory_queue_ids = { for name in [local.inventory_queue, local.inventory_poison] :
    name => "${azurerm_storage_account.data.id}/queueServices/default/queues/${name}"
  }
}

resource "azurerm_storage_container" "inventory" {
  # checkov:skip=CKV2_AZURE_21: who reads what is for the customer's diagnostic settings on the account, where their workspace and retention are known
  for_each = var.inventory_jobs ? local.inventory_places : {}

  name               = each.value
  storage_account_id = azurerm_storage_account.data.id
}

# Through Resource Manager, as the table. The host puts what it gives up into the second, and would make it at the first such message.
resource "azurerm_resource_group_template_deployment" "inventory" {
  count = var.inventory_jobs ? 1 : 0

  name                = "${var.name}-inventory"
  resource_group_name = var.resource_group_name
  deployment_mode     = "Incremental"
  tags                = var.tags

  template_content = jsonencode({
    "$schema"      = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    contentVersion = "1.0.0.0"
    resources = [for name in [local.inventory_queue, local.inventory_poison] : {
      type       = "Microsoft.Storage/storageAccounts/queueServices/queues"
      apiVersion = "2023-05-01"
      name       = "${azurerm_storage_account.data.name}/default/${name}"
      properties = {}
    }]
  })
}
