"""Proves that check_bicep.py sees what is wrong: the templates with one fault each, and what must be said of it.

    bicep_faults.py SCHEMA FOLDER
"""

import json
import sys
import tempfile
from pathlib import Path

from bicep_read import File, Unreadable
from check_bicep import faults

# What it is, in the template, instead of, and what is to be said.
FAULTS = [
    ("a misspelt property", "minimumTlsVersion: 'TLS1_2'", "minimalTlsVersion: 'TLS1_2'", "no such property"),
    ("one in a list", "minFailingPeriodsToAlert", "minFailingPeriods", "no such property"),
    ("one of a family", "metricNamespace:", "metricNameSpace:", "no such property"),
    ("one in the app", "ftpsState:", "ftpState:", "no such property"),
    ("a property too few", "  kind: 'StorageV2'\n", "", "dataAccount.kind: missing"),
    ("one in a list too few", "allOf: [\n        {\n          name: 'Metric1'\n", "allOf: [\n        {\n", "allOf[0].name: missing"),
    ("one below the body too few", "    principalId: canaryWorkflow.identity.principalId\n", "", "properties.principalId: missing"),
    ("another word", "'TLS1_2'", "'TLS1_9'", "none of TLS1_0"),
    ("another word in a list", "'Manage'", "'Manges'", "none of Listen, Manage, Send"),
    ("a word for a number", "partitionCount: 4", "partitionCount: '4'", "no int"),
    ("a word for a truth", "allowSharedKeyAccess: false", "allowSharedKeyAccess: 'false'", "no bool"),
    ("a list for a truth", "serverFarmId: plan.id\n    siteConfig: {", "serverFarmId: plan.id\n    hostNamesDisabled: []\n    siteConfig: {", "no bool"),
    ("another family", "SingleResourceMultipleMetricCriteria", "SingleResourceMetricCriteria", "none of Microsoft.Azure.Monitor"),
    ("what only Azure says", "    isAutoInflateEnabled: true\n", "    isAutoInflateEnabled: true\n    status: 'x'\n", "a template cannot"),
    ("a name of nothing", "alarmsGroup.id", "alarmGroup.id", "no alarmGroup"),
    ("a property of a resource that has none", "primaryEndpoints.blob", "primaryEndpoint.blob", "has no properties.primaryEndpoint"),
    ("a function of nobody", "guid(logsHub.id", "uid(logsHub.id", "no function uid"),
    ("a parameter for nothing", "value: minLevel", "value: 'low'", "nothing uses minLevel"),
    ("a circle", "resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {\n", "resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {\n  dependsOn: [\n    functionApp\n  ]\n", "a circle"),
    ("a child without its parent's name", "'${dataAccount.name}/default/rejects'", "'rejects'", "rejectsContainer.name"),
    ("a version nobody checks", "serverfarms@2024-04-01", "serverfarms@2024-11-01", "no model of"),
    ("no Bicep", "resource plan 'Microsoft", "resource plan = 'Microsoft", "no Bicep"),
    ("a module not told", "    hubName: logsHub.name\n", "", "not given hubName"),
    ("a module told too much", "    hubName: logsHub.name\n", "    hubName: logsHub.name\n    hub: logsHub.id\n", "it does not know"),
    ("the time in a body", "displayName: name", "displayName: utcNow()", "utcNow outside"),
]


def main():
    schema, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    whole, inner = ((folder / name).read_text() for name in ("quick-create.bicep", "activity-log.bicep"))
    bad = 0
    with tempfile.TemporaryDirectory() as at:
        paths = [Path(at) / "quick-create.bicep", Path(at) / "activity-log.bicep"]
        paths[1].write_text(inner)
        for name, old, new, said in FAULTS:
            paths[0].write_text(whole.replace(old, new, 1))
            try:
                found = faults(schema, [File(path) for path in paths])[0]
            except Unreadable as fault:
                found = [str(fault)]
            if old not in whole or not any(said in fault for fault in found):
                print(f"{name}: {found or 'nothing is said'}")
                bad += 1
    print(f"{len(FAULTS)} faults, {bad} not seen")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
