"""How a template is said before it is Bicep: references and parameters stand between \\x01 and \\x02 in strings, as Bicep says
them, and what is taken over whole is a literal."""

import re


def code(text):
    return f"\x01{text}\x02"


def outside(text, word, meaning):
    """Replaces what is not yet a reference."""
    parts = re.split("(\x01[^\x02]*\x02)", text)
    return "".join(part if part.startswith("\x01") else part.replace(word, meaning) for part in parts)


def literal(node):
    """Something whole, in which an empty object says something."""
    return {"Fn::Literal": node}


def kept(node):
    """Without arguments nobody gave, and literals as they are."""
    if isinstance(node, dict):
        if "Fn::Literal" in node:
            return node["Fn::Literal"]
        found = {name: (value, kept(value)) for name, value in node.items()}
        return {name: after for name, (before, after) in found.items() if is_literal(before) or after not in (None, [], {}, "")}
    return [kept(value) for value in node] if isinstance(node, list) else node


def is_literal(node):
    return isinstance(node, dict) and "Fn::Literal" in node
