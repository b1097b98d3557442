#!/usr/bin/env python3
"""fuzz.py BIN --requests N --seed S: hostile requests to callpipe.cgi, and none of them a fault.

The program is started as a web server starts it, with mixed methods, paths, encodings, headers and
bodies. Every answer has to be one that the program's description allows: no crash, no status 500, no
path of this machine, no byte of another file, and without a token nothing of a recording.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import subprocess
import sys

import place

STATUSES = {200, 202, 206, 304, 400, 401, 403, 404, 405, 408, 409, 410, 411, 413, 414, 415, 416, 422}
PATHS = [
    "/health", "/metrics", "/api/health", "/api/status", "/api/metrics/system", "/api/metrics/jobs",
    "/api/metrics/errors", "/api/openapi.json", "/api/call-recordings", "/api/v1/recordings",
    "/api/call-recordings/{}", "/api/v1/recordings/{}", "/api/call-recordings/{}/stream",
    "/api/v1/recordings/{}/stream", "/api/call-recordings/{}/transcribe", "/{}", "/api/{}/{}"]
PIECES = [
    "rc:1", "1", "2", "0", "-1", "99999999999999999999", "..", "%2e%2e", "%2f", "/", "//", "%00",
    "%", "%zz", "%ff", "%c3%a9", "'", '"', "' OR 1=1--", ";", "\\", "é", "\u202e", "\U0001f600", "a" * 300,
    "/etc/passwd", "..%2f..%2fetc%2fpasswd", "*", "NEAR(", "(", "AND", "\"a b\"", "a*", "", " ", "+",
    "\x7f", "\r\nX: y", "{}", "[]", "null", "true", "queued", "2024-01-15", "1e9", "0x1", "NaN"]
NAMES = [
    "limit", "offset", "after", "since", "until", "source", "search", "search_text", "token",
    "transcriptionStatus", "transcription_status", "recordingsPath", "x", ""]
VALUES = ["1", "5", "10", "2024-01-05", "reservation", "completed", "queued", "ringcentral"]
BODIES = [
    '{"transcriptionStatus":"queued"}', '{"transcriptionStatus":"pending","force":true}',
    '{"force":true}', '{"force":false}', "{}", "[]", "", "null", "{", '{"force":1}', '{"a":' * 500,
    '{"transcriptionStatus":"\\ud800"}', '{"force":true,"force":false}', "\x00", "x" * 5000]
METHODS = ["GET"] * 8 + ["HEAD"] * 2 + ["PUT"] * 3 + ["POST"] * 3 + [
    "DELETE", "OPTIONS", "TRACE", "", "get", "G T", "A" * 40]
HEADERS = {
    "HTTP_RANGE": ["bytes=0-", "bytes=5-9", "bytes=-1", "bytes=9-1", "bytes=0-1,3-4", "bytes=999999999-",
                   "bytes=99999999999999999999-", "bytes", "items=1-2", "bytes=a-b"],
    "HTTP_IF_NONE_MATCH": ["*", '"a"', "W/\"a\"", ",,,", "\"" * 50], "HTTP_IF_RANGE": ['"a"', "x"],
    "HTTP_TRANSFER_ENCODING": ["chunked"], "HTTP_PROXY": ["http://evil/"],
    "CONTENT_TYPE": ["text/plain", "", "application/json; charset=utf-8", "a" * 5000],
    "HTTP_HOST": ["evil", ""], "HTTP_COOKIE": ["a=b"], "HTTP_X": ["b" * 100_000],
    "HTTP_X_FORWARDED_FOR": ["'"]}
HEAD = re.compile(rb"(?:[A-Za-z-]+: [^\r\n]*\r\n)+\r\n")


def request(chance, tokens):
    """The variables and the input of one request, and true when no token could let it in."""
    def piece(known):
        return chance.choice(known if chance.random() < 0.6 else PIECES)

    path = chance.choice(PATHS)
    while "{}" in path:
        path = path.replace("{}", piece(["rc:1", "1", "2", "rc:3", "12"]), 1)
    query = ""
    if path in ("/api/call-recordings", "/api/v1/recordings") or chance.random() < 0.1:
        query = "&".join(f"{piece(NAMES)}={piece(VALUES)}" for _ in range(chance.choice([0, 1, 1, 2, 4])))
    variables = {"REQUEST_METHOD": chance.choice(METHODS)}
    if chance.random() < 0.7:
        variables["REQUEST_METHOD"] = (
            "POST" if path.endswith(("transcribe", "sync")) else chance.choice(["GET", "GET", "HEAD", "PUT"])
            if "recordings/" in path and not path.endswith("stream") else "GET")
    shape = chance.random()
    if shape < 0.85:
        variables["REQUEST_URI"] = path + ("?" + query if query else "")
        variables["QUERY_STRING"] = query
    elif shape < 0.95:
        variables |= {"SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query}
    token = chance.choice([None, "read", "operate", "operate", "admin", "odd"])
    if token:
        text = tokens.get(token) or chance.choice(
            ["cp_" + "a" * 43, "", "x", tokens["read"][:-1], f"{tokens['read']}, Bearer x", "é" * 40])
        variables["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    body = b""
    if variables["REQUEST_METHOD"] in ("PUT", "POST") or chance.random() < 0.05:
        text = chance.choice(BODIES) if chance.random() < 0.9 else piece(VALUES) * 50
        body = text.encode("utf-8", "surrogatepass")
        variables["CONTENT_LENGTH"] = chance.choice(
            [str(len(body))] * 8 + ["", "-1", str(len(body) + 9), "1x", "99999999999999999999", "0"])
        variables["CONTENT_TYPE"] = "application/json"
    for name in chance.sample(sorted(HEADERS), chance.choice([0, 0, 1, 2])):
        variables[name] = chance.choice(HEADERS[name])
    for name, value in variables.items():
        # The environment has no NUL; a server that let one through would cut the value there.
        variables[name] = value.replace("\0", "")
        if chance.random() < 0.01:
            variables[name] = os.fsdecode(chance.randbytes(chance.choice([1, 8, 64])).replace(b"\0", b""))
    return variables, body, variables.get("HTTP_AUTHORIZATION", "")[7:] not in tokens.values()


def fault(answer, variables, is_stranger, secrets):
    """What is wrong with an answer; nothing when it is as it has to be."""
    if answer.returncode != 0:
        return f"ended with {answer.returncode}"
    head = HEAD.match(answer.stdout)
    status = re.match(rb"Status: (\d{3})\r\n", answer.stdout)
    if not head or not status:
        return "no CGI answer"
    status, body = int(status[1]), answer.stdout[head.end():]
    if status not in STATUSES and not (status == 503 and variables.get("REQUEST_URI", "").startswith(
            ("/health", "/api/health", "/api/status"))):
        return f"status {status}"
    if b"root:" in body:
        return "a byte of another file"
    if any(token in answer.stdout + answer.stderr for token in secrets["tokens"]):
        return "a token"
    # The condition of the archive names its folders, to those who have a token.
    if secrets["path"] in answer.stdout and (is_stranger or not b'"timestamp"' in body):
        return "a path"
    if is_stranger and (place.PHONE.encode() in body or b"reservation" in body
                        or place.SOUND[:64] in body):
        return "a recording without a token"
    if status >= 400 and b"application/problem+json" not in head[0] and status != 503:
        return "an error that is no problem"
    length = re.search(rb"Content-Length: (\d+)", head[0])
    if length and variables["REQUEST_METHOD"] != "HEAD" and int(length[1]) != len(body):
        return "a wrong Content-Length"
    return None


def run(archive, seed, count):
    """A worker's part: the statuses, and what was wrong."""
    chance = random.Random(seed)
    settings = {"CALLPIPE_STATE": str(archive["state"]), "CALLPIPE_DATA": str(archive["data"]),
                "PATH": "/usr/bin:/bin"}
    secrets = {"path": str(archive["path"]).encode(),
               "tokens": [text.encode() for text in archive["tokens"].values()]}
    statuses, faults = collections.Counter(), []
    for number in range(count):
        variables, body, is_stranger = request(chance, archive["tokens"])
        answer = subprocess.run([archive["cgi"]], env=variables | settings, input=body,
                                capture_output=True, timeout=60)
        wrong = fault(answer, variables, is_stranger, secrets)
        status = answer.stdout[8:11].decode("latin-1")
        statuses[status] += 1
        if wrong:
            shown = {name: value[:200] for name, value in variables.items()}
            faults.append(f"seed {seed} request {number}: {wrong}: {shown} {body[:80]!r} "
                          f"{answer.stdout[-200:]!r} {answer.stderr[-200:]!r}")
    return statuses, faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    archive = place.Archive(options.bin)
    try:
        shared = {"cgi": str(archive.cgi), "state": archive.path / "state.db", "data": archive.data,
                  "path": archive.path, "tokens": archive.tokens}
        parts = 20
        statuses, faults = collections.Counter(), []
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
            counts = [options.requests // parts + (part < options.requests % parts)
                      for part in range(parts)]
            for part, wrong in pool.map(
                    run, [shared] * parts, [options.seed * 1000 + part for part in range(parts)], counts):
                statuses += part
                faults += wrong
        archive.tool("state-check --quiet >/dev/null && state-audit --verify >/dev/null")
    finally:
        archive.close()
    print(f"{sum(statuses.values())} requests: "
          + ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items())))
    for line in faults[:20]:
        print(line, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
