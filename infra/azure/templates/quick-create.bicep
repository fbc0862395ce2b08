// Written by infra/tools/bicep_template.py, from the module and infra/tools/templates/quick-create.bicep:
// change those, then run infra/check --write.

// trailhound in one resource group, as the Terraform module infra/azure makes it, for the activity log of subscriptions.
targetScope = 'resourceGroup'

@description('Part of every name: 3 to 12 lower-case letters and digits.')
@minLength(3)
@maxLength(12)
param name string = 'trailhound'

@description('Makes names unique that all of Azure shares: 3 to 8 lower-case letters and digits.')
@minLength(3)
@maxLength(8)
param suffix string

@description('The region, which must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Subscriptions whose activity log is streamed to the hub. Whoever deploys needs Monitoring Contributor on each.')
param subscriptionIds array = array(subscription().subscriptionId)

@description('Where Azure reads trailhound-azure.zip: a release asset, or a blob with a SAS. Another package needs another address. Without one the app is made empty.')
@secure()
param packageUrl string = ''

@description('People who get findings by e-mail.')
param emailAddresses array = []

@description('An incoming webhook of Slack that findings are posted to.')
@secure()
param slackWebhook string = ''

@description('An incoming webhook of Teams that findings are posted to.')
@secure()
param teamsWebhook string = ''

@description('The routing key of a PagerDuty integration that findings are incidents of.')
@secure()
param pagerDutyRoutingKey string = ''

@description('People told when trailhound is blind, late or failing.')
param alarmEmailAddresses array = []

@description('Findings below this level are not published.')
@allowed([
  'informational'
  'low'
  'medium'
  'high'
  'critical'
])
param minLevel string = 'low'

@description('Locks the account with state and rejects against being deleted. Whoever deploys needs Owner, or User Access Administrator.')
param protectData bool = true

@description('When it was installed: the alarms for silence count from then on. Give the first time again when you deploy again.')
param installed string = utcNow('yyyy-MM-ddTHH:mm:ssZ')

@description('What the canary says and nobody else knows; another with each deployment.')
@secure()
// checkov:skip=CKV_AZURE_131: drawn anew, not written here
param canaryKey string = newGuid()

var hasMail = !empty(emailAddresses)
var hasSlack = !empty(slackWebhook)
var hasTeams = !empty(teamsWebhook)
var hasPagerDuty = !empty(pagerDutyRoutingKey)
var hasPeople = hasMail || hasSlack || hasTeams || hasPagerDuty
var hasNobody = !hasPeople
var hasPackage = !empty(packageUrl)

// The lines that several queries begin with.
var deliveries = '''
traces
| where message has '"event":"delivery"'
| extend d = parse_json(extract(@'\{.*\}', 0, message))
'''

resource alarmCanaryMissing 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-canary-missing'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'Not every partition\'s canary came through in fifteen minutes. trailhound is blind or mute, or one partition is stuck. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-canary-missing'
    severity: 1
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| where tolong(d.notices.canary) > 0 | extend partition = extract(@\'/(\\d+)@\', 1, tostring(d.origin)) | summarize partitions = dcount(partition) | extend value = iff(partitions < 4 and now() > datetime(${installed}) + 15m, 1, 0)'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmCanaryUnsent 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-canary-unsent'
  location: 'global'
  properties: {
    description: 'The Logic App cannot send canaries. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-canary-unsent'
    severity: 2
    scopes: [
      canaryWorkflow.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Logic/workflows'
          metricName: 'RunsFailed'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmDeferred 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-deferred'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'Findings could not be published at the fourth attempt. The batch is tried twice more, then they are parked. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-deferred'
    severity: 1
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| where tolong(d.deferred) > 0 and tolong(d.attempt) >= 3 | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmDropped 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-dropped'
  location: 'global'
  properties: {
    description: 'Event Grid dropped findings. Neither the subscriber nor the container took them. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-dropped'
    severity: 2
    scopes: [
      findingsTopic.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/topics'
          metricName: 'DroppedEventCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmErrors 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-errors'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'The function fails. Batches are tried again under its retry policy, then parked. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-errors'
    severity: 1
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: 'requests | where success == false | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmGivenUp 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-given-up'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'Findings could not be published and were parked. Nobody has been told of them. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-given-up'
    severity: 0
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| where tolong(d.parked_unpublished) > 0 | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmLate 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-late'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'What came to the hub was read later than alarm_thresholds.age allows. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-late'
    severity: 2
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| summarize value = max(tolong(d.age_ms)) / 1000'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 900
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmRejects 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-rejects'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'Input could not be read and was parked in the rejects container, with the reason. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-rejects'
    severity: 2
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| where tostring(d.rejected) !in (\'\', \'{}\') | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmRestarts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-restarts'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'The handler process exits. After a few times the host stops starting it. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-restarts'
    severity: 1
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: 'union traces, exceptions | where severityLevel >= 3 and (message startswith \'Language Worker Process exited\' or message startswith \'Exceeded http worker restart retry count\' or outerMessage has \'trailhound-azure exited\') | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmRulesInvalid 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-rules-invalid'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'New rules, suppressions or files beside the logs cannot be used; the previous ones stay in force. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-rules-invalid'
    severity: 2
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: 'traces | where message has \'"event":"rules_invalid"\' | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmSilence 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-silence'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'No record has come for the time that alarm_thresholds.silence_minutes allows. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-silence'
    severity: 1
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT1H'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| summarize records = sum(tolong(d.records)) | extend value = iff(records < 1 and now() > datetime(${installed}) + 60m, 1, 0)'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmStateUnavailable 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-state-unavailable'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'The state table cannot be used. Findings go out marked state_unavailable, perhaps more than once. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-state-unavailable'
    severity: 2
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: '${deliveries}| where isnotempty(tostring(d.state_unavailable)) | summarize value = count()'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        alarmsGroup.id
      ]
    }
  }
}

resource alarmThrottles 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-throttles'
  location: 'global'
  properties: {
    description: 'The hub\'s namespace throttles. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-throttles'
    severity: 2
    scopes: [
      hubNamespace.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventHub/namespaces'
          metricName: 'ThrottledRequests'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmUndelivered 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-undelivered'
  location: 'global'
  properties: {
    description: 'Event Grid gave up delivering findings to a subscriber and parked them in undelivered-findings. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-undelivered'
    severity: 2
    scopes: [
      findingsTopic.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/topics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmUnheard 'Microsoft.Insights/metricAlerts@2018-03-01' = if (hasNobody) {
  name: '${name}-unheard'
  location: 'global'
  properties: {
    description: 'Event Grid took findings that no subscription wants. Nobody is told. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-unheard'
    severity: 2
    scopes: [
      findingsTopic.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/topics'
          metricName: 'UnmatchedEventCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmUnpostedPagerduty 'Microsoft.Insights/metricAlerts@2018-03-01' = if (hasPagerDuty) {
  name: '${name}-unposted-pagerduty'
  location: 'global'
  properties: {
    description: 'A finding could not be posted to a chat or pager. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-unposted'
    severity: 2
    scopes: [
      pagerdutyWorkflow.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Logic/workflows'
          metricName: 'RunsFailed'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmUnpostedSlack 'Microsoft.Insights/metricAlerts@2018-03-01' = if (hasSlack) {
  name: '${name}-unposted-slack'
  location: 'global'
  properties: {
    description: 'A finding could not be posted to a chat or pager. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-unposted'
    severity: 2
    scopes: [
      slackWorkflow.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Logic/workflows'
          metricName: 'RunsFailed'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmUnpostedTeams 'Microsoft.Insights/metricAlerts@2018-03-01' = if (hasTeams) {
  name: '${name}-unposted-teams'
  location: 'global'
  properties: {
    description: 'A finding could not be posted to a chat or pager. https://github.com/trailhound/trailhound/blob/main/docs/runbooks.md#azure-unposted'
    severity: 2
    scopes: [
      teamsWorkflow.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    enabled: true
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'Metric1'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Logic/workflows'
          metricName: 'RunsFailed'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [
      {
        actionGroupId: alarmsGroup.id
      }
    ]
  }
}

resource alarmsGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  properties: {
    groupShortName: name
    enabled: true
    emailReceivers: [for address in alarmEmailAddresses: {
      name: address
      emailAddress: address
      useCommonAlertSchema: true
    }]
  }
}

resource canaryRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: logsHub
  name: guid(logsHub.id, canaryWorkflow.id, '2b629674-e913-4c01-ae53-ef4638d8f975')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '2b629674-e913-4c01-ae53-ef4638d8f975')
    principalId: canaryWorkflow.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource canaryWorkflow 'Microsoft.Logic/workflows@2019-05-01' = {
  name: 'logic-${name}-canary'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      triggers: {
        'every-five-minutes': {
          type: 'Recurrence'
          recurrence: {
            frequency: 'Minute'
            interval: 5
          }
        }
      }
      actions: {
        'send-canary': {
          actions: {
            send: {
              inputs: {
                authentication: {
                  audience: 'https://eventhubs.azure.net'
                  type: 'ManagedServiceIdentity'
                }
                body: {
                  key: canaryKey
                  trailhound: 'canary'
                }
                headers: {
                  'Content-Type': 'application/json'
                }
                method: 'POST'
                uri: 'https://${hubNamespace.name}.servicebus.windows.net/${logsHub.name}/@{item()}'
              }
              runAfter: {}
              type: 'Http'
            }
          }
          foreach: [
            'partitions/0/messages'
            'partitions/1/messages'
            'partitions/2/messages'
            'partitions/3/messages'
          ]
          runAfter: {}
          type: 'Foreach'
        }
      }
    }
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  // checkov:skip=CKV_AZURE_35: the function reaches it over the public endpoint, with its identity only
  // checkov:skip=CKV_AZURE_43: the name is put together of parameters, which checkov does not work out
  // checkov:skip=CKV_AZURE_59: the function reaches it over the public endpoint, with its identity only
  // checkov:skip=CKV_AZURE_206: replication across zones; across regions would not help a function in one region
  name: 'st${name}${suffix}data'
  location: location
  sku: {
    name: 'Standard_ZRS'
  }
  kind: 'StorageV2'
  properties: {
    minimumTlsVersion: 'TLS1_2'
    allowSharedKeyAccess: false
    isLocalUserEnabled: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    accessTier: 'Hot'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    allowCrossTenantReplication: false
  }
}

resource dataBlobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: dataAccount
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: 14
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 14
    }
  }
}

resource dataLifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = {
  parent: dataAccount
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'expire'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'rejects/'
                'undelivered-findings/'
              ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: 90
                }
              }
              version: {
                delete: {
                  daysAfterCreationGreaterThan: 14
                }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    dataBlobs
  ]
}

resource dataLock 'Microsoft.Authorization/locks@2016-09-01' = if (protectData) {
  scope: dataAccount
  name: name
  properties: {
    level: 'CanNotDelete'
    notes: 'What trailhound remembers and parked. Delete this lock to delete it.'
  }
}

resource diagnosticsRule 'Microsoft.EventHub/namespaces/authorizationRules@2024-01-01' = {
  parent: hubNamespace
  name: 'diagnostic-settings'
  properties: {
    rights: [
      'Listen'
      'Send'
      'Manage'
    ]
  }
}

resource findingsTopic 'Microsoft.EventGrid/topics@2025-02-15' = {
  // checkov:skip=CKV_AZURE_193: subscribers and the function reach it over the public endpoint, with an identity only
  name: 'evgt-${name}${suffix}'
  location: location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource ftpPolicy 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: functionApp
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource functionApp 'Microsoft.Web/sites@2024-04-01' = {
  // checkov:skip=CKV_AZURE_17: nothing is served: public access is off, and the trigger is the hub
  // checkov:skip=CKV_AZURE_18: nothing is served: public access is off, and the trigger is the hub
  // checkov:skip=CKV_AZURE_67: nothing is served: public access is off, and the trigger is the hub
  // checkov:skip=CKV_AZURE_213: nothing is served: public access is off, and the trigger is the hub
  // checkov:skip=CKV_AZURE_212: Flex Consumption scales by itself
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${functionIdentity.id}': {}
    }
  }
  kind: 'functionapp,linux'
  location: location
  name: 'func-${name}${suffix}'
  properties: {
    functionAppConfig: {
      deployment: {
        storage: {
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: functionIdentity.id
          }
          type: 'blobContainer'
          value: '${hostAccount.properties.primaryEndpoints.blob}app-package'
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        alwaysReady: [
          {
            instanceCount: 1
            name: 'function:detect'
          }
        ]
        instanceMemoryMB: 512
        maximumInstanceCount: 40
      }
    }
    httpsOnly: true
    publicNetworkAccess: 'Disabled'
    serverFarmId: plan.id
    siteConfig: {
      appSettings: [
        {
          name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
          value: 'ClientId=${functionIdentity.properties.clientId};Authorization=AAD'
        }
        {
          name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
          value: insights.properties.ConnectionString
        }
        {
          name: 'AZURE_CLIENT_ID'
          value: functionIdentity.properties.clientId
        }
        {
          name: 'AzureFunctionsJobHost__logging__applicationInsights__samplingSettings__isEnabled'
          value: 'false'
        }
        {
          name: 'AzureWebJobs.gather.Disabled'
          value: 'true'
        }
        {
          name: 'AzureWebJobsStorage__accountName'
          value: hostAccount.name
        }
        {
          name: 'AzureWebJobsStorage__clientId'
          value: functionIdentity.properties.clientId
        }
        {
          name: 'AzureWebJobsStorage__credential'
          value: 'managedidentity'
        }
        {
          name: 'EVENTHUB_CONSUMER_GROUP'
          value: name
        }
        {
          name: 'EVENTHUB_NAME'
          value: logsHub.name
        }
        {
          name: 'EventHub__clientId'
          value: functionIdentity.properties.clientId
        }
        {
          name: 'EventHub__credential'
          value: 'managedidentity'
        }
        {
          name: 'EventHub__fullyQualifiedNamespace'
          value: '${hubNamespace.name}.servicebus.windows.net'
        }
        {
          name: 'GATHER_QUEUE'
          value: 'trailhound-gather'
        }
        {
          name: 'Gather__clientId'
          value: functionIdentity.properties.clientId
        }
        {
          name: 'Gather__credential'
          value: 'managedidentity'
        }
        {
          name: 'Gather__queueServiceUri'
          value: dataAccount.properties.primaryEndpoints.queue
        }
        {
          name: 'RUST_LOG'
          value: 'info'
        }
        {
          name: 'TRAILHOUND_CANARY_KEY'
          value: canaryKey
        }
        {
          name: 'TRAILHOUND_EVENT_GRID_ENDPOINT'
          value: findingsTopic.properties.endpoint
        }
        {
          name: 'TRAILHOUND_MIN_LEVEL'
          value: minLevel
        }
        {
          name: 'TRAILHOUND_REJECTS_URL'
          value: '${dataAccount.properties.primaryEndpoints.blob}rejects'
        }
        {
          name: 'TRAILHOUND_STATE_TABLE_URL'
          value: '${dataAccount.properties.primaryEndpoints.table}trailhoundstate'
        }
      ]
      ftpsState: 'Disabled'
      minTlsVersion: '1.2'
    }
  }
  dependsOn: [
    functionHostBlobsRole
    functionHostQueuesRole
    functionHostTablesRole
    functionMetricsRole
    functionPublishRole
    functionReceiveRole
    functionRejectsRole
    functionStateRole
    functionConsumerGroup
    packageContainer
    rejectsContainer
    stateTable
  ]
}

resource functionConsumerGroup 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = {
  parent: logsHub
  name: name
}

resource functionHostBlobsRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, functionIdentity.id, 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionHostQueuesRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, functionIdentity.id, '974c5e8b-45b9-4653-ba55-5f855dd0fb88')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '974c5e8b-45b9-4653-ba55-5f855dd0fb88')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionHostTablesRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, functionIdentity.id, '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}'
  location: location
}

resource functionMetricsRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, functionIdentity.id, '3913510d-42f4-4e42-8a64-420c390055eb')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '3913510d-42f4-4e42-8a64-420c390055eb')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionPackage 'Microsoft.Web/sites/extensions@2024-04-01' = if (hasPackage) {
  parent: functionApp
  name: 'onedeploy'
  properties: {
    packageUri: packageUrl
    remoteBuild: false
  }
}

resource functionPublishRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: findingsTopic
  name: guid(findingsTopic.id, functionIdentity.id, 'd5a91429-5739-47e2-a06b-3470a27159e7')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'd5a91429-5739-47e2-a06b-3470a27159e7')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionReceiveRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: logsHub
  name: guid(logsHub.id, functionIdentity.id, 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionRejectsRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: rejectsContainer
  name: guid(rejectsContainer.id, functionIdentity.id, 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource functionStateRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: stateTable
  name: guid(stateTable.id, functionIdentity.id, '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3')
    principalId: functionIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  // checkov:skip=CKV_AZURE_35: the function reaches it over the public endpoint, with its identity only
  // checkov:skip=CKV_AZURE_43: the name is put together of parameters, which checkov does not work out
  // checkov:skip=CKV_AZURE_59: the host reaches its storage over the public endpoint, with its identity only
  // checkov:skip=CKV_AZURE_206: replication across zones; across regions would not help a function in one region
  name: 'st${name}${suffix}host'
  location: location
  sku: {
    name: 'Standard_ZRS'
  }
  kind: 'StorageV2'
  properties: {
    minimumTlsVersion: 'TLS1_2'
    allowSharedKeyAccess: false
    isLocalUserEnabled: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    accessTier: 'Hot'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    allowCrossTenantReplication: false
  }
}

resource hubNamespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: 'evhns-${name}${suffix}'
  location: location
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: 1
  }
  properties: {
    isAutoInflateEnabled: true
    maximumThroughputUnits: 4
    minimumTlsVersion: '1.2'
    disableLocalAuth: false
    publicNetworkAccess: 'Enabled'
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}'
  location: location
  kind: 'other'
  properties: {
    Application_Type: 'other'
    WorkspaceResourceId: workspace.id
    SamplingPercentage: 100
    DisableLocalAuth: true
  }
}

resource logsHub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: hubNamespace
  name: 'trailhound-logs'
  properties: {
    partitionCount: 4
    retentionDescription: {
      cleanupPolicy: 'Delete'
      retentionTimeInHours: 168
    }
  }
}

resource packageContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  name: '${hostAccount.name}/default/app-package'
  properties: {
    publicAccess: 'None'
  }
}

resource pagerdutyWorkflow 'Microsoft.Logic/workflows@2019-05-01' = if (hasPagerDuty) {
  name: 'logic-${name}-pagerduty'
  location: location
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      triggers: {
        alert: {
          type: 'Request'
          kind: 'Http'
          inputs: {
            schema: {}
          }
        }
      }
      actions: {
        post: {
          inputs: {
            body: {
              dedup_key: '@{last(body(\'said\'))}'
              event_action: 'trigger'
              payload: {
                severity: 'critical'
                source: 'trailhound'
                summary: '@{join(body(\'said\'), \' · \')}'
              }
              routing_key: pagerDutyRoutingKey
            }
            headers: {
              'Content-Type': 'application/json'
            }
            method: 'POST'
            uri: 'https://events.pagerduty.com/v2/enqueue'
          }
          runAfter: {
            said: [
              'Succeeded'
            ]
          }
          runtimeConfiguration: {
            secureData: {
              properties: [
                'inputs'
              ]
            }
          }
          type: 'Http'
        }
        said: {
          inputs: {
            from: '@first(triggerBody()?[\'data\']?[\'alertContext\']?[\'condition\']?[\'allOf\'])?[\'dimensions\']'
            select: '@item()?[\'value\']'
          }
          runAfter: {}
          type: 'Select'
        }
      }
    }
  }
}

resource peopleAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = if (hasPeople) {
  name: '${name}-finding'
  location: location
  kind: 'LogAlert'
  properties: {
    description: 'trailhound published a finding; its words are in the dimensions.'
    severity: 1
    scopes: [
      insights.id
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    enabled: true
    criteria: {
      allOf: [
        {
          query: 'traces\n| where message has \'"event":"finding"\'\n| extend f = parse_json(extract(@\'\\{.*\\}\', 0, message))\n| where true\n| summarize value = count() by severity = tostring(f.severity), finding = tostring(f.message), rule = tostring(f.rule_id), uid = tostring(f.uid), thread = tostring(f.thread)\n'
          metricMeasureColumn: 'value'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'severity'
              operator: 'Include'
              values: [
                '*'
              ]
            }
            {
              name: 'finding'
              operator: 'Include'
              values: [
                '*'
              ]
            }
            {
              name: 'rule'
              operator: 'Include'
              values: [
                '*'
              ]
            }
            {
              name: 'uid'
              operator: 'Include'
              values: [
                '*'
              ]
            }
            {
              name: 'thread'
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        peopleGroup.id
      ]
    }
  }
}

resource peopleGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (hasPeople) {
  name: 'ag-${name}-people'
  location: 'global'
  properties: {
    groupShortName: name
    enabled: true
    emailReceivers: [for address in emailAddresses: {
      name: address
      emailAddress: address
      useCommonAlertSchema: true
    }]
    logicAppReceivers: concat(hasPagerDuty ? [
      {
        name: 'pagerduty'
        resourceId: pagerdutyWorkflow.id
        callbackUrl: listCallbackUrl('${pagerdutyWorkflow.id}/triggers/alert', '2019-05-01').value
        useCommonAlertSchema: true
      }
    ] : [], hasSlack ? [
      {
        name: 'slack'
        resourceId: slackWorkflow.id
        callbackUrl: listCallbackUrl('${slackWorkflow.id}/triggers/alert', '2019-05-01').value
        useCommonAlertSchema: true
      }
    ] : [], hasTeams ? [
      {
        name: 'teams'
        resourceId: teamsWorkflow.id
        callbackUrl: listCallbackUrl('${teamsWorkflow.id}/triggers/alert', '2019-05-01').value
        useCommonAlertSchema: true
      }
    ] : [])
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  // checkov:skip=CKV_AZURE_225: zone balancing of Flex Consumption is not offered in every region
  name: 'asp-${name}'
  location: location
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource rejectsContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  name: '${dataAccount.name}/default/rejects'
  properties: {
    publicAccess: 'None'
  }
}

resource scmPolicy 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: functionApp
  name: 'scm'
  properties: {
    allow: false
  }
}

resource slackWorkflow 'Microsoft.Logic/workflows@2019-05-01' = if (hasSlack) {
  name: 'logic-${name}-slack'
  location: location
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      triggers: {
        alert: {
          type: 'Request'
          kind: 'Http'
          inputs: {
            schema: {}
          }
        }
      }
      actions: {
        post: {
          inputs: {
            body: {
              text: '@{replace(replace(replace(join(body(\'said\'), \' · \'), \'&\', \'&amp;\'), \'<\', \'&lt;\'), \'>\', \'&gt;\')}'
            }
            headers: {
              'Content-Type': 'application/json'
            }
            method: 'POST'
            uri: slackWebhook
          }
          runAfter: {
            said: [
              'Succeeded'
            ]
          }
          runtimeConfiguration: {
            secureData: {
              properties: [
                'inputs'
              ]
            }
          }
          type: 'Http'
        }
        said: {
          inputs: {
            from: '@first(triggerBody()?[\'data\']?[\'alertContext\']?[\'condition\']?[\'allOf\'])?[\'dimensions\']'
            select: '@item()?[\'value\']'
          }
          runAfter: {}
          type: 'Select'
        }
      }
    }
  }
}

resource stateTable 'Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01' = {
  name: '${dataAccount.name}/default/trailhoundstate'
  properties: {}
}

resource teamsWorkflow 'Microsoft.Logic/workflows@2019-05-01' = if (hasTeams) {
  name: 'logic-${name}-teams'
  location: location
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      triggers: {
        alert: {
          type: 'Request'
          kind: 'Http'
          inputs: {
            schema: {}
          }
        }
      }
      actions: {
        post: {
          inputs: {
            body: {
              attachments: [
                {
                  content: {
                    body: [
                      {
                        inlines: [
                          {
                            text: '@{join(body(\'said\'), \' · \')}'
                            type: 'TextRun'
                          }
                        ]
                        type: 'RichTextBlock'
                      }
                    ]
                    type: 'AdaptiveCard'
                    version: '1.4'
                  }
                  contentType: 'application/vnd.microsoft.card.adaptive'
                }
              ]
              type: 'message'
            }
            headers: {
              'Content-Type': 'application/json'
            }
            method: 'POST'
            uri: teamsWebhook
          }
          runAfter: {
            said: [
              'Succeeded'
            ]
          }
          runtimeConfiguration: {
            secureData: {
              properties: [
                'inputs'
              ]
            }
          }
          type: 'Http'
        }
        said: {
          inputs: {
            from: '@first(triggerBody()?[\'data\']?[\'alertContext\']?[\'condition\']?[\'allOf\'])?[\'dimensions\']'
            select: '@item()?[\'value\']'
          }
          runAfter: {}
          type: 'Select'
        }
      }
    }
  }
}

resource topicRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: undeliveredContainer
  name: guid(undeliveredContainer.id, findingsTopic.id, 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')
    principalId: findingsTopic.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource undeliveredContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  name: '${dataAccount.name}/default/undelivered-findings'
  properties: {
    publicAccess: 'None'
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'workbook', name)
  location: location
  kind: 'shared'
  properties: {
    displayName: name
    category: 'workbook'
    sourceId: insights.id
    serializedData: string({
      items: [
        {
          content: {
            query: '${deliveries}| summarize records = sum(tolong(d.records)), evaluated = sum(tolong(d.evaluated)) by bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'Records'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
        {
          content: {
            query: '${deliveries}| summarize published = sum(tolong(d.published)), suppressed = sum(tolong(d.suppressed)), duplicates = sum(tolong(d.duplicates)), deferred = sum(tolong(d.deferred)) by bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'Findings'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
        {
          content: {
            query: '${deliveries}| mv-expand rejected = d.rejected | extend reason = tostring(bag_keys(rejected)[0]) | where isnotempty(reason) | summarize rejects = sum(tolong(rejected[reason])) by reason, bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'Rejects by reason'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
        {
          content: {
            query: '${deliveries}| where tolong(d.published) > 0 | summarize lag = percentile(tolong(d.lag_ms), 95) by bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'From event to alert (ms, p95)'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
        {
          content: {
            query: '${deliveries}| summarize age = percentile(tolong(d.age_ms), 99.9) by bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'From hub to done (ms, p99.9): 60 s are promised'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
        {
          content: {
            query: '${deliveries}| summarize cpu = sum(tolong(d.cpu_ms)) by bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'CPU (ms)'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
        {
          content: {
            query: '${deliveries}| summarize deliveries = count(), state_unavailable = countif(isnotempty(tostring(d.state_unavailable))) by bin(timestamp, 5m)'
            queryType: 0
            resourceType: 'microsoft.insights/components'
            size: 0
            timeContext: {
              durationMs: 86400000
            }
            title: 'Deliveries and state'
            version: 'KqlItem/1.0'
            visualization: 'timechart'
          }
          customWidth: '50'
          type: 3
        }
      ]
      version: 'Notebook/1.0'
    })
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}'
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 90
    features: {
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

module activityLog 'activity-log.bicep' = [for id in subscriptionIds: {
  name: '${name}-activity-log'
  scope: subscription(id)
  params: {
    name: name
    hubName: logsHub.name
    authorizationRuleId: diagnosticsRule.id
  }
}]

@description('The topic findings are published to, as CloudEvents. Subscribe your hub, queue, topic or webhook.')
output findingsTopicId string = findingsTopic.id

@description('The topic\'s identity: give it the sender role on hubs, queues and topics that subscribe.')
output topicPrincipalId string = findingsTopic.identity.principalId

@description('The account with state, rejects and undelivered findings.')
output dataAccountId string = dataAccount.id

@description('The function app.')
output functionAppName string = functionApp.name

@description('The function\'s identity.')
output functionPrincipalId string = functionIdentity.properties.principalId

@description('The authorization rule for diagnostic settings made elsewhere, such as Entra\'s.')
output diagnosticsRuleId string = diagnosticsRule.id

@description('The hub logs arrive at.')
output eventHubName string = logsHub.name

@description('Where the function logs.')
output applicationInsightsId string = insights.id

@description('Who is told about trailhound itself.')
output actionGroupId string = alarmsGroup.id
