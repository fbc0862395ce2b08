"""Keeps what Microsoft's management SDKs say of the resource types that the Bicep template uses.

    arm_schema.py [--check] INTO

INTO holds names, types, allowed words and flags of the bodies that Resource Manager takes: facts of its interface (MIT), read
from the models that the SDKs on PyPI are generated with, none of their code or words. A resource type is taken at the version
that the template names. The packages are 300 MB, so they are installed into a folder that goes away, and the checks read INTO.
"""

import argparse
import importlib
import inspect
import json
import re
import subprocess
import sys
import tempfile
from enum import EnumMeta
from pathlib import Path

# Some need it and do not say so.
SIX = "six==1.17.0"
# Type and version: package, module of its models, and the model of the body.
TYPES = {
    "Microsoft.Authorization/locks@2016-09-01": ("azure-mgmt-resource==23.4.0", "resource.locks.v2016_09_01", "ManagementLockObject"),
    "Microsoft.Authorization/roleAssignments@2022-04-01": ("azure-mgmt-authorization==4.0.0", "authorization.v2022_04_01", "RoleAssignmentCreateParameters"),
    "Microsoft.EventGrid/topics@2025-02-15": ("azure-mgmt-eventgrid==10.4.0", "eventgrid", "Topic"),
    "Microsoft.EventHub/namespaces@2024-01-01": ("azure-mgmt-eventhub==11.2.0", "eventhub.v2024_01_01", "EHNamespace"),
    "Microsoft.EventHub/namespaces/authorizationRules@2024-01-01": ("azure-mgmt-eventhub==11.2.0", "eventhub.v2024_01_01", "AuthorizationRule"),
    "Microsoft.EventHub/namespaces/eventhubs@2024-01-01": ("azure-mgmt-eventhub==11.2.0", "eventhub.v2024_01_01", "Eventhub"),
    "Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01": ("azure-mgmt-eventhub==11.2.0", "eventhub.v2024_01_01", "ConsumerGroup"),
    "Microsoft.Insights/actionGroups@2023-01-01": ("azure-mgmt-monitor==7.0.0", "monitor", "ActionGroupResource"),
    "Microsoft.Insights/components@2020-02-02": ("azure-mgmt-applicationinsights==4.1.0", "applicationinsights.v2020_02_02", "ApplicationInsightsComponent"),
    "Microsoft.Insights/diagnosticSettings@2021-05-01-preview": ("azure-mgmt-monitor==6.0.2", "monitor.v2021_05_01_preview", "DiagnosticSettingsResource"),
    "Microsoft.Insights/metricAlerts@2018-03-01": ("azure-mgmt-monitor==7.0.0", "monitor", "MetricAlertResource"),
    "Microsoft.Insights/scheduledQueryRules@2023-12-01": ("azure-mgmt-monitor==7.0.0", "monitor", "ScheduledQueryRuleResource"),
    "Microsoft.Insights/workbooks@2023-06-01": ("azure-mgmt-applicationinsights==4.1.0", "applicationinsights.v2023_06_01", "Workbook"),
    "Microsoft.Logic/workflows@2019-05-01": ("azure-mgmt-logic==10.0.0", "logic", "Workflow"),
    "Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30": ("azure-mgmt-msi==7.1.0", "msi.v2024_11_30", "Identity"),
    "Microsoft.OperationalInsights/workspaces@2025-07-01": ("azure-mgmt-loganalytics==13.1.1", "loganalytics", "Workspace"),
    "Microsoft.Storage/storageAccounts@2023-05-01": ("azure-mgmt-storage==21.2.1", "storage.v2023_05_01", "StorageAccountCreateParameters StorageAccount"),
    "Microsoft.Storage/storageAccounts/blobServices@2023-05-01": ("azure-mgmt-storage==21.2.1", "storage.v2023_05_01", "BlobServiceProperties"),
    "Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01": ("azure-mgmt-storage==21.2.1", "storage.v2023_05_01", "BlobContainer"),
    "Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01": ("azure-mgmt-storage==21.2.1", "storage.v2023_05_01", "ManagementPolicy"),
    "Microsoft.Storage/storageAccounts/tableServices/tables@2023-05-01": ("azure-mgmt-storage==21.2.1", "storage.v2023_05_01", "Table"),
    "Microsoft.Web/serverfarms@2024-04-01": ("azure-mgmt-web==8.0.0", "web.v2024_04_01", "AppServicePlan"),
    "Microsoft.Web/sites@2024-04-01": ("azure-mgmt-web==8.0.0", "web.v2024_04_01", "Site"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01": ("azure-mgmt-web==8.0.0", "web.v2024_04_01", "CsmPublishingCredentialsPoliciesEntity"),
}
PLAIN = {"str": "string", "int": "int", "long": "int", "float": "number", "bool": "bool", "object": "any", "iso-8601": "string", "duration": "string"}


def install(package, into):
    subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", into, package, SIX])


def models(package):
    """What a package's models say, by a process that sees this package alone: others have other versions of the same."""
    with tempfile.TemporaryDirectory() as folder:
        install(package, folder)
        said = subprocess.run([sys.executable, "-S", __file__, "--models", package], env={"PYTHONPATH": folder, "PATH": ""}, capture_output=True, text=True)
        if said.returncode:
            raise SystemExit(said.stderr)
        return json.loads(said.stdout)


def described(package):
    made, bodies = {}, {}
    for name, (wanted, module, body) in TYPES.items():
        if wanted == package:
            space = vars(importlib.import_module(f"azure.mgmt.{module}.models"))
            # One package has several versions of a model.
            prefix = re.sub("[^a-z0-9]", "", package.removeprefix("azure-mgmt-")) + re.sub("[^0-9]", "", module) + "."
            # Where a creation has a model of its own, what is read back has another.
            written, *read = body.split()
            bodies[name] = [describe(space, model, prefix, made) for model in (written, *read)]
    return {"bodies": bodies, "models": made}


def describe(space, name, prefix, made):
    """A model's properties by their names on the wire, and those of the models they are of."""
    key = prefix + name
    if key in made:
        return key
    model, made[key] = space[name], {}
    checks, signature = getattr(model, "_validation", {}), inspect.signature(model.__init__).parameters
    root = {}
    for attribute, how in model._attribute_map.items():
        rule = checks.get(attribute, {})
        # Whatever else there may be: nothing of ours.
        if how["key"] == "":
            continue
        path = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", how["key"])]
        at = root
        for step in path[:-1]:
            at = at.setdefault(step, {"of": {}})["of"]
        entry = {"type": kind(space, how["type"], prefix, made)}
        entry |= {flag: True for flag in ("required", "readonly") if rule.get(flag)}
        annotation = str(signature[attribute].annotation) if attribute in signature else ""
        words = [space[word] for word in re.findall(r"\b_models\.(\w+)|\.models\.(\w+)", annotation) for word in word if word and isinstance(space.get(word), EnumMeta)]
        if words or isinstance(space.get(how["type"].strip("[]{}")), EnumMeta):
            entry["words"] = sorted(member.value for member in (words or [space[how["type"].strip("[]{}")]])[0])
        at[path[-1]] = entry
    made[key]["of"] = root
    if inner := getattr(model, "_subtype_map", {}):
        ((attribute, kinds),) = inner.items()
        wire = model._attribute_map[attribute]["key"].replace("\\.", ".")
        made[key]["by"] = [wire, {word: describe(space, kind_, prefix, made) for word, kind_ in kinds.items()}]
    return key


def kind(space, said, prefix, made):
    if said.startswith(("[", "{")):
        return said[0] + kind(space, said[1:-1], prefix, made)
    if said in PLAIN:
        return PLAIN[said]
    if isinstance(space.get(said), EnumMeta):
        return "string"
    return describe(space, said, prefix, made)


def reached(found, models):
    """The models that bodies lead to, and nothing that only Azure says."""
    wanted = list(found)
    seen = {}
    while wanted:
        name = wanted.pop()
        if name not in seen and name in models:
            seen[name] = models[name]
            wanted += re.findall(r'"([a-z0-9]+\.\w+)"', re.sub(r'"[\[{]+', '"', json.dumps(models[name])))
    return seen


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def main():
    if sys.argv[1] == "--models":
        print(json.dumps(described(sys.argv[2])))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("into", type=Path)
    chosen = parser.parse_args()
    packages = sorted({package for package, *_ in TYPES.values()})
    bodies, said = {}, {}
    for package in packages:
        found = models(package)
        bodies |= found["bodies"]
        said |= found["models"]
    said = reached({name for names in bodies.values() for name in names}, said)
    lines = [
        f'"from":{compact(packages)}',
        '"bodies":{\n' + ",\n".join(f"{json.dumps(name)}:{compact(model)}" for name, model in sorted(bodies.items())) + "\n}",
        '"models":{\n' + ",\n".join(f"{json.dumps(name)}:{compact(model)}" for name, model in sorted(said.items())) + "\n}",
    ]
    new = "{" + ",\n".join(lines) + "}\n"
    if chosen.into.exists() and chosen.into.read_text() == new:
        return 0
    if chosen.check:
        print(f"{chosen.into} is not what the SDKs say: run infra/tools/arm_schema.py {chosen.into}")
        return 1
    chosen.into.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
