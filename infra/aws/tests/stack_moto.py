"""Creates the quick-create stack in moto and sends one object the whole way, with the real function in the middle.

    stack_moto.py --bootstrap EXECUTABLE

moto's CloudFormation makes bucket, table, key, queues, topics, role, rules, function and mapping. It passes over what it does
not know and says nothing: alarms, subscriptions, and the policies of queues, topics and bucket; so whether those let anybody
in is not seen here, and infra/tools/templates.py holds them to the module's. Names and parameters are those of a stranger:
the required ones, and an address. Then once with all the others, and the StackSet's template where the bus is and elsewhere.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

import boto3

from one_object import BUCKET, REGION, goes_through, notifications, packaged, step, trail_bucket  # puts infra/tools on the path
from cfn_yaml import load
from lambda_host import demand, moto

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
PACKAGES = "example-artifacts"
UNKNOWN = {"AWS::CloudWatch::Alarm", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::CloudFormation::WaitConditionHandle"}


def created(cloudformation, name, template, parameters, conditions):
    """The stack, of which everything was made that moto knows and that the chosen conditions ask for."""
    text = (TEMPLATES / template).read_text()
    cloudformation.create_stack(
        StackName=name, TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    (made,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    demand(made["StackStatus"] == "CREATE_COMPLETE", f"the stack is {made['StackStatus']}: {made.get('StackStatusReason')}")
    # What moto passes over is listed without a name.
    there = {r["LogicalResourceId"] for r in cloudformation.describe_stack_resources(StackName=name)["StackResources"] if "LogicalResourceId" in r}
    wanted = {n for n, r in load(text)["Resources"].items() if r["Type"] not in UNKNOWN and r.get("Condition") in (None, *conditions)}
    demand(there == wanted, f"{name}: missing: {sorted(wanted - there)}; more than was asked for: {sorted(there - wanted)}")
    return made, there


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", type=Path, required=True)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    template = load((TEMPLATES / "quick-create.yaml").read_text())

    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        endpoint = stack.enter_context(moto())
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
        client = lambda name: session.client(name, endpoint_url=endpoint)
        s3, sqs, awslambda, cloudformation = client("s3"), client("sqs"), client("lambda"), client("cloudformation")

        step("a trail bucket that exists, with EventBridge on, and the package in a bucket")
        trail_bucket(s3)
        before = notifications(s3)
        package = packaged(chosen.bootstrap, scratch)
        s3.create_bucket(Bucket=PACKAGES, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.upload_file(str(package), PACKAGES, "trailhound-aws-arm64.zip")

        step("create-stack")
        required = {"TrailBucket": BUCKET, "PackageBucket": PACKAGES, "PackageKey": "trailhound-aws-arm64.zip"}
        made, there = created(cloudformation, "trailhound", "quick-create.yaml", required | {"EmailAddress": "soc@example.com"}, ["HasMail"])
        demand(notifications(s3) == before, "the bucket's notification configuration was touched")
        outputs = {o["OutputKey"]: o["OutputValue"] for o in made["Outputs"]}

        step("the function has the template's settings")
        configuration = awslambda.get_function(FunctionName=outputs["FunctionName"])["Configuration"]
        environment = configuration["Environment"]["Variables"]
        demand(set(environment) == set(template["Resources"]["Function"]["Properties"]["Environment"]["Variables"]), f"settings: {sorted(environment)}")
        demand(environment["TRAILHOUND_CANARY_KEY"] == made["StackId"], "the canary's key is not the stack's id")
        # moto's mapping would swallow the messages: it calls a function it cannot run and takes that for success.
        for mapping in awslambda.list_event_source_mappings()["EventSourceMappings"]:
            awslambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)

        queue_arn = sqs.get_queue_attributes(QueueUrl=outputs["QueueUrl"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        goes_through(client, endpoint, {
            "findings_topic_arn": outputs["FindingsTopicArn"], "queue_url": outputs["QueueUrl"], "queue_arn": queue_arn, "function_name": outputs["FunctionName"],
        }, package, scratch)

        step("every other parameter, and nobody to be told")
        s3.put_bucket_versioning(Bucket=PACKAGES, VersioningConfiguration={"Status": "Enabled"})
        with open(package, "rb") as body:
            version = s3.put_object(Bucket=PACKAGES, Key="package.zip", Body=body)["VersionId"]
        created(cloudformation, "second", "quick-create.yaml", required | {
            "Name": "trailhound-second", "PackageKey": "package.zip", "PackageVersion": version, "FastPath": "true", "TrailPrefix": "audit", "Architecture": "x86_64",
            "TrailKeyArn": "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000001", "MinLevel": "high",
        }, ["HasNoMail", "HasFastPath"])
        policy = client("iam").get_role_policy(RoleName="trailhound-second-function", PolicyName="least")["PolicyDocument"]
        by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
        demand(by_sid["DecryptTrail"]["Condition"] == {"StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]}}, f"the key's region: {by_sid['DecryptTrail']}")
        demand(by_sid["ReadTrail"]["Resource"] == [f"arn:aws:s3:::{BUCKET}/audit/AWSLogs/*"], f"the prefix: {by_sid['ReadTrail']}")

        step("the StackSet's template, where the bus is and elsewhere")
        bus = {"BusArn": f"arn:aws:events:{REGION}:111122223333:event-bus/default"}
        _, here = created(cloudformation, "fast-path", "fast-path.yaml", bus, [])
        demand(not here, f"made where the bus is: {sorted(here)}")
        elsewhere = session.client("cloudformation", endpoint_url=endpoint, region_name="us-east-1")
        created(elsewhere, "fast-path", "fast-path.yaml", bus, ["IsElsewhere"])
        events = session.client("events", endpoint_url=endpoint, region_name="us-east-1")
        (target,) = events.list_targets_by_rule(Rule="trailhound-fast-path")["Targets"]
        demand(target["Arn"] == bus["BusArn"] and target["RoleArn"] and target["DeadLetterConfig"]["Arn"], f"forwarded to {target}")

    print(f"{len(there)} of {len(template['Resources'])} resources made by moto, 1 object, 1 alert, 1 canary")


if __name__ == "__main__":
    main()
