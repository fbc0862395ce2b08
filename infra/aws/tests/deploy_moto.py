"""Deploys the minimal example against moto and sends one object the whole way, with the real function in the middle.

    deploy_moto.py --bootstrap EXECUTABLE [--mirror MIRROR]

moto keeps the bucket, rules, queue, topic and table that `terraform apply` makes. It does not run the function, so this
does what Lambda would: takes messages from the queue, hands them to the deployed `bootstrap` over the Runtime API, and
deletes what the function says it has handled. Then: the alert from a queue that subscribes to the topic, a canary through
the same queue, an empty second plan, and destroy. Everything started here has ended when it returns.
"""

import argparse
import contextlib
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from lambda_host import demand, function, moto  # noqa: E402

AWS_MODULE = Path(__file__).resolve().parent.parent
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


# --- Terraform ---


class Terraform:
    """The minimal example, copied to a folder of its own, with a provider that talks to moto."""

    def __init__(self, folder, mirror, endpoint, package):
        shutil.copytree(AWS_MODULE, folder / "aws", ignore=shutil.ignore_patterns(".terraform*", "tests"))
        self.folder = folder / "aws" / "examples" / "minimal"
        # An override file: merged over the example's own provider block, which stays as shipped.
        (self.folder / "moto_override.tf").write_text(
            'provider "aws" {\n'
            f'  region                      = "{REGION}"\n'
            '  access_key                  = "test"\n'
            '  secret_key                  = "test"\n'
            "  s3_use_path_style           = true\n"
            "  skip_credentials_validation = true\n"
            "  skip_metadata_api_check     = true\n"
            "}\n"
        )
        self.environment = {k: v for k, v in os.environ.items() if k != "TF_CLI_CONFIG_FILE" and not k.startswith("AWS_")}
        self.environment |= {"AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true", "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        for name, value in {
            "region": REGION, "trail_bucket": BUCKET, "package_path": str(package), "email_addresses": '["soc@example.com"]',
            # moto's mapping would swallow the messages: it calls a function it cannot run and takes that for success.
            "intake_enabled": "false",
            "protect_data": "false",
        }.items():
            self.environment[f"TF_VAR_{name}"] = value
        self.run("init", *([f"-plugin-dir={mirror}"] if mirror else []))

    def run(self, *arguments, expect=0):
        run = subprocess.run(
            ["terraform", arguments[0], "-no-color", *(["-input=false"] if arguments[0] != "output" else []), *arguments[1:]],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=600,
        )
        demand(run.returncode == expect, f"terraform {arguments[0]} ended with {run.returncode}:\n{run.stdout[-6000:]}{run.stderr[-6000:]}")
        return run.stdout

    def outputs(self):
        return json.loads(self.run("output", "-json"))["trailhound"]["value"]


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirror", type=Path)
    parser.add_argument("--bootstrap", type=Path, required=True)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))

    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        endpoint = stack.enter_context(moto())
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        sqs, sns, s3, awslambda, events, cloudwatch = (session.client(n, endpoint_url=endpoint) for n in ("sqs", "sns", "s3", "lambda", "events", "cloudwatch"))

        package = packaged(chosen.bootstrap, scratch)
        step("a trail bucket that exists, with EventBridge on")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}})
        before = s3.get_bucket_notification_configuration(Bucket=BUCKET)
        before.pop("ResponseMetadata")

        step("terraform apply")
        terraform = Terraform(scratch, chosen.mirror and chosen.mirror.resolve(), endpoint, package)
        terraform.run("apply", "-auto-approve")
        made = terraform.outputs()
        after = s3.get_bucket_notification_configuration(Bucket=BUCKET)
        after.pop("ResponseMetadata")
        demand(after == before, "the bucket's notification configuration was touched")
        demand(len(cloudwatch.describe_alarms()["MetricAlarms"]) >= 12, "alarms are missing")

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

        step("a second plan changes nothing")
        terraform.run("plan", "-detailed-exitcode")

        step("terraform destroy")
        terraform.run("destroy", "-auto-approve")
        demand(made["queue_url"] not in sqs.list_queues().get("QueueUrls", []), "the queue is still there")
        demand([b["Name"] for b in s3.list_buckets()["Buckets"]] == [BUCKET], "only the trail bucket stays")

    print("1 object, 1 alert, 1 canary, an empty plan, destroyed")


if __name__ == "__main__":
    main()
