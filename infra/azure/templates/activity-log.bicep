// Written by infra/tools/bicep_template.py, from the module and infra/tools/templates/activity-log.bicep:
// change those, then run infra/check --write.

// Streams a subscription's activity log to trailhound's hub. A diagnostic setting of a subscription is none of a resource group's.
targetScope = 'subscription'

@description('Part of every name.')
param name string

@description('The hub.')
param hubName string

@description('The authorization rule of its namespace that Azure Monitor sends with.')
param authorizationRuleId string

resource activitySetting 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-${name}'
  properties: {
    eventHubName: hubName
    eventHubAuthorizationRuleId: authorizationRuleId
    logs: [
      {
        category: 'Administrative'
        enabled: true
      }
      {
        category: 'Security'
        enabled: true
      }
    ]
  }
}
