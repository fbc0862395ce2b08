"""CloudWatch's alarms, as far as the module uses them: periods, M of N, missing data, dimensions, metric math.

What is done with missing data follows
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html#alarms-and-missing-data:
an evaluation looks at more periods than the alarm asks for, takes the latest that have data, and treats the rest as the
alarm says. FILL gives a value for each period in which another metric of the expression has one.
"""

import re
from collections import defaultdict

COMPARE = {
    "GreaterThanOrEqualToThreshold": lambda a, b: a >= b,
    "GreaterThanThreshold": lambda a, b: a > b,
    "LessThanThreshold": lambda a, b: a < b,
    "LessThanOrEqualToThreshold": lambda a, b: a <= b,
}
STATISTIC = {"Sum": sum, "Maximum": max, "Minimum": min, "SampleCount": len, "Average": lambda v: sum(v) / len(v)}
# Periods that an evaluation looks at beyond those that the alarm asks for.
BEYOND = 2


class Metrics:
    """What was emitted: values by namespace, name and the exact set of dimensions."""

    def __init__(self):
        self.values = defaultdict(list)

    def put(self, second, namespace, name, dimensions, value):
        self.values[namespace, name, tuple(sorted(dimensions.items()))].append((second, value))

    def periods(self, namespace, name, dimensions, statistic, period):
        """{number of the period: statistic}"""
        grouped = defaultdict(list)
        for second, value in self.values.get((namespace, name, tuple(sorted((dimensions or {}).items()))), ()):
            grouped[second // period].append(value)
        return {number: STATISTIC[statistic](values) for number, values in grouped.items()}


class Alarm:
    """One aws_cloudwatch_metric_alarm, as rendered."""

    def __init__(self, name, values):
        self.name, self.values = name, values
        self.queries = values.get("metric_query") or []
        self.period = values.get("period") or next(q["metric"][0]["period"] for q in self.queries if q["metric"])

        # What AWS takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        assert self.period in (10, 20, 30) or self.period % 60 == 0 and self.period > 0, f"{name}: no period of {self.period} s"
        assert self.period * int(values["evaluation_periods"]) <= (86400 if self.period < 3600 else 7 * 86400), f"{name}: looks back too far"
        assert values["treat_missing_data"] in ("missing", "ignore", "breaching", "notBreaching"), f"{name}: {values['treat_missing_data']}"

    def asked(self):
        """(namespace, metric, dimensions) of all it looks at."""
        if not self.queries:
            yield self.values["namespace"], self.values["metric_name"], self.values["dimensions"] or {}
        for query in self.queries:
            for metric in query["metric"]:
                yield metric["namespace"], metric["metric_name"], metric["dimensions"] or {}

    def series(self, metrics):
        v = self.values
        if not self.queries:
            return metrics.periods(v["namespace"], v["metric_name"], v["dimensions"], v["statistic"], self.period)
        named, expression = {}, None
        for query in self.queries:
            if query["metric"]:
                m = query["metric"][0]
                named[query["id"]] = metrics.periods(m["namespace"], m["metric_name"], m["dimensions"], m["stat"], m["period"])
            else:
                expression = Expression(query["expression"])
        return expression.over(named)

    def states(self, metrics, end):
        """(second, state) after each period until an end; the state before the first is INSUFFICIENT_DATA."""
        series, wanted = self.series(metrics), int(self.values["evaluation_periods"])
        least = int(self.values.get("datapoints_to_alarm") or wanted)
        breaches = COMPARE[self.values["comparison_operator"]]
        threshold, missing = self.values["threshold"], self.values["treat_missing_data"]
        state = "INSUFFICIENT_DATA"
        for number in range(1, end // self.period + 1):
            seen = [series[n] for n in range(number - 1, number - 1 - wanted - BEYOND, -1) if n in series][:wanted]
            bad = sum(breaches(value, threshold) for value in seen)
            absent = wanted - len(seen)
            if not seen and missing == "missing":
                state = "INSUFFICIENT_DATA"
            elif seen or missing != "ignore":
                bad += absent if missing == "breaching" else 0
                state = "ALARM" if bad >= (min(least, len(seen)) if missing == "missing" else least) else "OK"
            yield number * self.period, state

    def told(self, metrics, end):
        """(second, state) of each change that somebody is told of."""
        action = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}
        before = "INSUFFICIENT_DATA"
        for second, state in self.states(metrics, end):
            if state != before and self.values.get(action[state]) and not (state == "OK" and before == "INSUFFICIENT_DATA"):
                yield second, state
            before = state


class Expression:
    """IF, FILL, comparisons and arithmetic over named series."""

    def __init__(self, text):
        self.tokens = re.findall(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[<>=!]=|[-+*/(),<>]", text)
        self.at = 0
        self.tree = self.comparison()
        assert self.at == len(self.tokens), f"left over in {text!r}: {self.tokens[self.at:]}"

    def peek(self, *wanted):
        return self.at < len(self.tokens) and self.tokens[self.at] in wanted

    def take(self, wanted=None):
        assert self.at < len(self.tokens) and wanted in (None, self.tokens[self.at]), f"{wanted} expected at {self.tokens[self.at:]}"
        self.at += 1
        return self.tokens[self.at - 1]

    def comparison(self):
        left = self.sum()
        if self.peek("<", ">", "<=", ">=", "==", "!="):
            return self.take(), left, self.sum()
        return left

    def sum(self):
        left = self.atom()
        while self.peek("+", "-", "*", "/"):
            left = self.take(), left, self.atom()
        return left

    def atom(self):
        token = self.take()
        if token == "(":
            inside = self.comparison()
            self.take(")")
            return inside
        if token[0].isdigit():
            return float(token)
        if self.peek("("):
            assert token in ("IF", "FILL"), f"{token} is not known here"
            self.take("(")
            arguments = [self.comparison()]
            while self.peek(","):
                self.take()
                arguments.append(self.comparison())
            self.take(")")
            return (token, *arguments)
        return token

    def over(self, named):
        """The series of the whole: nothing where a part has nothing."""
        grid = {number for series in named.values() for number in series}
        found = {}
        for number in grid:
            value = self.value(self.tree, named, number)
            if value is not None:
                found[number] = value
        return found

    def value(self, tree, named, number):
        if isinstance(tree, float):
            return tree
        if isinstance(tree, str):
            return named[tree].get(number)
        operator, *parts = tree
        values = [self.value(part, named, number) for part in parts]
        if operator == "FILL":
            return values[1] if values[0] is None else values[0]
        if operator == "IF":
            return None if values[0] is None else values[1] if values[0] else values[2]
        if None in values:
            return None
        a, b = values
        return {
            "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b, "==": a == b, "!=": a != b, "+": a + b, "-": a - b, "*": a * b, "/": a / b if b else None,
        }[operator]
