"""Mutates a module, one argument at a time, and demands that its tests notice.

    mutate.py MODULE [--jobs N] [--only FILE] [--list] [--sample N [--since COMMIT]] [--judge COMMAND]

Every argument and nested block of a resource or local is taken out, and every literal in it changed. A mutant that
`terraform test` still passes is a survivor: wiring that nobody would miss. What is left out, and why, is OUT_OF_SCOPE.
Runs under provider_double.py: a mutant must fail by a test of ours, not by the provider's own checks. A sample takes
lines that changed since a commit first, then others by the digest of what is changed, so that the same are taken whatever
else the module gains. The judge is what is asked about alerts: a command that reads the rendered alarms and fails where one is not what it must be.
"""

import argparse
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Inputs have tests of their own (inputs.tftest.hcl), and a wrong dashboard or output fails nobody in silence.
OTHER_FILES = {"variables.tf", "versions.tf", "outputs.tf", "dashboard.tf", "workbook.tf"}

# The language of policies, of which AWS takes no other.
LANGUAGE = '"2012-10-17"'

# Their alerts are run over what the functions write.
JUDGED = {"alarms.tf", "people.tf"}

OUT_OF_SCOPE = {
    r"^\s*(description|alarm_description|display_name|notes|error_message)\s*=": "words for people",
    r"^\s*tags\s*=": "labels",
    r"^\s*Sid\s*=": "labels",
    rf"^\s*Version\s*=\s*{LANGUAGE}": "see above",
    r"^\s*depends_on\s*=": "ordering, which a mocked apply has none of",
    r"^\s*(name|alarm_name|target_id|prefix|id)\s*=": "names; what must agree is compared where it is used",
    r"^\s*command\s*=\s*self\.input \? \"echo ": "a refusal at destroy, which no mocked test comes to",
    r"^\s*command\s*=\s*<<": "a script, which check_fetch.py runs",
    r"^\s*#": "a comment",
    r"^\s*\w+\s*=\s*(each|var)\.\w+(\.\w+)?$": None,  # deleted, but with no literal to change
}


def span(lines, start):
    """The lines of the argument or block that starts here: until the indentation comes back."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    if lines[start].rstrip().endswith(("{", "[", "(")) or "= <<" in lines[start] or re.search(r"[\[({]\s*(//.*|#.*)?$", lines[start]):
        while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
            end += 1
        end += 1
    return range(start, end)


def excluded(line):
    return any(reason and re.search(pattern, line) for pattern, reason in OUT_OF_SCOPE.items())


def changed_literals(line):
    """The line once for each literal in it, with that literal changed."""
    for match in re.finditer(r'"(?:[^"\\]|\\.|\$\{[^}]*\})*"|(?<![\w.\[])\d+(?![\w.\]])|\b(?:true|false)\b', line):
        token, before = match[0], line[: match.start()]
        if token.startswith('"'):
            if before.count('"') % 2 or len(token) < 4 or re.fullmatch(r'"\$\{[^}]*\}"', token):
                continue
            if token == LANGUAGE:
                continue
            if re.match(r"\s*(=|\])", line[match.end() :]) and not re.search(r"[=(,\[{:?]\s*$", before):
                continue  # a quoted key
            new = token[:-1] + 'x"'
        elif token in ("true", "false"):
            new = "false" if token == "true" else "true"
        else:
            new = str(int(token) + 1)
        yield before + new + line[match.end() :], f"{token} -> {new}"


def mutants(path):
    """(line number, what was done, new text) of every mutant of a file."""
    lines = path.read_text().splitlines()
    inside, skipped_until = None, 0
    for number, line in enumerate(lines):
        if re.match(r"(resource|locals|data)\b", line):
            inside = line.split("{")[0].strip()
            continue
        if line.startswith("}"):
            inside = None
        if not inside or inside.startswith("data") or number < skipped_until or not line.strip() or line.strip()[0] in "})]#":
            continue
        if excluded(line):
            skipped_until = span(lines, number).stop
            continue
        argument = re.match(r'\s*("?[\w-]+"?)\s*[={]', line) or re.match(r"\s*(\w+) \{", line)
        if argument and not re.match(r"\s*\w+\s*=.*\b(try|one)\(", line) and inside != "locals":
            taken = span(lines, number)
            yield number + 1, f"{inside}: without {argument[1]}", "\n".join(lines[: taken.start] + lines[taken.stop :]) + "\n"
        elif argument and inside == "locals" and len(line) - len(line.lstrip()) > 2:
            taken = span(lines, number)
            yield number + 1, f"locals: without {argument[1]}", "\n".join(lines[: taken.start] + lines[taken.stop :]) + "\n"
        for new, what in changed_literals(line):
            yield number + 1, f"{inside}: {what}", "\n".join(lines[:number] + [new] + lines[number + 1 :]) + "\n"


def changed_lines(path, since):
    """Numbers of the lines of a file that are not as they were at a commit."""
    diff = ["git", "-C", str(path.parent), "diff", "--unified=0", "--no-color", since, "--", path.name]
    found = subprocess.run(diff, capture_output=True, text=True).stdout
    hunks = re.findall(r"(?m)^@@ -\S+ \+(\d+)(?:,(\d+))? @@", found)
    return {line for start, count in hunks for line in range(int(start), int(start) + int(count or 1))}


def sample(work, module, size, since):
    """As many mutants as asked for: of changed lines before others."""
    work.sort(key=lambda mutant: hashlib.sha256(f"{mutant[0]}: {mutant[2]}".encode()).hexdigest())
    changed = {path.name: changed_lines(path, since) for path in module.glob("*.tf")} if since else {}
    work.sort(key=lambda mutant: mutant[1] not in changed.get(mutant[0], ()))
    return work[:size]


def copy(module, into):
    shutil.copytree(module, into, ignore=shutil.ignore_patterns("examples", ".terraform*", "*.md"))


def passes(folder, changed="wiring.tf", judge=None):
    """Whether the tests pass, the likeliest to fail first. Inputs are not mutated, so not run."""
    first = [changed.replace(".tf", ".tftest.hcl"), "wiring.tftest.hcl"]
    tests = sorted((folder / "tests").glob("*.tftest.hcl"), key=lambda path: (first.index(path.name) if path.name in first else 9, path.name))
    for test in tests:
        if test.name == "inputs.tftest.hcl":
            continue
        judged = judge and changed in JUDGED and test.name == "alarms.tftest.hcl"
        told = ["-json", "-verbose"] if judged else ["-no-color"]
        run = subprocess.run(["terraform", f"-chdir={folder}", "test", *told, f"-filter=tests/{test.name}"], capture_output=True, text=True)
        if run.returncode or judged and subprocess.run(judge, input=run.stdout, capture_output=True, text=True).returncode:
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", metavar="FILE")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--since", metavar="COMMIT")
    parser.add_argument("--judge", type=shlex.split, metavar="COMMAND")
    chosen = parser.parse_args()
    module, jobs = chosen.module.resolve(), chosen.jobs
    work = [
        (path.name, *mutant)
        for path in sorted(module.glob("*.tf"))
        if path.name not in OTHER_FILES and chosen.only in (None, path.name)
        for mutant in mutants(path)
    ]
    if chosen.sample:
        work = sample(work, module, chosen.sample, chosen.since)
    if chosen.list:
        for name, line, what, _ in work:
            print(f"{name}:{line}: {what}")
        return 0

    with tempfile.TemporaryDirectory() as scratch:
        slots = []
        for slot in range(jobs):
            folder = Path(scratch) / str(slot)
            copy(module, folder)
            slots.append(folder)
        if not passes(slots[0], "alarms.tf", chosen.judge):
            print("the tests fail without a mutation")
            return 1

        def survives(mutant):
            name, line, what, text = mutant
            folder = slots.pop()
            try:
                original = (folder / name).read_text()
                (folder / name).write_text(text)
                survivor = passes(folder, name, chosen.judge)
                (folder / name).write_text(original)
            finally:
                slots.append(folder)
            if survivor:
                print(f"survived: {name}:{line}: {what}", flush=True)
            return survivor

        with ThreadPoolExecutor(jobs) as pool:
            survivors = sum(pool.map(survives, work))
    print(f"{len(work)} mutants, {survivors} survived")
    return 1 if survivors or not work else 0


if __name__ == "__main__":
    sys.exit(main())
