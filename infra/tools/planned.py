"""Planned Terraform resources, as a template takes them over: each argument is asked for by name, and what nobody asked for
is told. An argument that a template neither takes over nor leaves out by name is an error, so that nothing the module learns
is missing from a template in silence.
"""

import json
import re

# By these others refer to a resource.
NAMES = {"arn", "id", "url", "key_id"}
WORD = re.compile(r"[a-z0-9]{8}")


class Fault(Exception):
    """What the module asks for and a template cannot say."""


class Values:
    """A block's values, by its schema. What is asked for and never taken is told by `left`."""

    def __init__(self, values, schema, references):
        self.values, self.schema, self.references = values, schema, references
        self.taken, self.inner = set(), []

    def __call__(self, name):
        self.taken.add(name)
        return None if self.computed(name) else self.values.get(name)

    def computed(self, name):
        """Nobody asked for it: the provider computes it, and a double of it made up a word that refers to nothing."""
        value, computes = self.values.get(name), self.schema.get("attributes", {}).get(name, {}).get("computed")
        return computes and isinstance(value, str) and bool(WORD.fullmatch(value)) and value not in self.references

    def blocks(self, name):
        self.taken.add(name)
        schema = self.schema.get("block_types", {}).get(name, {}).get("block", {})
        found = [Values(values, schema, self.references) for values in self.values.get(name) or []]
        self.inner += [(f"{name}.", block) for block in found]
        return found

    def block(self, name):
        found = self.blocks(name)
        return found[0] if found else Values({}, {}, self.references)

    def left(self, before=""):
        for name, value in self.values.items():
            # A double gives nothing but False or 0 for what the provider computes; of what it does not, the module asked for it.
            nobody = value in (None, "", [], {}) or (value in (False, 0) and self.schema.get("attributes", {}).get(name, {}).get("computed"))
            if name not in self.taken | NAMES and not nobody and not self.computed(name):
                yield before + name
        for name, block in self.inner:
            yield from block.left(before + name)


def document(text):
    return json.loads(text) if text else None


def renamed(values, names):
    return {ours: values(theirs) for theirs, ours in names.items()}


def without_nothing(node):
    """Without arguments nobody gave."""
    if isinstance(node, dict):
        kept = {name: without_nothing(value) for name, value in node.items()}
        return {name: value for name, value in kept.items() if value not in (None, [], {}, "")}
    if isinstance(node, list):
        return [without_nothing(value) for value in node]
    return node
