"""Lambda as far as a test needs it: the Runtime API with the real `bootstrap` behind it, and moto for what it talks to."""

import contextlib
import http.server
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def demand(condition, message):
    if not condition:
        raise SystemExit(f"FAILED: {message}")


@contextlib.contextmanager
def moto():
    """moto's server on a free port of the loopback interface."""
    environment = os.environ | {"MOTO_ACCOUNT_ID": "111122223333"}
    with tempfile.NamedTemporaryFile("w+") as log:
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve().parent.parent / "aws/tests/moto_gaps.py"), "-H", "127.0.0.1", "-p", "0"],
            stdout=log, stderr=log, env=environment,
        )
        try:
            port = None
            for _ in range(1800):  # a busy machine takes a minute over its imports
                log.seek(0)
                line = next((line for line in log if "http://127.0.0.1:" in line), None)
                if line:
                    port = int(line.split("http://127.0.0.1:")[1].split("/")[0].split()[0])
                    break
                demand(server.poll() is None, "moto does not start")
                time.sleep(0.1)
            demand(port, "moto does not say its port")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


class Runtime:
    """The Runtime API: invocations go in, responses come out."""

    def __init__(self, function_arn, timeout):
        self.invocations, self.responses = queue.Queue(), queue.Queue()
        runtime = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if not self.path.endswith("/runtime/invocation/next"):
                    return self.answer(404, b"{}")
                request_id, event = runtime.invocations.get()
                if event is None:
                    self.close_connection = True
                    return None
                return self.answer(200, json.dumps(event).encode(), {
                    "Lambda-Runtime-Aws-Request-Id": request_id,
                    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": function_arn,
                    "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
                })

            def do_POST(self):
                if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                    body = b""
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                else:
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                runtime.responses.put((self.path.rsplit("/", 1)[1], body))
                self.answer(202, b'{"status":"OK"}')

            def answer(self, status, body, headers=None):
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # The function ends in the middle of its wait for the next event.
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.count = 0

    def invoke(self, event, timeout):
        self.count += 1
        self.invocations.put((f"00000000-0000-0000-0000-{self.count:012}", event))
        kind, body = self.responses.get(timeout=timeout)
        demand(kind == "response", f"the function answered {kind}: {body[:2000]!r}")
        return json.loads(body or b"null")

    def close(self):
        self.invocations.put((None, None))
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def function(folder, endpoint, configuration, region="eu-west-1", more=None):
    """A folder's bootstrap with the environment Terraform gave the function, and more, on a Runtime API."""
    runtime = Runtime(configuration["FunctionArn"], configuration["Timeout"])
    environment = configuration["Environment"]["Variables"] | {
        "AWS_LAMBDA_RUNTIME_API": runtime.address, "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"], "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]), "AWS_LAMBDA_LOG_GROUP_NAME": configuration["LoggingConfig"]["LogGroup"],
        "AWS_LAMBDA_LOG_STREAM_NAME": "moto", "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "LAMBDA_TASK_ROOT": str(folder), "_HANDLER": configuration["Handler"],
    } | (more or {})
    with open(folder / "log", "w+") as log:
        process = subprocess.Popen([folder / "bootstrap"], env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            yield runtime, folder / "log"
        except BaseException:
            print((folder / "log").read_text()[-6000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            runtime.close()
