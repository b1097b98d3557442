#!/usr/bin/env python3
"""The fakes tested: a fake that is wrong makes every test above it wrong.

Both fakes run in this process, on real sockets, with clocks that are moved by hand: a test that
sleeps to make something happen is slow when it passes and flaky when it does not.
"""

import array
import base64
import contextlib
import hashlib
import http.client
import importlib.util
import io
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

import alert_services  # noqa: E402
import chat  # noqa: E402
import deepgram  # noqa: E402
import drive  # noqa: E402
import fakehttp  # noqa: E402
import multipart  # noqa: E402
import ringcentral  # noqa: E402
import transcription  # noqa: E402
import whisperx  # noqa: E402

NOW = "2026-11-20T12:00:00Z"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
STEP = 256 << 10


class Answer:
    """A reply as a test looks at it."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        """The body decoded."""
        return json.loads(self.body)


class Client:
    """One kept-alive connection, with a token once there is one."""

    def __init__(self, url):
        self.url = url
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=10)
        self.token = None

    def __call__(self, method, target, body=None, authorised=True, **headers):
        headers = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        if authorised and self.token and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        target = target.removeprefix(self.url).replace(" ", "%20")
        try:
            self.connection.request(method, target, body, headers)
            reply = self.connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def form(self, target, fields, **headers):
        """POST a form."""
        return self("POST", target, urllib.parse.urlencode(fields), authorised=False,
                    Content_Type="application/x-www-form-urlencoded", **headers)

    def fault(self, kind, path="", times=None, method=None, nth=None, **action):
        """Order a fault."""
        match = {"path": path, "method": method, "nth": nth}
        spec = {"match": {k: v for k, v in match.items() if v}, "action": {"kind": kind, **action}}
        if times is not None:
            spec["times"] = times
        answer = self("POST", "/_control/faults", spec)
        assert answer.status == 200, answer.body

    def counts(self):
        """What happened so far."""
        return self("GET", "/_control/counts").json


def call(number, start, **more):
    """A call with a recording on the record and on its leg."""
    uri = f"{{server}}/restapi/v1.0/account/1/recording/9{number}"
    recording = {"id": f"9{number}", "uri": uri, "type": "Automatic",
                 "contentUri": f"{uri}/content"}
    base = {"type": "Voice", "direction": "Inbound", "action": "Phone Call", "startTime": start,
            "duration": 8, "result": "Accepted", "recording": recording, **more}
    base = {k: v for k, v in base.items() if v is not None}
    return {"id": f"C{number}", "uri": f"{{server}}/restapi/v1.0/account/1/call-log/C{number}",
            "sessionId": str(number), "telephonySessionId": f"s-{number}", **base,
            "legs": [{**base, "legType": "Accept", "master": True}]}


class RingCentralCase(unittest.TestCase):
    """A fake with ten calls: nine young, one beyond the retention."""

    options = ()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        calls = [call(n, f"2026-11-{n + 10:02d}T10:00:00.000Z") for n in range(1, 8)]
        calls.append(call(8, "2026-11-19T10:00:00.000Z", recording=None, shortRecording=True))
        calls.append(call(9, "2026-11-20T11:59:00.000Z", finished=False, result="In Progress"))
        calls.append(call(10, "2026-08-01T10:00:00.000Z"))
        (root / "calls").write_text("".join(json.dumps(c) + "\n" for c in calls))
        self.sound = bytes(range(256)) * 40
        for number in range(1, 11):
            suffix = "wav" if number % 2 else "mp3"
            (root / f"9{number}.{suffix}").write_bytes(self.sound)
        options = ringcentral.options_of(
            ["--calls", str(root / "calls"), "--audio", str(root), "--now", NOW, *self.options])
        self.clock = fakehttp.Clock(options.now)
        self.fake = ringcentral.RingCentral(options, self.clock)
        server = fakehttp.Server(self.fake).start()
        self.addCleanup(server.stop)
        self.client = Client(self.fake.url)
        self.addCleanup(self.client.connection.close)
        self.login()

    def grant(self, **more):
        """Ask for a token."""
        basic = base64.b64encode(b"fake-client:fake-secret").decode()
        fields = {"grant_type": JWT_GRANT, "assertion": "fake-jwt", **more}
        return self.client.form("/restapi/oauth/token", fields, Authorization=f"Basic {basic}")

    def login(self):
        """Get a token and use it from here on."""
        self.client.token = self.grant().json["access_token"]

    def log(self, query="", path="/restapi/v1.0/account/~/call-log"):
        """A page of the call log."""
        return self.client("GET", f"{path}?{query}")

    def content(self, number=1, **headers):
        """A recording's bytes."""
        return self.client("GET", f"/restapi/v1.0/account/~/recording/9{number}/content", **headers)


class RingCentralStrictness(RingCentralCase):
    """What the description does not allow is refused."""

    options = ("--heavy-limit", "1000", "--auth-limit", "1000")

    def test_every_departure_of_a_query_is_named(self):
        for query, name in (("per_page=5", "per_page"), ("view=detailed", "view"),
                            ("recordingType=Any", "recordingType"), ("page=0", "page"),
                            ("dateFrom=2026-11-01", "dateFrom"), ("perPage=0", "perPage"),
                            ("dateTo=2026-11-01T00:00:00", "dateTo"), ("perPage=x", "perPage"),
                            ("showDeleted=1", "showDeleted"), ("type=Voice,Fax", "type"),
                            ("transport=PSTN", "transport"), ("view=Simple&view=Simple", "view"),
                            ("phoneNumber=%2B1650", "phoneNumber"),
                            ("direction=inbound", "direction")):
            with self.subTest(query):
                answer = self.log(query)
                self.assertEqual(answer.status, 400)
                error = answer.json["errors"][0]
                self.assertEqual((error["errorCode"], error["parameterName"]), ("CMN-101", name))

    def test_what_is_allowed_is_served(self):
        answer = self.log("type=Voice&type=Fax&direction=Inbound&direction=Outbound&perPage=max")
        self.assertEqual((answer.status, answer.json["paging"]["perPage"]), (200, 1000))
        self.assertEqual(self.log("perPage=5000").json["paging"]["perPage"], 1000)
        own = "/restapi/v1.0/account/~/extension/~/call-log"
        self.assertEqual(self.log("transport=PSTN&showBlocked=true", own).status, 200)
        self.assertEqual(self.log("sessionId=1&extensionNumber=2").json["errors"][0]["errorCode"],
                         "CLG-110")

    def test_the_default_range_is_a_day(self):
        self.assertEqual([r["id"] for r in self.log().json["records"]], ["C9"])

    def test_views_pages_and_filters(self):
        query = "dateFrom=2026-11-01T00:00:00Z&perPage=3&recordingType=All"
        seen, target = [], f"/restapi/v1.0/account/~/call-log?{query}&view=Detailed"
        while target:
            page = self.client("GET", target).json
            self.assertNotIn("totalPages", page["paging"])
            seen += [record["id"] for record in page["records"]]
            self.assertTrue(all(record["legs"] for record in page["records"]))
            target = page["navigation"].get("nextPage", {}).get("uri")
            self.assertTrue(target is None or target.startswith(self.client.url))
        self.assertEqual(seen, ["C9", "C7", "C6", "C5", "C4", "C3", "C2", "C1"])
        self.assertNotIn("legs", self.log(query).json["records"][0])
        self.assertEqual(self.log(query + "&page=9").json["paging"], {"perPage": 3})
        self.assertEqual(self.log(query.replace("All", "OnDemand")).json["records"], [])

    def test_a_purged_recording_leaves_its_row(self):
        answer = self.log("dateFrom=2026-07-01T00:00:00Z&view=Detailed")
        row = answer.json["records"][-1]
        self.assertEqual(row["id"], "C10")
        self.assertNotIn("recording", json.dumps(row))
        self.assertEqual(self.content(10).json["errors"][0]["errorCode"], "CMN-102")
        self.assertEqual(self.content(9).status, 404, "unfinished")

    def test_tokens_are_asked_for_by_the_book(self):
        self.assertEqual(self.grant(access_token_ttl="60").status, 400)
        self.assertEqual(self.grant(foo="1").json["error"], "invalid_request")
        self.assertEqual(self.grant(assertion="wrong").json["error"], "invalid_grant")
        wrong = self.client.form("/restapi/oauth/token", {"grant_type": JWT_GRANT,
                                                          "assertion": "fake-jwt"})
        self.assertEqual((wrong.status, wrong.json["errors"][0]["errorCode"]), (401, "OAU-146"))
        self.assertEqual(self.grant(access_token_ttl="600").json["expires_in"], 600)

    def test_the_clock_is_set_for_data_and_tokens_alike(self):
        self.assertEqual(len(self.log("dateFrom=2026-11-01T00:00:00Z").json["records"]), 9)
        answer = self.client("POST", "/_control/clock", json.dumps({"now": "2027-02-10T02:00:00Z"}))
        self.assertEqual(answer.json["now"][:19], "2027-02-10T02:00:00")
        self.assertEqual(self.log().json["errors"][0]["errorCode"], "OAU-128")
        self.login()
        rows = self.log("dateFrom=2026-11-01T00:00:00Z").json["records"]
        self.assertEqual([row["id"] for row in rows if "recording" in row],
                         ["C9", "C7", "C6", "C5", "C4", "C3", "C2"], "C1 is purged by now")

    def test_authorisation(self):
        self.client.token = None
        answer = self.log()
        self.assertEqual((answer.status, answer.json["errors"][0]["errorCode"]), (401, "AGW-401"))
        self.assertNotIn("X-Rate-Limit-Group", answer.headers)
        self.client.token = "forged"
        self.assertEqual(self.log().json["errors"][0]["errorCode"], "OAU-213")
        self.login()
        self.clock.advance(3601)
        self.assertEqual(self.log().json["errors"][0]["errorCode"], "OAU-128")
        self.login()
        self.assertEqual(self.log().status, 200)
        self.client.token = self.grant(scope="ReadAccounts").json["access_token"]
        answer = self.log()
        self.assertEqual((answer.status, answer.json["errorCode"]),
                         (403, "InsufficientPermissions"))
        self.assertEqual(answer.json["errors"][0]["permissionName"], "ReadCallLog")

    def test_content_and_ranges(self):
        whole = self.content(1)
        self.assertEqual((whole.status, whole.body), (200, self.sound))
        self.assertEqual(whole.headers["Content-Type"], "audio/wav")
        self.assertEqual(self.content(2).headers["Content-Type"], "audio/mpeg")
        part = self.content(1, Range="bytes=100-199")
        self.assertEqual((part.status, part.body), (206, self.sound[100:200]))
        self.assertEqual(part.headers["Content-Range"], "bytes 100-199/10240")
        self.assertEqual(self.content(1, Range="bytes=10000-").body, self.sound[10000:])
        beyond = self.content(1, Range="bytes=99999-")
        self.assertEqual((beyond.status, beyond.json["errors"][0]["errorCode"]), (416, "CMN-107"))
        whole = self.content(1, Range="bytes=5-", If_Range='"other"')
        self.assertEqual(whole.status, 200)

    def test_account_and_metadata(self):
        base = "/restapi/v1.0/account/~"
        self.assertEqual(self.client("GET", base + "/call-recording").json["automatic"]
                         ["retentionPeriod"], 90)
        self.assertEqual(self.client("GET", base + "/extension/~").status, 200)
        self.assertEqual(self.client("GET", base + "/recording/91").json["contentType"],
                         "audio/wav")
        self.assertEqual(self.client("GET", base + "/nowhere").json["errors"][0]["errorCode"],
                         "CMN-120")

    def test_calls_can_change_while_it_runs(self):
        done = json.dumps(call(9, "2026-11-20T11:59:00.000Z", finished=True))
        self.client("POST", "/_control/calls", done)
        self.assertEqual(self.content(9).status, 200)

    def test_a_reply_outside_the_description_is_caught(self):
        self.fake.upsert([json.dumps({**call(11, "2026-11-20T11:00:00Z"), "invented": 1})])
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(self.log().status, 599)


class RingCentralLimits(RingCentralCase):
    """The sliding window and the penalty."""

    options = ("--heavy-limit", "3")

    def test_the_window_slides(self):
        left = []
        for _ in range(3):
            left.append(self.log().headers["X-Rate-Limit-Remaining"])
            self.clock.advance(19)
        self.assertEqual(left, ["2", "1", "0"])
        self.clock.advance(4)
        answer = self.content()
        self.assertEqual(answer.status, 200, "the first request has left the window")
        self.assertEqual([answer.headers[f"X-Rate-Limit-{n}"]
                          for n in ("Group", "Limit", "Window")], ["heavy", "3", "60"])

    def test_knocking_in_the_penalty_restarts_it(self):
        for _ in range(3):
            self.content()
        answer = self.log()
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (429, "60"))
        self.assertEqual(answer.json["errors"][0]["errorCode"], "CMN-301")
        self.clock.advance(59)
        self.assertEqual(self.log().status, 429)
        self.clock.advance(59)
        self.assertEqual(self.log().status, 429, "the knock restarted it")
        self.assertEqual(self.client("GET", "/restapi/v1.0/account/~/extension/~").status, 200,
                         "another group goes on")
        self.clock.advance(60.1)
        self.assertEqual(self.log().status, 200)
        self.assertEqual(self.client.counts()["429"], 3)

    def test_logins_have_a_group_too(self):
        for _ in range(4):
            self.assertEqual(self.grant().status, 200)
        self.assertEqual(self.grant().headers["X-Rate-Limit-Group"], "auth")


class RingCentralFaults(RingCentralCase):
    """Every fault does what it is for, once, and then the service is well again."""

    options = ("--heavy-limit", "1000", "--auth-limit", "1000")

    def tearDown(self):
        self.assertEqual(self.content().body, self.sound)

    def test_429_begins_a_true_penalty(self):
        self.client.fault("429", path="content", penalty=7)
        answer = self.content()
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (429, "7"))
        self.assertEqual(self.content().status, 429, "knocked too early")
        self.clock.advance(61)

    def test_server_errors(self):
        self.client.fault("500")
        self.client.fault("503", retry_after=3)
        self.client.fault("status", status=502, body="<html>", headers={"X-Proxy": "1"})
        self.assertEqual(self.content().json["errors"][0]["errorCode"], "CMN-201")
        self.assertEqual(self.content().headers["Retry-After"], "3")
        self.assertEqual(self.content().headers["X-Proxy"], "1")

    def test_the_connection_breaks(self):
        self.client.fault("reset", after=100)
        self.client.fault("truncate", after=100)
        self.client.fault("drop_reply")
        with self.assertRaises((ConnectionResetError, http.client.IncompleteRead)):
            self.content()
        with self.assertRaises(http.client.IncompleteRead) as short:
            self.content()
        self.assertEqual(len(short.exception.partial), 100)
        with self.assertRaises(http.client.RemoteDisconnected):
            self.content()

    def test_the_content_is_wrong(self):
        self.client.fault("wrong_length", delta=-40)
        self.client.fault("wrong_length", to=0)
        self.client.fault("wrong_type")
        self.client.fault("slow", chunk=5000, delay=0)
        self.assertEqual(len(self.content().body), len(self.sound) - 40)
        self.assertEqual(self.content().body, b"")
        self.assertEqual(self.content().headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(self.content().body, self.sound)

    def test_authority_is_lost(self):
        self.client.fault("expire_tokens", path="content", nth=2)
        self.client.fault("forbid", path="call-log")
        self.assertEqual(self.log().json["errors"][0]["permissionName"], "ReadCallLog")
        self.assertEqual(self.content().status, 200)
        self.assertEqual(self.content().json["errors"][0]["errorCode"], "OAU-128")
        self.login()

    def test_a_record_comes_twice(self):
        query = "dateFrom=2026-11-01T00:00:00Z&perPage=4"
        self.client.fault("duplicate", path="page=2")
        first, second = self.log(query).json, self.log(query + "&page=2").json
        self.assertEqual(first["records"][-1]["id"], second["records"][0]["id"])

    def test_rows_of_a_page_are_lost(self):
        query = "dateFrom=2026-11-01T00:00:00Z&perPage=4"
        self.client.fault("lost_rows", path="page=2")
        self.client.fault("lost_rows", rows=1)
        page = self.log(query).json
        self.assertEqual((len(page["records"]), page["paging"]["pageEnd"]), (3, 3))
        self.assertIn("nextPage", page["navigation"])
        page = self.log(query + "&page=2").json
        self.assertEqual(page["records"], [])
        self.assertNotIn("nextPage", page["navigation"])
        self.assertNotIn("pageEnd", page["paging"])

    def test_a_206_comes_unasked(self):
        self.client.fault("partial")
        self.client.fault("partial", bytes=100)
        self.client.fault("media_type", type="application/octet-stream")
        size = len(self.sound)
        whole, start, other = self.content(), self.content(), self.content()
        self.assertEqual((whole.status, whole.headers["Content-Range"], whole.body),
                         (206, f"bytes 0-{size - 1}/{size}", self.sound))
        self.assertEqual((start.status, start.headers["Content-Range"], len(start.body)),
                         (206, f"bytes 0-99/{size}", 100))
        self.assertEqual((other.headers["Content-Type"], other.body),
                         ("application/octet-stream", self.sound))

    def test_nth_every_and_times(self):
        self.client("POST", "/_control/faults", [
            {"match": {"path": "content", "every": 3}, "action": "500", "times": 2}])
        statuses = [self.content().status for _ in range(9)]
        self.assertEqual(statuses, [200, 200, 500, 200, 200, 500, 200, 200, 200])
        self.assertEqual(self.client("POST", "/_control/faults", {"action": "fire"}).status, 400)

    def test_the_log_tells_all_but_secrets(self):
        self.content(2)
        text = self.client("GET", "/_control/log").body.decode()
        entry = json.loads(text.splitlines()[-1])
        self.assertEqual((entry["id"], entry["status"], entry["bytes"], entry["group"]),
                         ("92", 200, len(self.sound), "Heavy"))
        self.assertNotIn(self.client.token, text)
        self.assertEqual(self.client.counts()["content"], 1)
        self.client("POST", "/_control/reset-log")
        self.assertEqual(self.client.counts()["requests"], 0)


class RingCentralInsights(RingCentralCase):
    """The AI Conversation Expert, by the book and beside it."""

    options = ("--heavy-limit", "1000", "--auth-limit", "1000", "--light-limit", "1000")

    def insights(self, number=1, query="", kind="records", account="~", domain="pbx"):
        """Those of a recording, or of a session."""
        identity = f"9{number}" if kind == "records" else f"s-{number}"
        return self.client("GET", f"/ai/ringsense/v1/public/accounts/{account}/domains/{domain}/"
                           f"{kind}/{identity}/insights{query}")

    def code(self, answer):
        """Status and code."""
        return answer.status, answer.json["errors"][0]["errorCode"]

    def test_they_come_by_recording_and_by_session(self):
        answer = self.insights()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["X-Rate-Limit-Group"], "light")
        self.assertEqual(sorted(answer.json["insights"]),
                         sorted(self.fake.facts.schemas["AIInsights"]["fields"]))
        self.assertEqual(answer.json["insights"]["Transcript"][-1]["end"], 8.0)
        session = self.insights(kind="sessions").json
        self.assertEqual(session["records"], [answer.json])
        self.assertEqual(session["paging"]["totalElements"], 1)

    def test_what_the_description_does_not_allow_is_refused(self):
        chosen = self.insights(query="?insightTypes=Summary,Sentiment").json["insights"]
        self.assertEqual(sorted(chosen), ["Sentiment", "Summary"])
        for query in ("?insightTypes=summary", "?insightTypes=Summary&insightTypes=Sentiment",
                      "?insightTypes=", "?types=Summary"):
            with self.subTest(query):
                self.assertEqual(self.code(self.insights(query=query)), (400, "CMN-101"))
        self.assertEqual(self.code(self.insights(domain="phone")), (400, "CMN-101"))
        self.assertEqual(self.code(self.insights(account="%7E")), (404, "CMN-120"))

    def test_none_yet_and_none_look_the_same(self):
        for number in (9, 77):
            self.assertEqual(self.code(self.insights(number)), (404, "RAH-3001"))
        self.assertEqual(self.code(self.insights(domain="rcv")), (404, "RAH-3001"))
        self.client("POST", "/_control/calls", json.dumps(call(11, "2026-11-20T11:59:00.000Z")))
        self.assertEqual(self.code(self.insights(11)), (404, "RAH-3001"))
        self.client("POST", "/_control/clock", {"now": "2026-11-20T12:28:09Z"})
        self.assertEqual(self.insights(11).status, 200)

    def test_both_ways_to_be_refused(self):
        self.client.fault("forbid", path="insights")
        answer = self.insights()
        self.assertEqual(self.code(answer), (403, "CMN-401"))
        self.assertEqual(answer.json["permissionName"], "RingSense")
        self.client.fault("status", path="insights", status=403, code="RAH-3005")
        self.assertEqual(self.code(self.insights()), (403, "RAH-3005"))
        self.client.token = self.grant(scope="ReadAccounts").json["access_token"]
        self.assertEqual(self.code(self.insights()), (403, "CMN-401"))

    def test_every_shape_departs_from_the_description(self):
        plain = self.insights().json
        for shape in ringcentral.ringcentral_insights.SHAPES:
            with self.subTest(shape):
                self.client.fault("insights", path="insights", shape=shape)
                self.assertNotEqual(self.insights().json, plain)
        self.assertEqual(self.insights().json, plain)


class RingCentralInsightsByHearsay(RingCentralCase):
    """Insights that count as Heavy."""

    options = ("--insights-group", "Heavy", "--heavy-limit", "1")

    def test_they_share_the_limit_of_recordings(self):
        answer = self.client("GET", "/ai/ringsense/v1/public/accounts/~/domains/pbx/records/91/"
                             "insights")
        self.assertEqual(answer.headers["X-Rate-Limit-Group"], "heavy")
        self.assertEqual(self.content().status, 429)


class DriveCase(unittest.TestCase):
    """A Drive with its state in a temporary folder; the key is made once."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.pem = pathlib.Path(folder.name) / "key.pem"
        drive.Key(cls.pem)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "state").mkdir()
        (self.root / "state/key.pem").write_bytes(self.pem.read_bytes())
        self.server = None
        self.start()
        self.addCleanup(lambda: self.server.stop())

    def start(self, *more):
        """Start the fake, or start it again on the same state."""
        if self.server:
            self.client.connection.close()
            self.server.stop()
        options = drive.options_of(["--state", str(self.root / "state"), "--key-file-out",
                                    str(self.root / "key.json"), "--delegate", "boss@example.com",
                                    *more])
        self.clock = fakehttp.Clock()
        self.fake = drive.Drive(options, self.clock)
        self.server = fakehttp.Server(self.fake).start()
        self.folder = self.fake.ready()["folder"]
        self.client = Client(self.fake.url)
        self.addCleanup(self.client.connection.close)
        self.client.token = self.grant().json["access_token"]

    def grant(self, scope="https://www.googleapis.com/auth/drive.file", **changes):
        """Ask for a token with a signed JWT."""
        key = json.loads((self.root / "key.json").read_text())
        now = int(time.time())
        claims = {"iss": key["client_email"], "scope": scope, "iat": now - 10, "exp": now + 3590,
                  "aud": "https://oauth2.googleapis.com/token", **changes}
        head = {"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"]}
        text = ".".join(drive.encode64(json.dumps(part).encode()) for part in (head, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.pem], check=True,
                                   input=text.encode(), stdout=subprocess.PIPE).stdout
        if changes.get("jti") == "spoilt":
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        return self.client.form("/token", {"grant_type": JWT_GRANT, "assertion":
                                           f"{text}.{drive.encode64(signature)}"})

    def ids(self, count=1):
        """Ids from generateIds."""
        return self.client("GET", f"/drive/v3/files/generateIds?count={count}").json["ids"]

    def multipart(self, metadata, media=b"sound", fields="id", query="supportsAllDrives=true"):
        """Upload in one request."""
        body = (b"--B\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"
                + json.dumps(metadata).encode() + b"\r\n--B\r\nContent-Type: audio/mpeg\r\n\r\n"
                + media + b"\r\n--B--\r\n")
        return self.client("POST", f"/upload/drive/v3/files?uploadType=multipart&{query}"
                           f"&fields={fields}", body, Content_Type="multipart/related; boundary=B")

    def open_session(self, metadata, total=None):
        """Initiate a resumable upload."""
        headers = {"X_Upload_Content_Type": "audio/mpeg"}
        if total is not None:
            headers["X_Upload_Content_Length"] = total
        return self.client("POST", "/upload/drive/v3/files?uploadType=resumable&"
                           "supportsAllDrives=true&fields=id,size,md5Checksum",
                           metadata, **headers)

    def put(self, address, data=b"", span=None):
        """A request on a session address, without Authorization."""
        headers = {"Content_Range": span} if span else {}
        return self.client("PUT", address, data, authorised=False, **headers)

    @staticmethod
    def reason(answer):
        """The reason in an error body."""
        return answer.json["error"]["errors"][0]["reason"]


class DriveStrictness(DriveCase):
    """What Drive does not allow is refused, in its own words."""

    def test_tokens_are_verified_for_real(self):
        now = int(time.time())
        for changes, error in (({"jti": "spoilt"}, "invalid_grant"),
                               ({"exp": now + 9999}, "invalid_grant"),
                               ({"iat": now - 8000, "exp": now - 5000}, "invalid_grant"),
                               ({"aud": "https://example.com"}, "invalid_grant"),
                               ({"iss": "someone"}, "invalid_grant"),
                               ({"sub": "nobody@example.com"}, "unauthorized_client"),
                               ({"scope": "drive,mail"}, "invalid_scope")):
            with self.subTest(changes):
                self.assertEqual(self.grant(**changes).json["error"], error)
        self.assertEqual(self.grant(sub="boss@example.com").status, 200)
        self.assertEqual((self.root / "key.json").stat().st_mode & 0o777, 0o600)

    def test_scope_is_needed(self):
        self.client.token = self.grant(
            scope="https://www.googleapis.com/auth/drive.readonly").json["access_token"]
        answer = self.multipart({"name": "a", "parents": [self.folder]})
        self.assertEqual(answer.json["error"]["details"][0]["reason"],
                         "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

    def test_queries_bodies_and_fields(self):
        files = "/drive/v3/files"
        for target in ("/generateIds?count=1001", "/generateIds?count=0", "?q=name like 'x'",
                       "?pageSize=0", "?unknown=1", "?supportsAllDrives=yes", "?corpora=mine",
                       f"/{self.folder}?supportsAllDrives=true&fields=id,nonsense",
                       f"/{self.folder}?supportsAllDrives=true&fields=id(",
                       "/generateIds?supportsAllDrives=true"):
            with self.subTest(target):
                self.assertEqual(self.client("GET", files + target).status, 400)
        create = files + "?supportsAllDrives=true"
        for body, status in (({"name": 1}, 400), ({"nome": "x"}, 400), ({"size": "3"}, 403),
                             ({"id": "1abc"}, 400), ({"parents": ["1unknown"]}, 404),
                             ({"appProperties": {"k": "v" * 124}}, 400),
                             ({"appProperties": {str(n): "v" for n in range(31)}}, 403)):
            with self.subTest(body):
                body = {"mimeType": drive.FOLDER, **body}
                self.assertEqual(self.client("POST", create, body).status, status)
        self.assertEqual(self.reason(self.client("GET", "/drive/v3/about")), "required")

    def test_shared_drives_must_be_asked_for(self):
        path = f"/drive/v3/files/{self.folder}"
        self.assertEqual(self.reason(self.client("GET", path)), "notFound")
        self.assertEqual(self.client("GET", path + "?supportsAllDrives=true").json["kind"],
                         "drive#file")
        answer = self.multipart({"name": "a", "parents": [self.folder]}, query="alt=json")
        self.assertEqual(answer.status, 404)
        self.assertEqual(self.client("GET", "/drive/v3/files").json["files"], [])

    def test_a_service_account_has_no_storage(self):
        answer = self.multipart({"name": "a"})
        self.assertEqual((answer.status, self.reason(answer)), (403, "storageQuotaExceeded"))
        folder = {"name": "f", "mimeType": drive.FOLDER}
        self.assertEqual(self.client("POST", "/drive/v3/files", folder).status, 200,
                         "a folder without bytes proves nothing")

    def test_an_id_is_used_once_and_names_need_not_be(self):
        identity, other = self.ids(2)
        file = {"id": identity, "name": "same", "parents": [self.folder]}
        self.assertEqual(self.multipart(file).status, 200)
        again = self.multipart(file)
        self.assertEqual((again.status, self.reason(again)), (409, "fileIdInUse"))
        self.assertEqual(self.open_session(file).status, 409, "told at initiation")
        self.assertEqual(self.multipart({**file, "id": other}).status, 200)
        self.client("DELETE", f"/drive/v3/files/{identity}?supportsAllDrives=true")
        self.assertEqual(self.multipart(file).status, 409, "used for ever")

    def test_searching(self):
        for name in ("it's", "B\\s"):
            self.multipart({"name": name, "parents": [self.folder],
                            "appProperties": {"callpipe": name}})
        shared = "includeItemsFromAllDrives=true&supportsAllDrives=true&fields=files(name,size)"
        for query, names in (
                (f"'{self.folder}' in parents and trashed=false", ["B\\s", "it's"]),
                ("name = 'IT\\'s'", ["it's"]), ("name='b\\\\s'", ["B\\s"]),
                (f"mimeType = '{drive.FOLDER}' and name='Call recordings'", ["Call recordings"]),
                ("appProperties has { key='callpipe' and value='it\\'s' }", ["it's"]),
                ("appProperties has {key = 'callpipe' and value = 'no'} and trashed = false", [])):
            with self.subTest(query):
                quoted = urllib.parse.quote(query)
                files = self.client("GET", f"/drive/v3/files?q={quoted}&{shared}").json["files"]
                self.assertEqual([file["name"] for file in files], names)

    def test_metadata_can_be_changed_and_bytes_read(self):
        media = b"0123456789"
        made = self.multipart({"name": "a", "parents": [self.folder], "appProperties": {"k": "v"},
                               "modifiedTime": "2026-11-01T10:00:00Z"}, media,
                              "id,size,md5Checksum,sha256Checksum,modifiedTime").json
        self.assertEqual((made["size"], made["modifiedTime"]), ("10", "2026-11-01T10:00:00.000Z"))
        self.assertEqual(made["sha256Checksum"], hashlib.sha256(media).hexdigest())
        path = f"/drive/v3/files/{made['id']}?supportsAllDrives=true"
        changed = self.client("PATCH", path + "&fields=name,appProperties",
                              {"name": "b", "appProperties": {"k": None, "n": "1"}})
        self.assertEqual(changed.json, {"name": "b", "appProperties": {"n": "1"}})
        self.assertEqual(self.client("PATCH", path, {"parents": []}).status, 403)
        part = self.client("GET", path + "&alt=media", Range="bytes=2-4")
        self.assertEqual((part.status, part.body), (206, b"234"))
        self.assertEqual(self.client("DELETE", path).status, 204)
        self.assertEqual(self.client("GET", path).status, 404)


    def test_deleting_is_for_good_and_the_trash_is_not(self):
        made = self.multipart({"name": "a", "parents": [self.folder]}).json["id"]
        path = f"/drive/v3/files/{made}"
        known = path + "?supportsAllDrives=true"
        self.assertEqual(self.client("DELETE", path).status, 404, "shared drives: not asked for")
        self.assertEqual(self.client("DELETE", known).status, 204)
        self.assertFalse((self.root / "state/content" / made).exists())
        for method in ("DELETE", "GET", "PATCH"):
            answer = self.client(method, known, {"trashed": True} if method == "PATCH" else None)
            self.assertEqual((answer.status, self.reason(answer)), (404, "notFound"))
        made = self.multipart({"name": "b", "parents": [self.folder]}).json["id"]
        known = f"/drive/v3/files/{made}?supportsAllDrives=true"
        self.start("--role", "fileOrganizer")
        answer = self.client("DELETE", known)
        self.assertEqual((answer.status, self.reason(answer)),
                         (403, "insufficientFilePermissions"), "content managers only trash")
        for _ in range(2):
            answer = self.client("PATCH", known + "&fields=trashed", {"trashed": True})
            self.assertEqual(answer.json, {"trashed": True})
        self.start()
        self.assertEqual(self.client("DELETE", known).status, 204, "from the trash as well")
        self.assertEqual(self.client.counts()["deletes"], 1)


class DriveSessions(DriveCase):
    """The resumable protocol."""

    def begin(self, total, **more):
        """(address, id) of a new session."""
        identity, = self.ids()
        answer = self.open_session({"id": identity, "name": "big", "parents": [self.folder],
                                    **more}, total)
        self.assertEqual(answer.status, 200)
        return answer.headers["Location"], identity

    def test_chunks_questions_and_the_end(self):
        data = bytes(range(256)) * 2048 + b"tail"
        total = len(data)
        address, identity = self.begin(total)
        answer = self.put(address, span=f"bytes */{total}")
        self.assertEqual((answer.status, answer.headers["Range"]), (308, None))
        self.assertEqual(self.put(address, data[:9], f"bytes 0-8/{total}").status, 400)
        answer = self.put(address, data[:STEP], f"bytes 0-{STEP - 1}/{total}")
        self.assertEqual((answer.status, answer.headers["Range"]), (308, f"bytes=0-{STEP - 1}"))
        gap = self.put(address, data[-4:], f"bytes {total - 4}-{total - 1}/{total}")
        self.assertEqual(gap.status, 400)
        rest = self.put(address, data[STEP:], f"bytes {STEP}-{total - 1}/{total}")
        self.assertEqual((rest.status, rest.json["md5Checksum"]),
                         (200, hashlib.md5(data).hexdigest()))
        self.assertEqual(self.put(address, span=f"bytes */{total}").json["id"], identity)
        self.assertEqual(self.client.counts()["uploads"], 1)

    def test_whole_empty_and_unknown_sizes(self):
        address, _ = self.begin(5)
        self.assertEqual(self.put(address, b"hello").json["size"], "5")
        address, _ = self.begin(0)
        self.assertEqual(self.put(address, b"").json["size"], "0")
        address, _ = self.begin(None)
        self.assertEqual(self.put(address, bytes(STEP), f"bytes 0-{STEP - 1}/*").status, 308)
        self.assertEqual(self.put(address, b"x", f"bytes {STEP}-{STEP}/{STEP + 1}").status, 200)
        address, _ = self.begin(7)
        self.assertEqual(self.put(address, b"hello").status, 400, "not what was announced")

    def test_308_may_hold_less_than_was_sent(self):
        total = 3 * STEP
        address, _ = self.begin(total)
        self.client.fault("keep", bytes=STEP, method="PUT")
        answer = self.put(address, bytes(2 * STEP), f"bytes 0-{2 * STEP - 1}/{total}")
        self.assertEqual(answer.headers["Range"], f"bytes=0-{STEP - 1}")
        rest = self.put(address, bytes(2 * STEP), f"bytes {STEP}-{total - 1}/{total}")
        self.assertEqual(rest.status, 200)

    def test_a_broken_upload_keeps_whole_steps(self):
        total = 3 * STEP
        address, _ = self.begin(total)
        self.client.fault("reset", received=STEP + 1000, method="PUT")
        with self.assertRaises(OSError):
            self.put(address, bytes(total), f"bytes 0-{total - 1}/{total}")
        answer = self.put(address, span=f"bytes */{total}")
        self.assertEqual(answer.headers["Range"], f"bytes=0-{STEP - 1}")

    def test_lost_sessions_and_replies(self):
        address, _ = self.begin(5)
        self.client.fault("lose_sessions", method="PUT")
        self.assertEqual(self.put(address, b"hello").status, 404)
        address, identity = self.begin(5)
        self.client.fault("drop_reply", method="PUT")
        with self.assertRaises(http.client.RemoteDisconnected):
            self.put(address, b"hello")
        self.assertEqual(self.put(address, span="bytes */5").json["id"], identity)

    def test_an_id_taken_in_the_meantime_is_told_at_the_end(self):
        address, identity = self.begin(5)
        self.multipart({"id": identity, "name": "fast", "parents": [self.folder]})
        self.assertEqual(self.put(address, b"hello").status, 409)

    def test_wrong_length_is_what_the_metadata_says(self):
        self.client.fault("wrong_length", delta=-2, path="multipart")
        made = self.multipart({"name": "a", "parents": [self.folder]}, b"12345", "size,md5Checksum")
        self.assertEqual(made.json, {"size": "3", "md5Checksum": hashlib.md5(b"123").hexdigest()})

    def test_refusals_on_demand(self):
        self.client.fault("forbid", reason="storageQuotaExceeded", method="POST")
        self.client.fault("expire_tokens", path="generateIds")
        answer = self.multipart({"name": "a", "parents": [self.folder]})
        self.assertEqual(self.reason(answer), "storageQuotaExceeded")
        answer = self.client("GET", "/drive/v3/files/generateIds")
        self.assertEqual((answer.status, self.reason(answer)), (401, "authError"))

    def test_the_state_outlives_the_fake(self):
        address, _ = self.begin(5)
        waiting, = self.ids()
        day, = self.ids()
        self.client("POST", "/drive/v3/files?supportsAllDrives=true",
                    {"id": day, "name": "2026", "mimeType": drive.FOLDER, "parents": [self.folder]})
        made = self.multipart({"name": "a.mp3", "parents": [day]}).json["id"]
        self.start()
        path = f"/drive/v3/files/{made}?supportsAllDrives=true"
        self.assertEqual(self.client("GET", path + "&alt=media").body, b"sound")
        again = self.multipart({"id": made, "name": "x", "parents": [self.folder]})
        self.assertEqual(again.status, 409)
        again = self.multipart({"id": waiting, "name": "x", "parents": [self.folder]})
        self.assertEqual(again.status, 200, "an id given out before the restart is good")
        query = urllib.parse.urlsplit(address)
        self.assertEqual(self.put(f"{query.path}?{query.query}", b"hello").status, 200)
        self.assertEqual((self.root / "state/tree/2026/a.mp3").read_bytes(), b"sound")


class ChatServers(unittest.TestCase):
    """Servers for chat: what they take, and how they say no."""

    SCHEMA = {"type": "object", "properties": {"topic": {"type": "string"}},
              "required": ["topic"], "additionalProperties": False}

    def start(self, dialect="openai", **options):
        """A fake of a dialect, for one test."""
        self.fake = chat.Chat(dialect, "key", **options)
        server = fakehttp.Server(self.fake).start()
        self.addCleanup(server.stop)
        self.client = Client(self.fake.url)
        self.addCleanup(self.client.connection.close)
        self.client.token = "key"

    def send(self, schema=None, **members):
        """A completion of a question with one turn; members replace or add."""
        schema = schema or self.SCHEMA
        rules = "Answer in JSON.\n" + json.dumps(schema)
        data = json.dumps({"turns_x": ["[1 agent 00:00] Good morning to you"]})
        body = {"model": "m", "temperature": 0,
                "messages": [{"role": "system", "content": rules},
                             {"role": "user", "content": data}],
                "response_format": {"type": "json_schema", "json_schema": {
                    "name": "topics", "schema": schema, "strict": True}}, **members}
        return self.client("POST", "/v1/chat/completions", body)

    def test_it_answers_by_the_schema(self):
        self.start()
        answer = self.send(max_completion_tokens=100)
        choice = answer.json["choices"][0]
        self.assertEqual((answer.status, choice["finish_reason"]), (200, "stop"))
        self.assertEqual(json.loads(choice["message"]["content"]),
                         {"topic": "The topic of 1 turns."})
        self.assertGreater(answer.json["usage"]["prompt_tokens"], 20)

    def test_it_refuses_what_the_server_refuses(self):
        self.start(model="m", context=200)
        for members, code in (({"max_tokens": 5}, "unsupported_parameter"),
                              ({"top_q": 1}, "unsupported_parameter"),
                              ({"model": "n"}, "model_not_found"),
                              ({"messages": [{"role": "user", "content": "x" * 2000}]},
                               "context_length_exceeded")):
            answer = self.send(**members)
            self.assertEqual(answer.json["error"]["code"], code, members)
        loose = {"type": "object", "properties": {"topic": {"type": "string", "maxLength": 5}},
                 "required": []}
        message = self.send(schema=loose).json["error"]["message"]
        for word in ("maxLength", "other members", "require all"):
            self.assertIn(word, message)
        self.client.token = "wrong"
        self.assertEqual(self.send().status, 401)

    def test_an_answer_without_room_is_cut(self):
        self.start()
        choice = self.send(max_completion_tokens=2).json["choices"][0]
        self.assertEqual(choice["finish_reason"], "length")
        self.assertEqual(len(choice["message"]["content"]), 8)

    def test_ollama_cuts_the_prompt_without_a_word(self):
        self.start("ollama", context=100)
        long = {"turns_x": ["[1 agent 00:00] word " + "word " * 400]}
        rules = "JSON\n" + json.dumps(self.SCHEMA)
        answer = self.send(messages=[{"role": "system", "content": rules},
                                     {"role": "user", "content": json.dumps(long)}])
        self.assertEqual((answer.status, answer.json["usage"]["prompt_tokens"]), (200, 50))


class Speech(unittest.TestCase):
    """Servers for speech: what they take, and how they say no."""

    def start(self, dialect="openai", **limits):
        """A fake of a dialect, for one test."""
        self.fake = transcription.Transcription(dialect, "key", limits)
        server = fakehttp.Server(self.fake).start()
        self.addCleanup(server.stop)
        self.client = Client(self.fake.url)
        self.addCleanup(self.client.connection.close)
        self.client.token = None if dialect == "whisper.cpp" else "key"

    @staticmethod
    def wave(*tones, seconds=2.0, rate=8000):
        """A WAV file with tones: (start, end, hertz)."""
        samples = array.array("h", bytes(2 * int(seconds * rate)))
        for start, end, hertz in tones:
            for place in range(int(start * rate), int(end * rate)):
                samples[place] = int(8000 * math.sin(2 * math.pi * hertz * place / rate))
        data = samples.tobytes()
        return (b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt "
                + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
                + b"data" + struct.pack("<I", len(data)) + data)

    def send(self, wave=None, name="a.wav", path="/v1/audio/transcriptions", **fields):
        """A form; two underscores stand for brackets."""
        wave = self.wave((0.5, 1.5, 400)) if wave is None else wave
        body = b""
        for field, values in fields.items():
            for value in values if isinstance(values, list) else [values]:
                title = field.replace("__", "[]")
                body += (f'--b\r\nContent-Disposition: form-data; name="{title}"\r\n\r\n'
                         f"{value}\r\n").encode()
        body += (f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 "Content-Type: audio/wav\r\n\r\n").encode() + wave + b"\r\n--b--\r\n"
        return self.client("POST", path, body, Content_Type="multipart/form-data; boundary=b")

    def test_it_listens(self):
        self.start()
        wave = self.wave((0.5, 1.5, 400), (2.0, 2.5, 800), seconds=3)
        answer = self.send(wave, model="whisper-1", response_format="verbose_json",
                           timestamp_granularities__=["word", "segment"]).json
        self.assertEqual(answer["text"], "Tone 400. Tone 800.")
        self.assertEqual([w["start"] for w in answer["words"]], [0.5, 1.0, 2.0, 2.25])
        self.assertEqual([s["end"] for s in answer["segments"]], [1.5, 2.5])
        answer = self.send(wave, model="whisper-1", response_format="verbose_json",
                           timestamp_granularities__="word").json
        self.assertNotIn("segments", answer)

    def test_what_openai_does_not_take_is_refused(self):
        self.start()
        for fields, status, param in (
                ({"model": "whisper-2"}, 404, "model"),
                ({"model": "gpt-4o-transcribe", "response_format": "verbose_json"}, 400,
                 "response_format"),
                ({"model": "whisper-1", "response_format": "diarized_json"}, 400,
                 "response_format"),
                ({"model": "whisper-1", "timestamp_granularities__": "word"}, 400,
                 "timestamp_granularities[]"),
                ({"model": "whisper-1", "include__": "logprobs"}, 400, "include[]"),
                ({"model": "whisper-1", "language": "english"}, 400, "language"),
                ({"model": "whisper-1", "without_timestamps": "false"}, 400,
                 "without_timestamps"),
                ({"model": "gpt-4o-transcribe-diarize", "prompt": "a"}, 400, "prompt"),
                ({"model": ["whisper-1", "whisper-1"]}, 400, "model"),
                ({"model": "whisper-1", "wave": b"RIFF"}, 400, "file"),
                ({"model": "whisper-1", "wave": self.wave(seconds=0.05)}, 400, "file"),
                ({"model": "whisper-1", "name": "a"}, 400, "file")):
            with self.subTest(fields=str(fields)[:60]):
                answer = self.send(**fields)
                self.assertEqual((answer.status, answer.json["error"]["param"]), (status, param))

    def test_long_and_large(self):
        self.start(largest=40_000, longest=2)
        answer = self.send(self.wave(seconds=3), model="whisper-1")
        self.assertEqual((answer.status, answer.json["error"]["type"]), (413, "server_error"))
        answer = self.send(self.wave(seconds=2.2), model="gpt-4o-transcribe")
        self.assertIn("2.2 seconds is longer than 2 seconds", answer.json["error"]["message"])
        self.start()
        wave = self.wave(seconds=31)
        self.assertEqual(self.send(wave, model="gpt-4o-transcribe-diarize").status, 400)

    def test_dialects_have_their_own_ways(self):
        self.start("speaches")
        two = self.wave((0.2, 0.7, 400), (1.2, 1.7, 400))
        model = "Systran/faster-whisper-small"
        answer = self.send(two, model=model, response_format="verbose_json").json
        self.assertEqual((len(answer["segments"]), answer["words"]), (1, None))
        self.client.token = "wrong"
        self.assertEqual(self.send(model=model).status, 403)
        self.start("whisper.cpp")
        answer = self.send(path="/inference", response_format="verbose_json", language="auto")
        self.assertIn("language_probabilities", answer.json)
        self.assertEqual(answer.json["segments"][0]["words"][0]["word"], "[_BEG_]")
        self.assertEqual(self.send(b"x", path="/inference").body, b"Invalid request")
        self.assertEqual(self.send(path="/inference", model="m").status, 400)
        self.assertIn(b"File Not Found", self.send().body)
        self.start("localai")
        answer = self.send(model="whisper-1").json
        self.assertEqual(answer["segments"][0]["words"][0]["text"], "Tone")
        self.assertEqual(answer["segments"][0]["start"], 500_000_000)
        self.assertEqual(self.send(model="whisper-1", response_format="x").status, 500)
        self.start("vllm")
        answer = self.send(model="openai/whisper-large-v3-turbo").json
        self.assertEqual((answer["duration"], answer["words"]), ("2.0", None))

    def serve(self, fake):
        """Any other fake, for one test."""
        self.fake = fake
        server = fakehttp.Server(fake).start()
        self.addCleanup(server.stop)
        self.client = Client(fake.url)
        self.addCleanup(self.client.connection.close)

    def test_deepgram(self):
        self.serve(deepgram.Deepgram("key", longest=3))
        wave = self.wave((0.5, 1.5, 400), seconds=2)

        def listen(query, body=wave, **headers):
            headers = {"Authorization": "Token key", "Content_Type": "audio/wav", **headers}
            return self.client("POST", f"/v1/listen?{query}", body, **headers)
        answer = listen("model=nova-3&utterances=true&multichannel=true&redact=pci&redact=ssn").json
        self.assertEqual([one["transcript"] for one in answer["results"]["utterances"]],
                         ["Tone 400."])
        self.assertEqual((answer["metadata"]["duration"], answer["metadata"]["channels"]), (2.0, 1))
        self.assertNotIn("utterances", listen("model=nova-2").json["results"])
        for query, body, headers, status in (
                ("model=nova-4", wave, {}, 400), ("diarize=true", wave, {}, 400),
                ("model=nova-3&model=nova-2", wave, {}, 400), ("redact=all", wave, {}, 400),
                ("model=nova-2&keyterm=a", wave, {}, 400), ("", b"text", {}, 400),
                ("", wave, {"Content_Type": "application/json"}, 400),
                ("", wave, {"Authorization": "Bearer key"}, 401),
                ("", self.wave((0, 4, 400), seconds=4), {}, 504)):
            with self.subTest(query=query, headers=headers):
                self.assertEqual(listen(query, body, **headers).status, status)

    def ask(self, path, name, wave=None, **query):
        """A form with a file alone."""
        body = (f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="a.wav"\r\n'
                "Content-Type: audio/wav\r\n\r\n").encode()
        body += (wave or self.wave((0.5, 1.5, 400))) + b"\r\n--b--\r\n"
        return self.client("POST", f"{path}?{urllib.parse.urlencode(query)}", body,
                           Content_Type="multipart/form-data; boundary=b")

    def test_whisper_asr_webservice(self):
        self.serve(whisperx.WhisperX("asr-webservice"))
        self.assertEqual(self.ask("/asr", "audio_file", output="json").status, 500)
        answer = self.ask("/asr", "audio_file", output="json")
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual(answer.json["segments"][0]["words"][1], {"word": "400."})
        self.assertEqual(self.ask("/asr", "file", output="json").status, 422)
        self.assertEqual(self.ask("/asr", "audio_file").status, 422)
        self.assertEqual(self.ask("/asr", "audio_file", output="json", model="a").status, 422)

    def test_whisperx_fastapi(self):
        self.serve(whisperx.WhisperX("fastapi", polls=1))
        query = {"model": "tiny", "device": "cpu", "compute_type": "int8", "language": "en"}
        task = self.ask("/speech-to-text", "file", **query).json["identifier"]
        self.assertEqual(self.client("GET", f"/task/{task}").json["status"], "queued")
        done = self.client("GET", f"/task/{task}").json
        self.assertEqual(done["status"], "completed")
        self.assertEqual(len(done["result"]["segments"][0]["words"]), 1, "a number is left out")
        task = self.ask("/speech-to-text", "file", **{**query, "device": "cuda"}).json["identifier"]
        self.client("GET", f"/task/{task}")
        failed = self.client("GET", f"/task/{task}")
        self.assertEqual((failed.status, failed.json["status"]), (200, "failed"))
        query.pop("device")
        self.assertEqual(self.ask("/speech-to-text", "file", **query).status, 422)
        self.client.fault("lose_sessions", path="/task/")
        self.assertEqual(self.client("GET", f"/task/{task}").status, 404)

    def test_a_wave_that_lies_is_none(self):
        whole = self.wave(seconds=1)
        for wave in (whole[:-2], whole + b"ab", whole[:40], b"", b"RIFX" + whole[4:]):
            with self.assertRaises(multipart.FormError):
                multipart.Wave(wave)


class AlertServices(unittest.TestCase):
    """The services of alerts, which refuse what their descriptions do not allow."""

    def setUp(self):
        self.fake = alert_services.AlertServices()
        server = fakehttp.Server(self.fake).start()
        self.addCleanup(server.stop)
        self.client = Client(self.fake.url)
        self.addCleanup(self.client.connection.close)

    def test_wrong_requests_are_refused(self):
        """Each departs from its description in one thing."""
        card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": {
            "type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "text": "a"}]}}
        event = {"routing_key": alert_services.ROUTING_KEY, "event_action": "trigger",
                 "dedup_key": "k", "payload": {
                     "summary": "s", "source": "h", "severity": "error",
                     "timestamp": "2026-01-01T00:00:00Z"}}
        mail = {"personalizations": [{"to": [{"email": "a@b"}]}], "from": {"email": "c@d"},
                "subject": "s", "content": [{"type": "text/plain", "value": "v"}]}
        right = {"Authorization": f"Bearer {alert_services.SENDGRID_KEY}"}
        note = {"topic": alert_services.TOPIC, "title": "t", "message": "m", "priority": 3,
                "tags": []}
        for target, body, headers, status in (
                (alert_services.SLACK, {"text": "a &lt; b"}, {}, 200),
                (alert_services.SLACK, {"text": "a < b & c"}, {}, 400),
                (alert_services.SLACK, {"texts": "a"}, {}, 400),
                ("/services/T/B/wrong", {"text": "a"}, {}, 404),
                (alert_services.TEAMS, {"type": "message", "attachments": [card]}, {}, 202),
                (alert_services.TEAMS, {"type": "MessageCard", "attachments": [card]}, {}, 400),
                (alert_services.TEAMS, {"type": "message", "attachments": [card],
                                        "pad": "x" * 30_000}, {}, 413),
                ("/v2/enqueue", event, {}, 202),
                ("/v2/enqueue", {**event, "dedup_key": "k" * 256}, {}, 400),
                ("/v2/enqueue", {**event, "routing_key": "wrong"}, {}, 400),
                ("/v3/mail/send", mail, right, 202), ("/v3/mail/send", mail, {}, 401),
                ("/v3/mail/send", {**mail, "subject": ""}, right, 400),
                ("/", note, {}, 200), ("/", {**note, "priority": 6}, {}, 400),
                ("/", {**note, "topic": "wrong"}, {}, 403),
                ("/hook/secret", {"a": 1}, {}, 400),
                ("/hook/secret", {"a": 1}, {"webhook_id": "m", "webhook_signature": "v1,wrong",
                                            "webhook_timestamp": int(time.time())}, 401)):
            with self.subTest(target=target, status=status):
                self.assertEqual(self.client("POST", target, body, **headers).status, status)
        self.assertEqual(self.client("GET", alert_services.CHECK).body, b"OK")
        self.assertEqual(self.client("GET", "/00000000-0000-0000").body, b"OK (not found)")


class Measures(unittest.TestCase):
    """The word error rate, whose mistakes would flatter or slander an engine."""

    def setUp(self):
        place = HERE.parent / "demo/wer.py"
        spec = importlib.util.spec_from_file_location("wer", place)
        self.wer = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.wer)

    def test_words(self):
        for text, words in (("Press 1, please!", "press one please"), ("[noise] It's", "its"),
                            ("extension 2147", "extension two thousand one hundred forty seven"),
                            ("dial 007", "dial zero zero seven"), ("<sil> pre-set", "pre set")):
            self.assertEqual(" ".join(self.wer.words(text)), words)

    def test_distance(self):
        for said, heard, errors in (("a b c", "a b c", 0), ("a b c", "a x c", 1), ("a b c", "", 3),
                                    ("", "a", 1), ("a b c", "b c d", 2)):
            self.assertEqual(self.wer.distance(said.split(), heard.split()), errors)


if __name__ == "__main__":
    unittest.main()
