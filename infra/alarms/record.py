"""Records what the real binaries write in each situation, for the alarms to be run over.

    record.py [--check] --cloud aws|azure EXECUTABLE FILE

With --check the file must say what is written now: the same lines, with figures that are zero or not as they were.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

# Of every run: when, where in the code, how long, under which ids.
VOLATILE = {"timestamp", "Timestamp", "time.busy", "time.idle", "line_number", "filename", "threadId"}
DURATIONS = {"cpu_ms", "CpuMilliseconds"}
# Identities that hold the time.
IDENTITIES = {"thread", "uid"}


def settled(value, name=""):
    """A line without what differs from run to run."""
    if isinstance(value, dict):
        # What a finding says may tell how long ago something was.
        said = {"message"} if value.get("event") == "finding" else set()
        return {k: "…" if k in said else settled(v, k) for k, v in sorted(value.items()) if k not in VOLATILE}
    if isinstance(value, list):
        return [settled(v, name) for v in value]
    if name in DURATIONS:
        return 1
    if name in IDENTITIES:
        return "…"
    if isinstance(value, str):
        return re.sub(r"(localhost|127\.0\.0\.1):\d+", r"\1:0", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", value))
    return value


def signs(value):
    """Figures by whether they are more than zero: the rest of a figure is the clock's."""
    if isinstance(value, dict):
        return {k: signs(v) for k, v in value.items()}
    if isinstance(value, list):
        return [signs(v) for v in value]
    return (value > 0) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def told(lines):
    """The lines that alarms look at: accounts, metrics and named events, not what is said beside them."""
    return [settled(line) for line in lines if "_aws" in line or "event" in line]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--cloud", choices=["aws", "azure"], required=True)
    parser.add_argument("executable", type=Path)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    recorder = __import__(f"record_{chosen.cloud}")

    with tempfile.TemporaryDirectory() as scratch:
        found = {name: told(lines) for name, lines in recorder.record(chosen.executable.resolve(), Path(scratch)).items()}
    empty = [name for name, lines in found.items() if not lines]
    if empty:
        print(f"nothing was written in: {', '.join(empty)}")
        return 1
    if not chosen.check:
        rows = ",\n".join(f"{json.dumps(name)}:[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]" for name, lines in found.items())
        chosen.file.write_text("{\n" + rows + "\n}\n")
        return 0
    kept = json.loads(chosen.file.read_text())
    stale = [name for name in {**kept, **found} if signs(kept.get(name)) != signs(found.get(name))]
    for name in stale:
        print(f"{name}: the binary writes something else now\n  kept {json.dumps(kept.get(name))}\n  now  {json.dumps(found.get(name))}")
    print(f"{len(found)} situations, {len(stale)} not as recorded")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
