"""What the real `bootstrap` writes in each situation: the lines that its metrics are made of.

moto plays AWS; where AWS is to refuse, something that refuses stands in for the one service.
"""

import contextlib
import gzip
import hashlib
import json
import shutil
import sys
import time
from pathlib import Path

import boto3

from refusing import refusing, serving

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from lambda_host import function, moto  # noqa: E402

REGION, ACCOUNT = "eu-west-1", "111122223333"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:trailhound"
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
UNPUBLISHED = b"<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not authorized</Message></Error></ErrorResponse>"
NO_TABLE = b'{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}'

PUSH = {
    "eventVersion": "1.11", "eventTime": "2026-11-20T12:00:00Z", "eventSource": "ec2-instance-connect.amazonaws.com",
    "eventName": "SendSerialConsoleSSHPublicKey", "awsRegion": REGION, "sourceIPAddress": "203.0.113.10", "userAgent": "aws-cli/2.0",
    "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": f"arn:aws:iam::{ACCOUNT}:user/example", "accountId": ACCOUNT, "userName": "example"},
    "requestParameters": {"instanceId": "i-0123456789abcdef0", "serialPort": 0}, "responseElements": {"success": True},
    "requestID": "00000000-0000-0000-0000-000000000003", "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True,
    "recipientAccountId": ACCOUNT, "eventCategory": "Management",
}
DULL = PUSH | {"eventSource": "ec2.amazonaws.com", "eventName": "CreateTags", "requestParameters": {}}

EVENT = {
    "version": "0", "id": "00000000-0000-0000-0000-0000000000ee", "detail-type": "AWS API Call via CloudTrail", "source": "aws.ec2", "account": ACCOUNT,
    "time": "2026-11-20T12:00:00Z", "region": REGION, "resources": [], "detail": DULL | {"eventID": "00000000-0000-0000-0000-0000000000ef"},
}

# Situation: the object's body, what refuses, settings. `None` for a body is a canary, "event" one of the fast path.
SITUATIONS = {
    "canary": (None, {}, {}),
    "canary-of-silence": (None, {}, {"TRAILHOUND_STATE_TABLE": "heard"}),
    "canary-deferred": (None, {"SNS": refusing(403, UNPUBLISHED)}, {}),
    "quiet": (DULL, {}, {}),
    "event": ("event", {}, {}),
    "finding": (PUSH, {}, {}),
    "finding-uncopied": (PUSH, {}, {"TRAILHOUND_EMAIL_TOPIC_ARN": f"arn:aws:sns:{REGION}:{ACCOUNT}:nowhere"}),
    "rejected": (b"this is no JSON", {}, {}),
    "denied": (PUSH, {"S3": refusing(403, DENIED)}, {}),
    "unpublished": (PUSH, {"SNS": refusing(403, UNPUBLISHED)}, {}),
    "unremembered": (PUSH, {"DYNAMODB": refusing(400, NO_TABLE)}, {}),
    "unparked": (b"this is no JSON", {}, {"TRAILHOUND_REJECTS_URI": "s3://nowhere-at-all/rejects"}),
    "canary-with-broken-rules": (None, {}, {"TRAILHOUND_RULES_URI": "s3://example-trail/broken"}),
}


def digest(*parts):
    """As the function names its items."""
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part.encode() for part in parts))


def heard(dynamodb):
    """A table in which a source was heard of every hour for a fortnight, until yesterday."""
    make_table(dynamodb, "heard")
    source = ("s3://example-trail", ACCOUNT, REGION)
    hour, now = 3_600_000, int(time.time() * 1000)
    number = int.from_bytes(digest(*source).digest()[:8], "big") % 16
    items = {
        f"source#{ACCOUNT}#" + digest("source", *source).hexdigest(): {"first": now - 15 * 24 * hour, "last": now - 24 * hour, "gap": hour},
        "source##" + digest("sources", str(number)).hexdigest(): {"sources": [dict(zip(("place", "account", "region"), source))]},
    }
    for pk, value in items.items():
        text = {"pk": pk, "sk": "1", "value": json.dumps({"v": 1} | value)}
        numbers = {"rev": 1, "expires_at": now // 1000 + 86_400}
        dynamodb.put_item(TableName="heard", Item={k: {"S": v} for k, v in text.items()} | {k: {"N": str(v)} for k, v in numbers.items()})


def make_table(dynamodb, name):
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
    )


def message(body, number):
    return {"Records": [{
        "messageId": f"00000000-0000-0000-0000-{number:012}", "receiptHandle": "r", "body": json.dumps(body), "attributes": {"SentTimestamp": "1763640000000"},
        "messageAttributes": {}, "eventSource": "aws:sqs", "eventSourceARN": QUEUE, "awsRegion": REGION,
    }]}


def notice(key):
    return {"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "awsRegion": REGION, "eventTime": "2026-11-20T12:05:00.000Z",
        "s3": {"bucket": {"name": "example-trail"}, "object": {"key": key, "size": 100}},
    }]}


def record(bootstrap, scratch):
    """{situation: [line, …]}."""
    with moto() as endpoint:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        s3, sns, dynamodb = (session.client(n, endpoint_url=endpoint) for n in ("s3", "sns", "dynamodb"))
        for bucket in ("example-trail", "example-rejects"):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="example-trail", Key="broken/rule.yml", Body=b"title: [")
        topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("findings", "email")}
        make_table(dynamodb, "state")
        heard(dynamodb)
        settings = {
            "TRAILHOUND_ALERT_TOPIC_ARN": topics["findings"], "TRAILHOUND_EMAIL_TOPIC_ARN": topics["email"], "TRAILHOUND_STATE_TABLE": "state",
            "TRAILHOUND_REJECTS_URI": "s3://example-rejects/rejects", "TRAILHOUND_ALLOWED_BUCKETS": "example-trail",
        }
        found = {}
        for number, (name, (body, refusals, more)) in enumerate(SITUATIONS.items()):
            folder = scratch / name
            folder.mkdir()
            shutil.copy(bootstrap, folder / "bootstrap")
            key = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/11/20/{name}.json.gz"
            if isinstance(body, (dict, bytes)):
                if isinstance(body, dict):
                    # An event of its own each time: one that went out before is a duplicate.
                    record = body | {"eventID": f"00000000-0000-0000-0000-{number:012}", "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 5))}
                    body = gzip.compress(json.dumps({"Records": [record]}).encode())
                s3.put_object(Bucket="example-trail", Key=key, Body=body)
            configuration = {
                "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:trailhound", "FunctionName": "trailhound", "Timeout": 60, "MemorySize": 512,
                "Handler": "bootstrap", "LoggingConfig": {"LogGroup": "/aws/lambda/trailhound"}, "Environment": {"Variables": settings | more},
            }
            with contextlib.ExitStack() as stack:
                refused = {f"AWS_ENDPOINT_URL_{service}": stack.enter_context(serving(answer)) for service, answer in refusals.items()}
                runtime, log = stack.enter_context(function(folder, endpoint, configuration, REGION, refused))
                sent = {None: {"trailhound": "canary"}, "event": EVENT}.get(body) if body in (None, "event") else notice(key)
                runtime.invoke(message(sent, number), 60)
            found[name] = [json.loads(line) for line in log.read_text().splitlines()]
        return found
