"""Azure Monitor's alerts, as far as the module uses them: log search rules and metric rules.

A log search rule runs its query over the window at each evaluation; rows can be seen some minutes after they were written.
It fires when its condition holds, and a stateful one is resolved after three evaluations in which it did not:
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-overview#stateful-alerts.
"""

from datetime import datetime, timedelta, timezone

from kql import KqlError, Query

DURATION = {"PT5M": 300, "PT15M": 900, "PT30M": 1800, "PT1H": 3600, "PT2H": 7200, "PT6H": 21600, "P1D": 86400}
COMPARE = {"GreaterThan": lambda a, b: a > b, "GreaterThanOrEqual": lambda a, b: a >= b, "LessThan": lambda a, b: a < b, "Equal": lambda a, b: a == b}
# What rows take from being written to being found.
INGESTION = 180
RESOLVED_AFTER = 3
# Of Application Insights, as far as platforms.yml and the handler write them.
TABLES = {"traces", "requests", "exceptions"}


class LogAlert:
    """One azurerm_monitor_scheduled_query_rules_alert_v2, as rendered."""

    def __init__(self, name, values):
        self.name, self.values = name, values
        self.criteria = values["criteria"][0]
        self.query = Query(self.criteria["query"])
        if unknown := set(self.query.tables) - TABLES:
            raise KqlError(f"{name}: nobody writes {', '.join(unknown)}")
        self.frequency, self.window = DURATION[values["evaluation_frequency"]], DURATION[values["window_duration"]]

    def asked(self):
        """The metrics it looks at: none."""
        return ()

    def states(self, world, end):
        """(second, fired) after each evaluation of the world's {table: [(second, row)]}."""
        failing, times = self.criteria["failing_periods"][0], []
        fired, quiet = False, 0
        found = [(at, self.query.rowwise(row)) for table in self.query.tables for at, row in world.rows.get(table, ())]
        found = [(at, row) for at, row in found if row is not None]
        for second in range(self.frequency, end + 1, self.frequency):
            seen = [row for at, row in found if second - self.window < at <= second - INGESTION]
            result = self.query.finish(seen, world.born + timedelta(seconds=second))
            measured = [row[self.criteria["metric_measure_column"]] for row in result]
            total = {"Total": sum, "Maximum": max}[self.criteria["time_aggregation_method"]](measured or [0]) if None not in measured else None
            times.append(total is not None and COMPARE[self.criteria["operator"]](total, self.criteria["threshold"]))
            recent = times[-int(failing["number_of_evaluation_periods"]) :]
            if sum(recent) >= int(failing["minimum_failing_periods_to_trigger_alert"]):
                fired, quiet = True, 0
            elif fired:
                quiet += 1
                fired = quiet < RESOLVED_AFTER or not self.values["auto_mitigation_enabled"]
            yield second, fired


class MetricAlert:
    """One azurerm_monitor_metric_alert, as rendered."""

    def __init__(self, name, values):
        self.name, self.values = name, values
        self.criteria = values["criteria"][0]

    def asked(self):
        for scope in self.values["scopes"]:
            yield self.criteria["metric_namespace"], self.criteria["metric_name"], scope

    def states(self, world, end):
        """(second, fired) after each evaluation of the world's {(namespace, name, scope): [(second, value)]}."""
        frequency, window = DURATION[self.values["frequency"]], DURATION[self.values["window_size"]]
        values = [v for asked in self.asked() for v in world.metrics.get(asked, ())]
        assert self.criteria["aggregation"] == "Total", self.name
        for second in range(frequency, end + 1, frequency):
            total = sum(value for at, value in values if second - window < at <= second)
            yield second, COMPARE[self.criteria["operator"]](total, self.criteria["threshold"])


def installed(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)
