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

// resources

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
