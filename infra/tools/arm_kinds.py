"""Each kind of azurerm's resources as Resource Manager has it: type and body, by what its block asks for. What azurerm sets when
nobody says otherwise, which no plan of a double shows, is marked."""

from marks import code, literal
from planned import Fault, document, renamed

# Built-in roles by the ids that Azure documents ("Azure built-in roles").
ROLES = {
    "Azure Event Hubs Data Receiver": "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
    "Azure Event Hubs Data Sender": "2b629674-e913-4c01-ae53-ef4638d8f975",
    "EventGrid Data Sender": "d5a91429-5739-47e2-a06b-3470a27159e7",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
}
LOGIC = "2019-05-01"


def on(flag):
    return {True: "Enabled", False: "Disabled", None: None}[flag]


def here(v):
    """What most resources begin with; the group is the deployment's own."""
    v("resource_group_name")
    return {"name": v("name"), "location": v("location"), "tags": v("tags")}


def everywhere(v):
    return here(v) | {"location": "global"}


def identity(v):
    return {"type": v.block("identity")("type")}


def account(v, _):
    return "Microsoft.Storage/storageAccounts@2023-05-01", here(v) | {
        "sku": {"name": f"{v('account_tier')}_{v('account_replication_type')}"},
        "kind": "StorageV2",  # azurerm's default
        "properties": renamed(v, {
            "min_tls_version": "minimumTlsVersion", "shared_access_key_enabled": "allowSharedKeyAccess", "local_user_enabled": "isLocalUserEnabled",
            "default_to_oauth_authentication": "defaultToOAuthAuthentication", "allow_nested_items_to_be_public": "allowBlobPublicAccess",
        }) | {
            # azurerm's defaults
            "accessTier": "Hot", "supportsHttpsTrafficOnly": True, "publicNetworkAccess": "Enabled", "allowCrossTenantReplication": False,
        },
    }


def blob_service(v, run):
    """The part of an account that Terraform says with it, or nothing."""
    blobs = v.block("blob_properties")
    if not blobs.values:
        return None

    def retained(name):
        days = blobs.block(name)("days")
        return {"enabled": True, "days": days} if days else None

    return "Microsoft.Storage/storageAccounts/blobServices@2023-05-01", {
        "parent": code(run.references[v.values["id"]].removesuffix(".id")), "name": "default", "properties": {
            "isVersioningEnabled": blobs("versioning_enabled"), "deleteRetentionPolicy": retained("delete_retention_policy"),
            "containerDeleteRetentionPolicy": retained("container_delete_retention_policy"),
        },
    }


def container(v, run):
    return "Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01", {
        "name": f"{code(run.owner(v('storage_account_id')) + '.name')}/default/{v('name')}",
        "properties": {"publicAccess": "None"},  # azurerm's default
    }


def lifecycle(v, run):
    def rule(r):
        filters, actions = r.block("filters"), r.block("actions")
        return {
            "name": r("name"), "enabled": r("enabled"), "type": "Lifecycle",
            "definition": {
                "filters": renamed(filters, {"blob_types": "blobTypes", "prefix_match": "prefixMatch"}),
                "actions": {
                    "baseBlob": {"delete": renamed(actions.block("base_blob"), {"delete_after_days_since_modification_greater_than": "daysAfterModificationGreaterThan"})},
                    "version": {"delete": renamed(actions.block("version"), {"delete_after_days_since_creation": "daysAfterCreationGreaterThan"})},
                },
            },
        }

    return "Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01", {
        "parent": code(run.owner(v("storage_account_id"))), "name": "default", "properties": {"policy": {"rules": [rule(r) for r in v.blocks("rule")]}},
    }


def lock(v, run):
    why, how = v("notes").split(". ")
    if "protect_data" not in how:
        raise Fault(f"a lock says {how!r}, which a deployment cannot")
    return "Microsoft.Authorization/locks@2016-09-01", {
        "scope": code(run.owner(v("scope"))), "name": v("name"),
        # Deploying again without the parameter leaves a lock as it is.
        "properties": {"level": v("lock_level"), "notes": f"{why}. Delete this lock to delete it."},
    }


def user_identity(v, _):
    return "Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30", here(v)


def namespace(v, _):
    local = v("local_authentication_enabled")
    return "Microsoft.EventHub/namespaces@2024-01-01", here(v) | {
        "sku": {"name": v("sku"), "tier": v("sku"), "capacity": v("capacity")},
        "properties": renamed(v, {
            "auto_inflate_enabled": "isAutoInflateEnabled", "maximum_throughput_units": "maximumThroughputUnits", "minimum_tls_version": "minimumTlsVersion",
        }) | {"disableLocalAuth": None if local is None else not local, "publicNetworkAccess": "Enabled"},  # azurerm's default
    }


def hub(v, run):
    kept = v.block("retention_description")
    return "Microsoft.EventHub/namespaces/eventhubs@2024-01-01", {
        "parent": code(run.owner(v("namespace_id"))), "name": v("name"), "properties": {
            "partitionCount": v("partition_count"),
            "retentionDescription": renamed(kept, {"cleanup_policy": "cleanupPolicy", "retention_time_in_hours": "retentionTimeInHours"}),
        },
    }


def consumer_group(v, run):
    v("resource_group_name"), v("namespace_name")
    return "Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01", {"parent": code(run.owner(v("eventhub_name"))), "name": v("name")}


def sending_rule(v, run):
    v("resource_group_name")
    return "Microsoft.EventHub/namespaces/authorizationRules@2024-01-01", {
        "parent": code(run.owner(v("namespace_name"))), "name": v("name"),
        "properties": {"rights": [right.capitalize() for right in ("listen", "send", "manage") if v(right)]},
    }


def activity(v, _):
    if v("target_resource_id") != "/subscriptions/00000000-0000-0000-0000-000000000001":
        raise Fault("a diagnostic setting of something else than a subscription")
    return "Microsoft.Insights/diagnosticSettings@2021-05-01-preview", {
        "name": v("name"), "properties": {
            "eventHubName": v("eventhub_name"), "eventHubAuthorizationRuleId": v("eventhub_authorization_rule_id"),
            "logs": [{"category": log("category"), "enabled": True} for log in v.blocks("enabled_log")],
        },
    }


def topic(v, _):
    local = v("local_auth_enabled")
    return "Microsoft.EventGrid/topics@2025-02-15", here(v) | {
        "identity": identity(v),
        "properties": {
            "inputSchema": v("input_schema"), "disableLocalAuth": None if local is None else not local, "publicNetworkAccess": on(v("public_network_access_enabled")),
        },
    }


def workspace(v, _):
    return "Microsoft.OperationalInsights/workspaces@2025-07-01", here(v) | {
        "properties": {
            "sku": {"name": v("sku")}, "retentionInDays": v("retention_in_days"),
            "features": {"enableLogAccessUsingOnlyResourcePermissions": True},  # azurerm's default
        },
    }


def insights(v, _):
    local = v("local_authentication_enabled")
    return "Microsoft.Insights/components@2020-02-02", here(v) | {
        "kind": v("application_type"),
        "properties": {
            "Application_Type": v("application_type"), "WorkspaceResourceId": v("workspace_id"), "SamplingPercentage": v("sampling_percentage"),
            "DisableLocalAuth": None if local is None else not local,
        },
    }


def workbook(v, _):
    v("name")
    return "Microsoft.Insights/workbooks@2023-06-01", here(v) | {
        # The module's is made of the same two; any id will do that stays the same.
        "name": code("guid(resourceGroup().id, 'workbook', name)"),
        "kind": "shared",
        "properties": {
            "displayName": v("display_name"), "category": "workbook", "sourceId": v("source_id"), "serializedData": {"Fn::Json": literal(document(v("data_json")))},
        },
    }


def action_group(v, _):
    def mail(r):
        return renamed(r, {"name": "name", "email_address": "emailAddress", "use_common_alert_schema": "useCommonAlertSchema"})

    def app(r):
        return renamed(r, {"name": "name", "resource_id": "resourceId", "callback_url": "callbackUrl", "use_common_alert_schema": "useCommonAlertSchema"})

    return "Microsoft.Insights/actionGroups@2023-01-01", everywhere(v) | {
        "properties": {
            "groupShortName": v("short_name"), "enabled": True,  # azurerm's default
            "emailReceivers": [mail(r) for r in v.blocks("email_receiver")], "logicAppReceivers": [app(r) for r in v.blocks("logic_app_receiver")],
        },
    }


def metric_alert(v, _):
    def criterion(c):
        return {"name": "Metric1", "criterionType": "StaticThresholdCriterion"} | renamed(c, {
            "metric_namespace": "metricNamespace", "metric_name": "metricName", "aggregation": "timeAggregation", "operator": "operator", "threshold": "threshold",
        })

    return "Microsoft.Insights/metricAlerts@2018-03-01", everywhere(v) | {
        "properties": renamed(v, {
            "description": "description", "severity": "severity", "scopes": "scopes", "frequency": "evaluationFrequency", "window_size": "windowSize",
        }) | {
            "enabled": True, "autoMitigate": True,  # azurerm's defaults
            "criteria": {"odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria", "allOf": [criterion(c) for c in v.blocks("criteria")]},
            "actions": [{"actionGroupId": a("action_group_id")} for a in v.blocks("action")],
        },
    }


def query_alert(v, _):
    def criterion(c):
        failing = c.block("failing_periods")
        return renamed(c, {
            "query": "query", "metric_measure_column": "metricMeasureColumn", "time_aggregation_method": "timeAggregation", "operator": "operator", "threshold": "threshold",
        }) | {
            "dimensions": [renamed(d, {"name": "name", "operator": "operator", "values": "values"}) for d in c.blocks("dimension")],
            "failingPeriods": renamed(failing, {
                "minimum_failing_periods_to_trigger_alert": "minFailingPeriodsToAlert", "number_of_evaluation_periods": "numberOfEvaluationPeriods",
            }),
        }

    groups = [group for action in v.blocks("action") for group in action("action_groups")]
    return "Microsoft.Insights/scheduledQueryRules@2023-12-01", here(v) | {
        "kind": "LogAlert",
        "properties": renamed(v, {
            "description": "description", "severity": "severity", "scopes": "scopes", "evaluation_frequency": "evaluationFrequency",
            "window_duration": "windowSize", "auto_mitigation_enabled": "autoMitigate", "skip_query_validation": "skipQueryValidation",
        }) | {
            "enabled": True,  # azurerm's default
            "criteria": {"allOf": [criterion(c) for c in v.blocks("criteria")]}, "actions": {"actionGroups": groups},
        },
    }


def plan(v, _):
    linux = v("os_type") == "Linux" or v.taken.discard("os_type")
    tier = {"FC1": "FlexConsumption"}[v("sku_name")]
    return "Microsoft.Web/serverfarms@2024-04-01", here(v) | {"kind": "functionapp", "sku": {"name": v("sku_name"), "tier": tier}, "properties": {"reserved": linux}}


def role(v, run):
    scope, found = run.owner(v("scope")), ROLES.get(v("role_definition_name"))
    if not found:
        raise Fault(f"the role {v('role_definition_name')!r} has no id in infra/tools/arm_kinds.py")
    who = v("principal_id")
    named = {value: reference for value, reference in run.references.items() if value == who}
    principal = named[who].split(".")[0]
    return "Microsoft.Authorization/roleAssignments@2022-04-01", {
        "scope": code(scope), "name": code(f"guid({scope}.id, {principal}.id, '{found}')"), "properties": {
            "roleDefinitionId": code(f"subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{found}')"),
            "principalId": who, "principalType": v("principal_type"),
        },
    }


def workflow(v, run):
    """With the triggers and actions that Terraform says beside it."""
    triggers, actions = {}, {}
    for part in run.found:
        if part["values"].get("logic_app_id") == v.values["id"]:
            inner = run.values(part)
            inner("logic_app_id")
            if part["type"] == "azurerm_logic_app_trigger_recurrence":
                triggers[inner("name")] = {"type": "Recurrence", "recurrence": renamed(inner, {"frequency": "frequency", "interval": "interval"})}
            elif part["type"] == "azurerm_logic_app_trigger_http_request":
                triggers[inner("name")] = {"type": "Request", "kind": "Http", "inputs": {"schema": document(inner("schema"))}}
            elif part["type"] == "azurerm_logic_app_action_custom":
                actions[inner("name")] = document(inner("body"))
            else:
                raise Fault(f"{part['address']}: a part of a Logic App that infra/tools/arm_kinds.py does not know")
            run.account(part, inner)
    return f"Microsoft.Logic/workflows@{LOGIC}", here(v) | {
        "identity": identity(v),
        "properties": {
            "state": "Enabled",  # azurerm's default, as are the schema and its version
            "definition": literal({
                "$schema": "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
                "contentVersion": "1.0.0.0", "triggers": triggers, "actions": actions,
            }),
        },
    }


WHOLE = {
    "azurerm_application_insights": insights, "azurerm_application_insights_workbook": workbook, "azurerm_eventgrid_topic": topic, "azurerm_eventhub": hub,
    "azurerm_eventhub_consumer_group": consumer_group, "azurerm_eventhub_namespace": namespace, "azurerm_eventhub_namespace_authorization_rule": sending_rule,
    "azurerm_log_analytics_workspace": workspace, "azurerm_logic_app_workflow": workflow, "azurerm_management_lock": lock,
    "azurerm_monitor_action_group": action_group, "azurerm_monitor_diagnostic_setting": activity, "azurerm_monitor_metric_alert": metric_alert,
    "azurerm_monitor_scheduled_query_rules_alert_v2": query_alert, "azurerm_role_assignment": role, "azurerm_service_plan": plan,
    "azurerm_storage_account": account, "azurerm_storage_container": container, "azurerm_storage_management_policy": lifecycle,
    "azurerm_user_assigned_identity": user_identity,
}
