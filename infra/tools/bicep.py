"""Writes what a template says as Bicep: strings as marks.py says, conditions and lists with an item for each of a parameter as
conditions.py does."""

import re

from conditions import NO_VALUE
from planned import Fault

WIDTH = 2


def text(found, shared=None):
    """A string: a reference alone, or with references in it; `shared` are names of texts that several strings begin with."""
    for name, beginning in (shared or {}).items():
        if found.startswith(beginning) and found != beginning:
            found = f"\x01{name}\x02{found.removeprefix(beginning)}"
    parts = re.split("(\x01[^\x02]*\x02)", found)
    if len(parts) == 3 and not parts[0] and not parts[2]:
        return parts[1][1:-1]
    return "'" + "".join("${" + part[1:-1] + "}" if part.startswith("\x01") else escaped(part) for part in parts) + "'"


def escaped(plain):
    if bad := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", plain):
        raise Fault(f"Bicep has no word for {bad[0]!r}")
    for one, other in [("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("${", "\\${")]:
        plain = plain.replace(one, other)
    return plain


def raw(plain):
    """Several lines as they are."""
    if "'''" in plain:
        raise Fault("a text of several lines cannot hold '''")
    return f"'''\n{plain}'''"


def key(name):
    return name if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) else text(name) if "\x01" not in name else "'${" + name[1:-1] + "}'"


def value(node, at=0, shared=None):
    pad = " " * WIDTH * (at + 1)
    end = " " * WIDTH * at
    if node is None:
        return "null"
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, int):
        return str(node)
    if isinstance(node, float):
        if not node.is_integer():
            raise Fault(f"Bicep has whole numbers only, and the module {node}")
        return str(int(node))
    if isinstance(node, str):
        return text(node, shared)
    if isinstance(node, list):
        return listed(node, at, shared)
    if "Fn::If" in node:
        condition, one, other = node["Fn::If"]
        return f"{condition} ? {value(one, at, shared)} : {value(None if other == NO_VALUE else other, at, shared)}"
    if "Fn::For" in node:
        _, variable, parameter, item = node["Fn::For"]
        return f"[for {variable} in {parameter}: {value(item, at, shared)}]"
    if "Fn::Json" in node:
        return f"string({value(node['Fn::Json'], at, shared)})"
    if not node:
        return "{}"
    return "{\n" + "".join(f"{pad}{key(name)}: {value(inner, at + 1, shared)}\n" for name, inner in node.items()) + end + "}"


def optional(item):
    return isinstance(item, dict) and "Fn::If" in item and item["Fn::If"][2] == NO_VALUE


def listed(node, at, shared):
    """A list; items that are there on a condition only are lists of their own."""
    if not any(optional(item) for item in node):
        return plain(node, at, shared)
    parts, run = [], []
    for item in [*node, None]:
        if item is not None and not optional(item):
            run.append(item)
            continue
        if run:
            parts.append(plain(run, at, shared))
        run = []
        if item is not None:
            condition, one, _ = item["Fn::If"]
            parts.append(f"{condition} ? {plain([one], at, shared)} : []")
    return f"concat({', '.join(parts)})"


def plain(items, at, shared):
    pad, end = " " * WIDTH * (at + 1), " " * WIDTH * at
    return "[\n" + "".join(f"{pad}{value(item, at + 1, shared)}\n" for item in items) + end + "]" if items else "[]"


def resource(name, found, shared=None, comments=()):
    condition = f"if ({found['Condition']}) " if "Condition" in found else ""
    body = value(found["Body"], 0, shared).removeprefix("{\n")
    return f"resource {name} '{found['Type']}' = {condition}{{\n{''.join(f'  // {comment}' + chr(10) for comment in comments)}{body}\n"


def beginnings(node, found=None):
    """The lines that strings of several lines begin with, counted."""
    found = {} if found is None else found
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            beginnings(inner, found)
    elif isinstance(node, str) and "\n" in node.rstrip("\n"):
        beginning = node[: node.rindex("\n") + 1]
        found[beginning] = found.get(beginning, 0) + 1
    return found
