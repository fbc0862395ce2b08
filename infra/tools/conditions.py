"""Where runs of a module differ by what was asked for, a template has a condition.

A condition is said as CloudFormation says it: `{"Fn::If": [condition, value, otherwise]}`, and `NO_VALUE` where there is none.
`{"Fn::For": [condition, variable, parameter, item]}` is a list with an item for each of a parameter, which Bicep knows.
"""

import json

from planned import Fault

NOTHING, NO_VALUE = object(), {"Ref": "AWS::NoValue"}


def said(node):
    return json.dumps(node, sort_keys=True)


def choice(condition, node, without):
    return {"Fn::If": [condition, node, NO_VALUE if without is NOTHING else without]}


def joined(node, others, where):
    """A node with a condition wherever a run without something has another; others: by condition."""
    differ = {c: o for c, o in others.items() if (o is NOTHING or said(o) != said(node)) and not (o is NOTHING and loops_over(node, c))}
    if not differ:
        return node
    if all(isinstance(o, dict) and not is_call(o) for o in (node, *differ.values())):
        if extra := {key for o in differ.values() for key in o if key not in node}:
            raise Fault(f"{where}: {sorted(extra)} only without something; a template knows that of whole resources alone")
        return {key: joined(value, {c: o.get(key, NOTHING) for c, o in differ.items()}, f"{where}.{key}") for key, value in node.items()}
    if isinstance(node, list) and all(isinstance(o, list) for o in differ.values()):
        matched = {c: aligned(node, o) for c, o in differ.items()}
        if all(m is not None for m in matched.values()):
            return [joined(value, {c: m[at] for c, m in matched.items()}, f"{where}[{at}]") for at, value in enumerate(node)]
    if len(differ) > 1:
        raise Fault(f"{where}: differs by {sorted(differ)}; a template can say one condition at a place")
    ((condition, other),) = differ.items()
    return choice(condition, node, other)


def is_call(node):
    """An intrinsic function, which is one value."""
    return len(node) == 1 and next(iter(node)).startswith(("Fn::", "Ref"))


def loops_over(node, condition):
    """One item for each of what a condition asks for: where there is none, there is nothing to say."""
    return isinstance(node, dict) and "Fn::For" in node and node["Fn::For"][0] == condition


def aligned(node, other):
    """For each item the other list's, or nothing where it lacks it; None where the two cannot be laid beside each other."""

    def name(item):
        return next((item[key] for key in ("Sid", "Id", "name") if isinstance(item, dict) and key in item), said(item))

    if len(node) == len(other):
        return other
    by_name = {name(item): item for item in other}
    found = [by_name.get(name(item), NOTHING) for item in node]
    return found if sum(item is not NOTHING for item in found) == len(other) else None


def conditional(whole, without, opposite, implied=None):
    """All resources, each under its condition. `implied`: what holds wherever a condition does."""
    made = {}
    for name, resource in whole.items():
        lacking = [c for c, found in without.items() if name not in found]
        lacking = [c for c in lacking if not any(c in (implied or {}).get(other, ()) for other in lacking)]
        if len(lacking) > 1:
            raise Fault(f"{name}: only with all of {lacking}; give the head a condition for it")
        made[name] = {"Type": resource["Type"]} | ({"Condition": lacking[0]} if lacking else {})
        made[name] |= joined(resource, {c: found[name] for c, found in without.items() if name in found}, name)
    for condition, found in without.items():
        for name in found.keys() - whole.keys():
            if condition not in opposite:
                raise Fault(f"{name}: only without {condition}; name the opposite beside the options and in the head")
            made[name] = {"Type": found[name]["Type"], "Condition": opposite[condition]} | found[name]
    return made


def settled(node, chosen):
    """What a value comes to when conditions are chosen."""
    if isinstance(node, list):
        return [found for found in (settled(item, chosen) for item in node) if found != NO_VALUE]
    if not isinstance(node, dict):
        return node
    if "Fn::If" in node:
        condition, one, other = node["Fn::If"]
        return settled(one if chosen[condition] else other, chosen)
    found = {name: settled(value, chosen) for name, value in node.items()}
    return {name: value for name, value in found.items() if value != NO_VALUE}


def stack(resources, chosen):
    """The resources of a stack whose conditions are chosen, without saying them."""
    there = {name: resource for name, resource in resources.items() if chosen.get(resource.get("Condition"), True)}
    return {name: settled({key: value for key, value in resource.items() if key != "Condition"}, chosen) for name, resource in there.items()}


def differences(ours, theirs, where):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}, key=str):
            yield from differences(ours.get(key, NOTHING), theirs.get(key, NOTHING), f"{where}.{key}" if where else str(key))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for at, (one, other) in enumerate(zip(ours, theirs)):
            yield from differences(one, other, f"{where}[{at}]")
    elif ours is NOTHING or theirs is NOTHING or said(ours) != said(theirs):
        yield where, ours, theirs


def shown(node):
    return "missing" if node is NOTHING else said(node)[:200]
