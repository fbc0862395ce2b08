"""Checks Bicep that no compiler of Bicep has seen: two grammars, every name, and every property against Microsoft's models.

    check_bicep.py SCHEMA FILE...

SCHEMA is what arm_schema.py keeps of Microsoft's management SDKs: property names, types, allowed words, and what must be
there. Each file is worked out with all of its parameters given and with none, so that both sides of a condition are seen.
"""

import json
import re
import sys
from pathlib import Path

from bicep_read import Evaluation, File, Unreadable
from pycep import BicepParser

# What Bicep says beside the body.
ABOVE = {"name", "parent", "scope", "dependsOn"}
# Bodies that no model describes, and why.
UNTYPED = {"Microsoft.Web/sites/extensions@2024-04-01": "the model of this body is of MSDeploy, and says nothing of onedeploy"}
# Functions and decorators with the fewest and the most arguments, as Bicep documents them.
FUNCTIONS = {
    "array": (1, 1), "concat": (1, 99), "empty": (1, 1), "guid": (1, 99), "listCallbackUrl": (2, 3), "resourceGroup": (0, 2), "string": (1, 1), "subscription": (0, 1),
    "subscriptionResourceId": (2, 9), "utcNow": (0, 1), "newGuid": (0, 0),
}
DECORATORS = {"allowed": (1, 1), "description": (1, 1), "maxLength": (1, 1), "minLength": (1, 1), "secure": (0, 0)}
PARAMETER_TYPES = {"string", "int", "bool", "array", "object"}


# --- names ---


class Names:
    """What a file's expressions name, with what they may."""

    def __init__(self, file, schema):
        self.file, self.schema, self.faults, self.used, self.needs = file, schema, [], set(), {}

    def check(self):
        file = self.file
        for name, node in file.parameters.items():
            if (said := file.of(next(child for child in node.named_children if child.type == "type"))) not in PARAMETER_TYPES:
                self.fault(node, f"no type {said}")
        for declared in (file.parameters, file.variables, file.resources, file.modules, file.outputs):
            for name, node in declared.items():
                before = set(self.used)
                self.used = set()
                if (said := file.said(node)) is not None:
                    self.walk(said, set(), declared is file.parameters)
                self.needs[name if declared is not file.outputs else f"output {name}"] = self.used
                self.used = before | self.used
                for decorator in file.decorators[name]:
                    self.call(decorator, DECORATORS, "decorator")
        for name in [*file.parameters, *file.variables]:
            if name not in self.used:
                self.faults.append(f"{file.path}: nothing uses {name}")
        for name in file.resources:
            if circle := self.circle([name], set()):
                self.faults.append(f"{file.path}: a circle: {' > '.join(circle)}")
                break
        return self.faults

    def circle(self, way, seen):
        """The way back to where it came by, if there is one; `seen` leads to none."""
        for other in sorted(self.needs.get(way[-1], ())):
            if other in way:
                return [*way[way.index(other) :], other]
            if other not in seen and (found := self.circle([*way, other], seen)):
                return found
        seen.add(way[-1])
        return None

    def fault(self, node, text):
        self.faults.append(f"{self.file.path}:{node.start_point[0] + 1}: {text}")

    def call(self, node, known, what):
        name = self.file.of(node.named_children[0])
        count = len(node.named_children[1].named_children)
        if name not in known:
            self.fault(node, f"no {what} {name} that check_bicep.py knows")
        elif not known[name][0] <= count <= known[name][1]:
            self.fault(node, f"{name} with {count} arguments")

    def walk(self, node, local, default):
        kind, of = node.type, self.file.of
        if kind == "identifier":
            if (name := of(node)) not in local:
                self.name(node, name)
        elif kind == "call_expression":
            self.call(node, FUNCTIONS, "function")
            if (called := of(node.named_children[0])) in ("utcNow", "newGuid") and not default:
                self.fault(node, f"{called} outside a parameter's default")
            for argument in node.named_children[1].named_children:
                self.walk(argument, local, default)
        elif kind == "object_property":
            name, value = node.named_children
            if name.type == "string":
                self.walk(name, local, default)
            self.walk(value, local, default)
        elif kind == "for_statement":
            variable, items, body = node.named_children
            self.walk(items, local, default)
            self.walk(body, local | {of(variable)}, default)
        elif kind == "member_expression":
            self.member(node, local, default)
        else:
            for child in node.named_children:
                self.walk(child, local, default)

    def name(self, node, name):
        if name in self.file.outputs or not any(name in there for there in (self.file.parameters, self.file.variables, self.file.resources, self.file.modules)):
            self.fault(node, f"no {name}")
        self.used.add(name)

    def member(self, node, local, default):
        first = node
        while first.type == "member_expression":
            first = first.named_children[0]
        self.walk(first, local, default)
        root, *path = self.file.of(node).split(".") if first.type == "identifier" else ("", [])
        if root in self.file.resources and path and not (path[0] in ("id", "name", "type") and len(path) == 1):
            kind = self.file.type_of(self.file.resources[root])
            bodies = self.schema["bodies"].get(kind, [])
            if not any(leads(self.schema, body, path) for body in bodies):
                self.fault(node, f"a {kind.split('@')[0]} has no {'.'.join(path)}")


def leads(schema, model, path):
    at = schema["models"][model]["of"]
    for step in path:
        if step not in at:
            return False
        entry = at[step]
        at = entry["of"] if "of" in entry else schema["models"].get(entry["type"], {}).get("of", {})
    return True


# --- bodies ---


def body(schema, kind, found, where):
    """What is wrong with a resource's body."""
    *_, name = kind.split("@")[0].split("/")
    segments = kind.split("@")[0].count("/")
    slashes = re.sub("\x01[^\x02]*\x02", "", found.get("name", "")).count("/")
    if "name" not in found:
        yield f"{where}: no name"
    elif slashes != (0 if "parent" in found else segments - 1):
        yield f"{where}.name: {shown(found['name'])} for a {kind.split('@')[0]}"
    if kind in UNTYPED:
        return
    if kind not in schema["bodies"]:
        yield f"{where}: no model of {kind}: name one in arm_schema.py, or say in check_bicep.py why there is none"
        return
    yield from inside(schema, schema["models"][schema["bodies"][kind][0]], {key: value for key, value in found.items() if key not in ABOVE}, where)


def inside(schema, model, found, where):
    """An object against a model; of a family of models the one that the object says it is."""
    if "by" in model:
        wire, kinds = model["by"]
        if found.get(wire) not in kinds:
            yield f"{where}.{wire}: {shown(found.get(wire))}, none of {', '.join(sorted(kinds))}"
            return
        model = schema["models"][kinds[found[wire]]]
    yield from group(schema, model["of"], found, where)


def group(schema, entries, found, where):
    for name, entry in entries.items():
        if "of" in entry:
            if name not in found and needed(entry["of"]):
                yield f"{where}.{name}: missing"
        elif entry.get("required") and not entry.get("readonly") and name not in found:
            yield f"{where}.{name}: missing"
    for name, value in found.items():
        if name not in entries:
            yield f"{where}.{name}: no such property"
        elif "of" in entries[name]:
            if isinstance(value, dict):
                yield from group(schema, entries[name]["of"], value, f"{where}.{name}")
            else:
                yield f"{where}.{name}: {shown(value)}, no object"
        elif entries[name].get("readonly"):
            yield f"{where}.{name}: Azure says it, and a template cannot"
        else:
            yield from typed(schema, entries[name]["type"], value, f"{where}.{name}", entries[name].get("words"))


def needed(entries):
    return any(needed(entry["of"]) if "of" in entry else entry.get("required") and not entry.get("readonly") for entry in entries.values())


def typed(schema, kind, value, where, words=None):
    if kind == "any":
        return
    if kind.startswith("["):
        if not isinstance(value, list):
            yield f"{where}: {shown(value)}, no list"
            return
        for at, item in enumerate(value):
            yield from typed(schema, kind[1:], item, f"{where}[{at}]", words)
    elif kind.startswith("{"):
        if not isinstance(value, dict):
            yield f"{where}: {shown(value)}, no object"
            return
        for name, item in value.items():
            yield from typed(schema, kind[1:], item, f"{where}.{shown(name)}")
    elif kind in schema["models"]:
        if not isinstance(value, dict):
            yield f"{where}: {shown(value)}, no object"
        else:
            yield from inside(schema, schema["models"][kind], value, where)
    else:
        fits = {"string": isinstance(value, str) or is_text(value), "bool": isinstance(value, bool), "int": is_int(value), "number": is_int(value)}[kind]
        if not fits:
            yield f"{where}: {shown(value)}, no {kind}"
        elif words and isinstance(value, str) and "\x01" not in value and value not in words:
            yield f"{where}: {shown(value)}, none of {', '.join(words)}"


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_text(value):
    return isinstance(value, dict) and "Fn::Json" in value


def shown(value):
    return re.sub("[\x01\x02]", "`", json.dumps(value, ensure_ascii=False).replace("\\u0001", "\x01").replace("\\u0002", "\x02"))[:100]


# --- files ---


def given(file, everything):
    """Values for the parameters that decide something: all of them, or none."""
    values = {"array": [["\x01address\x02"], []], "bool": [True, False], "string": [None, ""]}
    made = {}
    for name, node in file.parameters.items():
        kind = file.of(next(child for child in node.named_children if child.type == "type"))
        empty = file.said(node) is not None and file.of(file.said(node)) in ("''", "[]", "true", "false")
        value = values.get(kind, [None, None])[0 if everything else 1]
        if empty and value is not None:
            made[name] = value
    return made


def modules(file, files):
    for name, node in file.modules.items():
        path = file.path.parent / file.type_of(node)
        other = next((there for there in files if there.path == path), None)
        if other is None:
            yield f"{file.path}: {name} is {path.name}, which is not among the files"
            continue
        text = file.said(node)
        body = text.named_children[-1] if text.type == "for_statement" else text
        pairs = {file.of(child.named_children[0]): child.named_children[1] for child in body.named_children}
        told = {file.of(child.named_children[0]) for child in pairs["params"].named_children}
        wanted = {parameter for parameter, declared in other.parameters.items() if other.said(declared) is None}
        for parameter in sorted(told - other.parameters.keys()):
            yield f"{file.path}: {name} is given {parameter}, which it does not know"
        for parameter in sorted(wanted - told):
            yield f"{file.path}: {name} is not given {parameter}"
        if other.scope != file.scope and "scope" not in pairs:
            yield f"{file.path}: {name} is for a {other.scope}, and no scope says which"


def faults(schema, files):
    """What is wrong with files that are Bicep, and how many properties were looked at."""
    bad, count = [], 0
    for file in files:
        bad += Names(file, schema).check()
        bad += modules(file, files)
    for file in [] if bad else files:
        for everything in (True, False):
            for name, (kind, found) in Evaluation(file, given(file, everything)).resources().items():
                count += len(found.get("properties", ()))
                bad += body(schema, kind, found, f"{file.path}: {name}")
    return list(dict.fromkeys(bad)), count


def main():
    schema, paths = json.loads(Path(sys.argv[1]).read_text()), [Path(path) for path in sys.argv[2:]]
    bad, count, files = [], 0, []
    for path in paths:
        try:
            files.append(File(path))
            BicepParser().parse(text=path.read_text())
        except Unreadable as fault:
            bad.append(str(fault))
        except Exception as fault:  # pycep has no class of its own for what it cannot parse
            bad.append(f"{path}: pycep cannot parse it: {str(fault).splitlines()[0]}")
    if not bad:
        bad, count = faults(schema, files)
    for fault in bad:
        print(fault)
    print(f"{count} properties of {len(files)} templates, {len(bad)} wrong")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
