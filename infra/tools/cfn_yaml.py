"""CloudFormation's YAML: its short forms (`!Ref`, `!Sub`, `!GetAtt`, `!If` and so on) as the long ones, and back."""

import re

import yaml

LONG = {"Ref": "Ref", "Condition": "Condition"} | {name: f"Fn::{name}" for name in ("Sub", "GetAtt", "If", "Not", "Equals", "Select", "Split")}
SHORT = {long: short for short, long in LONG.items()}


class Loader(yaml.SafeLoader):
    pass


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def short(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {LONG[suffix]: value.split(".") if suffix == "GetAtt" else value}
    return {LONG[suffix]: loader.construct_sequence(node, deep=True)}


def mapping(dumper, data):
    if len(data) == 1:
        ((name, value),) = data.items()
        if name in SHORT and name != "Condition":
            tag = f"!{SHORT[name]}"
            if name == "Fn::GetAtt":
                return dumper.represent_scalar(tag, ".".join(value))
            if isinstance(value, str):
                return dumper.represent_scalar(tag, value)
            return dumper.represent_sequence(tag, value)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items())


Loader.add_multi_constructor("!", short)
Dumper.add_representer(dict, mapping)


def load(text):
    return yaml.load(text, Loader)


def dump(template, origin):
    """Text of a template. The order is the template's own, and resources go by name."""
    ordered = template | {"Resources": dict(sorted(template["Resources"].items()))}
    parts = []
    for name, value in ordered.items():
        # What people fill in has a line for each word; a resource's short lists and pairs share one.
        style = None if name in ("Resources", "Conditions") else False
        parts.append(yaml.dump({name: value}, Dumper=Dumper, sort_keys=False, width=150, allow_unicode=True, default_flow_style=style))
    # PyYAML quotes whatever has a tag.
    text = re.sub(r"(!(?:Ref|GetAtt)) '([A-Za-z0-9:.]+)'", r"\1 \2", "\n".join(parts))
    return f"# Written by {origin}: change those, then run infra/check --write.\n{text}"
