#!/usr/bin/env python3
"""server.py: answers as it is told, request by request, and remembers what it was asked.

A script is posted to `/_script`: for each path a list of steps, used up one a request, the last one
for ever. A step has `status`, `headers`, `body` (text) or `size` (that many bytes of a pattern),
and ways to go wrong: `ranged` (honours Range and If-Range), `cut` (ends politely after so many
bytes of the body), `reset` (the same with a TCP reset), `hang` (goes silent after so many).
`/_log` gives the requests so far. With a PEM file as its argument it speaks TLS. It ends with its
standard input.
"""

import hashlib
import http.server
import json
import os
import re
import socket
import ssl
import struct
import sys
import threading

SCRIPT, LOG, LOCK = {}, [], threading.Lock()


def pattern(start, end):
    """Bytes that tell where they are from: a repeating count of a prime length."""
    unit = bytes(i % 251 for i in range(251))
    first = start % 251
    return (unit[first:] + unit * ((end - start) // 251 + 1))[:end - start]


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        """Quiet."""

    def handle_one(self):
        """Takes a request, notes it and plays the next step of its path."""
        length = int(self.headers.get("Content-Length") or 0)
        digest, left = hashlib.sha256(), length
        while left > 0:
            piece = self.rfile.read(min(left, 1 << 20))
            if not piece:
                break
            digest.update(piece)
            left -= len(piece)
        path = self.path.split("?")[0]
        if path == "/_log":
            return self.play({"body": json.dumps(LOG)})
        with LOCK:
            LOG.append({"method": self.command, "path": self.path, "length": length,
                        "missing": left, "sha256": digest.hexdigest(),
                        "connection": self.client_address[1],
                        "headers": {k.lower(): v for k, v in self.headers.items()}})
            steps = SCRIPT.get(path) or [{"status": 404}]
            step = steps.pop(0) if len(steps) > 1 else steps[0]
        return self.play(step)

    do_GET = do_PUT = do_PATCH = do_DELETE = handle_one

    def do_POST(self):
        """A script, or a request like any other."""
        if self.path != "/_script":
            return self.handle_one()
        SCRIPT.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        return self.play({})

    def play(self, step):
        """Answers by the step."""
        status, headers = step.get("status", 200), dict(step.get("headers", {}))
        start, end = 0, step.get("size", 0)
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if step.get("ranged") and asked and self.headers.get("If-Range") in (
                None, headers.get("ETag"), headers.get("Last-Modified")):
            start = int(asked[1])
            if start >= end:
                status, headers["Content-Range"], start = 416, f"bytes */{end}", end
            else:
                status, headers["Content-Range"] = 206, f"bytes {start}-{end - 1}/{end}"
        body = step["body"].encode() if "body" in step else pattern(start, end)
        headers.setdefault("Content-Length", str(len(body)))
        headers = {name: value for name, value in headers.items() if value}
        stop = min([step[k] for k in ("cut", "reset", "hang") if k in step], default=None)
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:stop])
        if "hang" in step:
            self.rfile.read()
        if "reset" in step:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.connection.close()
        if stop is not None:
            self.close_connection = True


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    if len(sys.argv) > 1:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(sys.argv[1])
        server.socket = trust.wrap_socket(server.socket, server_side=True,
                                          do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)
