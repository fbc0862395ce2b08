"""Runs the live check of docs/live-check.md in an account or a subscription of yours, step by step, and writes a report.

    check.py aws|azure --report FILE [--from STEP] [--only STEP] [--yes]

It asks before each step that makes, changes or removes something, says what it costs, and runs the commands that the
document shows, no others. An answer is what was seen: "y" as expected, "n" not, or words. Nothing is sent anywhere.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "live-check.md"
STEP = re.compile(r"^### (?P<cloud>aws|azure)-(?P<number>\d+) (?P<title>.+)$", re.M)


def steps(text, cloud):
    """The steps of a cloud: number, title, what it does to the account, commands, what one should see."""
    found = list(STEP.finditer(text))
    for at, match in enumerate(found):
        if match["cloud"] != cloud:
            continue
        body = text[match.end() : found[at + 1].start() if at + 1 < len(found) else len(text)].split("\n## ")[0]
        commands = re.findall(r"```sh\n(.*?)```", body, re.S)
        does = re.search(r"^Does: (.+)$", body, re.M)
        sees = re.search(r"^See: (.+?)(?:\n\n|\Z)", body, re.M | re.S)
        if not does or not sees:
            raise SystemExit(f"{match[0]}: a step says what it does (Does:) and what one sees (See:)")
        yield int(match["number"]), match["title"], does[1], commands, " ".join(sees[1].split())


def variables(text, cloud):
    """Names of the shell variables that a cloud's steps use, and what each is."""
    section = text[text.index(f"## {cloud.upper() if cloud == 'aws' else 'Azure'}") :]
    table = section[: section.index("### ")]
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", table, re.M))


def ask(question, sure):
    if sure:
        print(f"{question} y")
        return "y"
    return input(f"{question} ").strip()


def entry(done, chosen, number, title, **what):
    """Notes a step, and keeps what was noted so far."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    done.append({"step": f"{chosen.cloud}-{number}", "title": title, "at": now} | what)
    chosen.report.write_text(json.dumps(done, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cloud", choices=["aws", "azure"])
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--yes", action="store_true", help="do not ask before a step; what is seen is then what the commands' status says")
    chosen = parser.parse_args()
    text = DOCUMENT.read_text()
    missing = [f"{name}: {what}" for name, what in variables(text, chosen.cloud).items() if not os.environ.get(name)]
    if missing:
        print("set first:\n  " + "\n  ".join(missing))
        return 2

    done = json.loads(chosen.report.read_text()) if chosen.report.exists() else []
    for number, title, does, commands, sees in steps(text, chosen.cloud):
        if number < chosen.first or chosen.only not in (None, number):
            continue
        print(f"\n--- {chosen.cloud}-{number} {title}\n    does: {does}")
        for command in commands:
            print("    " + command.strip().replace("\n", "\n    "))
        if does != "nothing" and ask("run it? [y/n]", chosen.yes) != "y":
            entry(done, chosen, number, title, answer="not run")
            continue
        status = 0
        for command in commands:
            status = status or subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=DOCUMENT.parents[1]).returncode
        print(f"    ended with {status}. You should see: {sees}")
        answer = ("y" if status == 0 else "n") if chosen.yes else ask("seen? [y, n, or words]", False)
        entry(done, chosen, number, title, status=status, answer=answer)
    bad = [noted for noted in done if noted["answer"] != "y"]
    print(f"\n{len(done)} steps, {len(bad)} not as expected; the report is {chosen.report}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
