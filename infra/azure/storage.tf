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
  # checkov:skip=CKV_AZURE_33: no queue is used
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

resource "azurerm_storage_table" "state" {
  # checkov:skip=CKV2_AZURE_20: who reads what is for the customer's diagnostic settings on the account, where their workspace and retention are known
  name               = "trailhoundstate"
  storage_account_id = azurerm_storage_account.data.id
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

resource "azurerm_storage_management_policy" "data" {
  storage_account_id = azurerm_storage_account.data.id

  rule {
    name    = "expire"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["rejects/", "undelivered-findings/"]
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
