#!/usr/bin/env python3
"""A RingCentral of one account: token, call log, recordings, rate limits, and failure on demand.

It is strict where the real service is documented (names, types, enums and limits come from
`ringcentral_facts.json`) and free to choose where it is not; what it chooses can be turned, so
that a client that leans on a guess can be caught: --bounds, --detailed-page-cap, --totals,
--filter-record-only, --insights-group.

Calls are NDJSON, one call-log record a line as the Detailed view shows it, with `{server}` for
the address of the server. Audio is DIR/<recording id>.mp3 or .wav. Purging needs no mark in the
data: a recording of a call older than the retention is gone from the row, and its content is 404.
Insights come --insights-delay seconds after the end of a call.
"""

import base64
import collections
import hmac
import json
import math
import pathlib
import re
import secrets
import sys
import threading
import urllib.parse

import fakehttp
import ringcentral_insights
from fakehttp import Refusal, Reply, Slice

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = "ReadAccounts ReadCallLog ReadCallRecording RingSense"
MEDIA_TYPES = {".mp3": "audio/mpeg", ".wav": "audio/wav"}
DETAIL_ONLY = ("legs", "lastModifiedTime", "billing")

TOP_CODES = {400: "InvalidParameter", 401: "TokenInvalid", 403: "InsufficientPermissions",
             404: "ResourceNotFound"}
STATUS_CODES = {500: ("CMN-201", "Service Temporary Unavailable"),
                502: ("CMN-201", "Service Temporary Unavailable"),
                503: ("CMN-203", "Service Temporary Unavailable"),
                504: ("CMN-203", "Service Temporary Unavailable")}


class Limiter:
    """Sliding windows by group, with the rule that hurts: knocking in the penalty restarts it."""

    def __init__(self, clock, limits, window, penalty):
        self.clock, self.limits, self.window, self.penalty = clock, limits, window, penalty
        self.stamps = collections.defaultdict(collections.deque)
        self.blocked = {}
        self.lock = threading.Lock()

    def knock(self, group):
        """Remaining requests, or None when this one is one too many."""
        with self.lock:
            now = self.clock.monotonic()
            if now < self.blocked.get(group, now):
                self.blocked[group] = now + self.penalty
                return None
            stamps = self.stamps[group]
            while stamps and stamps[0] <= now - self.window:
                stamps.popleft()
            if len(stamps) >= self.limits[group]:
                self.blocked[group] = now + self.penalty
                return None
            stamps.append(now)
            return self.limits[group] - len(stamps)

    def punish(self, group, seconds):
        """Begin a penalty without cause."""
        with self.lock:
            self.blocked[group] = self.clock.monotonic() + seconds


class RingCentral(fakehttp.Fake):
    """The service."""

    facts_file = "ringcentral_facts.json"
    counted = ("tokens", "pages", "content", "recording", "account", "insights")

    def __init__(self, options, clock):
        super().__init__(clock, options.log, options.check_replies)
        self.options = options
        limits = {"Light": options.light_limit, "Medium": options.medium_limit,
                  "Heavy": options.heavy_limit, "Auth": options.auth_limit}
        self.limiter = Limiter(self.clock, limits, options.window, options.penalty)
        self.tokens = {}
        self.calls = {}
        self.order = None
        self.recordings = {}
        self.vetted = set()
        self.raw = []
        if options.calls:
            self.raw = options.calls.read_text(encoding="utf-8").splitlines()

    def opened(self):
        """Read the calls, now that the server's address is known: rows carry it."""
        self.upsert(self.raw)
        self.raw = []

    def upsert(self, lines):
        """Add calls or put new versions in the place of old ones; a call is observed, not final."""
        rows = [json.loads(line.replace("{server}", self.url)) for line in lines if line.strip()]
        with self.lock:
            for row in rows:
                self.calls[row["id"]] = (fakehttp.parse_time(row["startTime"]), row)
                self.vetted.discard(row["id"])
            self.order = sorted(self.calls.values(), key=lambda c: (c[0], c[1]["id"]),
                                reverse=True)
            self.recordings = {}
            for start, row in self.order:
                for part in (row, *row.get("legs", ())):
                    if "recording" in part:
                        self.recordings[part["recording"]["id"]] = (start, row)

    def routes(self):
        """The endpoints; `~` or the account's own number."""
        account = r"/restapi/v1\.0/account/(~|\d+)"
        domain = r"/ai/ringsense/v1/public/accounts/(~|\d+)/domains/([^/]+)"
        return (("POST", r"/restapi/oauth/token", "token", self.token),
                ("GET", account + r"/call-log", "call_log", self.call_log),
                ("GET", account + r"/extension/(~|\d+)/call-log", "extension_call_log",
                 self.extension_call_log),
                ("GET", account + r"/recording/([^/]+)/content", "content", self.content),
                ("GET", account + r"/recording/([^/]+)", "recording", self.recording),
                ("GET", account + r"/call-recording", "call_recording", self.call_recording),
                ("GET", account + r"/extension/(~|\d+)", "extension", self.extension),
                ("GET", domain + r"/records/([^/]+)/insights", "record_insights",
                 self.record_insights),
                ("GET", domain + r"/sessions/([^/]+)/insights", "session_insights",
                 self.session_insights))

    # Errors.

    def error(self, status, code, message, **more):
        """The shape on the wire: a code and message on top, and the list of errors beneath."""
        code, message = (code, message) if code else STATUS_CODES.get(status, ("CMN-201", message))
        nested = {"errorCode": code, "message": message, **more}
        body = {"errorCode": TOP_CODES.get(status, code), "message": message,
                "errors": [nested], **more}
        if self.check_replies:
            model = "ParameterizedErrorResponseModel" if status == 400 else "ApiErrorResponseModel"
            self.checked({"errors": body["errors"]}, model)
        return Reply(status, body)

    def unknown(self, request):
        """A wrong address."""
        return self.error(404, "CMN-120", f"Invalid URI: {request.path}")

    def bad_parameter(self, name, value):
        """CMN-101 names the parameter and shows its value."""
        return Refusal(self.error(400, "CMN-101", f"Parameter [{name}] value is invalid.",
                                  parameterName=name, parameterValue=str(value)))

    def gone(self, name, value):
        """CMN-102: the thing named is not there (any more, or yet)."""
        return Refusal(self.error(404, "CMN-102", f"Resource for parameter [{name}] is not found.",
                                  parameterName=name, parameterValue=str(value)))

    @staticmethod
    def oauth_error(status, error, code, message):
        """The token endpoint speaks OAuth and RingCentral at once."""
        return Refusal(Reply(status, {"error": error, "error_description": message,
                                      "errors": [{"errorCode": code, "message": message}]}))

    # Admission.

    def admit(self, request):
        """Token and scope first (such refusals carry no rate headers), then the group's limit."""
        facts = self.facts.operations[request.operation]
        if request.operation != "token":
            self.authorise(request, facts["scope"])
        group = facts["group"]
        if request.operation.endswith("_insights") and self.options.insights_group:
            group = self.options.insights_group
        request.group = group
        left = self.limiter.knock(group)
        if left is None:
            raise Refusal(self.too_many(group, self.options.penalty))
        return self.rate_headers(group, left)

    def rate_headers(self, group, left):
        """The group's name goes out in lower case, as seen in the field."""
        return [("X-Rate-Limit-Group", group.lower()),
                ("X-Rate-Limit-Limit", str(self.limiter.limits[group])),
                ("X-Rate-Limit-Remaining", str(left)),
                ("X-Rate-Limit-Window", str(math.ceil(self.limiter.window)))]

    def too_many(self, group, penalty):
        """429 with the penalty to sit out."""
        reply = self.error(429, "CMN-301", "Request rate exceeded")
        reply.headers += self.rate_headers(group, 0) + [("Retry-After", str(math.ceil(penalty)))]
        return reply

    def authorise(self, request, scope):
        """A Bearer token that we issued, still living, with the scope that the endpoint asks."""
        if "Authorization" not in request.headers:
            raise Refusal(self.error(401, "AGW-401", "Authorization header is not specified"))
        if request.bearer is None:
            raise Refusal(self.error(401, "AGW-402", "Invalid Authorization header"))
        with self.lock:
            held = self.tokens.get(request.bearer)
        if held is None:
            raise Refusal(self.error(401, "OAU-213", "Token not found"))
        until, scopes = held
        if self.clock.monotonic() >= until:
            raise Refusal(self.error(401, "OAU-128", "Access token expired"))
        if scope and scope not in scopes:
            raise Refusal(self.forbidden(scope))

    def forbidden(self, scope, code="CMN-401"):
        """The application lacks a scope."""
        return self.error(403, code, f"In order to call this API endpoint, application needs to "
                          f"have [{scope}] permission", permissionName=scope)

    def early(self, fault):
        """Every token dies at once."""
        with self.lock:
            self.tokens = {token: (-1.0, scopes) for token, (_, scopes) in self.tokens.items()}

    def refuse_by_fault(self, request, fault):
        """429 begins a true penalty; 403 names the scope of the endpoint unless told another."""
        action = fault.action
        if fault.kind == "429":
            penalty = action.get("penalty", self.options.penalty)
            self.limiter.punish(request.group, penalty)
            return self.too_many(request.group, penalty)
        scope = self.facts.operations[request.operation]["scope"]
        return self.forbidden(action.get("permission", scope or "ReadAccounts"),
                              action.get("code", "CMN-401"))

    # Parameters.

    def parameters(self, request):
        """The query by the book: known names, known values, repeats only where allowed."""
        known = self.facts.operations[request.operation]["query"]
        values = {}
        for name, text in request.query:
            if name not in known:
                raise self.bad_parameter(name, text)
            many = known[name]["type"] == "array" if "type" in known[name] else False
            joined = known[name].get("joined", False)
            if name in values and (joined or not many):
                raise self.bad_parameter(name, text)
            item = known[name]["items"] if many else known[name]
            if joined:
                values[name] = [self.value(name, part, item) for part in text.split(",")]
                continue
            value = self.value(name, text, item)
            if many:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        for name, facts in known.items():
            if "default" in facts:
                values.setdefault(name, facts["default"])
        return values

    def value(self, name, text, facts):
        """One value as its type; an integer over its maximum is clamped, not refused."""
        if "one_of" in facts:
            if text in facts["one_of"][1]["enum"]:
                return facts["one_of"][0]["max"]
            facts = facts["one_of"][0]
        kind = facts["type"]
        if kind == "integer":
            if not re.fullmatch(r"\d{1,9}", text) or int(text) < facts.get("min", 0):
                raise self.bad_parameter(name, text)
            return min(int(text), facts.get("max", int(text)))
        if kind == "boolean":
            if text not in ("true", "false"):
                raise self.bad_parameter(name, text)
            return text == "true"
        if not text or ("enum" in facts and text not in facts["enum"]):
            raise self.bad_parameter(name, text)
        if facts.get("format") == "date-time":
            try:
                return fakehttp.parse_time(text)
            except ValueError:
                raise self.bad_parameter(name, text) from None
        return text

    # Token.

    def token(self, request):
        """The JWT grant: form parameters checked as strictly as query parameters."""
        kind = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise Refusal(self.error(415, "CMN-115", "Unsupported media type"))
        form = self.token_form(request)
        self.authenticate_client(request, form)
        if form["grant_type"] != GRANT:
            raise self.oauth_error(400, "unsupported_grant_type", "OAU-250",
                                   "Unsupported grant type")
        if not hmac.compare_digest(form["assertion"].encode(), self.options.jwt.encode()):
            raise self.oauth_error(400, "invalid_grant", "OAU-251", "JWT is invalid")
        asked = set(form.get("scope", "").split())
        if asked - set(self.options.scope.split()):
            raise self.oauth_error(400, "invalid_scope", "OAU-129", "Scope is not allowed")
        scope = " ".join(s for s in self.options.scope.split() if not asked or s in asked)
        ttl = min(int(form.get("access_token_ttl", 3600)), self.options.expires_in)
        token = secrets.token_urlsafe(48)
        with self.lock:
            self.tokens[token] = (self.clock.monotonic() + ttl, set(scope.split()))
            while len(self.tokens) > self.options.sessions:
                self.tokens.pop(next(iter(self.tokens)))
        request.kinds.append("tokens")
        return Reply(200, self.checked(
            {"access_token": token, "token_type": "bearer", "expires_in": ttl, "scope": scope,
             "owner_id": str(self.options.extension_id), "endpoint_id": secrets.token_urlsafe(12),
             "session_id": secrets.token_hex(16)}, "TokenInfo"))

    def token_form(self, request):
        """The form's members, each once and each known."""
        try:
            pairs = urllib.parse.parse_qsl(request.body(1 << 16).decode("ascii"),
                                           keep_blank_values=True, strict_parsing=True)
        except ValueError:
            raise self.oauth_error(400, "invalid_request", "CMN-101",
                                   "The form cannot be read") from None
        facts = self.facts.book["token_form"]
        form = dict(pairs)
        if len(form) != len(pairs) or set(form) - set(facts["fields"]) or request.query:
            raise self.oauth_error(400, "invalid_request", "CMN-101",
                                   "Unknown or repeated parameter")
        for name in facts["required"]:
            if not form.get(name):
                raise self.oauth_error(400, "invalid_request", "CMN-101",
                                       f"Parameter [{name}] value is invalid.")
        for name, text in form.items():
            limits = facts["fields"][name]
            if limits["type"] == "integer" and not (
                    text.isdigit() and limits.get("min", 0) <= int(text) <= limits["max"]):
                raise self.oauth_error(400, "invalid_request", "CMN-101",
                                       f"Parameter [{name}] value is invalid.")
        return form

    def authenticate_client(self, request, form):
        """Basic, and right; a body `client_id` is for apps without a secret."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except ValueError:
            user = secret = ""
        options = self.options
        good = (scheme.lower() == "basic" and user == options.client_id
                and hmac.compare_digest(secret.encode(), options.client_secret.encode())
                and form.get("client_id", user) == user)
        if not good:
            raise self.oauth_error(401, "invalid_client", "OAU-146",
                                   "Invalid client credentials")

    # The call log.

    def call_log(self, request, _account):
        """The company's log."""
        return self.log_page(request, None)

    def extension_call_log(self, request, _account, extension):
        """One user's log."""
        own = str(self.options.extension_id if extension == "~" else extension)
        known = {str(self.options.extension_id)}.union(
            *(self.extensions([row, *row.get("legs", [])]) for _, row in self.order))
        if own not in known:
            request.kinds.append("pages")
            raise self.gone("extensionId", own)
        return self.log_page(request, own)

    def log_page(self, request, extension):
        """A page, newest first, with where to go next."""
        request.kinds.append("pages")
        asked = self.parameters(request)
        if "sessionId" in asked and {"extensionNumber", "phoneNumber"} & set(asked):
            raise Refusal(self.error(400, "CLG-110", "sessionId excludes other filters",
                                     parameterName="sessionId"))
        if "extensionNumber" in asked and "phoneNumber" in asked:
            raise self.bad_parameter("phoneNumber", asked["phoneNumber"])
        if asked.get("phoneNumber", "").startswith("+"):
            raise self.bad_parameter("phoneNumber", asked["phoneNumber"])
        until = asked.get("dateTo", self.clock.now())
        since = asked.get("dateFrom", until - DAY)
        if since > until:
            raise self.bad_parameter("dateFrom", dict(request.query).get("dateFrom"))
        size = asked.get("perPage", 100)
        detailed = asked["view"] == "Detailed"
        if detailed and self.options.detailed_page_cap:
            size = min(size, self.options.detailed_page_cap)
        rows = [row for start, row in self.order
                if self.within(start, since, until) and self.matches(row, asked, extension)]
        fixed = [(k, v) for k, v in request.query
                 if k not in ("page", "perPage", "dateFrom", "dateTo")]
        fixed += [("dateFrom", fakehttp.rfc3339(since)), ("dateTo", fakehttp.rfc3339(until)),
                  ("perPage", str(size))]
        return self.page(request, rows, asked["page"], size, detailed, fixed)

    def page(self, request, rows, page, size, detailed, fixed):
        """Cut one page out of the rows."""
        begin, end = (page - 1) * size, page * size
        low, high = begin, end
        if request.fault and request.fault.kind == "duplicate":
            low, high = max(0, begin - 1), end + 1

        def address(number):
            query = urllib.parse.urlencode([*fixed, ("page", str(number))])
            return {"uri": f"{self.url}{request.path}?{query}"}

        records = [self.shown(row, detailed) for row in rows[low:high]]
        paging = {"perPage": size}
        fault = request.fault if request.fault and request.fault.kind == "lost_rows" else None
        if records and not (fault and fault.action.get("rows") is None):
            paging.update(page=min(page, 1000), pageStart=begin, pageEnd=min(end, len(rows)) - 1)
        navigation = {"firstPage": address(1)}
        if end < len(rows):
            navigation["nextPage"] = address(page + 1)
        if page > 1:
            navigation["previousPage"] = address(page - 1)
        if self.options.totals:
            pages = max(1, math.ceil(len(rows) / size))
            paging.update(totalPages=pages, totalElements=len(rows))
            navigation["lastPage"] = address(pages)
        body = {"uri": address(page)["uri"], "records": [], "paging": paging,
                "navigation": navigation}
        if fault:
            # The rows are there, and the page comes without them: as many as were said, else all,
            # and then without the way to the pages after it.
            count = fault.action.get("rows", len(records))
            records = records[:max(0, len(records) - count)]
            if "rows" not in fault.action:
                navigation.pop("nextPage", None)
        self.checked(body, "CallLogResponse")
        return Reply(200, {**body, "records": records})

    def within(self, start, since, until):
        """Whether the bounds belong to the range is documented nowhere, so it can be chosen."""
        low, high = self.options.bounds
        return ((since <= start if low == "[" else since < start)
                and (start <= until if high == "]" else start < until))

    def matches(self, row, asked, extension):
        """All filters but the dates."""
        parts = (row, *row.get("legs", ()))
        if extension and extension not in self.extensions(parts):
            return False
        for name in ("type", "direction", "transport"):
            if name in asked and row.get(name) not in asked[name]:
                return False
        for name in ("sessionId", "telephonySessionId"):
            if name in asked and row.get(name) != asked[name]:
                return False
        if "metadataCategory" in asked:
            if not set(asked["metadataCategory"]) & set(row.get("metadataCategories", ())):
                return False
        if row.get("deleted") and not asked["showDeleted"]:
            return False
        if not asked.get("showBlocked", True) and row.get("result") == "Blocked":
            return False
        parties = [part.get(side, {}) for part in parts for side in ("from", "to")]
        if "extensionNumber" in asked:
            if asked["extensionNumber"] not in {p.get("extensionNumber") for p in parties}:
                return False
        if "phoneNumber" in asked:
            if "+" + asked["phoneNumber"] not in {p.get("phoneNumber") for p in parties}:
                return False
        wanted = asked.get("recordingType") or ("All" if asked["withRecording"] else None)
        if wanted:
            seen = (row,) if self.options.filter_record_only else parts
            kinds = {p["recording"]["type"] for p in seen if self.holds(p, row)}
            return bool(kinds) and (wanted == "All" or wanted in kinds)
        return True

    @staticmethod
    def extensions(parts):
        """Ids of every user who had a part in the call."""
        found = {str(part["extension"]["id"]) for part in parts if "extension" in part}
        return found | {part[side]["extensionId"] for part in parts for side in ("from", "to")
                        if "extensionId" in part.get(side, {})}

    def purged(self, start):
        """Whether the retention has taken the recordings of a call of that time."""
        return (self.clock.now() - start).total_seconds() > self.options.retention_days * 86400

    def holds(self, part, row):
        """Whether a record or leg still shows a recording."""
        return "recording" in part and not self.purged(self.calls[row["id"]][0])

    def shown(self, row, detailed):
        """A row as its view and its age allow."""
        if self.check_replies and row["id"] not in self.vetted:
            self.checked(row, "CallLogRecord")
            self.vetted.add(row["id"])
        if not detailed:
            row = {k: v for k, v in row.items() if k not in DETAIL_ONLY}
        if self.purged(self.calls[row["id"]][0]):
            row = {k: v for k, v in row.items() if k != "recording"}
            if "legs" in row:
                row["legs"] = [{k: v for k, v in leg.items() if k != "recording"}
                               for leg in row["legs"]]
        return row

    # Recordings and the account.

    def audio(self, identity):
        """The file of a recording that can be had now; 404 for unknown, purged and unfinished."""
        start, row = self.recordings.get(identity, (None, None))
        if row is None or self.purged(start) or row.get("finished") is False:
            raise self.gone("recordingId", identity)
        for suffix, kind in MEDIA_TYPES.items():
            path = self.options.audio / f"{identity}{suffix}"
            if path.exists():
                return path, kind, row
        raise self.gone("recordingId", identity)

    def content(self, request, _account, identity):
        """The sound itself, whole or by range."""
        request.id = identity
        request.kinds.append("content")
        asked = self.parameters(request)
        path, kind, _ = self.audio(identity)
        size = path.stat().st_size
        headers = [("Accept-Ranges", "bytes"), ("ETag", f'"{identity}-{size}"')]
        if "contentDisposition" in asked:
            name = asked.get("contentDispositionFilename", path.name)
            headers.append(("Content-Disposition",
                            f'{asked["contentDisposition"].lower()}; filename="{name}"'))
        span = byte_range(request.headers.get("Range"), size)
        if span == "bad":
            reply = self.error(416, "CMN-107", "Requested range is not satisfiable")
            reply.headers.append(("Content-Range", f"bytes */{size}"))
            return reply
        fault = request.fault
        if fault and fault.kind == "media_type":
            kind = fault.action["type"]
        if span is None and fault and fault.kind == "partial":
            # The guide says that a server may answer 206 although no range was asked for.
            span = (0, min(fault.action.get("bytes", size), size) - 1)
        if span and request.headers.get("If-Range", headers[1][1]) == headers[1][1]:
            first, last = span
            headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
            return Reply(206, Slice(path, first, last - first + 1), headers, kind)
        return Reply(200, Slice(path), headers, kind)

    def recording(self, request, account, identity):
        """What is known of a recording; it costs a Heavy request and tells little."""
        request.id = identity
        request.kinds.append("recording")
        self.parameters(request)
        _, kind, row = self.audio(identity)
        return Reply(200, self.checked(
            {"id": identity, "contentType": kind, "duration": int(row.get("duration", 0)),
             "contentUri": f"{self.url}/restapi/v1.0/account/{account}/recording/"
                           f"{identity}/content"}, "GetCallRecordingResponse"))

    def call_recording(self, request, _account):
        """How long recordings are kept."""
        request.kinds.append("account")
        self.parameters(request)
        days = self.options.retention_days
        return Reply(200, self.checked(
            {"onDemand": {"enabled": True, "retentionPeriod": days},
             "automatic": {"enabled": True, "retentionPeriod": days,
                           "maxNumberLimit": 100000}}, "CallRecordingSettings"))

    def extension(self, request, _account, extension):
        """Who am I."""
        request.kinds.append("account")
        self.parameters(request)
        own = self.options.extension_id if extension == "~" else int(extension)
        base = f"{self.url}/restapi/v1.0/account/{self.options.account_id}"
        return Reply(200, self.checked(
            {"id": own, "uri": f"{base}/extension/{own}", "extensionNumber": "101",
             "account": {"id": str(self.options.account_id), "uri": base},
             "name": "Archive Service", "type": "User", "status": "Enabled"},
            "GetExtensionInfoResponse"))

    # Insights.

    def talks(self, wanted):
        """The recordings that were heard by now and that a part of a call is wanted for."""
        ripe = self.clock.now() - self.options.insights_delay * SECOND
        found = {}
        for start, row in self.order:
            for part in (row, *row.get("legs", ())):
                if "recording" in part and wanted(row, part):
                    began = fakehttp.parse_time(part.get("startTime", row["startTime"]))
                    talk = ringcentral_insights.Talk(row, part, began)
                    if talk.end <= ripe and row.get("finished") is not False:
                        found.setdefault(part["recording"]["id"], talk)
        return list(found.values())

    def insights_of(self, request, domain, wanted):
        """What is known of them; 404 says nothing of the reason."""
        request.kinds.append("insights")
        if domain not in self.facts.operations[request.operation]["path_values"]["domain"]:
            raise self.bad_parameter("domain", domain)
        kinds = self.parameters(request).get("insightTypes", ringcentral_insights.KINDS)
        talks = self.talks(wanted) if domain == "pbx" else []
        if not talks:
            raise Refusal(self.error(404, "RAH-3001", "Insights not found"))
        return [ringcentral_insights.insights(talk, domain, kinds) for talk in talks]

    def reshaped(self, request, reply):
        """As the fault wants it."""
        if request.fault and request.fault.kind == "insights":
            return ringcentral_insights.reshaped(reply, request.fault.action["shape"])
        return reply

    def record_insights(self, request, _account, domain, identity):
        """Those of one recording."""
        request.id = identity
        found = self.insights_of(request, domain,
                                 lambda _, part: part["recording"]["id"] == identity)
        return Reply(200, self.reshaped(request, self.checked(found[0], "RecordingInsights")))

    def session_insights(self, request, _account, domain, session):
        """Those of all recordings of a conversation."""
        request.id = session
        found = self.insights_of(request, domain, lambda row, part: session in (
            row.get("telephonySessionId"), part.get("telephonySessionId")))
        body = self.checked(
            {"records": found, "paging": {
                "page": 1, "perPage": 100, "pageStart": 0, "pageEnd": len(found) - 1,
                "totalElements": len(found), "sortableFields": []}}, "SessionsInsightsResource")
        return Reply(200, {**body, "records": [self.reshaped(request, one) for one in found]})

    def controlled(self, action, request):
        """One control more: new versions of calls."""
        if action == ("POST", "calls"):
            self.upsert(request.body().decode().splitlines())
            return Reply(200, {"calls": len(self.calls)})
        return super().controlled(action, request)


DAY = fakehttp.datetime.timedelta(days=1)
SECOND = fakehttp.datetime.timedelta(seconds=1)


def byte_range(text, size):
    """(first, last) of a single range, None when none is asked, "bad" when it cannot be met."""
    if text is None:
        return None
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", text.strip())
    if not found or found.groups() == ("", ""):
        return "bad"
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size - 1) if length else "bad"
    first, last = int(found[1]), int(found[2] or size - 1)
    return (first, min(last, size - 1)) if first <= last and first < size else "bad"


def bounds(text):
    """`[)` and its relatives."""
    if not re.fullmatch(r"[\[(][\])]", text):
        raise ValueError(text)
    return text


def options_of(arguments):
    """The command line."""
    parser = fakehttp.parser("A RingCentral to test against, on the loopback address.")
    parser.add_argument("--calls", type=pathlib.Path, help="calls as NDJSON")
    parser.add_argument("--audio", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--light-limit", type=int, default=50)
    parser.add_argument("--medium-limit", type=int, default=40)
    parser.add_argument("--heavy-limit", type=int, default=10)
    parser.add_argument("--auth-limit", type=int, default=5)
    parser.add_argument("--window", type=float, default=60)
    parser.add_argument("--penalty", type=float, default=60)
    parser.add_argument("--retention-days", type=int, default=90)
    parser.add_argument("--client-id", default="fake-client")
    parser.add_argument("--client-secret", default="fake-secret")
    parser.add_argument("--jwt", default="fake-jwt")
    parser.add_argument("--scope", default=SCOPES)
    parser.add_argument("--expires-in", type=int, default=3600)
    parser.add_argument("--sessions", type=int, default=5, help="tokens alive at once")
    parser.add_argument("--account-id", type=int, default=37439510)
    parser.add_argument("--extension-id", type=int, default=62264425101)
    parser.add_argument("--detailed-page-cap", type=int, default=0)
    parser.add_argument("--bounds", type=bounds, default="[)")
    parser.add_argument("--totals", action="store_true", help="tell totalPages and lastPage")
    parser.add_argument("--insights-delay", type=float, default=1740,
                        help="seconds from the end of a call to its insights")
    parser.add_argument("--insights-group", choices=("Light", "Medium", "Heavy"),
                        help="count insights against this limit (by the book: Light)")
    parser.add_argument("--filter-record-only", action="store_true",
                        help="recordingType does not look at legs")
    return parser.parse_args(arguments)


def main(arguments):
    """Serve."""
    options = options_of(arguments)
    fakehttp.run(RingCentral(options, fakehttp.Clock(options.now)), options)


if __name__ == "__main__":
    main(sys.argv[1:])
