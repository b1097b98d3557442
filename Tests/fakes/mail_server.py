#!/usr/bin/python3
"""mail_server.py: a real SMTP server with TLS (aiosmtpd), which keeps what it is sent.

    mail_server.py DIRECTORY

It makes a certificate for localhost in DIRECTORY (cert.pem), and writes each mail to DIRECTORY/N.eml
with the envelope in N.json. Its ready line has the ports: `starttls`, where TLS begins with
STARTTLS; `smtps`, where it is there from the start; and `plain`, which offers no TLS.

Recipients decide how it answers: later@ is 450, never@ is 550. A subject with REFUSE is 554 and one
with LATER 451, both after DATA. The user is `callpipe` with the password `right`, where one is given.
"""

import asyncio
import json
import os
import pathlib
import ssl
import subprocess
import sys

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    # Debian's package is for Debian's Python, and another may come first on the PATH.
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])


class Keeper:
    """Writes mails down."""

    def __init__(self, place):
        self.place, self.count = place, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        """A recipient may be refused for now or for good."""
        if address.startswith("later@"):
            return "450 try again later"
        if address.startswith("never@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Keep a mail, or refuse it after its text."""
        if b"REFUSE" in envelope.content:
            return "554 we do not want it"
        if b"LATER" in envelope.content:
            return "451 try again later"
        self.count += 1
        (self.place / f"{self.count}.eml").write_bytes(envelope.content)
        (self.place / f"{self.count}.json").write_text(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
            "user": session.auth_data}))
        return "250 kept"


def authenticate(server, session, envelope, mechanism, data):
    """One user."""
    right = data.login == b"callpipe" and data.password == b"right"
    return AuthResult(success=right, auth_data=data.login.decode() if right else None,
                      handled=right)


async def serve(place):
    """Three servers over one directory, until standard input ends."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(place / "cert.pem", place / "key.pem")
    keeper = Keeper(place)
    ways = {"starttls": ({"tls_context": context, "require_starttls": True}, None),
            "smtps": ({"auth_require_tls": False}, context), "plain": ({}, None)}
    loop = asyncio.get_running_loop()
    servers, ports = [], {}
    for name, (options, outer) in ways.items():
        def protocol(options=options):
            return SMTP(keeper, hostname="localhost", authenticator=authenticate, **options)
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=outer)
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps({"url": "", "certificate": str(place / "cert.pem"), **ports}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()


def main():
    """The command line."""
    place = pathlib.Path([word for word in sys.argv[1:] if not word.startswith("--")][0])
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", place / "key.pem", "-out", place / "cert.pem"],
                   check=True, capture_output=True)
    asyncio.run(serve(place))


if __name__ == "__main__":
    main()
