"""What the fakes share: a small strict HTTP server, faults on demand, a request log, fact checks.

A fake earns its keep by refusing what the real service would refuse and by failing on command, so
this module has three concerns and no knowledge of any service:

- `Facts` judges values by the derived descriptions, requests and our own replies alike;
- `Faults` decides which request is to go wrong, by counting matches, never by chance or by time;
- `Fake` carries a request through: early faults, route, admission, late faults, the work, the log.

The server is plain threads over sockets. A reply leaves in one write with Nagle's algorithm off:
two small writes would cost the peer 40 ms of delayed acknowledgement each time.
"""

import argparse
import collections
import datetime
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import struct
import sys
import threading
import time
import urllib.parse

BLOCK = 1 << 20
BODY_LIMIT = 64 << 20
EARLY = {"expire_tokens", "lose_sessions"}
LATE = {"status", "429", "500", "503", "reset", "truncate", "wrong_length", "wrong_type", "slow",
        "forbid", "drop_reply", "duplicate", "keep", "insights", "partial", "media_type",
        "lost_rows"}


def rfc3339(moment):
    """UTC with milliseconds, the way both services write times."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_time(text):
    """An aware datetime of an RFC 3339 text; ValueError when it is none or has no zone."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", text):
        raise ValueError(f"not an RFC 3339 time: {text!r}")
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    return datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)


class Clock:
    """Time as the fake sees it: the data's time may stand still, the limits' time may be pushed."""

    def __init__(self, fixed=None):
        self.fixed = fixed
        self.pushed = 0.0
        self.shift = datetime.timedelta()

    def now(self):
        """The time of the data."""
        return self.fixed or self.wall()

    def wall(self):
        """The time that flows."""
        return datetime.datetime.now(datetime.timezone.utc) + self.shift

    def monotonic(self):
        """The time of rate limits and token life."""
        return time.monotonic() + self.pushed

    def advance(self, seconds):
        """Let limits and tokens believe that time went by; this replaces sleeping in tests."""
        self.pushed += seconds

    def set(self, moment):
        """Go to a moment, for data, limits and tokens alike; time flows on from there."""
        self.advance(max(0.0, (moment - self.now()).total_seconds()))
        self.fixed = None
        self.shift = moment - datetime.datetime.now(datetime.timezone.utc)


class Facts:
    """Derived facts of one service, and the judge of values against them."""

    def __init__(self, path):
        self.book = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        self.schemas = self.book["schemas"]
        self.operations = self.book["operations"]

    def problems(self, value, node, where="body"):
        """Every way in which a value departs from its schema, as readable sentences."""
        if isinstance(node, str):
            node = self.schemas[node]
        while "ref" in node:
            node = self.schemas[node["ref"]]
        if "one_of" in node:
            trials = [self.problems(value, part, where) for part in node["one_of"]]
            return [] if any(not trial for trial in trials) else trials[0]
        found = self._scalar(value, node, where)
        if found or not isinstance(value, (dict, list)):
            return found
        if isinstance(value, list):
            if len(value) < node.get("min_items", 0):
                found.append(f"{where}: fewer than {node['min_items']} items")
            for index, item in enumerate(value):
                found += self.problems(item, node.get("items", {"type": "any"}),
                                       f"{where}[{index}]")
            return found
        fields = node.get("fields")
        for name in node.get("required", ()):
            if name not in value:
                found.append(f"{where}: {name} is missing")
        for name, item in value.items():
            if fields and name in fields:
                found += self.problems(item, fields[name], f"{where}.{name}")
            elif "values" in node:
                found += self.problems(item, node["values"], f"{where}.{name}")
            elif fields is not None and not node.get("open"):
                found.append(f"{where}: unknown member {name}")
        return found

    @staticmethod
    def _scalar(value, node, where):
        kind = node.get("type", "any")
        types = {"string": str, "integer": int, "number": (int, float), "boolean": bool,
                 "object": dict, "array": list}
        if kind == "any":
            return []
        truth = isinstance(value, bool)
        if not isinstance(value, types[kind]) or (truth and kind != "boolean"):
            return [f"{where}: {type(value).__name__} where {kind} is due"]
        if "enum" in node and value not in node["enum"]:
            return [f"{where}: {value!r} is not one of the enum"]
        if kind in ("integer", "number"):
            low, high = node.get("min"), node.get("max")
            if (low is not None and value < low) or (high is not None and value > high):
                return [f"{where}: {value} is out of range"]
            if node.get("format") == "int32" and not -2**31 <= value < 2**31:
                return [f"{where}: {value} is no int32"]
        if kind == "string":
            if len(value) > node.get("max_length", len(value)):
                return [f"{where}: longer than {node['max_length']}"]
            return _format_problem(value, node.get("format"), where)
        return []


def _format_problem(value, form, where):
    if form == "date-time":
        try:
            parse_time(value)
        except ValueError:
            return [f"{where}: {value!r} is no date-time"]
    if form == "uri" and not urllib.parse.urlsplit(value).scheme:
        return [f"{where}: {value!r} is no absolute URI"]
    if form == "int64" and not re.fullmatch(r"-?\d+", value):
        return [f"{where}: {value!r} is no int64 text"]
    return []


class Refusal(Exception):
    """A request that is answered with an error; carries the whole reply."""

    def __init__(self, reply):
        super().__init__(reply.status)
        self.reply = reply


class Cut(Exception):
    """The connection is to end without a reply, by a fault or because the peer went away."""


class Slice:
    """A part of a file, sent without ever being in memory whole."""

    def __init__(self, path, start=0, length=None):
        self.path = pathlib.Path(path)
        self.start = start
        self.length = self.path.stat().st_size - start if length is None else length

    def __len__(self):
        return self.length

    def blocks(self, size=BLOCK):
        """The bytes, block by block."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.length
            while left > 0:
                block = file.read(min(size, left))
                if not block:
                    return
                left -= len(block)
                yield block


class Reply:
    """Status, headers and body; `fault` says how the delivery is to go wrong."""

    def __init__(self, status, body=b"", headers=(), content_type=None):
        self.status = status
        if isinstance(body, (dict, list)):
            content_type = content_type or "application/json;charset=utf-8"
            body = json.dumps(body, ensure_ascii=False).encode()
        elif isinstance(body, str):
            body = body.encode()
        self.body = body
        self.headers = list(headers)
        if content_type:
            self.headers.append(("Content-Type", content_type))
        self.announced = None
        self.fault = None

    def blocks(self, size=BLOCK):
        """The body, block by block."""
        if isinstance(self.body, Slice):
            yield from self.body.blocks(size)
        else:
            for start in range(0, len(self.body), size):
                yield self.body[start:start + size]


class Request:
    """One request as the fake's code sees it; the body is read on demand and counted."""

    def __init__(self, method, target, headers, stream):
        self.method = method
        self.target = target
        self.headers = headers
        self.path, _, self.query_text = target.partition("?")
        self.query = urllib.parse.parse_qsl(self.query_text, keep_blank_values=True)
        self.stream = stream
        self.received = 0
        self.cut_after = None
        self.fault = None
        self.operation = None
        self.group = None
        self.id = None
        self.kinds = []
        self.chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
        self.length = int(headers.get("Content-Length") or 0)
        self.left = 0 if self.chunked else self.length
        self.unread = self.chunked

    @property
    def bearer(self):
        """The Bearer token, or None."""
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token else None

    def blocks(self, size=1 << 16):
        """The body as it arrives. A fault may end it early; a peer that goes away ends it too."""
        if self.chunked:
            yield from self._chunks()
            return
        while self.left:
            want = min(size, self.left)
            if self.cut_after is not None:
                want = min(want, self.cut_after - self.received)
                if want <= 0:
                    raise Cut("reset while the body was coming in")
            block = self.stream.read1(want)
            if not block:
                raise Cut("the peer went away")
            self.left -= len(block)
            self.received += len(block)
            yield block

    def _chunks(self):
        self.unread = False
        while size := int(self.stream.readline(100).split(b";")[0] or b"0", 16):
            block = self.stream.read(size)
            self.stream.readline(10)
            self.received += len(block)
            yield block
        while self.stream.readline(1000) not in (b"\r\n", b"\n", b""):
            pass

    def body(self, limit=BODY_LIMIT):
        """The whole body, for bodies that are small by nature."""
        held = bytearray()
        for block in self.blocks():
            held += block
            if len(held) > limit:
                raise Cut("body too large for memory")
        return bytes(held)

    def json(self):
        """The body as a JSON object, or None when it is not one."""
        try:
            value = json.loads(self.body())
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


class Fault:
    """One rule: which requests it meets, and what it does to them."""

    def __init__(self, spec):
        if not isinstance(spec, dict) or set(spec) - {"match", "action", "times"}:
            raise ValueError("a fault has match, action and times, nothing else")
        match, action = spec.get("match", {}), spec.get("action")
        if set(match) - {"method", "path", "nth", "every"}:
            raise ValueError("match has method, path, nth and every, nothing else")
        self.action = {"kind": action} if isinstance(action, str) else dict(action or {})
        self.kind = str(self.action.get("kind"))
        if self.kind not in EARLY | LATE:
            raise ValueError(f"unknown kind of fault {self.kind!r}")
        self.method = match.get("method")
        self.path = re.compile(match.get("path", ""))
        nth = match.get("nth")
        self.nth = None if nth is None else {nth} if isinstance(nth, int) else set(nth)
        self.every = match.get("every")
        unlimited = self.every or self.nth
        self.times = spec.get("times", 0 if unlimited else 1)
        self.spec = spec
        self.seen = self.fired = 0

    def meets(self, request):
        """Whether this request is the one; counts every request that matches."""
        if self.method and self.method != request.method:
            return False
        if not self.path.search(request.target) or (self.times and self.fired >= self.times):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        if self.every and self.seen % self.every:
            return False
        self.fired += 1
        return True


class Faults:
    """All rules in force, in the order they were given; the first that meets a request wins."""

    def __init__(self):
        self.rules = []
        self.lock = threading.Lock()

    def add(self, specs):
        """Take over one rule or a list of them, all or none."""
        rules = [Fault(spec) for spec in (specs if isinstance(specs, list) else [specs])]
        with self.lock:
            self.rules += rules

    def take(self, request, kinds):
        """The rule of these kinds that meets the request, if any."""
        with self.lock:
            for rule in self.rules:
                if rule.kind in kinds and rule.meets(request):
                    return rule
        return None

    def clear(self):
        """Be well again."""
        with self.lock:
            self.rules = []

    def listing(self):
        """The rules with how often each was seen and fired."""
        with self.lock:
            return [{**rule.spec, "seen": rule.seen, "fired": rule.fired} for rule in self.rules]


class Fake:
    """A service. A subclass gives routes, admission and the shape of errors."""

    facts_file = None
    counted = ()

    def __init__(self, clock=None, log_path=None, check_replies=True):
        self.clock = clock or Clock()
        here = pathlib.Path(__file__).resolve().parent
        self.facts = Facts(here / self.facts_file) if self.facts_file else None
        self.faults = Faults()
        self.check_replies = check_replies
        self.url = ""
        self.lock = threading.RLock()
        self.entries = collections.deque(maxlen=500_000)
        self.counts = collections.Counter()
        self.operations = collections.Counter()
        self.log_file = None
        if log_path:
            self.log_file = open(log_path, "a", encoding="utf-8", buffering=1)

    # What a subclass says about itself.

    def routes(self):
        """(method, pattern of the path, operation, function) in order of trial."""
        raise NotImplementedError

    def admit(self, request):
        """Authorisation and rate limits: raises Refusal."""

    def early(self, fault):
        """Carry out expire_tokens or lose_sessions."""

    def refuse_by_fault(self, request, fault):
        """The service's own 429 or 403 for a fault, or None for a plain status."""

    def error(self, status, code, message, **more):
        """An error reply in the service's own shape."""
        raise NotImplementedError

    def opened(self):
        """The address is known and nobody has been served yet."""

    def ready(self):
        """The members of the ready line."""
        return {"url": self.url}

    def close(self):
        """Last duties before the process ends."""

    # The way of a request.

    def answer(self, request):
        """Carry one request through and note it in the log; raises Cut to end the connection."""
        began = time.monotonic()
        if request.path.startswith("/_control/"):
            return self.control(request)
        reply = None
        try:
            reply = self.serve(request)
            return reply
        finally:
            self.note(request, reply, time.monotonic() - began)

    def serve(self, request):
        """Early faults, routing, admission, late faults, then the work."""
        headers = []
        try:
            early = self.faults.take(request, EARLY)
            if early:
                self.early(early)
            function, arguments = self.route(request)
            headers = self.admit(request) or []
            fault = request.fault = self.faults.take(request, LATE)
            reply = self.instead(request, fault) or function(request, *arguments)
            if fault:
                reply = self.spoil(reply, fault)
        except Refusal as refusal:
            reply = refusal.reply
        reply.headers = [*headers, *reply.headers]
        return reply

    def route(self, request):
        """The function for a request; an unknown address is refused."""
        for method, pattern, operation, function in self.routes():
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                request.operation = operation
                return function, [urllib.parse.unquote(part) for part in found.groups()]
        raise Refusal(self.unknown(request))

    def unknown(self, request):
        """The reply to an address that does not exist."""
        return self.error(404, "notFound", f"no {request.method} {request.path} here")

    def instead(self, request, fault):
        """What a fault answers in place of the work, or None when the work is to be done."""
        if fault is None:
            return None
        action = fault.action
        if fault.kind == "reset" and "received" in action:
            request.cut_after = action["received"]
        if fault.kind in ("429", "forbid"):
            return self.refuse_by_fault(request, fault)
        if fault.kind == "wrong_type":
            page = action.get("body", "<html><body><h1>Please sign in</h1></body></html>\n")
            return Reply(200, page, content_type=action.get("type", "text/html; charset=utf-8"))
        if fault.kind in ("status", "500", "503"):
            status = action.get("status", 500 if fault.kind == "status" else int(fault.kind))
            headers = [(k, str(v)) for k, v in action.get("headers", {}).items()]
            if "retry_after" in action:
                headers.append(("Retry-After", str(action["retry_after"])))
            if "body" in action:
                return Reply(status, action["body"], headers)
            reply = self.error(status, action.get("code"), action.get("message", "on demand"))
            reply.headers += headers
            return reply
        return None

    @staticmethod
    def spoil(reply, fault):
        """Mark a reply that was earned honestly with how its delivery goes wrong."""
        action = fault.action
        if fault.kind in ("reset", "truncate", "slow", "drop_reply"):
            reply.fault = fault
        if fault.kind == "wrong_length" and isinstance(reply.body, Slice):
            length = max(0, action.get("to", len(reply.body) + action.get("delta", -1)))
            whole = b"".join(reply.blocks())
            reply.body = whole[:length] + b"\0" * (length - len(whole))
        return reply

    def checked(self, value, schema):
        """A reply body that the description allows; anything else is a bug of the fake."""
        if self.check_replies:
            found = self.facts.problems(value, schema)
            if found:
                print("fake: reply departs from the description: " + "; ".join(found[:5]),
                      file=sys.stderr)
                raise Refusal(Reply(599, {"fake": found[:20]}))
        return value

    # The log and the controls.

    def count(self, kind, amount=1):
        """Count one event of a kind."""
        with self.lock:
            self.counts[kind] += amount

    def note(self, request, reply, seconds):
        """One line of the log. Headers are never noted, so neither is any credential."""
        entry = {"time": rfc3339(datetime.datetime.now(datetime.timezone.utc)),
                 "method": request.method, "path": request.target,
                 "status": reply.status if reply else 0,
                 "bytes": len(reply.body) if reply else 0, "received": request.received,
                 "group": request.group, "operation": request.operation,
                 "seconds": round(seconds, 4)}
        if request.id:
            entry["id"] = request.id
        if request.fault:
            entry["fault"] = request.fault.kind
        with self.lock:
            self.entries.append(entry)
            self.counts["requests"] += 1
            self.operations[request.operation or "unknown"] += 1
            for kind in request.kinds:
                self.counts[kind] += 1
            if reply and reply.status == 429:
                self.counts["429"] += 1
            if reply and reply.status >= 400:
                self.counts["errors"] += 1
            if self.log_file:
                self.log_file.write(json.dumps(entry) + "\n")

    def control(self, request):
        """The controls; they are outside the service, so no limit and no log applies."""
        action = request.method, request.path.removeprefix("/_control/")
        try:
            return self.controlled(action, request)
        except (ValueError, TypeError, KeyError, re.error) as problem:
            return Reply(400, {"error": str(problem)})

    def controlled(self, action, request):
        """Carry out one control."""
        if action == ("POST", "faults"):
            self.faults.add(json.loads(request.body()))
            return Reply(200, self.faults.listing())
        if action == ("GET", "faults"):
            return Reply(200, self.faults.listing())
        if action == ("DELETE", "faults"):
            self.faults.clear()
            return Reply(200, [])
        if action == ("GET", "log"):
            with self.lock:
                lines = [json.dumps(entry) + "\n" for entry in self.entries]
            return Reply(200, "".join(lines), content_type="application/x-ndjson")
        if action == ("GET", "counts"):
            with self.lock:
                counts = {kind: 0 for kind in ("requests", "errors", "429", *self.counted)}
                return Reply(200, {**counts, **self.counts, "operations": self.operations})
        if action == ("POST", "reset-log"):
            with self.lock:
                self.entries.clear()
                self.counts.clear()
                self.operations.clear()
            return Reply(200, {})
        if action == ("POST", "clock"):
            asked = json.loads(request.body())
            if "now" in asked:
                self.clock.set(parse_time(asked["now"]))
            else:
                self.clock.advance(float(asked["advance"]))
            return Reply(200, {"now": rfc3339(self.clock.now())})
        return Reply(404, {"error": "no such control"})


class Handler(http.server.BaseHTTPRequestHandler):
    """The wire: reads a request, asks the fake, writes the answer in one go."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 600

    def dispatch(self):
        """Any method."""
        request = Request(self.command, self.path, self.headers, self.rfile)
        try:
            reply = self.server.fake.answer(request)
        except Cut:
            self.abort()
            return
        except OSError:
            self.close_connection = True
            return
        self.deliver(request, reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = dispatch

    def deliver(self, request, reply):
        """Write the reply, or as much of it as its fault allows."""
        fault = reply.fault
        action = fault.action if fault else {}
        kind = fault.kind if fault else None
        if kind == "drop_reply":
            self.close_connection = True
            return
        limit = action.get("after", 0) if kind in ("reset", "truncate") else None
        if kind == "reset" and not limit:
            self.abort()
            return
        if self.drain(request):
            reply.headers.append(("Connection", "close"))
            self.close_connection = True
        head = self.head(reply)
        size = action.get("chunk", 4096) if kind == "slow" else BLOCK
        sent, pause = 0, threading.Event()
        body = iter(()) if self.command == "HEAD" else reply.blocks(size)
        try:
            for block in body:
                if limit is not None:
                    block = block[:limit - sent]
                self.wfile.write(head + block)
                head = b""
                sent += len(block)
                if limit is not None and sent >= limit:
                    break
                if kind == "slow":
                    pause.wait(action.get("delay", 0.01))
            if head:
                self.wfile.write(head)
        except OSError:
            self.close_connection = True
            return
        if kind == "reset":
            self.abort()
        elif kind == "truncate":
            self.close_connection = True

    def head(self, reply):
        """Status line and headers as one run of bytes."""
        reason = http.server.BaseHTTPRequestHandler.responses.get(reply.status, ("", ""))[0]
        lines = [f"HTTP/1.1 {reply.status} {reason}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in reply.headers]
        if reply.status != 204:
            lines.append(f"Content-Length: {len(reply.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    @staticmethod
    def drain(request):
        """Read what the fake left of the body; True when it is too much and the peer must go."""
        if request.unread or request.left > BLOCK:
            return True
        try:
            request.cut_after = None
            for _ in request.blocks():
                pass
        except Cut:
            return True
        return False

    def abort(self):
        """End the connection with a reset instead of a polite close."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.aborted.add(self.connection)

    def log_message(self, *_):
        """The fake keeps its own log."""


class Server(http.server.ThreadingHTTPServer):
    """Threads on the loopback address, on a port that the kernel chooses unless told."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, fake, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.fake = fake
        self.aborted = set()
        fake.url = f"http://127.0.0.1:{self.server_address[1]}"
        fake.opened()

    def shutdown_request(self, request):
        """A reset connection is closed without the farewell that would soften it."""
        if request in self.aborted:
            self.aborted.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """Peers that vanish are the fake's daily bread; anything else is a bug worth reading."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def start(self):
        """Serve from a thread of its own."""
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self):
        """Stop serving and let the fake do its last duties."""
        self.shutdown()
        self.server_close()
        self.fake.close()


def parser(description):
    """The options that every fake has."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--port", type=int, default=0, help="0: the kernel chooses")
    options.add_argument("--ready-file", type=pathlib.Path, help="write the ready line here too")
    options.add_argument("--until-eof", action="store_true", help="end when stdin ends")
    options.add_argument("--log", help="append the request log to this file")
    options.add_argument("--faults", type=pathlib.Path, help="faults to begin with, as JSON")
    options.add_argument("--now", type=parse_time, help="a fixed time for the data")
    options.add_argument("--check-replies", action=argparse.BooleanOptionalAction, default=True,
                         help="hold our own replies against the description (on)")
    return options


def write_atomically(path, text, mode=0o644):
    """A file that is there whole or not at all."""
    path = pathlib.Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def run(fake, options):
    """Serve until told to end; the ready line is the only thing ever written to stdout."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if options.faults:
        fake.faults.add(json.loads(options.faults.read_text(encoding="utf-8")))
    server = Server(fake, options.port).start()
    line = json.dumps(fake.ready())
    if options.ready_file:
        write_atomically(options.ready_file, line + "\n")
    print(line, flush=True)
    if options.until_eof:
        def watch():
            while os.read(0, BLOCK):
                pass
            ended.set()
        threading.Thread(target=watch, daemon=True).start()
    ended.wait()
    server.stop()
