"""Writes infra/aws/templates from what the module plans, or compares them property by property.

    templates.py [--check] --schema FILE FOLDER < output of `terraform test -json -verbose`

The runs are those of tests/templates/facts.tftest.hcl: the module with everything a template offers, and once without each.
Where the two differ, the template has a condition. What no module plans (parameters, conditions, outputs) is in the heads
beside this file.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from cfn_yaml import dump, load
from cloudformation import Fault, Run, logical_id
from rendered import resources

HEADS = Path(__file__).resolve().parent / "templates"
REMEDY = "infra/check --write takes it from the module"
LARGEST = 51_200
NOTHING, NO_VALUE = object(), {"Ref": "AWS::NoValue"}

OPTIONS = {
    "without_mail": "HasMail", "without_key": "HasKey", "without_prefix": "HasPrefix", "without_fast_path": "HasFastPath", "without_version": "HasVersion",
}
# Conditions of what is there only without something.
OPPOSITE = {"HasMail": "HasNoMail"}

WORDS = {
    "the-partition": "${AWS::Partition}", "the-dns-suffix": "${AWS::URLSuffix}", "the-account": "${AWS::AccountId}", "the-region": "${AWS::Region}",
    "the-stack": "${AWS::StackId}", "the-package-bucket": "${PackageBucket}", "the-package-key": "${PackageKey}", "the-package-version": "${PackageVersion}",
    "the-address@example.com": "${EmailAddress}", "arn:aws:kms:the-key-region:111122223333:key/the-key": "${TrailKeyArn}",
    # One bucket needs no place in the rule's name, which is cut where the module has several.
    "the-name-trail-the-bucket": "${Name}-trail", "the-name": "${Name}", "the-bucket": "${TrailBucket}", "the-prefix": "${TrailPrefix}",
    "the-key-region": "${KeyRegion}", "the-bus": "${BusArn}",
}
# A word that is no parameter.
BETWEEN = {"KeyRegion": {"Fn::Select": [3, {"Fn::Split": [":", {"Ref": "TrailKeyArn"}]}]}}
# What a parameter gives instead of the module's variable; their defaults must agree.
GIVEN = {
    ("Function", "Architectures", 0): "Architecture",
    ("Function", "Environment", "Variables", "TRAILHOUND_MIN_LEVEL"): "MinLevel",
}


def spelled(text, references):
    """A planned string with its words and references as CloudFormation says them."""
    for word, (name, attribute) in references.items():
        text = text.replace(word, "${" + name + (f".{attribute}" if attribute else "") + "}")
    for word, meaning in WORDS.items():
        text = text.replace(word, meaning)
    if "${" not in text:
        return text
    whole = text[2:-1] if text.startswith("${") and text.count("${") == 1 and text.endswith("}") else None
    if whole and whole not in BETWEEN:
        return {"Fn::GetAtt": whole.split(".")} if "." in whole else {"Ref": whole}
    needed = {name: value for name, value in BETWEEN.items() if "${" + name + "}" in text}
    return {"Fn::Sub": [text, needed] if needed else text}


def translated(node, references):
    if isinstance(node, dict):
        return {name: translated(value, references) for name, value in node.items()}
    if isinstance(node, list):
        return [translated(value, references) for value in node]
    return spelled(node, references) if isinstance(node, str) else node


def said(node):
    return json.dumps(node, sort_keys=True)


def choice(condition, node, without):
    return {"Fn::If": [condition, node, NO_VALUE if without is NOTHING else without]}


def joined(node, others, where):
    """A node with a condition wherever a run without something has another; others: by condition."""
    differ = {c: o for c, o in others.items() if o is NOTHING or said(o) != said(node)}
    if not differ:
        return node
    if all(isinstance(o, dict) and not is_call(o) for o in (node, *differ.values())):
        if extra := {key for o in differ.values() for key in o if key not in node}:
            raise Fault(f"{where}: {sorted(extra)} only without something; templates.py knows that of whole resources alone")
        return {key: joined(value, {c: o.get(key, NOTHING) for c, o in differ.items()}, f"{where}.{key}") for key, value in node.items()}
    if isinstance(node, list) and all(isinstance(o, list) for o in differ.values()):
        matched = {c: aligned(node, o) for c, o in differ.items()}
        if all(m is not None for m in matched.values()):
            return [joined(value, {c: m[at] for c, m in matched.items()}, f"{where}[{at}]") for at, value in enumerate(node)]
    if len(differ) > 1:
        raise Fault(f"{where}: differs by {sorted(differ)}; a template can say one condition at a place")
    ((condition, other),) = differ.items()
    return choice(condition, node, other)


def is_call(node):
    """An intrinsic function, which is one value."""
    return len(node) == 1 and next(iter(node)).startswith(("Fn::", "Ref"))


def aligned(node, other):
    """For each item the other list's, or nothing where it lacks it; None where the two cannot be laid beside each other."""

    def name(item):
        return next((item[key] for key in ("Sid", "Id") if isinstance(item, dict) and key in item), said(item))

    if len(node) == len(other):
        return other
    by_name = {name(item): item for item in other}
    found = [by_name.get(name(item), NOTHING) for item in node]
    return found if sum(item is not NOTHING for item in found) == len(other) else None


def conditional(whole, without):
    """All resources, each under its condition."""
    made = {}
    for name, resource in whole.items():
        lacking = [c for c, found in without.items() if name not in found]
        if len(lacking) > 1:
            raise Fault(f"{name}: only with all of {lacking}; give the head a condition for it")
        made[name] = {"Type": resource["Type"]} | ({"Condition": lacking[0]} if lacking else {})
        made[name] |= joined(resource, {c: found[name] for c, found in without.items() if c not in lacking}, name)
    for condition, found in without.items():
        for name in found.keys() - whole.keys():
            if condition not in OPPOSITE:
                raise Fault(f"{name}: only without {condition}; name the opposite in templates.py and in the head")
            made[name] = {"Type": found[name]["Type"], "Condition": OPPOSITE[condition]} | found[name]
    return made


def settled(node, chosen):
    """What a value comes to when conditions are chosen."""
    if isinstance(node, list):
        return [found for found in (settled(item, chosen) for item in node) if found != NO_VALUE]
    if not isinstance(node, dict):
        return node
    if "Fn::If" in node:
        condition, one, other = node["Fn::If"]
        return settled(one if chosen[condition] else other, chosen)
    found = {name: settled(value, chosen) for name, value in node.items()}
    return {name: value for name, value in found.items() if value != NO_VALUE}


def stack(resources, chosen):
    """The resources of a stack whose conditions are chosen, without saying them."""
    there = {name: resource for name, resource in resources.items() if chosen.get(resource.get("Condition"), True)}
    return {name: settled({key: value for key, value in resource.items() if key != "Condition"}, chosen) for name, resource in there.items()}


def excused(template, module):
    """What checkov is not to find, for the reasons that the module's own comments give."""
    found = {"UnforwardedQueue": [("CKV_AWS_27", "encrypted under SQS's own key, which checkov knows in Terraform only")]}
    for path in sorted(module.glob("*.tf")):
        for kind, name, comments in re.findall(r'(?m)^resource "(\w+)" "(\w+)" \{\n((?:  # checkov:skip=.*\n)+)', path.read_text()):
            found[logical_id({"type": kind, "name": name})] = re.findall(r"skip=(\w+): (.*)", comments)
    for name, reasons in found.items():
        if resource := template["Resources"].get(name):
            resource["Metadata"] = {"checkov": {"skip": [{"id": check, "comment": reason} for check, reason in reasons]}}
    return template


def read(lines):
    """The resources of each run, by its name."""
    messages = (json.loads(line) for line in lines if line.startswith("{"))
    return {message["@testrun"]: message["test_state"] for message in messages if "test_state" in message}


def head(name):
    return load((HEADS / name).read_text())


def quick_create(states, schemas):
    made = {}
    for name in ["everything", *OPTIONS]:
        run = Run(list(resources(states[name])), schemas)
        made[name] = translated(run.resources(), run.references)
    template = head("quick-create.yaml")
    template["Resources"] = conditional(made["everything"], {condition: made[name] for name, condition in OPTIONS.items()})
    for name, planned in made.items():
        chosen = {condition: run != name for run, condition in OPTIONS.items()}
        chosen |= {opposite: not chosen[condition] for condition, opposite in OPPOSITE.items()}
        for where, ours, theirs in differences(stack(template["Resources"], chosen), planned, ""):
            how = name.replace("_", " ")
            raise Fault(f"{where} comes to {shown(ours)} {how}, where the module has {shown(theirs)}: a fault of infra/tools/templates.py")
    for (name, *path), parameter in GIVEN.items():
        place = template["Resources"][name]["Properties"]
        for key in path[:-1]:
            place = place[key]
        planned, default = place[path[-1]], template["Parameters"][parameter]["Default"]
        if planned != default:
            raise Fault(f"Parameters.{parameter}.Default is {default!r} in infra/tools/templates/quick-create.yaml; the module's own is {planned!r}")
        place[path[-1]] = {"Ref": parameter}
    return template


def fast_path(states, schemas):
    """The rule of the example several-regions, with what keeps undelivered events in the example organisation."""
    bus = "arn:the-partition:events:eu-west-1:the-account:event-bus/default"
    words = {
        bus: "the-bus", "trailhound-notices": "trailhound-fast-path", "Notices of CloudTrail objects": "CloudTrail events",
        "to the first region": "to trailhound's bus", "the security account": "trailhound's bus",
    }
    found = {}
    for example in ("several_regions", "organisation"):
        own = said([r for r in states[example]["root_module"]["resources"] if r["name"] in ("forward", "unforwarded")])
        for word, meaning in words.items():
            own = own.replace(word, meaning)
        run = Run(json.loads(own), schemas)
        found[example] = translated(run.resources(), run.references | rule_names(run))
    made, keeping = found["several_regions"], found["organisation"]
    (target,), (other,) = made["ForwardRule"]["Properties"]["Targets"], keeping["ForwardRule"]["Properties"]["Targets"]
    target["DeadLetterConfig"] = other["DeadLetterConfig"]
    made |= {name: resource for name, resource in keeping.items() if name not in made}
    # An account has one namespace of roles for all its regions.
    del made["ForwardRole"]["Properties"]["RoleName"]
    topic = {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${AlarmTopicName}"}
    for name, resource in made.items():
        made[name] = {"Type": resource["Type"], "Condition": "IsElsewhere"} | resource
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            resource["Properties"]["AlarmActions"] = choice("HasTopic", [topic], NOTHING)
    template = head("fast-path.yaml")
    template["Resources"] |= made
    return template


def rule_names(run):
    return {r["values"]["arn"]: (logical_id(r), "Arn") for r in run.found if r["type"] == "aws_cloudwatch_event_rule"}


def differences(ours, theirs, where):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}, key=str):
            yield from differences(ours.get(key, NOTHING), theirs.get(key, NOTHING), f"{where}.{key}" if where else str(key))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for at, (one, other) in enumerate(zip(ours, theirs)):
            yield from differences(one, other, f"{where}[{at}]")
    elif ours is NOTHING or theirs is NOTHING or said(ours) != said(theirs):
        yield where, ours, theirs


def shown(node):
    return "missing" if node is NOTHING else said(node)[:200]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--schema", type=Path, required=True, help="what `terraform providers schema -json` says of the module")
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    schemas = next(iter(json.loads(chosen.schema.read_text())["provider_schemas"].values()))["resource_schemas"]
    states = read(sys.stdin)
    bad, properties = 0, 0
    for name, make in {"quick-create.yaml": quick_create, "fast-path.yaml": fast_path}.items():
        try:
            made = excused(make(states, schemas), chosen.folder.parent)
        except Fault as fault:
            print(f"{name}: {fault}")
            bad += 1
            continue
        path, text = chosen.folder / name, dump(made, f"infra/tools/templates.py, from the module and infra/tools/templates/{name}")
        if len(text.encode()) > LARGEST:
            print(f"{path}: {len(text.encode())} bytes; `aws cloudformation deploy` takes {LARGEST} without a bucket")
            bad += 1
        properties += sum(len(resource.get("Properties", ())) for resource in made["Resources"].values())
        if not chosen.check:
            path.write_text(text)
            continue
        there = load(path.read_text()) if path.exists() else {}
        found = list(differences(there, made, ""))
        for where, ours, theirs in found:
            print(f"{path}: {where} is {shown(ours)}, and from the module {shown(theirs)}; {REMEDY}")
        if not found and path.read_text() != text:
            print(f"{path}: says the same in other words; {REMEDY}")
            bad += 1
        bad += len(found)
    print(f"{properties} properties of 2 templates, {bad} wrong")
    return 1 if bad or not properties else 0


if __name__ == "__main__":
    sys.exit(main())
