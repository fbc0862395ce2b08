// Streams a subscription's activity log to trailhound's hub. A diagnostic setting of a subscription is none of a resource group's.
targetScope = 'subscription'

@description('Part of every name.')
param name string

@description('The hub.')
param hubName string

@description('The authorization rule of its namespace that Azure Monitor sends with.')
param authorizationRuleId string

// resources
