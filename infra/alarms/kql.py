"""The part of KQL that the alarms use, parsed and evaluated over rows.

union, where, extend, project, summarize … by; `has`, `startswith`, `in`, comparisons, and/or/not, arithmetic; the functions
and aggregates in FUNCTIONS and AGGREGATES. Anything else is an error, never a guess.
"""

import json
import re
from datetime import datetime, timedelta, timezone

TOKEN = re.compile(r"""
    (?P<space>\s+) | (?P<verbatim>@'(?:[^']|'')*') | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<span>\d+[smhd]\b) | (?P<number>\d+(?:\.\d+)?) | (?P<date>datetime\([^)]*\))
  | (?P<word>!in\b|[A-Za-z_]\w*) | (?P<sign>==|!=|<=|>=|[-+*/%<>=|(),.\[\]])
""", re.X)
UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}
COMPARISONS = {"==", "!=", "<", ">", "<=", ">="}
WORD_OPERATORS = {"has", "contains", "startswith", "in", "!in"}


class KqlError(Exception):
    pass


def tokens(text):
    at, found = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise KqlError(f"cannot read {text[at:at + 30]!r}")
        at = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup, match[0]))
    return found


class Query:
    """A parsed query."""

    def __init__(self, text):
        self.tokens, self.at = tokens(text), 0
        self.tables = self.source()
        self.steps = []
        while self.peek("|"):
            self.next()
            self.steps.append(self.step())
        if self.at != len(self.tokens):
            raise KqlError(f"left over: {self.tokens[self.at:]}")

    # --- reading ---

    def peek(self, *texts):
        return self.at < len(self.tokens) and self.tokens[self.at][1] in texts and self.tokens[self.at][0] not in ("string", "verbatim")

    def next(self, expected=None):
        if self.at >= len(self.tokens) or expected and not self.peek(expected):
            raise KqlError(f"{expected or 'more'} expected at {self.tokens[self.at:self.at + 3]}")
        self.at += 1
        return self.tokens[self.at - 1]

    def listed(self, one):
        found = [one()]
        while self.peek(","):
            self.next()
            found.append(one())
        return found

    def source(self):
        kind, text = self.next()
        if text == "union":
            return [name for _, name in self.listed(self.next)]
        if kind != "word":
            raise KqlError(f"a table expected, not {text}")
        return [text]

    def step(self):
        _, name = self.next()
        if name == "where":
            return name, self.either()
        if name in ("extend", "project"):
            return name, self.listed(self.named)
        if name == "summarize":
            aggregates = self.listed(self.named)
            groups = []
            if self.peek("by"):
                self.next()
                groups = self.listed(self.named)
            return name, aggregates, groups
        raise KqlError(f"the operator {name} is not known here")

    def named(self):
        if self.at + 1 < len(self.tokens) and self.tokens[self.at + 1] == ("sign", "="):
            _, name = self.next()
            self.next("=")
            return name, self.either()
        tree = self.either()
        return tree[1] if tree[0] == "column" else "value", tree

    def either(self):
        left = self.both()
        while self.peek("or"):
            self.next()
            left = "or", left, self.both()
        return left

    def both(self):
        left = self.comparison()
        while self.peek("and"):
            self.next()
            left = "and", left, self.comparison()
        return left

    def comparison(self):
        left = self.sum()
        if self.peek(*COMPARISONS, *WORD_OPERATORS):
            _, sign = self.next()
            if sign in ("in", "!in"):
                self.next("(")
                choices = self.listed(self.sum)
                self.next(")")
                return sign, left, *choices
            return sign, left, self.sum()
        return left

    def sum(self):
        left = self.product()
        while self.peek("+", "-"):
            _, sign = self.next()
            left = sign, left, self.product()
        return left

    def product(self):
        left = self.path()
        while self.peek("*", "/", "%"):
            _, sign = self.next()
            left = sign, left, self.path()
        return left

    def path(self):
        tree = self.atom()
        while self.peek(".", "["):
            if self.next()[1] == ".":
                tree = "member", tree, ("literal", self.next()[1])
            else:
                tree = "member", tree, self.sum()
                self.next("]")
        return tree

    def atom(self):
        kind, text = self.next()
        if kind == "string":
            return "literal", re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "verbatim":
            return "literal", text[2:-1].replace("''", "'")
        if kind == "span":
            return "literal", timedelta(seconds=int(text[:-1]) * UNIT[text[-1]])
        if kind == "number":
            return "literal", float(text) if "." in text else int(text)
        if kind == "date":
            return "literal", datetime.fromisoformat(text[9:-1].strip().replace("Z", "+00:00"))
        if text in ("true", "false"):
            return "literal", text == "true"
        if text == "(":
            tree = self.either()
            self.next(")")
            return tree
        if kind == "word" and self.peek("("):
            if text not in FUNCTIONS and text not in AGGREGATES and text not in ("now", "ago"):
                raise KqlError(f"the function {text} is not known here")
            self.next("(")
            arguments = [] if self.peek(")") else self.listed(self.either)
            self.next(")")
            return "call", text, *arguments
        if kind == "word":
            return "column", text
        raise KqlError(f"{text!r} is not expected here")

    # --- running ---

    def rowwise(self, row):
        """A row after the steps that look at nothing else, or None where they leave it out; and the steps that remain."""
        for step in self.steps[: self.alone()]:
            found = stepped(step, [row], None)
            if not found:
                return None
            row = found[0]
        return row

    def alone(self):
        """How many of the first steps look at one row and at no clock."""
        for number, step in enumerate(self.steps):
            if step[0] == "summarize" or "'now'" in repr(step) or "'ago'" in repr(step):
                return number
        return len(self.steps)

    def finish(self, rows, now):
        """The result, from rows that `rowwise` gave."""
        for step in self.steps[self.alone() :]:
            rows = stepped(step, rows, now)
        return rows

    def run(self, tables, now):
        """The result, from {table: rows}."""
        rows = (self.rowwise(row) for table in self.tables for row in tables[table])
        return self.finish([row for row in rows if row is not None], now)


def stepped(step, rows, now):
    name, *parts = step
    if name == "where":
        return [row for row in rows if value(parts[0], row, now) is True]
    if name == "extend":
        return [row | {column: value(tree, row, now) for column, tree in parts[0]} for row in rows]
    if name == "project":
        return [{column: value(tree, row, now) for column, tree in parts[0]} for row in rows]
    return summarized(rows, *parts, now)


def summarized(rows, aggregates, groups, now):
    grouped = {}
    for row in rows:
        by = {name: value(tree, row, now) for name, tree in groups}
        grouped.setdefault(json.dumps(by, default=str, sort_keys=True), (by, []))[1].append(row)
    if not groups and not grouped:
        grouped[""] = ({}, [])
    return [by | {name: aggregated(tree, inside, now) for name, tree in aggregates} for by, inside in grouped.values()]


def aggregated(tree, rows, now):
    if tree[0] == "call" and tree[1] in AGGREGATES:
        return AGGREGATES[tree[1]]([value(argument, row, now) for row in rows for argument in tree[2:3]] if tree[2:] else rows)
    if tree[0] == "literal":
        return tree[1]
    if tree[0] in ("column", "member"):
        raise KqlError(f"{tree} stands outside an aggregate")
    operator, *parts = tree
    if operator == "call":
        return apply(parts[0], [aggregated(part, rows, now) for part in parts[1:]], now)
    return binary(operator, [aggregated(part, rows, now) for part in parts])


def value(tree, row, now):
    kind, *parts = tree
    if kind == "literal":
        return parts[0]
    if kind == "column":
        return row.get(parts[0])
    if kind == "member":
        inside, key = value(parts[0], row, now), value(parts[1], row, now)
        return inside.get(key) if isinstance(inside, dict) else inside[key] if isinstance(inside, list) and isinstance(key, int) and key < len(inside) else None
    if kind == "call":
        if parts[0] in AGGREGATES and parts[0] not in FUNCTIONS:
            raise KqlError(f"{parts[0]} is an aggregate")
        return apply(parts[0], [value(part, row, now) for part in parts[1:]], now)
    return binary(kind, [value(part, row, now) for part in parts])


def apply(name, arguments, now):
    if name == "now":
        return now
    if name == "ago":
        return now - arguments[0]
    return FUNCTIONS[name](*arguments)


def binary(operator, values):
    a, *rest = values
    if operator == "and":
        return a is True and rest[0] is True
    if operator == "or":
        return a is True or rest[0] is True
    if operator in ("in", "!in"):
        return (a in rest) == (operator == "in")
    b = rest[0]
    if operator in ("has", "contains", "startswith"):
        text, wanted = tostring(a).lower(), tostring(b).lower()
        if operator == "startswith":
            return text.startswith(wanted)
        if operator == "contains":
            return wanted in text
        # A whole term: no letter or digit touches it.
        return re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])" if wanted[:1].isalnum() and wanted[-1:].isalnum() else re.escape(wanted), text) is not None
    if a is None or b is None:
        return None if operator in "+-*/%" else operator == "!=" and a is not b
    if operator in ("+", "-", "*", "%"):
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "%": lambda: a % b}[operator]()
    if operator == "/":
        return None if b == 0 else a // b if isinstance(a, int) and isinstance(b, int) else a / b
    return {"==": a == b, "!=": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]


def tostring(found):
    if found is None:
        return ""
    if isinstance(found, bool):
        return "true" if found else "false"
    return found if isinstance(found, str) else json.dumps(found, separators=(",", ":"))


def tolong(found):
    try:
        return int(found)
    except (TypeError, ValueError):
        return None


def parse_json(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def extract(pattern, group, text):
    match = re.search(pattern, tostring(text), re.S)
    return match[group] if match else ""


def known(values):
    return [v for v in values if v is not None]


FUNCTIONS = {
    "parse_json": parse_json, "extract": extract, "tostring": tostring, "tolong": tolong, "iff": lambda c, a, b: a if c is True else b,
    "isnotempty": lambda v: tostring(v) != "", "isempty": lambda v: tostring(v) == "", "isnotnull": lambda v: v is not None,
    "coalesce": lambda *v: next((x for x in v if x is not None), None), "not": lambda v: v is False,
}
AGGREGATES = {
    "count": len, "sum": lambda v: sum(known(v)), "max": lambda v: max(known(v), default=None), "min": lambda v: min(known(v), default=None),
    "dcount": lambda v: len({tostring(x) for x in known(v)}), "countif": lambda v: sum(x is True for x in v),
}
