"""moto's server with its gaps filled that a deployment of this module falls into.

Where moto 5.2 keeps something and does not give it back, the provider waits for ever or finds drift; where it sends what AWS
would not, messages appear. Each is one patch below; take it out when moto mends it.
"""

import json
import sys

from moto.awslambda.models import LambdaFunction
from moto.cloudformation import parsing
from moto.events.models import Rule
from moto.server import main
from moto.sqs.models import Queue


def wrap(owner, name):
    """Replaces a method by a function of the original and its arguments."""

    def replace(function):
        original = getattr(owner, name)
        setattr(owner, name, lambda *arguments, **named: function(original, *arguments, **named))

    return replace


# A queue's redrive allow policy is kept and not given back, its redrive policy is given back with other white space, and
# setting any attribute forgets the policy.
Queue.redrive_allow_policy = None
Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
given_back = Queue.attributes.fget


def attributes(self):
    found = given_back(self)
    if found.get("RedrivePolicy"):
        found["RedrivePolicy"] = json.dumps(json.loads(found["RedrivePolicy"]), separators=(",", ":"))
    if not found["RedriveAllowPolicy"]:
        del found["RedriveAllowPolicy"]
    return found


Queue.attributes = property(attributes)


@wrap(Queue, "_set_attributes")
def _(original, self, changed, now=None):
    original(self, {"Policy": getattr(self, "policy", None), **changed}, now)


# A rule on a schedule takes every event.
@wrap(Rule, "send_to_targets")
def _(original, self, *event, **how):
    if self.event_pattern.get_pattern():
        original(self, *event, **how)


# A function's dead-letter and logging settings are not given back.
@wrap(LambdaFunction, "__init__")
def _(original, self, account_id, spec, *rest, **named):
    self.also_given = {name: spec[name] for name in ("DeadLetterConfig", "LoggingConfig") if name in spec}
    original(self, account_id, spec, *rest, **named)


@wrap(LambdaFunction, "get_configuration")
def _(original, self, *arguments, **named):
    return original(self, *arguments, **named) | self.also_given


# Nor kept where CloudFormation makes the function.
@wrap(LambdaFunction, "create_from_cloudformation_json")
def _(original, name, template, *rest, **named):
    made = original(name, template, *rest, **named)
    made.also_given = {name: template["Properties"][name] for name in ("DeadLetterConfig", "LoggingConfig") if name in template["Properties"]}
    return made


# CloudFormation's AWS::NoValue is null in a list.
@wrap(parsing, "clean_json")
def _(original, node, resources):
    found = original(node, resources)
    return [item for item in found if item is not None] if isinstance(node, list) else found


if __name__ == "__main__":
    main(sys.argv[1:])
