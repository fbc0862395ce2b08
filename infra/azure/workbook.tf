# One page: is it seeing, is it keeping up, is it failing, what did it find.

locals {
  charts = [
    { title = "Records", query = "summarize records = sum(tolong(d.records)), evaluated = sum(tolong(d.evaluated)) by bin(timestamp, 5m)" },
    { title = "Findings", query = "summarize published = sum(tolong(d.published)), suppressed = sum(tolong(d.suppressed)), duplicates = sum(tolong(d.duplicates)), deferred = sum(tolong(d.deferred)) by bin(timestamp, 5m)" },
    { title = "Rejects by reason", query = "mv-expand rejected = d.rejected | extend reason = tostring(bag_keys(rejected)[0]) | where isnotempty(reason) | summarize rejects = sum(tolong(rejected[reason])) by reason, bin(timestamp, 5m)" },
    { title = "From event to alert (ms, p95)", query = "where tolong(d.published) > 0 | summarize lag = percentile(tolong(d.lag_ms), 95) by bin(timestamp, 5m)" },
    { title = "From hub to done (ms, p99.9): 60 s are promised", query = "summarize age = percentile(tolong(d.age_ms), 99.9) by bin(timestamp, 5m)" },
    { title = "CPU (ms)", query = "summarize cpu = sum(tolong(d.cpu_ms)) by bin(timestamp, 5m)" },
    { title = "Deliveries and state", query = "summarize deliveries = count(), state_unavailable = countif(isnotempty(tostring(d.state_unavailable))) by bin(timestamp, 5m)" },
  ]
}

resource "azurerm_application_insights_workbook" "this" {
  name                = uuidv5("url", "trailhound/${var.resource_group_name}/${var.name}")
  display_name        = var.name
  resource_group_name = var.resource_group_name
  location            = var.location
  source_id           = lower(azurerm_application_insights.this.id)
  tags                = var.tags

  data_json = jsonencode({
    version = "Notebook/1.0"
    items = [for chart in local.charts : {
      type = 3
      content = {
        version       = "KqlItem/1.0"
        title         = chart.title
        query         = "${local.deliveries}| ${chart.query}"
        size          = 0
        timeContext   = { durationMs = 86400000 }
        queryType     = 0
        resourceType  = "microsoft.insights/components"
        visualization = "timechart"
      }
      customWidth = "50"
    }]
  })
}
