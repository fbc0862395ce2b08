"""Checks that the live check is whole: every claim that a document marks as not run names its step, and the step is there.

    lint.py REPOSITORY
"""

import re
import sys
from pathlib import Path

from check import STEP, steps, variables


def main():
    repository = Path(sys.argv[1])
    document = (repository / "docs" / "live-check.md").read_text()
    there = {f"{m['cloud']}-{m['number']}" for m in STEP.finditer(document)}
    bad, claims, named = [], 0, set()
    for cloud in ("aws", "azure"):
        numbers = [number for number, *_ in steps(document, cloud)]
        if numbers != list(range(1, len(numbers) + 1)):
            bad.append(f"{cloud}: steps are not numbered from 1 on")
        if not variables(document, cloud):
            bad.append(f"{cloud}: no variables")
    for path in sorted((repository / "docs").glob("*.md")):
        tables = re.findall(r"(?m)^\| Claim \| Step \|\n\|[-|]+\|\n((?:\|.*\n?)+)", path.read_text())
        for row in "".join(tables).splitlines():
            claims += 1
            refers = re.findall(r"\[((?:aws|azure)-\d+)\]\(live-check\.md\)", row)
            named |= set(refers)
            if not refers or set(refers) - there:
                bad.append(f"{path.name}: no step for: {row}")
        if re.search(r"(?m)^\| Claim \|(?! Step)", path.read_text()):
            bad.append(f"{path.name}: a table of claims without steps")
    for fault in bad:
        print(fault)
    print(f"{len(there)} steps, {claims} claims, {len(bad)} wrong")
    return 1 if bad or not claims else 0


if __name__ == "__main__":
    sys.exit(main())
