"""Deploys the minimal example against moto and sends one object the whole way, with the real function in the middle.

    deploy_moto.py --bootstrap EXECUTABLE [--mirror MIRROR]

Then (one_object.py): the alert from a queue that subscribes to the topic, a canary through the same queue; an empty second
plan, and destroy. Everything started here has ended when it returns.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3

from one_object import BUCKET, REGION, goes_through, notifications, packaged, step, trail_bucket  # puts infra/tools on the path
from lambda_host import demand, moto

AWS_MODULE = Path(__file__).resolve().parent.parent

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
        client = lambda name: session.client(name, endpoint_url=endpoint)
        sqs, s3, cloudwatch = client("sqs"), client("s3"), client("cloudwatch")

        package = packaged(chosen.bootstrap, scratch)
        step("a trail bucket that exists, with EventBridge on")
        trail_bucket(s3)
        before = notifications(s3)

        step("terraform apply")
        terraform = Terraform(scratch, chosen.mirror and chosen.mirror.resolve(), endpoint, package)
        terraform.run("apply", "-auto-approve")
        made = terraform.outputs()
        demand(notifications(s3) == before, "the bucket's notification configuration was touched")
        demand(len(cloudwatch.describe_alarms()["MetricAlarms"]) >= 12, "alarms are missing")

        goes_through(client, endpoint, made, package, scratch)

        step("a second plan changes nothing")
        terraform.run("plan", "-detailed-exitcode")

        step("terraform destroy")
        terraform.run("destroy", "-auto-approve")
        demand(made["queue_url"] not in sqs.list_queues().get("QueueUrls", []), "the queue is still there")
        demand([b["Name"] for b in s3.list_buckets()["Buckets"]] == [BUCKET], "only the trail bucket stays")

    print("1 object, 1 alert, 1 canary, an empty plan, destroyed")


if __name__ == "__main__":
    main()
