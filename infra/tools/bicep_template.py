"""Writes infra/azure/templates from what the module plans, or compares them with it.

    bicep_template.py [--check] --schema FILE FOLDER < output of `terraform test -json -verbose`

The runs are those of tests/templates/facts.tftest.hcl: the module with everything the template offers, and once without each.
Where the two differ, the template has a condition. What no module plans (parameters, conditions, outputs) is in the heads
beside this file. What is written is read again by another grammar, and must come to what each run planned.
"""

import argparse
import copy
import json
import re
import sys
import tempfile
from pathlib import Path

from arm import SYMBOLS, Run, symbol
from bicep import beginnings, raw, resource
from bicep_read import Evaluation, File, Unreadable
from conditions import NOTHING, conditional, differences, shown
from marks import code, outside
from planned import Fault
from rendered import resources, runs

HEADS = Path(__file__).resolve().parent / "templates"
REMEDY = "infra/check --write takes it from the module"

OPTIONS = {
    "without_mail": "hasMail", "without_slack": "hasSlack", "without_teams": "hasTeams", "without_pagerduty": "hasPagerDuty",
    "without_people": "hasPeople", "without_alarm_mail": "hasAlarmMail", "without_package": "hasPackage", "without_protection": "protectData",
}
# Conditions of what is there only without something.
OPPOSITE = {"hasPeople": "hasNobody"}
IMPLIED = {"hasMail": ["hasPeople"], "hasSlack": ["hasPeople"], "hasTeams": ["hasPeople"], "hasPagerDuty": ["hasPeople"]}

# What the runs ask for, and the parameter that asks for it.
WORDS = {
    "https://the-package": "packageUrl", "https://the-slack-webhook": "slackWebhook", "https://the-teams-webhook": "teamsWebhook",
    "the-routing-key": "pagerDutyRoutingKey", "the-alarm-address@example.com": "address", "the-address@example.com": "address",
    "the-canarys-key": "canaryKey", "the-installation": "installed", "thelocation": "location", "thename": "name", "thesufix": "suffix",
}
LISTS = {("peopleGroup", "emailReceivers"): ("hasMail", "emailAddresses"), ("alarmsGroup", "emailReceivers"): ("hasAlarmMail", "alarmEmailAddresses")}
# Parameters as a run has them: all given, and what each run leaves out.
GIVEN = {"emailAddresses": [code("address")], "alarmEmailAddresses": [code("address")], "protectData": True}
LEAVES = {
    "everything": {}, "without_mail": {"emailAddresses": []}, "without_slack": {"slackWebhook": ""}, "without_teams": {"teamsWebhook": ""},
    "without_pagerduty": {"pagerDutyRoutingKey": ""}, "without_alarm_mail": {"alarmEmailAddresses": []}, "without_package": {"packageUrl": ""},
    "without_protection": {"protectData": False},
    "without_people": {"emailAddresses": [], "slackWebhook": "", "teamsWebhook": "", "pagerDutyRoutingKey": ""},
}
for only in ("mail", "slack", "teams", "pagerduty"):
    (own,) = LEAVES[f"without_{only}"]
    LEAVES[f"only_{only}"] = {name: given for name, given in LEAVES["without_people"].items() if name != own}
LEAVES["bare"] = {name: given for leaves in LEAVES.values() for name, given in leaves.items()}
# What a parameter gives instead of the module's variable; their defaults must agree.
SETTINGS = {"TRAILHOUND_MIN_LEVEL": "minLevel"}
# What checkov is not to find: for the reason that the module's own comments give, for that or another check, or for one that
# only Bicep needs.
SERVED = "nothing is served: public access is off, and the trigger is the hub"
EXCUSED = {
    "Account": {
        "CKV_AZURE_35": "the function reaches it over the public endpoint, with its identity only",
        "CKV_AZURE_43": "the name is put together of parameters, which checkov does not work out", "CKV_AZURE_59": None, "CKV_AZURE_206": None,
    },
    "findingsTopic": {"CKV_AZURE_193": "CKV_AZURE_106"},
    "functionApp": {
        "CKV_AZURE_17": SERVED, "CKV_AZURE_18": SERVED, "CKV_AZURE_67": SERVED, "CKV_AZURE_213": SERVED,
        "CKV_AZURE_212": "Flex Consumption scales by itself",
    },
    "plan": {"CKV_AZURE_225": None},
}
# What a subscription's setting is told of the group it sends to.
TOLD = {"hubName": "logsHub.name", "authorizationRuleId": "diagnosticsRule.id"}


def asked(node):
    """With a parameter in place of each word."""
    if isinstance(node, dict):
        return {asked(name): asked(inner) for name, inner in node.items()}
    if isinstance(node, list):
        return [asked(inner) for inner in node]
    if isinstance(node, str):
        for word, parameter in WORDS.items():
            node = outside(node, word, code(parameter))
    return node


def planned(state, schemas):
    return {name: {"Type": r["Type"], "Body": asked(r["Body"])} for name, r in Run(list(resources(state)), schemas).resources().items()}


def looped(made):
    for (name, of), (condition, parameter) in LISTS.items():
        properties = made.get(name, {}).get("Body", {}).get("properties", {})
        if found := properties.get(of):
            (item,) = found
            properties[of] = {"Fn::For": [condition, "address", parameter, item]}
    return made


def settings(made, defaults):
    """The settings of the app that a parameter gives."""
    for entry in made["functionApp"]["Body"]["properties"]["siteConfig"]["appSettings"]:
        if parameter := SETTINGS.get(entry["name"]):
            if defaults[parameter] != entry["value"]:
                raise Fault(f"{parameter} is {defaults[parameter]!r} in the head of quick-create.bicep; the module's own is {entry['value']!r}")
            entry["value"] = code(parameter)
    return made


def activity(setting):
    """The setting of a subscription, which is told of its group by parameters."""

    def told(node):
        if isinstance(node, dict):
            return {name: told(inner) for name, inner in node.items()}
        if isinstance(node, list):
            return [told(inner) for inner in node]
        return next((code(ours) for ours, theirs in TOLD.items() if node == code(theirs)), node)

    return {"Type": setting["Type"], "Body": told(setting["Body"])}


def excused(module):
    """The comments of each resource that tell checkov what not to find."""
    given = {}
    for path in sorted(module.glob("*.tf")):
        for kind, name, comments in re.findall(r'(?m)^resource "(\w+)" "(\w+)" \{\n((?:  # checkov:skip=.*\n)+)', path.read_text()):
            if kind in SYMBOLS:
                given[symbol(kind, name)] = dict(re.findall(r"skip=(\w+): (.*)", comments))
    found = {}
    for name in [*given, "functionApp"]:
        for what, checks in EXCUSED.items():
            if name.endswith(what):
                found[name] = [f"checkov:skip={check}: {given.get(name, {}).get(reason or check, reason)}" for check, reason in checks.items()]
    return found


def module():
    told = "".join(f"    {ours}: {theirs}\n" for ours, theirs in {"name": "name", **TOLD}.items())
    return (
        "module activityLog 'activity-log.bicep' = [for id in subscriptionIds: {\n  name: '${name}-activity-log'\n"
        "  scope: subscription(id)\n  params: {\n" + told + "  }\n}]\n"
    )


def written(name, made, comments, extra=""):
    """A head with resources in the place that it keeps for them."""
    head = (HEADS / name).read_text()
    shared = [beginning for beginning, count in beginnings([r["Body"] for r in made.values()]).items() if count > 1]
    if len(shared) > 1:
        raise Fault(f"{len(shared)} texts that several queries begin with; give each a name in infra/tools/bicep_template.py")
    names = {"deliveries": shared[0]} if shared else {}
    parts = [f"// The lines that several queries begin with.\nvar {short} = {raw(text)}\n" for short, text in names.items()]
    parts += [resource(named, found, names, comments.get(named, ())) for named, found in sorted(made.items())]
    parts += [extra] if extra else []
    before, after = head.split("// resources\n")
    return f"// Written by infra/tools/bicep_template.py, from the module and infra/tools/templates/{name}:\n// change those, then run infra/check --write.\n\n{before}" + "\n".join(parts) + after


def templates(states, schemas, comments, folder):
    """Each file's name and text."""
    head = File(HEADS / "quick-create.bicep")
    defaults = {name: Evaluation(head, {}).value(head.said(head.parameters[name])) for name in SETTINGS.values()}
    runs = {name: settings(planned(states[name], schemas), defaults) for name in LEAVES}
    (setting,) = {name for name, r in runs["everything"].items() if r["Type"].startswith("Microsoft.Insights/diagnosticSettings@")}
    theirs = [made.pop(setting) for made in runs.values()]
    if any(other != theirs[0] for other in theirs):
        raise Fault(f"{setting} differs from run to run, which activity-log.bicep has no parameter for")
    inner = {setting: activity(theirs[0])}
    expected = copy.deepcopy(runs)
    whole = conditional(looped(runs["everything"]), {condition: looped(runs[name]) for name, condition in OPTIONS.items()}, OPPOSITE, IMPLIED)
    texts = {"quick-create.bicep": written("quick-create.bicep", whole, comments, module()), "activity-log.bicep": written("activity-log.bicep", inner, {})}
    for name, text in texts.items():
        (folder / name).write_text(text)
    for run, made in expected.items():
        found = Evaluation(File(folder / "quick-create.bicep"), GIVEN | LEAVES[run]).resources()
        alike(run, made_of(found), made)
    found = Evaluation(File(folder / "activity-log.bicep"), {}).resources()
    alike("activity-log.bicep", made_of(found), inner)
    return texts


def made_of(found):
    return {name: {"Type": kind, "Body": body} for name, (kind, body) in found.items()}


def alike(run, found, made):
    for where, ours, theirs in differences(found, made, ""):
        if ours == [] and theirs is NOTHING:  # a list without items is no list
            continue
        text = f"{run}: {where} comes to {shown(ours)}, where the module has {shown(theirs)}"
        raise Fault(re.sub(r"\\u000[12]", "`", text) + ": a fault of infra/tools/bicep_template.py, bicep.py or the head")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--schema", type=Path, required=True, help="the provider's")
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    schemas = next(iter(json.loads(chosen.schema.read_text())["provider_schemas"].values()))["resource_schemas"]
    bad, count = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            texts = templates(runs(sys.stdin), schemas, excused(chosen.folder.parent), Path(folder))
        except (Fault, Unreadable) as fault:
            print(fault)
            print("0 lines of 2 templates, 1 wrong")
            return 1
    for name, text in texts.items():
        path, count = chosen.folder / name, count + text.count("\n")
        if not chosen.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            continue
        there = path.read_text() if path.exists() else ""
        if there != text:
            bad += 1
            ours, theirs = there.splitlines(), text.splitlines()
            at = next((i for i, (one, other) in enumerate(zip(ours, theirs)) if one != other), min(len(ours), len(theirs)))
            print(f"{path}:{at + 1} is {''.join(ours[at:at + 1]).strip()!r}, and from the module {''.join(theirs[at:at + 1]).strip()!r}; {REMEDY}")
    print(f"{count} lines of {len(texts)} templates, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
