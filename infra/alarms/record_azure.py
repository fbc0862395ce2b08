"""What the real `trailhound-azure` writes in each situation: the lines that Application Insights keeps as traces.

Plain servers over TLS play Event Grid, Table and Blob Storage and the identity endpoint; in each situation one refuses.
"""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from datetime import datetime, timedelta, timezone

from refusing import refusing, serving

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
SCOPE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.Compute/virtualMachines/vm-1"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", "http://schemas.microsoft.com/identity/claims/objectidentifier"


def command(operation):
    return {"records": [{
        "resourceId": SCOPE.upper(), "operationName": operation.upper(), "category": "Administrative",
        "resultType": "Success", "resultSignature": "Succeeded.OK", "durationMs": 61, "callerIpAddress": "198.51.100.23",
        "correlationId": "00000000-0000-0000-0000-000000000009", "level": "Information", "tenantId": "00000000-0000-0000-0000-0000000000ff",
        "identity": {
            "authorization": {"scope": SCOPE, "action": operation, "evidence": {"role": "Contributor", "principalId": "0" * 32, "principalType": "User"}},
            "claims": {CLAIMS[0]: "user@example.com", CLAIMS[1]: "00000000-0000-0000-0001-000000000001"},
        },
    }]}


RUN = command("Microsoft.Compute/virtualMachines/runCommand/action")
DULL = command("Microsoft.Storage/storageAccounts/listKeys/action")
CANARY = {"trailhound": "canary"}
AGAIN, LAST = ({"RetryCount": str(count), "MaxRetryCount": "5"} for count in (3, 5))


def works(method, path, body):
    if "/api/events" in path:
        return 200, {}, b""
    if path.startswith(("/rejects", "/findings")):
        return (201, {}, b"") if method != "GET" else (404, {}, b"")
    if path == "/$batch":
        answer = b"HTTP/1.1 204 No Content\r\nETag: W/\"1\"\r\n\r\n\r\n--x\r\n"
        return 202, {"Content-Type": "multipart/mixed; boundary=x"}, answer * body.count(b" HTTP/1.1\r\n")
    if method in ("POST", "PUT", "MERGE"):
        return 204, {"ETag": 'W/"1"'}, b""
    return 404, {"Content-Type": "application/json"}, b'{"odata.error":{"code":"ResourceNotFound","message":{"value":"ResourceNotFound"}}}'


def token(*_):
    later = str(int(time.time()) + 86400)
    return 200, {"Content-Type": "application/json"}, json.dumps({"access_token": "example", "expires_on": later, "token_type": "Bearer", "resource": "x"}).encode()


# Situation: the event, the retry's place, which services refuse and how, minutes the event lay in the hub.
SITUATIONS = {
    "canary": (CANARY, None, {}, 0),
    "canary-deferred": (CANARY, None, {"grid": refusing(403, b"{}")}, 0),
    "canary-deferred-again": (CANARY, AGAIN, {"grid": refusing(403, b"{}")}, 0),
    "canary-given-up": (CANARY, LAST, {"grid": refusing(403, b"{}")}, 0),
    "quiet": (DULL, None, {}, 0),
    "finding": (RUN, None, {}, 0),
    "finding-unarchived": (RUN, None, {"archive": refusing(403, b"{}")}, 0),
    "finding-late": (RUN, None, {}, 180),
    "canary-late": (CANARY, None, {}, 180),
    "rejected": ("this is no JSON", None, {}, 0),
    "unpublished": (RUN, None, {"grid": refusing(403, b"{}")}, 0),
    "unpublished-again": (RUN, AGAIN, {"grid": refusing(403, b"{}")}, 0),
    "given-up": (RUN, LAST, {"grid": refusing(403, b"{}")}, 0),
    "unremembered": (RUN, None, {"table": refusing(403, b"{}")}, 0),
    "unparked": ("this is no JSON", None, {"rejects": refusing(403, b"{}")}, 0),
    "canary-with-broken-rules": (CANARY, None, {}, 0),
}


def request(event, retry, minutes, partition):
    arrived = datetime.now(timezone.utc) - timedelta(minutes=minutes, seconds=5)
    if "records" in event:
        event = {"records": [event["records"][0] | {"time": arrived.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")}]}
    body = event if isinstance(event, str) else json.dumps(event)
    metadata = {
        "PartitionContext": {"FullyQualifiedNamespace": "hubs-example.servicebus.windows.net", "EventHubName": "activity", "ConsumerGroup": "trailhound", "PartitionId": partition},
        "SequenceNumberArray": json.dumps([4711]), "OffsetArray": json.dumps(["0"]), "PartitionKeyArray": json.dumps([None]),
        "EnqueuedTimeUtcArray": json.dumps([arrived.strftime("%Y-%m-%dT%H:%M:%S.%fZ")]),
        "sys": {"MethodName": "detect", "UtcNow": "2026-11-20T12:00:00Z"},
    }
    if retry:
        metadata["RetryContext"] = retry
    return json.dumps({"Data": {"events": json.dumps([body])}, "Metadata": metadata}).encode()


def certificate(scratch):
    path = scratch / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path, "-out", scratch / "public.pem", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True,
    )
    path.write_bytes(path.read_bytes() + (scratch / "public.pem").read_bytes())
    return path, scratch / "public.pem"


@contextlib.contextmanager
def worker(program, environment, log):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(log, "w") as out:
        process = subprocess.Popen([program], env=environment | {"FUNCTIONS_CUSTOMHANDLER_PORT": str(port)}, stdout=out, stderr=out, cwd=log.parent)
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/detect"
        finally:
            process.kill()
            process.wait()


def record(program, scratch):
    """{situation: [line, …]}."""
    private, public = certificate(scratch)
    found = {}
    with serving(token) as identity:
        for name, (event, retry, refusals, minutes) in SITUATIONS.items():
            folder = scratch / f"azure-{name}"
            folder.mkdir()
            with contextlib.ExitStack() as stack:
                urls = {service: stack.enter_context(serving(refusals.get(service, works), private)) for service in ("grid", "table", "rejects", "settings", "archive")}
                environment = {
                    "PATH": os.environ.get("PATH", ""), "SSL_CERT_FILE": str(public), "IDENTITY_ENDPOINT": f"{identity}/msi/token", "IDENTITY_HEADER": "example",
                    "TRAILHOUND_EVENT_GRID_ENDPOINT": f"{urls['grid']}/api/events", "TRAILHOUND_STATE_TABLE_URL": f"{urls['table']}/state",
                    "TRAILHOUND_REJECTS_URL": f"{urls['rejects']}/rejects", "TRAILHOUND_ARCHIVE_URL": f"{urls['archive']}/findings",
                }
                if "broken-rules" in name:
                    # The container answers that there is no such blob.
                    environment["TRAILHOUND_RULES_URL"] = f"{urls['settings']}/settings/rules.yml"
                url = stack.enter_context(worker(program, environment, folder / "log"))
                post = urllib.request.Request(url, request(event, retry, minutes, "0"), {"Content-Type": "application/json", "X-Azure-Functions-InvocationId": "00000000-0000-0000-0000-000000000000"})
                with contextlib.suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(post, timeout=60).read()
            found[name] = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
    return found
