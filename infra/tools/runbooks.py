"""Writes docs/runbooks.md's pages from the tables beside the modules, between `<!-- pages -->` and `<!-- /pages -->`.

    runbooks.py [--check] REPOSITORY

One table for each cloud (infra/<cloud>/alarms.yml) makes an alarm's description in the cloud and its page here. With
--check nothing is written and the exit status says whether something would be.
"""

import sys
from pathlib import Path

import yaml

OPEN, CLOSE = "<!-- pages -->", "<!-- /pages -->"
FIELDS = {"lost": "Is anything lost?", "affected": "Who is affected?", "do": "What to do", "over": "When it is over"}
DELIVERIES = "let deliveries = traces | where message has '\"event\":\"delivery\"' | extend d = parse_json(extract(@'\\{.*\\}', 0, message));\n"


def query(cloud, text):
    text = text.strip()
    if cloud == "azure" and text.startswith("deliveries"):
        text = DELIVERIES + text
    return f"```{'kusto' if cloud == 'azure' else 'text'}\n{text.replace(' | ', chr(10) + '| ')}\n```"


def pages(repository):
    out = []
    for cloud in ("aws", "azure"):
        table = yaml.safe_load((repository / "infra" / cloud / "alarms.yml").read_text())
        out.append(f"## {'AWS' if cloud == 'aws' else 'Azure'}\n")
        for name, page in sorted(table.items()):
            unknown = set(page) - {"summary", "query", *FIELDS}
            missing = {"summary", "query", *FIELDS} - set(page)
            if unknown or missing or not page["summary"].endswith("."):
                raise SystemExit(f"{cloud} {name}: unknown {sorted(unknown)}, missing {sorted(missing)}, or a summary that is no sentence")
            out.append(f"### {cloud}-{name}\n\n{page['summary']}\n")
            out += [f"- **{title}** {page[field]}" for field, title in FIELDS.items()]
            out.append(f"\n{query(cloud, page['query'])}\n")
    return "\n".join(out)


def main():
    check, repository = "--check" in sys.argv, Path(sys.argv[-1])
    document = repository / "docs" / "runbooks.md"
    old = document.read_text()
    before, rest = old.split(OPEN)
    new = f"{before}{OPEN}\n{pages(repository)}\n{CLOSE}{rest.split(CLOSE)[1]}"
    if new == old:
        return 0
    if check:
        print(f"{document} is stale: run infra/check --write")
        return 1
    document.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
