"""Runs every alarm of a rendered module over what is really emitted, while all is well and in staged outages.

    evaluate.py aws|azure < output of `terraform test -json -verbose`

Quiet from the installation on while all is well; in each outage exactly its alarms, each in time; and back when it is over.
An alarm that asks for a metric, a dimension or a text that nobody emits is named, and so is one that no outage sets off.
"""

import json
import re
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
from rendered import resources, states  # noqa: E402

# Minutes: an outage begins once a new installation has settled, and lasts longer than its slowest alarm takes.
BEGINS, LASTS = 180, 180
# Within which all is quiet again.
BACK = 120
QUIET = "all is well"


class Stage:
    """One set-up: its alarms, and how to run an outage over them. Alarms that an earlier set-up proved are left out."""

    def __init__(self, alarms, silence, world, states):
        fresh = {name: alarm for name, alarm in alarms.items() if PROVEN.setdefault((name, json.dumps(alarm.values, sort_keys=True)), self) is self}
        self.alarms, self.silence, self.world, self.states = fresh, silence, world, states

    def faults(self, outages, exactly, passing, hidden=frozenset(), perhaps=()):
        """What is wrong; hidden are the outages in which something else keeps `silence` quiet, and perhaps, of an outage, alarms that
        may go off in it or not."""
        WANTED.update(alarm for wanted in outages.values() for alarm in wanted)
        HAD.update(self.alarms)
        if not self.alarms:
            return
        yield from self.judged(QUIET, {})
        proven, count = set(), 0
        for outage, wanted in outages.items():
            wanted = {a: within or self.silence + 15 for a, within in wanted.items() if a in self.alarms and not (a == "silence" and outage in hidden)}
            if wanted and self.world().has(outage):
                yield from self.judged(outage, wanted, dict(perhaps).get(outage, ()))
                proven, count = proven | set(wanted), count + 1
        # The first set-up is that of the module's own defaults.
        for outage, wanted in exactly.items():
            proven |= set(wanted)
            if not COUNTED:
                yield from self.judged(outage, {a: m for a, m in wanted.items() if a in self.alarms})
                count += 1
        if not COUNTED:
            for alarm, (outage, minutes) in passing.items():
                yield from self.sits_out(alarm, outage, minutes)
        yield from (f"{alarm}: no outage sets it off" for alarm in self.alarms if alarm not in proven)
        COUNTED.append((len(self.alarms), count))

    def sits_out(self, alarm, outage, minutes):
        world = self.world()
        until = BEGINS + minutes + BACK
        world.run(until, outage, BEGINS, BEGINS + minutes)
        if any(state for _, state in self.states(self.alarms[alarm], world, until * 60)):
            yield f"{outage}: {alarm} goes off although it lasts {minutes} minutes only"

    def judged(self, outage, wanted, perhaps=()):
        begins = 0 if outage.startswith("nobody-at") else BEGINS
        ends = BEGINS + max(LASTS, max(wanted.values(), default=0) + 30)
        until = ends + BACK + 60
        world = self.world()
        world.run(until, outage if outage != QUIET else None, BEGINS, ends)
        for name, alarm in self.alarms.items():
            times = list(self.states(alarm, world, until * 60))
            on = [second for second, state in times if state]
            if name not in wanted:
                if on and name not in perhaps:
                    yield f"{outage}: {name} goes off at minute {on[0] // 60 - begins} of it, and has nothing to do with it"
            elif not on or not begins * 60 <= on[0] <= (begins + wanted[name]) * 60:
                yield f"{outage}: {name} does not go off within {wanted[name]} minutes" + (f", but at minute {on[0] // 60 - begins}" if on else "")
            elif on[-1] > (ends + BACK) * 60:
                yield f"{outage}: {name} is still on {BACK} minutes after it is over"


def aws(found, recorded, platforms):
    from cloudwatch import Alarm
    from world_aws import EXACTLY, OUTAGES, PASSING, PERHAPS, World

    emitted = {(p["namespace"], p["metric"], tuple(sorted(d))) for p in platforms["aws"] for d in p["dimensions"]}
    own = {
        (c["Namespace"], m["Name"], tuple(sorted(d)))
        for lines in recorded.values() for line in lines for c in line.get("_aws", {}).get("CloudWatchMetrics", ()) for d in c["Dimensions"] for m in c["Metrics"]
    }
    alarms = {r["index"]: Alarm(r["index"], r["values"]) for r in found if r["type"] == "aws_cloudwatch_metric_alarm"}
    for name, alarm in alarms.items():
        for namespace, metric, dimensions in alarm.asked():
            if (namespace, metric, tuple(sorted(dimensions))) not in emitted | own:
                yield f"{name}: nobody emits {namespace} {metric} by {sorted(dimensions)}"

    def states(alarm, world, end):
        """Whether somebody is told. Nobody is, of having no data before there ever was any."""
        begun = False
        for second, state in alarm.states(world.metrics, end):
            begun = begun or state != "INSUFFICIENT_DATA"
            told = alarm.values[{"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}[state]]
            yield second, begun and state != "OK" and bool(told)

    silence = alarms["silence"].period * int(alarms["silence"].values["evaluation_periods"]) // 60
    # The fast path's records are records: they hide that a bucket's stopped coming from `silence`, not from its own alarm.
    fast = any(r["name"] == "fast_path" and r["type"] == "aws_cloudwatch_event_rule" for r in found)
    hidden = {"trail-denied", "rule-denied-trail", "rule-lost-trail"} if fast else set()
    yield from Stage(alarms, silence, lambda: World(found, recorded, emitted), states).faults(OUTAGES, EXACTLY, PASSING, hidden, PERHAPS)


def azure(found, recorded, platforms):
    from azure_monitor import LogAlert, MetricAlert
    from world_azure import EXACTLY, OUTAGES, PASSING, World

    emitted = {(p["namespace"], p["metric"]) for p in platforms["azure"]["metrics"]}
    kinds = {"azurerm_monitor_scheduled_query_rules_alert_v2": LogAlert, "azurerm_monitor_metric_alert": MetricAlert}
    alarms = {r["index"]: kinds[r["type"]](r["index"], r["values"]) for r in found if r["type"] in kinds and r["name"] == "this"}
    for name, alarm in alarms.items():
        yield from (f"{name}: nobody emits {namespace} {metric}" for namespace, metric, _ in alarm.asked() if (namespace, metric) not in emitted)

    yield from unread(found, recorded["finding"])

    def states(alarm, world, end):
        return alarm.states(world, end)

    yield from Stage(alarms, alarms["silence"].window // 60, lambda: World(found, recorded, platforms["azure"]), states).faults(OUTAGES, EXACTLY, PASSING)


def unread(found, lines):
    """What the alert for people makes of a finding's line: one row of one, with a word for each of its columns; of others nothing."""
    from kql import Query

    for alert in (r["values"] for r in found if r["type"].startswith("azurerm_monitor_scheduled") and r["name"] == "people"):
        criteria = alert["criteria"][0]
        query = Query(criteria["query"])
        for line in lines:
            row = query.rowwise({"message": json.dumps(line, separators=(",", ":"), ensure_ascii=False)})
            rows = query.finish([row] if row else [], None)
            columns = [d["name"] for d in criteria["dimension"]]
            told = [[bool(r.get(name)) for name in columns] + [r[criteria["metric_measure_column"]]] for r in rows]
            if told != ([[True] * len(columns) + [1]] if line["event"] == "finding" else []):
                yield f"people: of the line of a {line['event']} the alert makes {rows}"


PROVEN = {}
COUNTED, WANTED, HAD = [], set(), set()


def main():
    cloud = sys.argv[1]
    platforms = yaml.safe_load((HERE / "platforms.yml").read_text())
    recorded = json.loads((HERE / f"recorded-{cloud}.json").read_text())
    kind = {"aws": "aws_cloudwatch_metric_alarm", "azure": "azurerm_monitor_scheduled_query_rules_alert_v2"}[cloud]
    bad, seen, pages = [], set(), set()
    for state in states(sys.stdin):
        found = list(resources(state))
        alarms = json.dumps([r["values"] for r in found if r["type"] == kind], sort_keys=True)
        pages |= set(re.findall(rf"#{cloud}-([a-z-]+)\"", json.dumps([r["values"] for r in found])))
        if alarms != "[]" and alarms not in seen:
            seen.add(alarms)
            bad += {"aws": aws, "azure": azure}[cloud](found, recorded, platforms)
    table = yaml.safe_load((HERE.parent / cloud / "alarms.yml").read_text())
    bad += [f"alarms.yml: no alarm has the page {page}" for page in sorted(set(table) - pages)]
    bad += [f"alarms.yml: there is no page {page}" for page in sorted(pages - set(table))]
    bad += [f"{alarm}: an outage is to set it off, and no set-up has it" for alarm in sorted(WANTED - HAD)]
    for fault in dict.fromkeys(bad):
        print(fault)
    print(f"{sum(a for a, _ in COUNTED)} alarms of {len(COUNTED)} set-ups, in {sum(o for _, o in COUNTED)} outages, {len(set(bad))} wrong")
    return 1 if bad or not COUNTED else 0


if __name__ == "__main__":
    sys.exit(main())
