"""Writes the tables of a module's README from its .tf files, between `<!-- tables -->` and `<!-- /tables -->`.

    readme.py [--check] MODULE...

Reads what `terraform fmt` makes: arguments of a block are indented by two spaces. With --check nothing is written and
the exit status says whether something would be.
"""

import re
import sys
from pathlib import Path

OPEN, CLOSE = "<!-- tables -->", "<!-- /tables -->"


def blocks(module, kind):
    """(labels, {argument: expression}) of every block of a kind, in file order."""
    for path in sorted(module.glob("*.tf")):
        for match in re.finditer(rf'(?m)^{kind} ((?:"[^"]+" ?)+)\{{(?:\}}|\n(.*?)^\}})', path.read_text(), re.S):
            yield re.findall(r'"([^"]+)"', match[1]), arguments(match[2] or "")


def arguments(body):
    found, name = {}, None
    for line in body.splitlines():
        start = re.match(r"  (\w+)\s*=\s(.*)", line)
        if start:
            name = start[1]
            found[name] = start[2]
        elif re.match(r"  \w", line) or not line.strip():
            name = None if not (name and found[name].startswith("<<")) else name
        elif name:
            found[name] += "\n" + line
    return found


def text(expression):
    """A description, from a quoted string or a heredoc."""
    if expression.startswith("<<"):
        return " ".join(line.strip() for line in expression.splitlines()[1:]).strip()
    return expression.strip('"').replace('\\"', '"')


def cell(value):
    return value.replace("|", "\\|")


def code(expression):
    return f"`{cell(' '.join(expression.split()))}`"


def tables(module):
    out = []
    terraform = (module / "versions.tf").read_text()
    out += ["## Requirements", "", "| Name | Version |", "|---|---|"]
    required = re.search(r'required_version = "([^"]+)"', terraform)[1]
    out.append(f"| terraform | `{required}` |")
    for name, version in re.findall(r'(\w+) = \{\s*source\s*=\s*"[^"]+"\s*version\s*=\s*"([^"]+)"', terraform):
        out.append(f"| {name} | `{version}` |")

    out += ["", "## Inputs", "", "| Name | Description | Type | Default |", "|---|---|---|---|"]
    variables = sorted(blocks(module, "variable"), key=lambda block: ("default" in block[1], block[0][0]))
    for (name,), found in variables:
        default = code(found["default"]) if "default" in found else "**required**"
        out.append(f"| `{name}` | {cell(text(found['description']))} | {code(found['type'])} | {default} |")

    out += ["", "## Outputs", "", "| Name | Description |", "|---|---|"]
    for (name,), found in sorted(blocks(module, "output"), key=lambda block: block[0][0]):
        out.append(f"| `{name}` | {cell(text(found['description']))} |")

    out += ["", "## Resources", ""]
    out.append(", ".join(f"`{kind}.{name}`" for (kind, name), _ in sorted(blocks(module, "resource"), key=lambda b: b[0])))
    return "\n".join(out)


def main(arguments):
    check = "--check" in arguments
    stale = []
    for module in (Path(a) for a in arguments if a != "--check"):
        readme = module / "README.md"
        old = readme.read_text()
        before, rest = old.split(OPEN)
        new = f"{before}{OPEN}\n{tables(module)}\n{CLOSE}{rest.split(CLOSE)[1]}"
        if new != old:
            stale.append(str(readme))
            if not check:
                readme.write_text(new)
    for path in stale:
        print(f"{path}: {'tables are stale; run infra/check --write' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
