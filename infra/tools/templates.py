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
from cloudformation import Run, logical_id
from conditions import NOTHING, choice, conditional, differences, said, shown, stack
from planned import Fault
from rendered import resources, runs

HEADS = Path(__file__).resolve().parent / "templates"
REMEDY = "infra/check --write takes it from the module"
LARGEST = 51_200

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


def head(name):
    return load((HEADS / name).read_text())


def quick_create(states, schemas):
    made = {}
    for name in ["everything", *OPTIONS]:
        run = Run(list(resources(states[name])), schemas)
        made[name] = translated(run.resources(), run.references)
    template = head("quick-create.yaml")
    template["Resources"] = conditional(made["everything"], {condition: made[name] for name, condition in OPTIONS.items()}, OPPOSITE)
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--schema", type=Path, required=True, help="what `terraform providers schema -json` says of the module")
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    schemas = next(iter(json.loads(chosen.schema.read_text())["provider_schemas"].values()))["resource_schemas"]
    states = runs(sys.stdin)
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
