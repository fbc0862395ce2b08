"""Keeps the part of azurerm's schema that the module uses, so that a fresh clone can check the module.

    schema.py --from FILE [--check] MODULE INTO

FILE is what `terraform providers schema -json` prints, plain or gzip. INTO holds names, types and flags of the resource
types that the module and its examples use: facts of the provider's interface, none of its code or words. With --check
nothing is written and the exit status says whether something would be.
"""

import argparse
import json
import sys
from pathlib import Path

from provider_double import read, used


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("module", type=Path)
    parser.add_argument("into", type=Path)
    chosen = parser.parse_args()

    facts = used(read(chosen.source), chosen.module)
    lines = [f'"provider":{compact(facts["provider"])}']
    for kind in ("resource_schemas", "data_source_schemas"):
        types = ",\n".join(f"{json.dumps(name)}:{compact(schema)}" for name, schema in sorted(facts[kind].items()))
        lines.append(f'"{kind}":{{\n{types}\n}}')
    new = '{"provider_schemas":{"registry.terraform.io/hashicorp/azurerm":{\n' + ",\n".join(lines) + "\n}}}\n"
    if chosen.into.exists() and chosen.into.read_text() == new:
        return 0
    if chosen.check:
        print(f"{chosen.into} is stale: run infra/check --write where the whole schema is")
        return 1
    chosen.into.write_text(new)
    return 0


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    sys.exit(main())
