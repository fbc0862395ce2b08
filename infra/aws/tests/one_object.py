"""One object, the same again and a canary go through what was installed in moto, with the real function in the middle.

moto keeps the bucket, rules, queue, topic and table. It does not run the function, so this does what Lambda would: takes
messages from the queue, hands them to the deployed `bootstrap` over the Runtime API, and deletes what the function says it
has handled.
"""

import gzip
import json
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from lambda_host import demand, function  # noqa: E402

REGION = "eu-west-1"
BUCKET = "example-trail-bucket"
KEY = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/111122223333_CloudTrail_eu-west-1_20261120T1200Z_0000000000000000.json.gz"

RECORD = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/example",
        "accountId": "111122223333",
        "userName": "example",
    },
    "eventTime": "2026-11-20T12:00:00Z",
    "eventSource": "ec2-instance-connect.amazonaws.com",
    "eventName": "SendSerialConsoleSSHPublicKey",
    "awsRegion": REGION,
    "sourceIPAddress": "203.0.113.10",
    "userAgent": "aws-cli/2.0",
    "requestParameters": {"instanceId": "i-0123456789abcdef0", "sSHPublicKey": "ssh-ed25519 AAAAEXAMPLE", "serialPort": 0},
    "responseElements": {"requestId": "00000000-0000-0000-0000-000000000003", "success": True},
    "requestID": "00000000-0000-0000-0000-000000000003",
    "eventID": "00000000-0000-0000-0000-000000000004",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": "111122223333",
    "eventCategory": "Management",
}


def step(message):
    print(f"--- {message}", flush=True)


def packaged(bootstrap, scratch):
    """The executable as a zip, without its debug information: a debug build has 100 MB of it."""
    stripped = scratch / "bootstrap"
    if not shutil.which("strip") or subprocess.run(["strip", "-o", stripped, bootstrap]).returncode:
        shutil.copy(bootstrap, stripped)
    with zipfile.ZipFile(scratch / "trailhound-aws.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(stripped, "bootstrap")
    return scratch / "trailhound-aws.zip"


def poll(sqs, queue_url, queue_arn, runtime, timeout):
    """One round of the event source mapping: a batch to the function, what it handled deleted."""
    messages = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", [])
    if not messages:
        return []
    answer = runtime.invoke({"Records": [{
        "messageId": m["MessageId"], "receiptHandle": m["ReceiptHandle"], "body": m["Body"], "attributes": m["Attributes"],
        "messageAttributes": {}, "md5OfBody": m["MD5OfBody"], "eventSource": "aws:sqs", "eventSourceARN": queue_arn, "awsRegion": REGION,
    } for m in messages]}, timeout)
    failed = {item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures", [])}
    demand(not failed, f"the function gave messages back: {answer}")
    for m in messages:
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=m["ReceiptHandle"])
    return messages


def wait_for(what, attempt, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        found = attempt()
        if found:
            return found
        time.sleep(0.2)
    raise SystemExit(f"FAILED: {what} did not come in {seconds} seconds")


def trail_bucket(s3):
    """A bucket that exists, with EventBridge on."""
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}})


def notifications(s3):
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    found.pop("ResponseMetadata")
    return found


def goes_through(client, endpoint, made, package, scratch):
    """made: findings_topic_arn, queue_url, queue_arn, function_name."""
    sqs, sns, s3, awslambda, events = (client(name) for name in ("sqs", "sns", "s3", "lambda", "events"))
    step("a subscriber of the findings topic")
    inbox = sqs.create_queue(QueueName="example-siem")["QueueUrl"]
    inbox_arn = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=made["findings_topic_arn"], Protocol="sqs", Endpoint=inbox_arn, Attributes={"RawMessageDelivery": "true"})

    step("a CloudTrail object; its notice reaches the queue")
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=gzip.compress(json.dumps({"Records": [RECORD]}).encode()))
    s3.put_object(Bucket=BUCKET, Key=KEY.replace("/CloudTrail/", "/CloudTrail-Digest/"), Body=b"{}")
    depth = lambda: int(sqs.get_queue_attributes(QueueUrl=made["queue_url"], AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessages"])
    wait_for("the notice", depth)
    demand(depth() == 1, f"{depth()} notices in the queue: the digest's too?")

    step("the function takes it")
    unpacked = scratch / "function"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(unpacked)
    (unpacked / "bootstrap").chmod(0o755)
    configuration = awslambda.get_function(FunctionName=made["function_name"])["Configuration"]
    with function(unpacked, endpoint, configuration) as (runtime, log):
        demand(len(poll(sqs, made["queue_url"], made["queue_arn"], runtime, configuration["Timeout"])) == 1, "no message for the function")

        step("the alert is at the subscriber")
        alert = json.loads(wait_for("the alert", lambda: sqs.receive_message(QueueUrl=inbox).get("Messages"))[0]["Body"])
        demand(alert["specversion"] == "1.0" and alert["type"] == "dev.trailhound.finding.created.v1", f"no CloudEvent of ours: {alert}")
        demand("serial" in alert["ruleid"], f"another rule's finding: {alert['ruleid']}")
        demand(alert["origin"].startswith(f"s3://{BUCKET}/{KEY}#"), f"origin: {alert['origin']}")
        demand(RECORD["requestParameters"]["sSHPublicKey"] not in json.dumps(alert), "the finding carries the key that was pushed")
        print(f"    {alert['ruleid']} ({alert['severity']}): {alert['data'].get('message', '')}")

        step("the same object again is no second alert")
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=gzip.compress(json.dumps({"Records": [RECORD]}).encode()))
        wait_for("the second notice", depth)
        poll(sqs, made["queue_url"], made["queue_arn"], runtime, configuration["Timeout"])
        demand(not sqs.receive_message(QueueUrl=inbox).get("Messages"), "the same event alerted twice")

        step("a canary, as its rule's target sends it")
        (target,) = events.list_targets_by_rule(Rule=f"{configuration['FunctionName']}-canary")["Targets"]
        demand(target["Arn"] == made["queue_arn"], f"the canary goes to {target['Arn']}")
        sqs.send_message(QueueUrl=made["queue_url"], MessageBody=target["Input"])
        poll(sqs, made["queue_url"], made["queue_arn"], runtime, configuration["Timeout"])
        canary = json.loads(wait_for("the canary's finding", lambda: sqs.receive_message(QueueUrl=inbox).get("Messages"))[0]["Body"])
        demand(canary["ruleid"] == "trailhound-canary", f"another finding: {canary['ruleid']}")

        lines = [json.loads(line) for line in log.read_text().splitlines()]
        demand(sum(line.get("event") == "delivery" for line in lines) >= 3, "accounting lines are missing")
        functions = {line.get("Function") for line in lines if "_aws" in line}
        demand(functions == {configuration["FunctionName"]}, f"metrics of another dimension than the alarms': {functions}")
