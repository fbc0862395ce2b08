"""What `terraform test -json -verbose` says: the state after each run, and the resources in it."""

import json


def states(lines):
    for line in lines:
        message = json.loads(line) if line.startswith("{") else {}
        if "test_state" in message:
            yield message["test_state"]


def runs(lines):
    """The state after each run, by the run's name."""
    messages = (json.loads(line) for line in lines if line.startswith("{"))
    return {message["@testrun"]: message["test_state"] for message in messages if "test_state" in message}


def resources(state):
    modules = [state.get("root_module", {})]
    while modules:
        module = modules.pop()
        yield from module.get("resources", [])
        modules += module.get("child_modules", [])
