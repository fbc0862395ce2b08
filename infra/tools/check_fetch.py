"""Runs the script by which a module fetches a package, against a server of its own over TLS.

    check_fetch.py package.tf

What was announced is there afterwards; of what has another sum, is not there, is refused or comes without TLS nothing is,
and the script fails. Prints how many ways were tried.
"""

import datetime
import functools
import hashlib
import http.server
import ipaddress
import os
import re
import ssl
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PACKAGE = b"a package"


def script(module):
    """The heredoc of the one command that fetches."""
    found = re.findall(r"command = <<-EOT\n(.*?)\n\s*EOT\n", module.read_text(), re.DOTALL)
    (text,) = [text for text in found if "curl" in text]
    return textwrap.dedent(text).replace("$${", "${")


def certificate(folder):
    """A certificate for the loopback address, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(built.public_bytes(serialization.Encoding.PEM) + secret)
    return path


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(folder, pem):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    if pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    text = script(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pem = certificate(folder)
        (folder / "site").mkdir()
        (folder / "site" / "package.zip").write_bytes(PACKAGE)
        secure, plain = serve(folder / "site", pem), serve(folder / "site", None)
        right, wrong = hashlib.sha256(PACKAGE).hexdigest(), hashlib.sha256(b"another").hexdigest()
        tried = [
            ("as announced", f"https://127.0.0.1:{secure}/package.zip", right, pem, True),
            ("another sum", f"https://127.0.0.1:{secure}/package.zip", wrong, pem, False),
            ("not there", f"https://127.0.0.1:{secure}/absent.zip", right, pem, False),
            ("nobody's certificate", f"https://127.0.0.1:{secure}/package.zip", right, None, False),
            ("without TLS", f"http://127.0.0.1:{plain}/package.zip", right, pem, False),
        ]
        failed = 0
        for what, url, sum_, authority, due in tried:
            into = folder / what / "module" / "package.zip"
            environment = {"PATH": os.environ["PATH"], "FILE": str(into), "URL": url, "SUM": sum_, "no_proxy": "*"}
            if authority:
                environment["CURL_CA_BUNDLE"] = str(authority)
            run = subprocess.run(["/bin/sh", "-c", text], env=environment, capture_output=True, text=True)
            left = {path.name: path.read_bytes() for path in into.parent.glob("*")}
            is_right = (run.returncode == 0, left) == (due, {"package.zip": PACKAGE} if due else {})
            if not is_right:
                failed += 1
                print(f"{what}: exit {run.returncode}, {sorted(left)}: {run.stderr.strip()}")
    print(f"{len(tried)} ways, {failed} not as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
