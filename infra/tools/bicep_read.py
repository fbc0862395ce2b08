"""Reads Bicep with tree-sitter's grammar, which shares nothing with what wrote it, and works out what it comes to.

What only Azure knows (an id, a property of a resource, a new guid) stays as its own words between \\x01 and \\x02.
"""

import re
from pathlib import Path

import tree_sitter
import tree_sitter_bicep

LANGUAGE = tree_sitter.Language(tree_sitter_bicep.language())
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "'": "'", "\\": "\\", "$": "$"}
ABSENT = object()


class Unreadable(Exception):
    """What the grammar does not know, or this does not."""


class File:
    """A file's declarations by name, each as the node that says it."""

    def __init__(self, path):
        self.path, self.source = path, Path(path).read_bytes()
        tree = tree_sitter.Parser(LANGUAGE).parse(self.source)
        bad = list(broken(tree.root_node))
        if bad:
            at = bad[0].start_point
            raise Unreadable(f"{path}:{at[0] + 1}:{at[1] + 1}: no Bicep: {self.of(bad[0])[:60]!r}")
        self.parameters, self.variables, self.resources, self.modules, self.outputs = {}, {}, {}, {}, {}
        self.decorators, self.scope, waiting = {}, "resourceGroup", []
        for node in tree.root_node.named_children:
            if node.type == "comment":
                continue
            if node.type == "decorators":
                waiting = [child.named_children[0] for child in node.named_children]
                continue
            if node.type == "target_scope_assignment":
                self.scope = self.of(node.named_children[-1]).strip("'")
                continue
            into = {
                "parameter_declaration": self.parameters, "variable_declaration": self.variables, "resource_declaration": self.resources,
                "module_declaration": self.modules, "output_declaration": self.outputs,
            }.get(node.type)
            if into is None:
                raise Unreadable(f"{path}:{node.start_point[0] + 1}: a {node.type}, which bicep_read.py does not know")
            name = self.of(next(child for child in node.named_children if child.type == "identifier"))
            if name in into or (into is not self.outputs and any(name in other for other in (self.parameters, self.variables, self.resources, self.modules))):
                raise Unreadable(f"{path}:{node.start_point[0] + 1}: a second {name}")
            into[name], self.decorators[name], waiting = node, waiting, []

    def of(self, node):
        return self.source[node.start_byte : node.end_byte].decode()

    def said(self, node):
        """What stands behind the equals sign, if anything does."""
        at = next((i for i, child in enumerate(node.children) if child.type == "="), None)
        return None if at is None else node.children[at + 1]

    def type_of(self, node):
        return self.of(next(child for child in node.named_children if child.type == "string"))[1:-1]


def broken(node):
    if node.is_error or node.is_missing:
        yield node
    for child in node.children:
        yield from broken(child)


class Evaluation:
    """What a file comes to with some parameters."""

    def __init__(self, file, parameters):
        self.file, self.given, self.local = file, parameters, {}

    def resources(self):
        """Those that are made: type and body."""
        made = {}
        for name, node in self.file.resources.items():
            body = self.file.said(node)
            if body.type == "if_statement":
                condition, body = body.named_children
                if not self.value(condition):
                    continue
            made[name] = (self.file.type_of(node), self.value(body))
        return made

    def value(self, node):
        kind, of = node.type, self.file.of
        if kind == "parenthesized_expression":
            return self.value(node.named_children[0])
        if kind == "null":
            return None
        if kind == "boolean":
            return of(node) == "true"
        if kind == "number":
            return int(of(node))
        if kind == "string":
            return self.string(node)
        if kind == "array":
            return [self.value(child) for child in node.named_children]
        if kind == "object":
            return {name: value for name, value in (self.pair(child) for child in node.named_children if child.type != "comment")}
        if kind == "identifier":
            return self.named(of(node))
        if kind == "unary_expression" and of(node.children[0]) == "!":
            return not self.value(node.named_children[0])
        if kind == "binary_expression" and of(node.children[1]) in ("&&", "||"):
            one, other = (self.value(child) for child in node.named_children)
            return one and other if of(node.children[1]) == "&&" else one or other
        if kind == "ternary_expression":
            condition, one, other = node.named_children
            return self.value(one if self.value(condition) else other)
        if kind == "for_statement":
            return self.each(node)
        if kind == "call_expression":
            return self.call(node)
        if kind in ("member_expression", "subscript_expression"):
            return "\x01" + of(node) + "\x02"
        raise Unreadable(f"{self.file.path}:{node.start_point[0] + 1}: a {kind}, which bicep_read.py does not know")

    def pair(self, node):
        name, value = node.named_children
        return (self.string(name) if name.type == "string" else self.file.of(name)), self.value(value)

    def string(self, node):
        text = self.file.of(node)
        if text.startswith("'''"):
            return text[3:-3].removeprefix("\n")
        out, at = "", node.start_byte + 1
        for child in [child for child in node.children if child.type == "interpolation"]:
            out += unescaped(self.file.source[at : child.start_byte].decode())
            found = self.value(child.named_children[0])
            out += found if isinstance(found, str) else str(found)
            at = child.end_byte
        return out + unescaped(self.file.source[at : node.end_byte - 1].decode())

    def named(self, name):
        if name in self.local:
            return self.local[name]
        if name in self.given:
            return self.given[name]
        if name in self.file.parameters:
            return "\x01" + name + "\x02"
        if name in self.file.variables:
            return self.value(self.file.said(self.file.variables[name]))
        if name in self.file.resources or name in self.file.modules:
            return "\x01" + name + "\x02"
        raise Unreadable(f"{self.file.path}: no {name}")

    def each(self, node):
        variable, items, body = node.named_children
        name, outer, made = self.file.of(variable), dict(self.local), []
        for item in self.value(items):
            self.local[name] = item
            made.append(self.value(body))
        self.local = outer
        return made

    def call(self, node):
        name, arguments = self.file.of(node.named_children[0]), node.named_children[1].named_children
        if name == "concat":
            return [item for argument in arguments for item in self.value(argument)]
        if name == "empty":
            return not self.value(arguments[0])
        if name == "string":
            return {"Fn::Json": self.value(arguments[0])}
        return "\x01" + self.file.of(node) + "\x02"


def unescaped(text):
    def meant(found):
        if found[1] not in ESCAPES:
            raise Unreadable(f"no escape {found[0]} in {text[:60]!r}")
        return ESCAPES[found[1]]

    return re.sub(r"\\(.)", meant, text)
