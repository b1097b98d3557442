#!/usr/bin/env python3
"""servers.py BIN: callpipe.cgi under lighttpd and under nginx with fcgiwrap, as they are shipped.

The lines with curl are those of the manuals of the replaced systems; only host and token are replaced.
"""
import json
import socket
import ssl
import subprocess
import sys
import unittest

import place

# Each line as the manuals have it, and a program of jq that has to be true of its answer.
LINES = [
    ("curl http://localhost:8000/health", '.status | . == "healthy" or . == "degraded"'),
    ("curl http://localhost:8000/api/health | jq .status", 'type == "string"'),
    ("curl http://localhost:8000/api/health | jq .services.database", '.status == "healthy"'),
    ("curl http://localhost:8000/api/status", '.uptime.seconds >= 0'),
    ("curl http://localhost:8000/api/metrics/system", '.memory.total_mb > 0'),
    ("curl http://localhost:8000/api/metrics/jobs", '.timestamp != null'),
    ("curl http://localhost:8000/api/metrics/errors", '.timestamp != null'),
    ('curl "http://localhost:8000/api/call-recordings?transcriptionStatus=queued"',
     'all(.transcription_status == "queued")'),
    ('curl "http://localhost:8000/api/call-recordings?transcriptionStatus=completed&limit=100"',
     'length == 6 and all(.transcription_status == "completed")'),
    ("curl -X PUT http://localhost:8000/api/call-recordings/2 -H 'Content-Type: application/json' "
     "-d '{\"transcriptionStatus\": \"queued\"}'", '.id == 2 and .transcription_status == "queued"'),
    ("curl -X POST http://localhost:8000/api/call-recordings/4/transcribe "
     "-H 'Content-Type: application/json' -d '{\"force\": false}'",
     '.transcription_status == "queued"'),
    ("curl http://localhost:8000/api/v1/recordings/rc:1", '.rc_transcript != null'),
    ('curl "http://localhost:8000/api/v1/recordings/?search_text=reservation&limit=10"',
     'length == 6 and all(.hits[0].offset == 1.5)'),
]
# None of them may give a byte of /etc/passwd.
ADDRESSES = [
    "/etc/passwd", "//etc/passwd", "/api/../../../../etc/passwd", "/api/..%2f..%2f..%2fetc%2fpasswd",
    "/api/%2e%2e/%2e%2e/etc/passwd", "/api/v1/recordings/../../../../etc/passwd/stream",
    "/api/v1/recordings/..%2f..%2f..%2fetc%2fpasswd/stream", "/callpipe-data/../../etc/passwd",
    "/callpipe-data/a/1.wav", "/callpipe-recordings/x", "/api/v1/recordings/%2fetc%2fpasswd/stream",
    "/api/v1/recordings/rc:99/stream", "/health/../../etc/passwd", "/api/health%00/etc/passwd",
    "/api\\..\\..\\etc\\passwd", "/api/v1/recordings?search_text=/etc/passwd",
]


class Reply:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value


class Common:
    """The tests of both servers."""

    @classmethod
    def setUpClass(cls):
        cls.archive = place.Archive(BIN)
        (cls.archive.data / "a/link.wav").symlink_to("/etc/passwd")
        record = {"id": "rc:99", "source": "x", "audio": {
            "path": "a/link.wav", "bytes": 1, "sha256": "", "type": "audio/x-wav"}}
        cls.archive.tool("state-mark fetch >/dev/null", json.dumps(record) + "\n")
        cls.server = cls.make(cls.archive)

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.archive.close()

    def ask(self, method, address, *headers, body=b"", token="read"):
        """Sends bytes that no library would send, and reads to the end."""
        lines = [f"{method} {address} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
        if token:
            lines.append(f"Authorization: Bearer {self.archive.tokens[token]}")
        link = socket.create_connection(("127.0.0.1", self.server.port))
        if self.server.scheme == "https":
            context = ssl.create_default_context(cafile=self.archive.path / "run/web.crt")
            context.check_hostname = False
            link = context.wrap_socket(link)
        with link:
            link.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
            data = b""
            while chunk := link.recv(65536):
                data += chunk
        return Reply(data)

    def test_the_lines_of_the_manuals(self):
        token = self.archive.tokens["operate"]
        for line, wanted in LINES:
            line = line.replace("http://localhost:8000", self.server.url).replace(
                "curl ", f"curl -sS --fail-with-body -k "
                f"-H 'Authorization: Bearer {token}' ", 1)
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", f"{{ {line}; }} | jq -e '{wanted}'"],
                cwd=self.archive.path, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, f"{line}: {done.stdout}{done.stderr}")

    def test_audio_by_the_server(self):
        address = "/api/call-recordings/rc:1/stream"
        whole = self.ask("GET", address)
        self.assertEqual((whole.status, whole.body), (200, place.SOUND))
        self.assertEqual(whole.headers["content-type"], "audio/x-wav")
        self.assertNotIn("x-sendfile", whole.headers)
        self.assertIn("default-src 'none'", whole.headers["content-security-policy"])
        part = self.ask("GET", address, "Range: bytes=100-199")
        self.assertEqual((part.status, part.body), (206, place.SOUND[100:200]))
        self.assertEqual(part.headers["content-range"], f"bytes 100-199/{len(place.SOUND)}")
        tail = self.ask("GET", address, "Range: bytes=-7")
        self.assertEqual((tail.status, tail.body), (206, place.SOUND[-7:]))
        self.assertEqual(self.ask("GET", address, "Range: bytes=9999999-").status, 416)
        head = self.ask("HEAD", address)
        self.assertEqual((head.status, head.body), (200, b""))
        again = self.ask("GET", address, f"If-None-Match: {whole.headers['etag']}")
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(self.ask("GET", address, token=None).status, 401)

    def test_a_redacted_call_is_heard_by_its_silent_copy(self):
        (self.archive.data / "a/silent.wav").write_bytes(b"silence")
        record = json.loads(self.archive.call(98))
        record["redaction"] = {"kinds": ["card"], "audio": {
            "path": "a/silent.wav", "sha256": "0" * 64, "of": "1" * 64}}
        self.archive.tool("state-mark fetch >/dev/null", json.dumps(record) + "\n")
        reply = self.ask("GET", "/api/v1/recordings/rc:98/stream")
        self.assertEqual((reply.status, reply.body), (200, b"silence"))
        (self.archive.data / "a/silent.wav").unlink()
        self.assertEqual(self.ask("GET", "/api/v1/recordings/rc:98/stream").status, 410)

    def test_no_address_gives_another_file(self):
        for address in ADDRESSES:
            for token in ("admin", None):
                reply = self.ask("GET", address, token=token)
                self.assertNotIn(b"root:", reply.body, address)
                self.assertNotEqual(reply.body, place.SOUND, address)
                self.assertLess(reply.status, 500, address)

    def test_kept_lists(self):
        page = self.ask("GET", "/api/v1/recordings?limit=3")
        self.assertEqual(len(json.loads(page.body)), 3)
        self.assertIn('rel="next"', page.headers["link"])
        again = self.ask("GET", "/api/v1/recordings?limit=3",
                         f"If-None-Match: {page.headers['etag']}")
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertNotIn("access-control-allow-origin", page.headers)

    def test_odd_requests(self):
        token = self.archive.tokens["read"]
        twice = self.ask("GET", "/api/status", f"Authorization: Bearer {token}")
        self.assertIn(twice.status, (400, 401))
        large = self.ask("PUT", "/api/call-recordings/1", "Content-Length: 100000",
                         "Content-Type: application/json", body=b"x" * 100000, token="operate")
        self.assertEqual(large.status, 413)
        chunked = self.ask(
            "PUT", "/api/call-recordings/6", "Transfer-Encoding: chunked",
            "Content-Type: application/json",
            body=b'20\r\n{"transcriptionStatus":"queued"}\r\n0\r\n\r\n', token="operate")
        self.assertEqual(chunked.status, 200, chunked.body)
        for method in ("DELETE", "PATCH"):
            self.assertEqual(self.ask(method, "/api/status").status, 405)
        for address in ("/api/v1/recordings/%17", "/api/v1/recordings/%ff", "/api/%zz"):
            self.assertIn(self.ask("GET", address).status, (400, 404), address)
        self.assertIn(self.ask("GET", "/api/" + "a" * 20000).status, (400, 414, 431))
        self.assertEqual(self.ask("GET", "/api/status", "Proxy: http://evil/").status, 200)


class LighttpdTest(Common, unittest.TestCase):
    make = place.Lighttpd

    def test_errors_of_the_server_are_problems_too(self):
        reply = self.ask("GET", "/api/v1/recordings/%17")
        self.assertEqual(reply.headers["content-type"], "application/problem+json")


class NginxTest(Common, unittest.TestCase):
    make = place.Nginx


class LimitTest(unittest.TestCase):
    def test_nginx_limits_the_rate(self):
        archive = place.Archive(BIN, calls=1)
        server = place.Nginx(archive, limits=True)
        try:
            done = subprocess.run(
                ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}\\n", "--parallel",
                 "--parallel-max", "8", f"{server.url}/api/openapi.json?[1-80]"],
                capture_output=True, text=True)
            statuses = done.stdout.split()
            self.assertEqual(len(statuses), 80)
            self.assertGreater(statuses.count("429"), 20)
        finally:
            server.close()
            archive.close()


if __name__ == "__main__":
    BIN = sys.argv.pop(1)
    unittest.main()
