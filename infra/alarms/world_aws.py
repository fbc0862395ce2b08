"""AWS around the module in simulated time: what is emitted each minute while all is well, and in each outage.

Names come from the rendered resources, figures of the function from what its real binary was recorded to write, the rest
from platforms.yml. The world starts at the installation, before anything was emitted.
"""

import json

from cloudwatch import Metrics

MINUTE = 60
# Seconds until a message is tried again that the function answered for, by how often it was received; the last stands for
# all that follow. What it did not answer for is hidden for the queue's own time.
WAITS = (30, 60, 120, 240)
# What was received more often is left out of a queue's age, as SQS documents it.
AGED = 3


def exactly(outage, what):
    """The figure in an outage that is one, such as waits-900."""
    kind, _, figure = (outage or "").partition("-")
    return int(figure) if kind == what else 0


class World:
    def __init__(self, resources, recorded, emitted):
        by_type = {}
        for resource in resources:
            by_type.setdefault(resource["type"], []).append(resource)
        named = lambda kind, name: [r["values"] for r in by_type.get(kind, []) if r["name"] == name]
        one = lambda kind, name: named(kind, name)[0]
        self.function = one("aws_lambda_function", "this")["function_name"]
        self.timeout = one("aws_lambda_function", "this")["timeout"]
        self.queue, self.dead, self.undelivered = (one("aws_sqs_queue", n)["name"] for n in ("intake", "dead_letter", "undelivered"))
        self.topics = {n: v["name"] for n in ("findings", "chat", "email") for v in named("aws_sns_topic", n)}
        rule = lambda v: {"RuleName": v["name"]} | ({} if v.get("event_bus_name") in (None, "default") else {"EventBusName": v["event_bus_name"]})
        self.rules = {n: rule(v) for n in ("canary", "trail", "fast_path") for v in named("aws_cloudwatch_event_rule", n)}
        self.existing = next((a["values"]["event_source_arn"].rsplit(":", 1)[1] for a in by_type["aws_lambda_event_source_mapping"] if a.get("index") == "existing"), None)
        redrive = json.loads(one("aws_sqs_queue", "intake")["redrive_policy"])
        self.tries, self.hidden = int(redrive["maxReceiveCount"]), one("aws_sqs_queue", "intake")["visibility_timeout_seconds"]
        self.stream = next((v["name"] for v in named("aws_kinesis_firehose_delivery_stream", "archive")), None)
        self.recorded, self.emitted = recorded, emitted
        self.metrics = Metrics()
        self.now = self.waiting = self.dead_letters = self.kept = 0
        self.oldest = None

    def has(self, outage):
        """Whether it can happen here."""
        kind, _, where = outage.rpartition("-")
        if kind.startswith("rule-"):
            return where in self.rules
        return where in self.topics if kind in ("nobody-at", "subscriber-gone") else True

    def put(self, namespace, name, dimensions, value):
        """A metric of the platform, if the platform has it."""
        assert (namespace, name, tuple(sorted(dimensions))) in self.emitted, f"{namespace} {name} {sorted(dimensions)} is not in platforms.yml"
        self.metrics.put(self.now, namespace, name, dimensions, value)

    def write(self, situation):
        """The metrics in what the function wrote."""
        for line in self.recorded[situation]:
            for metrics in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                for dimensions in metrics["Dimensions"]:
                    known = {d: self.function if d == "Function" else line[d] for d in dimensions}
                    for metric in metrics["Metrics"]:
                        self.metrics.put(self.now, metrics["Namespace"], metric["Name"], known, line[metric["Name"]])

    def publish(self, topic, outage):
        """A message to a topic, and what its subscribers do."""
        if topic not in self.topics:
            return
        name = {"TopicName": self.topics[topic]}
        self.put("AWS/SNS", "NumberOfMessagesPublished", name, 1)
        if outage == f"nobody-at-{topic}":
            return
        if outage == f"subscriber-gone-{topic}":
            self.put("AWS/SNS", "NumberOfNotificationsFailed", name, 1)
            self.kept += topic == "findings"
        else:
            self.put("AWS/SNS", "NumberOfNotificationsDelivered", name, 1)

    def invoke(self, situation, outage):
        """One delivery; whether its message is done with."""
        on = {"FunctionName": self.function}
        if outage == "function-broken":
            self.put("AWS/Lambda", "Errors", on, 1)
            return False
        if outage == "throttled":
            self.put("AWS/Lambda", "Throttles", on, 1)
            return False
        self.put("AWS/Lambda", "Errors", on, 0)
        self.put("AWS/Lambda", "Duration", on, exactly(outage, "takes") * self.timeout or 200)
        if outage == "topic-denied":
            situation = {"canary": "canary-deferred", "finding": "unpublished"}.get(situation, situation)
        if outage == "table-gone" and situation == "finding":
            situation = "unremembered"
        if outage == "account-silent" and situation == "canary":
            situation = "canary-of-silence"
        if outage == "rules-broken" and situation == "canary":
            situation = "canary-with-broken-rules"
        if outage == "trail-denied" and situation in ("quiet", "finding"):
            situation = "denied"
        if outage == "poison" and situation == "quiet":
            situation = "rejected"
        if outage == "rejects-denied" and situation == "quiet":
            situation = "unparked"
        if outage == "copies-refused" and situation == "finding":
            situation = "finding-uncopied"
        self.write(situation)
        published = situation in ("canary", "canary-of-silence", "canary-with-broken-rules", "finding", "finding-uncopied", "unremembered")
        if published:
            self.publish("findings", outage)
        if published and situation.startswith(("finding", "unremembered")):
            for topic in ("chat", "email"):
                if not (situation == "finding-uncopied" and topic == "email"):
                    self.publish(topic, outage)
        return situation not in ("denied", "canary-deferred", "unpublished", "unparked")

    def arrive(self, rule, situation, outage, retried):
        """A message by a rule to the queue and the function."""
        if rule:
            if outage == f"rule-denied-{rule}" or outage == f"rule-lost-{rule}":
                self.put("AWS/Events", "FailedInvocations", self.rules[rule], 1)
                if outage == f"rule-lost-{rule}":
                    self.put("AWS/Events", "InvocationsFailedToBeSentToDlq", self.rules[rule], 1)
                return
            self.put("AWS/Events", "Invocations", self.rules[rule], 1)
        if outage == "reading-off":
            self.oldest = self.oldest or self.now
        elif not self.invoke(situation, outage):
            self.oldest = self.oldest or self.now
            retried.append([self.now, 1, situation, self.now + self.wait(1, outage)])

    def wait(self, times, outage):
        """Seconds until a message comes again."""
        return self.hidden if outage in ("function-broken", "throttled") else WAITS[min(times, len(WAITS)) - 1]

    def run(self, until, outage=None, begins=0, ends=0):
        """Emits from the installation on; the outage rules from one minute to another."""
        retried = []
        for minute in range(until):
            self.now = minute * MINUTE
            current = outage if begins <= minute < ends else None
            if outage and outage.startswith("nobody-at"):
                current = outage if minute < ends else None
            if not current and self.oldest:
                # What waited is done with, what was given up is moved back.
                retried.clear()
                self.oldest, self.dead_letters, self.kept = None, 0, 0
            for message in list(retried):
                if self.now >= message[3]:
                    message[1] += 1
                    message[3] = self.now + self.wait(message[1], current)
                    if message[1] > self.tries:
                        retried.remove(message)
                        self.dead_letters += 1
                    elif self.invoke(message[2], current):
                        retried.remove(message)
            if minute % 5 == 2 and current != "clock-off":
                self.arrive("canary", "canary", current, retried)
            if minute % 5 == 4 and current != "trail-stopped" and self.rules.get("trail"):
                self.arrive("trail", "finding" if minute % 30 == 29 else "quiet", current, retried)
            elif minute % 5 == 4 and current != "trail-stopped":
                self.arrive(None, "finding" if minute % 30 == 29 else "quiet", current, retried)
            if minute % 15 == 13 and "fast_path" in self.rules and current != "trail-stopped":
                self.arrive("fast_path", "event", current, retried)
            if self.stream:
                fresh = exactly(current, "stale") or (300 if current != "archive-denied" else 300 + self.now - begins * MINUTE)
                self.put("AWS/Firehose", "DeliveryToS3.DataFreshness", {"DeliveryStreamName": self.stream}, fresh)
            if minute % 1440 == 1439:
                for topic in ("chat", "email"):
                    self.publish(topic, current)
            if not current:
                self.kept = 0
            unread = [self.oldest] if current == "reading-off" and self.oldest else []
            waits = self.now - min([m[0] for m in retried if m[1] <= AGED] + unread, default=self.now)
            waits = exactly(current, "waits") or waits
            for queue in [self.queue] + [self.existing] * (self.existing is not None):
                self.put("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": queue}, waits)
            depth = {self.dead: self.dead_letters, self.undelivered: self.kept}
            if self.existing:
                depth |= {f"{self.existing}-dead-letter": self.dead_letters}
            for queue, messages in depth.items():
                self.put("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}, messages)
        return self.metrics


# Outage: {alarm: minutes within which it goes off}. Whatever else goes off is a fault.
# A message that the function answers for is given up after 13 hours, and one that it dies of or is not started for after 20.
LOST = {"dead-letters": 820, "dead-letters-existing": 820}
UNANSWERED = {"dead-letters": 1230, "dead-letters-existing": 1230}
# The time that the module's own input allows, and a quarter of an hour.
SILENCE = None
OUTAGES = {
    "function-broken": {"errors": 10, "canary-missing": 20} | UNANSWERED,
    "throttled": {"throttles": 30, "canary-missing": 20} | UNANSWERED,
    "topic-denied": {"failed": 10, "deferred": 25, "canary-missing": 20} | LOST,
    "table-gone": {"state-unavailable": 40},
    "rules-broken": {"rules-invalid": 12},
    "trail-denied": {"failed": 12, "silence": SILENCE, "silence-example-trail": SILENCE},
    "poison": {"rejects": 12},
    "copies-refused": {"uncopied": 40},
    "rejects-denied": {"failed": 12, "rejects": 12},
    "trail-stopped": {"silence": SILENCE, "silence-example-trail": SILENCE},
    "account-silent": {"quiet-sources": 130},
    "clock-off": {"canary-missing": 40},
    "reading-off": {"late": 25, "late-existing": 25, "canary-missing": 20},
    "rule-denied-canary": {"undelivered-canary": 12, "canary-missing": 40},
    "rule-denied-trail": {"undelivered-trail-example-trail": 12, "silence": SILENCE, "silence-example-trail": SILENCE},
    "rule-lost-trail": {"undelivered-trail-example-trail": 12, "lost-trail-example-trail": 12, "silence": SILENCE, "silence-example-trail": SILENCE},
    "rule-denied-fast_path": {"undelivered-fast-path": 25},
    "rule-lost-fast_path": {"undelivered-fast-path": 25, "lost-fast-path": 25},
    "subscriber-gone-findings": {"undelivered": 12, "undelivered-kept": 10, "unheard-findings": 130},
    "subscriber-gone-email": {"undelivered-email": 40, "unheard-email": 130},
    "subscriber-gone-chat": {"undelivered-chat": 40, "unheard-chat": 130},
    "archive-denied": {"unarchived": 45},
    "nobody-at-findings": {"unheard-findings": 70},
    "nobody-at-email": {"unheard-email": 130},
    "nobody-at-chat": {"unheard-chat": 130},
}

# What nobody answers for is of a queue's age for three times its visibility timeout, which may be more than `queue_age` or less.
PERHAPS = {outage: {"late", "late-existing"} for outage in ("function-broken", "throttled")}

# At the bar and beside it, for the module's own defaults.
EXACTLY = {
    "waits-900": {}, "waits-901": {"late": 6, "late-existing": 6}, "takes-899": {}, "takes-900": {"slow": 5}, "stale-1800": {}, "stale-1801": {"unarchived": 5},
}
# Alarm: an outage that it must sit out, if it lasts no more than so many minutes.
PASSING = {"dead-letters": ("topic-denied", 12 * 60), "throttles": ("throttled", 10), "deferred": ("topic-denied", 8), "late": ("reading-off", 18), "canary-missing": ("reading-off", 4), "silence": ("trail-stopped", 55)}
