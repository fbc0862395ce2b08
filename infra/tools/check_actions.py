"""Checks every policy of a rendered module against the real list of IAM actions (policy_sentry's, offline).

    check_actions.py < output of `terraform test -json -verbose`

An action must exist, and an action on a named ARN must be one that ARNs of that kind can be named for: a typo or a
table ARN under an S3 action deploys without complaint and then denies.
"""

import json
import re
import sys

from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_service_prefixes

from rendered import resources, states


def policies(state):
    for resource in resources(state):
        for name in ("policy", "assume_role_policy"):
            value = resource["values"].get(name)
            if isinstance(value, str) and value.startswith("{"):
                yield f"{resource['address']}.{name}", json.loads(value)


def listed(value):
    return value if isinstance(value, list) else [value]


def arn_pattern(format_):
    escaped = re.escape(re.sub(r"\$\{\w+\}", "\0", format_)).replace("\0", ".*").replace(re.escape("\0"), ".*")
    return re.compile(escaped)


def faults(statement):
    for action in listed(statement.get("Action", [])):
        service, _, name = action.partition(":")
        if service not in SERVICES:
            yield f"{action}: no such service"
            continue
        if name == "*":
            continue
        data = get_action_data(service, name)
        rows = data.get(service, []) if data else []
        if not rows:
            yield f"{action}: no such action"
            continue
        formats = [row["resource_arn_format"] for row in rows]
        for resource in listed(statement.get("Resource", "*")):
            if resource == "*" or "Principal" in statement and "Resource" not in statement:
                continue
            if not any(f != "*" and arn_pattern(f).fullmatch(resource) for f in formats):
                yield f"{action}: cannot be named for {resource} (only {', '.join(formats)})"


SERVICES = set(get_all_service_prefixes())


def main():
    seen, bad = 0, []
    for state in states(sys.stdin):
        for address, policy in policies(state):
            for statement in policy["Statement"]:
                seen += len(listed(statement.get("Action", [])))
                bad += [f"{address}: {fault}" for fault in faults(statement)]
    for fault in sorted(set(bad)):
        print(fault)
    if not seen:
        print("no policy found: the check is not checking anything")
    print(f"{seen} actions checked, {len(set(bad))} wrong")
    return 0 if seen and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
