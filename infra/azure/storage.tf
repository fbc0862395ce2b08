# Two accounts: the Functions host owns one (package, leases, checkpoints); the other holds what trailhound remembers and
# parks, so that roles on either say what they mean. Shared keys are off in both.

resource "azurerm_storage_account" "host" {
  # checkov:skip=CKV_AZURE_33: the queue service is the host's own and holds no data of ours
  # checkov:skip=CKV_AZURE_59: the host reaches its storage over the public endpoint, with its identity only
  # checkov:skip=CKV_AZURE_206: replication across zones; across regions would not help a function in one region
  # checkov:skip=CKV2_AZURE_1: package, leases and checkpoints; no secret and no customer record
  # checkov:skip=CKV2_AZURE_33: a private endpoint needs a network of the customer's; identity is the boundary here
  # checkov:skip=CKV2_AZURE_38: everything in it is made again by a deployment
  name                            = "st${local.unique}host"
  resource_group_name             = var.resource_group_name
  location                        = var.location
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  allow_nested_items_to_be_public = false
  local_user_enabled              = false
  tags                            = var.tags
}

resource "azurerm_storage_account" "data" {
  # checkov:skip=CKV_AZURE_33: its queue, where there is one, holds names of blobs
  # checkov:skip=CKV_AZURE_59: the function reaches it over the public endpoint, with its identity only
  # checkov:skip=CKV_AZURE_206: replication across zones; across regions would not help a function in one region
  # checkov:skip=CKV2_AZURE_1: a key of the customer's can be set on the account; the platform's encrypts it meanwhile
  # checkov:skip=CKV2_AZURE_33: a private endpoint needs a network of the customer's; identity is the boundary here
  name                            = "st${local.unique}data"
  resource_group_name             = var.resource_group_name
  location                        = var.location
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  allow_nested_items_to_be_public = false
  local_user_enabled              = false
  tags                            = var.tags

  blob_properties {
    versioning_enabled = true
    delete_retention_policy {
      days = 14
    }
    container_delete_retention_policy {
      days = 14
    }
  }
}

resource "azurerm_storage_container" "package" {
  # checkov:skip=CKV2_AZURE_21: who reads what is for the customer's diagnostic settings on the account, where their workspace and retention are known
  name               = "app-package"
  storage_account_id = azurerm_storage_account.host.id
}

# Through Resource Manager: azurerm_storage_table reads and sets the table's ACL with a shared key, and there is none.
locals {
  state_table    = "trailhoundstate"
  state_table_id = "${azurerm_storage_account.data.id}/tableServices/default/tables/${local.state_table}"
}

resource "azurerm_resource_group_template_deployment" "state" {
  name                = "${var.name}-state"
  resource_group_name = var.resource_group_name
  deployment_mode     = "Incremental"
  tags                = var.tags

  template_content = jsonencode({
    "$schema"      = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    contentVersion = "1.0.0.0"
    resources = [{
      type       = "Microsoft.Storage/storageAccounts/tableServices/tables"
      apiVersion = "2023-05-01"
      name       = "${azurerm_storage_account.data.name}/default/${local.state_table}"
      properties = {}
    }]
  })
}

resource "azurerm_storage_container" "rejects" {
  # checkov:skip=CKV2_AZURE_21: who reads what is for the customer's diagnostic settings on the account, where their workspace and retention are known
  name               = "rejects"
  storage_account_id = azurerm_storage_account.data.id
}

# What Event Grid could not deliver to a subscriber.
resource "azurerm_storage_container" "undelivered" {
  # checkov:skip=CKV2_AZURE_21: who reads what is for the customer's diagnostic settings on the account, where their workspace and retention are known
  name               = "undelivered-findings"
  storage_account_id = azurerm_storage_account.data.id
}

# Every finding as it was published.
resource "azurerm_storage_container" "archive" {
  # checkov:skip=CKV2_AZURE_21: who reads what is for the customer's diagnostic settings on the account, where their workspace and retention are known
  count = var.archive_days == 0 ? 0 : 1

  name               = "findings"
  storage_account_id = azurerm_storage_account.data.id
}

resource "azurerm_storage_management_policy" "data" {
  storage_account_id = azurerm_storage_account.data.id

  dynamic "rule" {
    for_each = azurerm_storage_container.archive
    content {
      name    = "expire-archive"
      enabled = true
      filters {
        blob_types   = ["blockBlob"]
        prefix_match = ["${rule.value.name}/"]
      }
      actions {
        base_blob {
          delete_after_days_since_modification_greater_than = var.archive_days
        }
        version {
          delete_after_days_since_creation = 14
        }
      }
    }
  }

  rule {
    name    = "expire"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = concat(["rejects/", "undelivered-findings/"], [for container in values(azurerm_storage_container.inventory) : "${container.name}/" if container.name == local.inventory_places.PARTS])
    }
    actions {
      base_blob {
        delete_after_days_since_modification_greater_than = var.rejects_retention_days
      }
      version {
        delete_after_days_since_creation = 14
      }
    }
  }
}

# Terraform's own destroy takes a lock away before what it locks, so this ends it first: what it depends on is destroyed
# after it, and it refuses while protect_data holds.
resource "terraform_data" "protection" {
  input = var.protect_data

  provisioner "local-exec" {
    when    = destroy
    command = self.input ? "echo protect_data holds: set it to false, apply, then destroy && exit 1" : "echo protect_data is off"
  }

  depends_on = [azurerm_storage_management_policy.data, azurerm_resource_group_template_deployment.state, azurerm_eventhub.logs]
}

# Against the portal and the command line.
resource "azurerm_management_lock" "data" {
  count = var.protect_data ? 1 : 0

  name       = var.name
  scope      = azurerm_storage_account.data.id
  lock_level = "CanNotDelete"
  notes      = "What trailhound remembers and parked. Set protect_data to false to delete it."
}
