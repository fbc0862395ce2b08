output "findings_topic_id" {
  description = "The topic findings are published to, as CloudEvents. Subscribe your hub, queue, topic or webhook."
  value       = azurerm_eventgrid_topic.findings.id
}

output "findings_endpoint" {
  description = "The topic's endpoint."
  value       = azurerm_eventgrid_topic.findings.endpoint
}

output "topic_principal_id" {
  description = "The topic's identity: give it the sender role on hubs, queues and topics that subscribe."
  value       = azurerm_eventgrid_topic.findings.identity[0].principal_id
}

output "function_app_name" {
  description = "The function app."
  value       = local.app_name
}

output "function_principal_id" {
  description = "The function's identity."
  value       = azurerm_user_assigned_identity.function.principal_id
}

output "function_client_id" {
  description = "The same identity, as `AZURE_CLIENT_ID` names it."
  value       = azurerm_user_assigned_identity.function.client_id
}

output "event_hub_name" {
  description = "The hub logs arrive at."
  value       = local.hub.name
}

output "event_hub_namespace_name" {
  description = "Its namespace."
  value       = local.hub.namespace_name
}

output "diagnostics_rule_id" {
  description = "The authorization rule for diagnostic settings made elsewhere, if the hub is the module's own."
  value       = one(azurerm_eventhub_namespace_authorization_rule.diagnostics[*].id)
}

output "state_table_url" {
  description = "The table with claims, baselines and windows."
  value       = local.app_settings.TRAILHOUND_STATE_TABLE_URL
}

output "rejects_url" {
  description = "Where input is parked that could not be read."
  value       = local.app_settings.TRAILHOUND_REJECTS_URL
}

output "inventory" {
  description = "What a gathering takes, with inventory_jobs: the queue that messages are put into and the one that holds what was given up, and where parts and the candidate's rules lie."
  value = var.inventory_jobs ? {
    queue_url        = "${azurerm_storage_account.data.primary_queue_endpoint}${local.inventory_queue}"
    poison_queue_url = "${azurerm_storage_account.data.primary_queue_endpoint}${local.inventory_poison}"
    parts            = "${local.app_settings.TRAILHOUND_PARTS_URL}/"
    candidate        = local.app_settings.TRAILHOUND_CANDIDATE_URL
  } : null
}

output "application_insights_id" {
  description = "Where the function logs."
  value       = azurerm_application_insights.this.id
}

output "action_group_id" {
  description = "Who is told about trailhound itself."
  value       = azurerm_monitor_action_group.alarms.id
}

output "workbook_id" {
  description = "The workbook."
  value       = azurerm_application_insights_workbook.this.id
}
