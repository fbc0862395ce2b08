"""A provider as far as its schema goes: serves the schema, and accepts everything.

    provider_double.py --provider hashicorp/NAME --schema FILE [--used-in MODULE] -- COMMAND...

runs a command whose Terraform takes this for that provider (TF_REATTACH_PROVIDERS). `terraform validate` and `terraform
test` with a mocked provider ask it for its schema and for validation only, so with this they run where the real binary
cannot be had (azurerm), or ten times as fast as with it (aws, for mutations): types, arguments, blocks and references are
checked, values are not. It speaks plugin protocol 6.
"""

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
from concurrent import futures
from pathlib import Path

import grpc

NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


# --- protocol buffers, by hand: the few messages needed are nested fields of a number and bytes ---


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """A length-delimited field, or a number; nothing for an empty or false value, as proto3 has it."""
    if isinstance(value, bool) or isinstance(value, int):
        return varint(number << 3) + varint(int(value)) if value else b""
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(message):
    """(number, bytes) of the length-delimited fields of a message."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        tag = number()
        length = number()
        if tag & 7 == 2:
            yield tag >> 3, message[at : at + length]
            at += length


# --- the schema, as `terraform providers schema -json` prints it, to the protocol's messages ---


def attribute(name, facts):
    if "nested_type" in facts:
        nested = facts["nested_type"]
        members = b"".join(field(1, attribute(n, f)) for n, f in sorted(nested["attributes"].items()))
        kind = field(10, members + field(3, NESTING[nested["nesting_mode"]]))
    else:
        kind = field(2, json.dumps(facts["type"]).encode())
    flags = [(4, "required"), (5, "optional"), (6, "computed"), (7, "sensitive"), (9, "deprecated"), (11, "write_only")]
    return field(1, name.encode()) + kind + b"".join(field(number, bool(facts.get(flag))) for number, flag in flags)


def block(facts):
    out = b"".join(field(2, attribute(name, a)) for name, a in sorted(facts.get("attributes", {}).items()))
    for name, nested in sorted(facts.get("block_types", {}).items()):
        limits = field(4, nested.get("min_items", 0)) + field(5, nested.get("max_items", 0))
        out += field(3, field(1, name.encode()) + field(2, block(nested["block"])) + field(3, NESTING[nested["nesting_mode"]]) + limits)
    return out


def schema(facts):
    return field(1, facts.get("version", 0)) + field(2, block(facts["block"]))


def read(path):
    """The first provider's schema in a file, plain or gzip."""
    with gzip.open(path) if str(path).endswith(".gz") else open(path, "rb") as file:
        return next(iter(json.load(file)["provider_schemas"].values()))


def provider_schema(facts):
    out = field(1, schema(facts["provider"]))
    for number, kind in [(2, "resource_schemas"), (3, "data_source_schemas"), (8, "ephemeral_resource_schemas")]:
        for name, resource in sorted(facts.get(kind, {}).items()):
            out += field(number, field(1, name.encode()) + field(2, schema(resource)))
    return out


def upgraded(request):
    """UpgradeResourceState: the stored JSON as it is."""
    raw = dict(fields(request))[3]
    return field(1, field(2, dict(fields(raw))[1]))


def serve(facts):
    """A server of the provider's protocol, and its address."""
    answer = provider_schema(facts)
    methods = {
        "GetProviderSchema": lambda _: answer,
        "UpgradeResourceState": upgraded,
        "StopProvider": lambda _: b"",
        "ValidateProviderConfig": lambda _: b"",
        "ValidateResourceConfig": lambda _: b"",
        "ValidateDataResourceConfig": lambda _: b"",
        "ConfigureProvider": lambda _: b"",
    }

    def handler(function):
        return grpc.unary_unary_rpc_method_handler(lambda request, _: function(request))

    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("tfplugin6.Provider", {n: handler(f) for n, f in methods.items()})])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"


def used(facts, module):
    """Only the types that a module and its examples use: a large provider's schema takes seconds to read."""
    text = "".join(path.read_text() for path in module.rglob("*.tf"))
    names = set(re.findall(r'(?m)^(?:resource|data) "(\w+)"', text))
    kinds = ("resource_schemas", "data_source_schemas")
    return {"provider": facts["provider"]} | {kind: {n: s for n, s in facts.get(kind, {}).items() if n in names} for kind in kinds}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", required=True)
    parser.add_argument("--schema", type=Path, required=True)
    parser.add_argument("--used-in", type=Path, metavar="MODULE")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    facts = read(chosen.schema)
    server, address = serve(used(facts, chosen.used_in) if chosen.used_in else facts)
    attached = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": {"Network": "tcp", "String": address}}
    environment = os.environ | {"TF_REATTACH_PROVIDERS": json.dumps({f"registry.terraform.io/{chosen.provider}": attached})}
    try:
        return subprocess.call([word for word in chosen.command if word != "--"], env=environment)
    finally:
        server.stop(0.2)


if __name__ == "__main__":
    sys.exit(main())
