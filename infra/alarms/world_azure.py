"""Azure around the module in simulated time: what is emitted each minute while all is well, and in each outage.

Scopes come from the rendered resources, lines from what the real handler was recorded to write, the rest from platforms.yml.
"""

import json
from collections import defaultdict
from datetime import timedelta

from azure_monitor import installed
from world_aws import exactly

# Minutes after the first at which the host hands a batch over again.
AGAIN = (1, 2, 3, 5, 7)


class World:
    def __init__(self, resources, recorded, platforms):
        named = lambda kind, name: [r["values"] for r in resources if r["type"] == kind and r["name"] == name]
        self.born = installed(named("terraform_data", "installed")[0]["output"])
        self.hub = (named("azurerm_eventhub_namespace", "this") or [{"id": None}])[0]["id"]
        self.partitions = [str(n) for n in range(int((named("azurerm_eventhub", "logs") or [{"partition_count": 1}])[0]["partition_count"]))]
        self.topic = named("azurerm_eventgrid_topic", "findings")[0]["id"]
        self.clock = named("azurerm_logic_app_workflow", "canary")[0]["id"]
        self.chats = [v["id"] for v in named("azurerm_logic_app_workflow", "chat")]
        self.archives = bool(named("azurerm_storage_container", "archive"))
        self.recorded, self.platforms = recorded, platforms
        self.rows, self.metrics = defaultdict(list), defaultdict(list)
        self.rows |= {table: [] for table in ("traces", "requests", "exceptions")}
        self.now = 0

    def has(self, outage):
        """Whether it can happen here."""
        return {"chat-gone": bool(self.chats), "archive-denied": self.archives}.get(outage, True)

    def count(self, namespace, name, scope):
        """A metric of the platform, if the platform has it."""
        assert any(p["namespace"] == namespace and p["metric"] == name for p in self.platforms["metrics"]), f"{namespace} {name} is not in platforms.yml"
        self.metrics[namespace, name, scope].append((self.now, 1))

    def row(self, table, **fields):
        """A row of the platform, if the platform writes it."""
        row = next(p["row"] for p in self.platforms["rows"] if p["table"] == table and all(str(p["row"].get(k, "")).startswith(str(v)) for k, v in fields.items()))
        self.rows[table].append((self.now, row | {"timestamp": self.born + timedelta(seconds=self.now)}))

    def write(self, situation, partition, age=0):
        """The lines of the handler, as they come to traces."""
        for line in self.recorded[situation]:
            line = line | ({"age_ms": age} if age and "age_ms" in line else {})
            text = json.dumps(line, separators=(",", ":"), ensure_ascii=False).replace("/0@", f"/{partition}@")
            severity = 3 if line["level"] == "ERROR" else 1
            self.rows["traces"].append((self.now, {"message": text, "severityLevel": severity, "timestamp": self.born + timedelta(seconds=self.now)}))
        accounts = [line for line in self.recorded[situation] if line["event"] == "delivery"]
        self.row("requests", success=not any("error" in line for line in accounts))
        return any("error" in line for line in accounts)

    def deliver(self, situation, partition, outage, again):
        """A batch to the handler; a failed one comes again."""
        if outage == "partition-stuck" and partition == self.partitions[-1]:
            return
        if outage == "function-broken":
            self.row("traces", message="Language Worker Process exited")
            self.row("exceptions")
            self.row("requests", success=False)
            return
        if outage == "host-gave-up":
            self.row("traces", message="Exceeded http worker restart")
            return
        if outage == "topic-denied":
            situation = {"canary": "canary-deferred", "finding": "unpublished"}.get(situation, situation)
        elif outage == "archive-denied" and situation == "finding":
            situation = "finding-unarchived"
        elif outage == "table-gone" and situation == "finding":
            situation = "unremembered"
        elif outage == "rules-broken" and situation == "canary":
            situation = "canary-with-broken-rules"
        elif outage in ("poison", "rejects-denied") and situation == "quiet":
            situation = {"poison": "rejected", "rejects-denied": "unparked"}[outage]
        elif outage == "backlog":
            situation = {"finding": "finding-late", "canary": "canary-late"}.get(situation, situation)
        failed = self.write(situation, partition, exactly(outage, "age") * 1000)
        if failed:
            again.append([self.now, 0, situation, partition])
        elif "finding" in situation or "canary" in situation:
            self.published(situation, outage)

    def published(self, situation, outage):
        if outage == "nobody-subscribed":
            self.count("Microsoft.EventGrid/topics", "UnmatchedEventCount", self.topic)
        if outage == "subscriber-gone":
            self.count("Microsoft.EventGrid/topics", "DeadLetteredCount", self.topic)
        if outage == "subscriber-gone-and-container":
            self.count("Microsoft.EventGrid/topics", "DroppedEventCount", self.topic)
        if outage == "chat-gone" and "finding" in situation:
            for chat in self.chats:
                self.count("Microsoft.Logic/workflows", "RunsFailed", chat)

    def retry(self, again, outage):
        for batch in list(again):
            began, tries, situation, partition = batch
            if self.now - began < AGAIN[tries] * 60:
                continue
            again.remove(batch)
            if outage != "topic-denied" and outage != "rejects-denied":
                self.write({"canary-deferred": "canary", "unpublished": "finding", "unparked": "rejected"}[situation], partition)
            elif outage == "topic-denied":
                kind = "canary-" if "canary" in situation else ""
                last = tries == len(AGAIN) - 1
                again_name = f"{kind}given-up" if last else (f"{kind}deferred-again" if kind else "unpublished-again") if tries >= 2 else situation
                self.write(again_name, partition)
                if not last:
                    again.append([began, tries + 1, situation, partition])
            elif tries < len(AGAIN) - 1:
                self.write(situation, partition)
                again.append([began, tries + 1, situation, partition])

    def run(self, until, outage=None, begins=0, ends=0):
        """Emits from the installation on; the outage rules from one minute to another."""
        again = []
        for minute in range(until):
            self.now = minute * 60
            current = outage if begins <= minute < ends else None
            self.retry(again, current)
            if minute % 5 == 2:
                if current == "clock-off":
                    self.count("Microsoft.Logic/workflows", "RunsFailed", self.clock)
                else:
                    for partition in self.partitions:
                        self.deliver("canary", partition, current, again)
            if minute % 7 == 4 and current != "settings-deleted":
                self.deliver("finding" if minute % 28 == 25 else "quiet", self.partitions[minute % len(self.partitions)], current, again)
            if minute % 2 == 0:
                self.row("traces", message="Executed")
            if current == "throttled":
                self.count("Microsoft.EventHub/namespaces", "ThrottledRequests", self.hub)


# Outage: {alarm: minutes within which it goes off}. Whatever else goes off is a fault.
# The time that the module's own input allows, and a quarter of an hour.
SILENCE = None
OUTAGES = {
    "function-broken": {"errors": 15, "restarts": 15, "canary-missing": 30, "silence": SILENCE},
    "host-gave-up": {"restarts": 15, "canary-missing": 30, "silence": SILENCE},
    "topic-denied": {"errors": 15, "deferred": 20, "given-up": 25, "canary-missing": 30},
    "table-gone": {"state-unavailable": 45},
    "rules-broken": {"rules-invalid": 15},
    "poison": {"rejects": 20},
    "rejects-denied": {"errors": 20, "rejects": 20},
    "settings-deleted": {"silence": SILENCE},
    "partition-stuck": {"canary-missing": 30},
    "clock-off": {"canary-missing": 30, "canary-unsent": 15},
    "backlog": {"late": 45},
    "throttled": {"throttles": 10},
    "subscriber-gone": {"undelivered": 15},
    "subscriber-gone-and-container": {"dropped": 15},
    "nobody-subscribed": {"unheard": 15},
    "archive-denied": {"unarchived": 45},
    "chat-gone": {"unposted-soc": 40, "unposted-pager": 40, "unposted-board": 40},
}

# At the bar and beside it, for the module's own defaults.
EXACTLY = {"age-900": {}, "age-901": {"late": 15}}
# Alarm: an outage that it must sit out, if it lasts no more than so many minutes.
PASSING = {"deferred": ("topic-denied", 2), "canary-missing": ("clock-off", 9), "silence": ("settings-deleted", 50)}
