"""Planned azurerm resources as resources of Resource Manager: taken over by arm_kinds.py, or left out by name with the reason.

A resource is `{"Type": "Microsoft.…/…@version", "Body": {…}}`, its strings as marks.py says.
"""

import re

from arm_kinds import LOGIC, WHOLE, blob_service
from marks import code, kept, literal, outside
from planned import Fault, Values, document

# Not in the template, and why.
LEFT_OUT = {
    "terraform_data": "`installed` and `canary_key` are parameters, and a deployment destroys nothing that `protection` could refuse",
}

SYMBOLS = {
    "azurerm_application_insights": "insights", "azurerm_application_insights_workbook": "workbook", "azurerm_eventgrid_topic": "{}Topic",
    "azurerm_eventhub": "{}Hub", "azurerm_eventhub_consumer_group": "{}ConsumerGroup", "azurerm_eventhub_namespace": "hubNamespace",
    "azurerm_eventhub_namespace_authorization_rule": "{}Rule", "azurerm_log_analytics_workspace": "workspace", "azurerm_logic_app_workflow": "{}Workflow",
    "azurerm_management_lock": "{}Lock", "azurerm_monitor_action_group": "{}Group", "azurerm_monitor_diagnostic_setting": "{}Setting",
    "azurerm_monitor_metric_alert": "alarm-{}", "azurerm_monitor_scheduled_query_rules_alert_v2": "alarm-{}", "azurerm_role_assignment": "{}Role",
    "azurerm_service_plan": "plan", "azurerm_storage_account": "{}Account", "azurerm_storage_container": "{}Container",
    "azurerm_storage_management_policy": "{}Lifecycle", "azurerm_user_assigned_identity": "{}Identity",
    "Microsoft.Storage/storageAccounts/tableServices/tables": "stateTable", "Microsoft.Web/sites": "functionApp",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": "{}Policy", "Microsoft.Web/sites/extensions": "functionPackage",
}
# What others say of a resource: its values, and its name where it is one of its own.
SAYS = {
    "azurerm_storage_account": {"name": "name", "primary_blob_endpoint": "properties.primaryEndpoints.blob", "primary_table_endpoint": "properties.primaryEndpoints.table",
                                "primary_queue_endpoint": "properties.primaryEndpoints.queue"},
    "azurerm_user_assigned_identity": {"client_id": "properties.clientId", "principal_id": "properties.principalId"},
    "azurerm_eventgrid_topic": {"endpoint": "properties.endpoint"},
    "azurerm_application_insights": {"connection_string": "properties.ConnectionString"},
    "azurerm_eventhub_namespace": {"name": "name"},
    "azurerm_eventhub": {"name": "name"},
}


def symbol(kind, name, index=None):
    word = name if index in (None, 0) or name in ("activity",) else f"{name}-{index}" if kind == "azurerm_role_assignment" else index
    if kind == "azurerm_monitor_scheduled_query_rules_alert_v2" and index == 0:
        return f"{name}Alert"
    first, *others = re.split("[-_]", SYMBOLS[kind].format(word))
    return first + "".join(part[0].upper() + part[1:] for part in others)


PARTS = {"azurerm_logic_app_trigger_recurrence", "azurerm_logic_app_trigger_http_request", "azurerm_logic_app_action_custom"}
DEPLOYMENT = "azurerm_resource_group_template_deployment"


class Run:
    """The resources of one run, with the schemas of their kinds."""

    def __init__(self, found, schemas):
        self.found = [r for r in found if r.get("mode") == "managed" and r["type"] not in LEFT_OUT]
        self.schemas, self.references, self.owners = schemas, {}, {}
        for resource in self.found:
            kind, values = resource["type"], resource["values"]
            if kind in WHOLE:
                named = symbol(kind, resource["name"], resource.get("index"))
                self.owners[values["id"]] = named
                self.references[values["id"]] = f"{named}.id"
                for value, said in SAYS.get(kind, {}).items():
                    self.references[values[value]] = f"{named}.{said}"
                    self.owners.setdefault(values[value], named)
                for inner in values.get("identity") or []:
                    self.references[inner["principal_id"]] = f"{named}.identity.principalId"
        for resource in self.found:
            values = resource["values"]
            if resource["type"] == "azurerm_logic_app_trigger_http_request":
                at = self.references[values["logic_app_id"]]
                self.references[values["callback_url"]] = f"listCallbackUrl('${{{at}}}/triggers/{values['name']}', '{LOGIC}').value"
        for inner in self.templates():
            if inner["type"] == "Microsoft.Web/sites":
                self.references[inner["name"]] = "functionApp.name"
            if inner["type"] == "Microsoft.Storage/storageAccounts/tableServices/tables":
                of, service, name = inner["name"].split("/")
                (id_,) = [r["values"]["id"] for r in self.found if r["values"].get("name") == of]
                self.owners[f"{id_}/tableServices/{service}/tables/{name}"] = symbol(inner["type"], name)

    def values(self, resource):
        """Of its references those to others: what it computes itself nobody asked for."""
        values = resource["values"]
        own = {values.get(name) for name in (*SAYS.get(resource["type"], {}), "callback_url")} | {inner.get("principal_id") for inner in values.get("identity") or []}
        return Values(values, self.schemas[resource["type"]]["block"], {word: said for word, said in self.references.items() if word not in own})

    def owner(self, value):
        """Whose id or name it is."""
        return self.owners[value]

    def account(self, resource, values):
        if left := sorted(values.left()):
            raise Fault(f"{resource['address']}: {', '.join(left)} would be missing from the template; take it over in infra/tools/arm_kinds.py")

    def templates(self):
        """What the module itself says to Resource Manager."""
        for resource in self.found:
            if resource["type"] == DEPLOYMENT:
                v = self.values(resource)
                v("name"), v("resource_group_name"), v("tags"), v("deployment_mode") == "Incremental" or v.taken.discard("deployment_mode")
                content = document(v("template_content"))
                self.account(resource, v)
                if extra := content.keys() - {"$schema", "contentVersion", "resources"}:
                    raise Fault(f"{resource['address']}: {sorted(extra)} of its template would be missing")
                yield from content["resources"]

    def resources(self):
        made = {}
        for resource in self.found:
            kind = resource["type"]
            if kind in PARTS or kind == DEPLOYMENT:
                continue
            if kind not in WHOLE:
                raise Fault(f"{resource['address']}: no template knows a {kind}; take it over in infra/tools/arm_kinds.py, or leave it out in arm.py with the reason")
            values, named = self.values(resource), symbol(kind, resource["name"], resource.get("index"))
            type_, body = WHOLE[kind](values, self)
            made[named] = {"Type": type_, "Body": body}
            if kind == "azurerm_storage_account" and (service := blob_service(values, self)):
                made[named.removesuffix("Account") + "Blobs"] = {"Type": service[0], "Body": service[1]}
            self.account(resource, values)
        for inner in self.templates():
            named, resource = self.inner(dict(inner))
            made[named] = resource
        made = {named: {"Type": r["Type"], "Body": kept(r["Body"])} for named, r in made.items()}
        made = {named: {"Type": r["Type"], "Body": self.spelled(r["Body"], named)} for named, r in made.items()}
        for named, others in self.after(made).items():
            if named in made and (there := [code(other) for other in others if other in made]):
                made[named]["Body"]["dependsOn"] = there
        return made

    def inner(self, given):
        """A resource that the module gives to Resource Manager, as it is; what belongs to another names it as its parent."""
        kind, version = given.pop("type"), given.pop("apiVersion")
        *above, name = given["name"].split("/")
        on_site = kind.startswith("Microsoft.Web/sites/")
        named = symbol(kind, name)
        if on_site:
            if given.pop("dependsOn") != [f"[resourceId('Microsoft.Web/sites', '{above[0]}')]"]:
                raise Fault(f"{given['name']}: waits for something else than its app")
            given = {"parent": code("functionApp")} | given | {"name": name}
        if given.get("tags") == {}:
            del given["tags"]
        if "dependsOn" in given:
            raise Fault(f"{given['name']}: what it waits for would be missing")
        return named, {"Type": f"{kind}@{version}", "Body": literal(given)}

    def after(self, made):
        """What the module says with depends_on, or by taking a name from a resource that the template only spells."""
        roles = sorted(name for name in made if re.fullmatch("function[A-Z][A-Za-z]*Role", name))
        return {"functionApp": [*roles, "functionConsumerGroup", "packageContainer", "rejectsContainer", "stateTable"], "dataLifecycle": ["dataBlobs"]}

    def spelled(self, node, own):
        if isinstance(node, dict):
            return {self.spelled(name, own): self.spelled(value, own) for name, value in node.items()}
        if isinstance(node, list):
            return [self.spelled(value, own) for value in node]
        if not isinstance(node, str):
            return node
        text = node
        for word in sorted(self.references, key=len, reverse=True):
            # Not its own name.
            if self.references[word] != f"{own}.name":
                text = outside(text, word, code(self.references[word]))
        return text
