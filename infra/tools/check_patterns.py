"""Checks the event patterns of a rendered module: moto's matcher decides, on events in the shapes AWS sends.

    check_patterns.py REPOSITORY < output of `terraform test -json -verbose`

The trail rule must select trail objects and nothing else; the fast path must select every event that a shipped AWS
rule's own tests say is found (but for read-only events, which need the rule's state, and for the rules of BY_TRAIL), and
name only events that exist in the services' API models.
"""

import json
import sys
from pathlib import Path

import botocore.session
import yaml
from moto.events.models import EventPattern

from rendered import resources, states

NAMED_FILTERS = {"prefix", "suffix", "wildcard", "exists", "anything-but", "equals-ignore-case"}
# Events that are no API operation, or of a service without a public model.
NO_MODEL = {"signin.amazonaws.com"}

# Rules some of whose events come with the trail's objects alone, minutes later: a pattern of 2,048 characters has no room
# for what changes identities and networks beside what reaches machines. docs/deploy-aws.md says so.
BY_TRAIL = {
    "account-access-given", "cloud-shell", "cluster-access-given", "code-through-service", "command-armed", "directory-user-changed",
    "ecs-task-reads-credentials", "function-code-changed", "identity-changed", "imds-weakened", "instance-credential-access",
    "interactive-through-service", "reach-opened", "role-federation-anomaly", "trust-given", "user-credential-added",
}


def filters(node):
    """Every named filter of a pattern: the matcher lets an unknown one match everything."""
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, list) and key != "$or":
                for item in value:
                    if isinstance(item, dict):
                        yield from item
            else:
                yield from filters(value)
    elif isinstance(node, list):
        for item in node:
            yield from filters(item)


def created(bucket, key, detail_type="Object Created", source="aws.s3"):
    return {
        "version": "0", "id": "00000000-0000-0000-0000-000000000001", "detail-type": detail_type, "source": source,
        "account": "111122223333", "time": "2026-11-20T12:00:00Z", "region": "eu-west-1", "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {"version": "0", "bucket": {"name": bucket}, "object": {"key": key, "size": 2048}, "reason": "PutObject"},
    }


def via_cloudtrail(record):
    kinds = {"AwsConsoleSignIn": "AWS Console Sign In via CloudTrail", "AwsServiceEvent": "AWS Service Event via CloudTrail"}
    return {
        "version": "0", "id": "00000000-0000-0000-0000-000000000002", "account": "111122223333", "region": "eu-west-1", "resources": [],
        "detail-type": kinds.get(record.get("eventType"), "AWS API Call via CloudTrail"),
        "source": "aws." + str(record.get("eventSource", "")).split(".")[0], "time": record.get("eventTime", "2026-11-20T12:00:00Z"),
        "detail": record,
    }


def trail_cases():
    """With digests verified; `without_digests` takes their part away."""
    stem = "AWSLogs/111122223333/{}/eu-west-1/2026/11/20/111122223333_CloudTrail_eu-west-1_20261120T1200Z_0000000000000000.json.gz"
    organisation = "AWSLogs/o-example/111122223333/CloudTrail/eu-west-1/2026/11/20/x.json.gz"
    return [
        (True, created("example-trail", "audit/" + stem.format("CloudTrail"))),
        (True, created("example-trail", "audit/" + organisation)),
        (False, created("example-trail", stem.format("CloudTrail"))),
        (False, created("example-other", "audit/" + stem.format("CloudTrail"))),
        (True, created("example-trail", "audit/" + stem.format("CloudTrail-Digest"))),
        (False, created("example-trail", "audit/AWSLogs/111122223333/CloudTrail-Digest/")),
        (False, created("example-trail", "audit/" + stem.format("CloudTrail-Insight"))),
        (False, created("example-trail", "audit/" + stem.format("Config"))),
        (False, created("example-trail", "audit/" + stem.format("CloudTrail"), detail_type="Object Deleted")),
        (False, created("example-trail", "audit/" + stem.format("CloudTrail"), source="example.custom")),
    ]


def without_digests(raw):
    """The trail's pattern as it is where digests are not verified: its first choice of keys."""
    pattern = json.loads(raw)
    pattern["detail"]["object"]["key"] = pattern["detail"]["object"]["key"][:1]
    return EventPattern.load(json.dumps(pattern))


def merged(base, patch):
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def rule_events(repository):
    """Events that a shipped AWS rule finds, from the tests beside the rules."""
    for path in sorted((repository / "rules" / "aws").glob("*.tests.yml")):
        named = {}
        for test in yaml.safe_load(path.read_text()).get("tests", []):
            event = test.get("event")
            if "from" in test:
                event = merged(named.get(test["from"], {}), test.get("merge", {}))
            if isinstance(event, dict):
                named[test["name"]] = event
                if test.get("expect") in ("match", "attempt") and "eventName" in event:
                    yield f"{path.name}: {test['name']}", event


def fast_path_cases(repository):
    base = {"eventVersion": "1.11", "eventType": "AwsApiCall", "readOnly": False}
    for wanted, source, name in [
        (True, "ssm.amazonaws.com", "StartSession"), (True, "ssm.amazonaws.com", "SendCommand"),
        (True, "ec2-instance-connect.amazonaws.com", "SendSSHPublicKey"), (True, "ec2.amazonaws.com", "EnableSerialConsoleAccess"),
        (True, "ssm.amazonaws.com", "CreateActivation"), (False, "ssm.amazonaws.com", "UpdateInstanceInformation"),
        (True, "ecs.amazonaws.com", "ExecuteCommand"), (True, "signin.amazonaws.com", "ConsoleLogin"),
        (False, "ec2.amazonaws.com", "CreateTags"), (False, "ecs.amazonaws.com", "DescribeTasks"), (False, "s3.amazonaws.com", "PutObject"),
    ]:
        yield f"{source} {name}", wanted, via_cloudtrail(base | {"eventSource": source, "eventName": name})
    yield "not from CloudTrail", False, via_cloudtrail(base | {"eventSource": "ssm.amazonaws.com", "eventName": "StartSession"}) | {"detail-type": "EC2 Command Status-change Notification"}
    for where, event in rule_events(repository):
        yield where, True, via_cloudtrail(event)
    for path in sorted((repository / "events").glob("example-eventbridge-*.json")):
        event = json.loads(path.read_text())
        if str(event.get("detail-type", "")).endswith("via CloudTrail"):
            yield path.name, True, event


def forged(event):
    """The event as a principal with events:PutEvents could send it: AWS refuses sources that begin with "aws."."""
    for source in ["example.app", "aws", "AWS.ssm", "awsx.ssm", "com.aws.ssm", ""]:
        yield event | {"source": source}


def unknown_events(pattern):
    """Names the fast path asks for that the services' models don't have; a name it only leaves out does no harm."""
    session = botocore.session.get_session()
    models = {}
    for name in session.get_available_services():
        models.setdefault(session.get_service_model(name).endpoint_prefix, set()).update(session.get_service_model(name).operation_names)
    for choice in pattern["$or"]:
        for source in choice["detail"].get("eventSource", []):
            if source in NO_MODEL:
                continue
            operations = models.get(source.removesuffix(".amazonaws.com"))
            if operations is None:
                yield f"{source}: no such service"
            else:
                yield from (f"{source}: no operation {event}" for event in choice["detail"]["eventName"] if isinstance(event, str) and event not in operations)


def main(repository):
    patterns = {}
    for state in states(sys.stdin):
        for resource in resources(state):
            if resource["type"] == "aws_cloudwatch_event_rule" and resource["values"].get("event_pattern"):
                patterns[resource["name"]] = resource["values"]["event_pattern"]
    if set(patterns) != {"trail", "fast_path"}:
        print(f"expected the trail's and the fast path's pattern, found {sorted(patterns)}")
        return 1

    bad, cases, late = [], 0, set()
    for name, raw in patterns.items():
        bad += [f"{name}: the matcher does not know the filter {f}" for f in set(filters(json.loads(raw))) - NAMED_FILTERS]
    trail, fast = EventPattern.load(patterns["trail"]), EventPattern.load(patterns["fast_path"])
    plain = without_digests(patterns["trail"])
    for wanted, event in trail_cases():
        cases += 2
        key = event["detail"]["object"]["key"]
        if plain.matches_event(event) != (wanted and "CloudTrail-Digest" not in key):
            bad.append(f"trail, digests not verified: {key}")
        if trail.matches_event(event) != wanted:
            bad.append(f"trail: {event['detail-type']} {event['detail']['bucket']['name']}/{event['detail']['object']['key']} should{'' if wanted else ' not'} match")
    for where, wanted, event in fast_path_cases(Path(repository)):
        cases += 1
        by_trail = where.split(".tests.yml")[0] in BY_TRAIL
        if by_trail and not fast.matches_event(event):
            late.add(where.split(".tests.yml")[0])
        elif fast.matches_event(event) != wanted:
            bad.append(f"fast path: {where} ({event['detail'].get('eventSource')} {event['detail'].get('eventName')}) should{'' if wanted else ' not'} match")
        for false in forged(event):
            cases += 1
            if fast.matches_event(false):
                bad.append(f"fast path: {where} matches from the source '{false['source']}', which anybody may write")
    for false in (false for wanted, event in trail_cases() if wanted for false in forged(event)):
        cases += 1
        if trail.matches_event(false):
            bad.append(f"trail: a notice matches from the source '{false['source']}', which anybody may write")
    bad += [f"fast path: every event of {rule} matches; take it out of BY_TRAIL" for rule in sorted(BY_TRAIL - late)]
    bad += [f"{name}: {len(raw)} characters; EventBridge takes 2048" for name, raw in patterns.items() if len(raw) > 2048]
    bad += [f"fast path: {fault}" for fault in unknown_events(json.loads(patterns["fast_path"]))]
    for fault in bad:
        print(fault)
    print(f"{cases} events against 2 patterns, {len(bad)} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
