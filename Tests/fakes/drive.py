#!/usr/bin/env python3
"""A Google Drive of one service account and one shared drive, on the loopback address.

Strict by the discovery document (`drive_facts.json`), and true to what the document leaves out
and clients get wrong: names are not unique, ids are (a reused one is 409, also after deletion),
only ids from generateIds are taken, a service account owns no storage, a call without
`supportsAllDrives=true` does not see the shared drive, `fields` decides what is told, a 308 may
hold less than was sent.

With --state DIR everything outlives the fake: content/<id> are the bytes, files.ndjson is the
journal of the metadata (the last line of an id counts), sessions/ are unfinished uploads, and
tree/ shows the folders by name, made anew at start, at the end and on POST /_control/tree.
"""

import hashlib
import hmac
import json
import os
import pathlib
import re
import secrets
import shutil
import sys
import tempfile
import urllib.parse

import fakehttp
from drive_key import Key, decode64, encode64
from drive_language import cut, parse_mask, parse_query, plain
from drive_rules import (AUDIENCE, CHANGEABLE, DEFAULT_FIELDS, EMAIL, FOLDER, GRANT, REASONS,
                         SCOPES, STATUS_REASONS, WRITABLE)
from drive_uploads import Session, Uploads
from fakehttp import Refusal, Reply, Slice
from ringcentral import byte_range


class Drive(Uploads, fakehttp.Fake):
    """The service."""

    facts_file = "drive_facts.json"
    counted = ("tokens", "generate_ids", "creates", "uploads", "folders", "updates", "deletes",
               "sessions", "chunks", "lists", "gets", "downloads", "conflicts")

    def __init__(self, options, clock):
        super().__init__(clock, options.log, options.check_replies)
        self.options = options
        self.temporary = None
        if options.state is None:
            self.temporary = tempfile.mkdtemp(prefix="fake-drive.")
        self.state = pathlib.Path(options.state or self.temporary)
        for name in ("content", "sessions"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        self.key = Key(self.state / "key.pem")
        self.tokens = {}
        self.files = {}
        self.used = set()
        self.sessions = {}
        self.restore()

    # State.

    def restore(self):
        """Take up where an earlier run ended, or begin with an empty shared drive."""
        settings = self.state / "drive.json"
        if not settings.exists():
            made = {"secret": secrets.token_hex(16), "drive": "0A" + secrets.token_urlsafe(12)[:16]
                    + "Uk9PVA", "folder": "1" + secrets.token_urlsafe(24)}
            fakehttp.write_atomically(settings, json.dumps(made), 0o600)
        kept = json.loads(settings.read_text(encoding="utf-8"))
        self.secret, self.drive_id = bytes.fromhex(kept["secret"]), kept["drive"]
        self.folder = kept["folder"]
        journal = self.state / "files.ndjson"
        if journal.exists():
            for line in journal.read_text(encoding="utf-8").splitlines():
                file = json.loads(line)
                self.used.add(file["id"])
                self.files.pop(file["id"], None)
                if not file.pop("deleted", False):
                    self.files[file["id"]] = file
        if self.folder not in self.files:
            self.keep(self.new_file({"id": self.folder, "name": "Call recordings",
                                     "mimeType": FOLDER, "parents": [self.drive_id]}))
        for note in (self.state / "sessions").glob("*.json"):
            session = Session(note.parent, note.stem, json.loads(note.read_text()))
            self.sessions[note.stem] = session
        self.plant()

    def keep(self, file, deleted=False):
        """Journal one file's metadata with a single write, and remember it."""
        line = json.dumps({**file, "deleted": True} if deleted else file) + "\n"
        descriptor = os.open(self.state / "files.ndjson",
                             os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
        self.used.add(file["id"])
        if deleted:
            self.files.pop(file["id"], None)
        else:
            self.files[file["id"]] = file

    def plant(self):
        """The tree by name, for people: symbolic links into content/."""
        tree = self.state / "tree"
        fresh = self.state / ".tree"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        children = {}
        for file in sorted(self.files.values(), key=lambda f: (f["createdTime"], f["id"])):
            if not file["trashed"]:
                children.setdefault((file.get("parents") or [None])[0], []).append(file)
        pending = [(self.folder, fresh, 1)]
        while pending:
            parent, place, depth = pending.pop()
            for file in children.get(parent, ()):
                name = file["name"].replace("/", "_").strip(".") or "_"
                target = place / name
                if target.exists() or target.is_symlink():
                    target = place / f"{name} ({file['id']})"
                if file["mimeType"] == FOLDER:
                    target.mkdir()
                    pending.append((file["id"], target, depth + 1))
                else:
                    target.symlink_to(f"{'../' * depth}content/{file['id']}")
        shutil.rmtree(tree, ignore_errors=True)
        fresh.rename(tree)

    def close(self):
        """Leave the tree up to date; without --state leave nothing."""
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)
        else:
            with self.lock:
                self.plant()

    def ready(self):
        """The address, the folder to use and the key to use it with."""
        line = {"url": self.url, "folder": self.folder, "drive": self.drive_id}
        if self.options.key_file_out:
            line["key_file"] = str(self.options.key_file_out)
        return line

    def opened(self):
        """Write the key file: its token address is known only now."""
        if self.options.key_file_out:
            fakehttp.write_atomically(self.options.key_file_out, json.dumps({
                "type": "service_account", "project_id": "callpipe-test",
                "private_key_id": self.key.identity, "private_key": self.key.pem,
                "client_email": EMAIL, "client_id": "104000000000000000001",
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                "token_uri": f"{self.url}/token", "universe_domain": "googleapis.com",
            }, indent=2) + "\n", 0o600)

    def controlled(self, action, request):
        """Two controls more: the tree, and all files as NDJSON."""
        if action == ("POST", "tree"):
            with self.lock:
                self.plant()
            return Reply(200, {"tree": str(self.state / "tree")})
        if action == ("GET", "files"):
            with self.lock:
                lines = [json.dumps(self.told(f, "*")) + "\n" for f in self.files.values()]
            return Reply(200, "".join(lines), content_type="application/x-ndjson")
        return super().controlled(action, request)

    # Routes, errors, admission.

    def routes(self):
        """The endpoints."""
        files, upload = r"/drive/v3/files", r"/upload/drive/v3/files"
        return (("POST", "/token", "token", self.token),
                ("GET", r"/drive/v3/about", "about", self.about),
                ("GET", files + r"/generateIds", "generate_ids", self.generate_ids),
                ("GET", files, "list", self.list),
                ("POST", files, "create", self.create),
                ("GET", files + r"/([^/]+)", "get", self.get),
                ("PATCH", files + r"/([^/]+)", "update", self.update),
                ("DELETE", files + r"/([^/]+)", "delete", self.delete),
                ("POST", upload, "create", self.upload),
                ("PUT", upload, "create", self.session),
                ("DELETE", upload, "create", self.session),
                ("PATCH", upload + r"/([^/]+)", "update", self.upload),
                ("PUT", upload + r"/([^/]+)", "update", self.session),
                ("POST", upload + r"/([^/]+)", "update", self.session))

    def error(self, status, code, message, **more):
        """Google's shape: the error object with a list of reasons."""
        reason = code or STATUS_REASONS.get(status, "backendError")
        return Reply(status, {"error": {
            "code": status, "message": message,
            "errors": [{"message": message, "domain": "global", "reason": reason, **more}]}})

    def refuse(self, status, reason, message, **more):
        """An error to raise."""
        return Refusal(self.error(status, reason, message, **more))

    def by_reason(self, reason):
        """A well-known refusal."""
        status, message = REASONS[reason]
        domain = "usageLimits" if "Limit" in reason or "onfigured" in reason else "global"
        reply = self.error(status, reason, message, domain=domain)
        if reason == "insufficientPermissions":
            body = json.loads(reply.body)
            body["error"]["status"] = "PERMISSION_DENIED"
            body["error"]["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
                                         "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]
            reply = Reply(status, body)
        return Refusal(reply)

    def not_found(self, identity):
        """404 in the words of Drive."""
        return self.refuse(404, "notFound", f"File not found: {identity}.",
                           location="fileId", locationType="parameter")

    def invalid(self, name, message="Invalid Value"):
        """400 for a parameter."""
        return self.refuse(400, "invalidParameter", message, location=name,
                           locationType="parameter")

    def admit(self, request):
        """A token, its scope, then the query by the book. A session's address is authority."""
        if request.operation == "token":
            return
        in_session = any(name == "upload_id" for name, _ in request.query)
        if in_session and "Authorization" not in request.headers:
            return
        with self.lock:
            until, scopes = self.tokens.get(request.bearer, (-1.0, ()))
        if self.clock.monotonic() >= until:
            reply = self.error(401, "authError" if request.bearer else "required",
                               "Invalid Credentials" if request.bearer else "Login Required",
                               location="Authorization", locationType="header")
            raise Refusal(reply)
        if not in_session:
            facts = self.facts.operations[request.operation]
            if not set(scopes) & set(facts["scopes"]):
                raise self.by_reason("insufficientPermissions")

    def parameters(self, request):
        """The query by the discovery document: names, types, enums, ranges, no repeats."""
        facts = self.facts.operations[request.operation]
        known = {**self.facts.book["common"], **facts["query"]}
        values = {}
        for name, text in request.query:
            if name not in known or name in values:
                raise self.invalid(name, f"Unknown or repeated parameter {name}")
            limits = known[name]
            if limits["type"] == "boolean" and text not in ("true", "false"):
                raise self.invalid(name, f"Invalid boolean value: '{text}'.")
            if limits["type"] == "integer":
                good = re.fullmatch(r"-?\d{1,9}", text)
                if not good or not limits.get("min", 0) <= int(text) <= limits["max"]:
                    raise self.invalid(name, f"Invalid value '{text}'.")
            if "enum" in limits and text not in limits["enum"]:
                raise self.invalid(name, f"Invalid value '{text}'.")
            values[name] = text
        for name, limits in known.items():
            if "default" in limits:
                values.setdefault(name, limits["default"])
        if "uploadType" in values and not request.path.startswith("/upload/"):
            raise self.invalid("uploadType", "uploadType belongs to /upload addresses")
        return values

    def early(self, fault):
        """Tokens or sessions die at once."""
        with self.lock:
            if fault.kind == "expire_tokens":
                self.tokens.clear()
            else:
                for session in self.sessions.values():
                    session.forget()
                self.sessions.clear()

    def refuse_by_fault(self, request, fault):
        """403 by reason, or Google's 429."""
        if fault.kind == "429":
            reply = self.error(429, "rateLimitExceeded", "Rate Limit Exceeded")
            if "penalty" in fault.action:
                reply.headers.append(("Retry-After", str(fault.action["penalty"])))
            return reply
        return self.by_reason(fault.action.get("reason", "insufficientFilePermissions")).reply

    # Token.

    def token(self, request):
        """The service account's grant, verified for real."""
        kind = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        form = urllib.parse.parse_qs(request.body(1 << 16).decode("latin-1"),
                                     keep_blank_values=True)
        if kind != "application/x-www-form-urlencoded" or request.query:
            raise self.grant_error("invalid_request", "A form is due")
        if form.get("grant_type") != [GRANT]:
            raise self.grant_error("unsupported_grant_type", "Invalid grant_type")
        if set(form) != {"grant_type", "assertion"} or len(form["assertion"]) != 1:
            raise self.grant_error("invalid_request", "Missing or foreign parameter")
        claims = self.claims(form["assertion"][0])
        asked = str(claims.get("scope", "")).split(" ")
        if not set(asked) <= SCOPES:
            raise self.grant_error("invalid_scope", "Invalid OAuth scope or ID token audience.")
        token = "ya29.c." + secrets.token_urlsafe(48)
        with self.lock:
            self.tokens[token] = (self.clock.monotonic() + self.options.expires_in, asked)
        request.kinds.append("tokens")
        return Reply(200, {"access_token": token, "expires_in": self.options.expires_in,
                           "token_type": "Bearer"})

    def claims(self, assertion):
        """The claims of a JWT whose signature, issuer, audience and times are right."""
        try:
            head, payload, signature = assertion.split(".")
            header, claims = (json.loads(decode64(part)) for part in (head, payload))
            signature = decode64(signature)
        except ValueError:
            raise self.grant_error("invalid_grant", "Bad JWT") from None
        if header.get("alg") != "RS256" or header.get("typ", "JWT") != "JWT":
            raise self.grant_error("invalid_grant", "Invalid JWT: RS256 is due")
        if header.get("kid", self.key.identity) != self.key.identity:
            raise self.grant_error("invalid_grant", "Invalid JWT Signature.")
        if not self.key.signed(f"{head}.{payload}".encode(), signature):
            raise self.grant_error("invalid_grant", "Invalid JWT Signature.")
        if claims.get("iss") != EMAIL:
            raise self.grant_error("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") not in (AUDIENCE, f"{self.url}/token"):
            raise self.grant_error("invalid_grant", "Failed audience check.")
        issued, until = claims.get("iat"), claims.get("exp")
        now = self.clock.wall().timestamp()
        numbers = isinstance(issued, int) and isinstance(until, int)
        if not (numbers and issued <= until <= issued + 65 * 60 and issued - 300 <= now < until):
            raise self.grant_error(
                "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) "
                "and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")
        if "sub" in claims and claims["sub"] not in self.options.delegate:
            reply = Reply(401, {"error": "unauthorized_client", "error_description":
                                "Client is unauthorized to retrieve access tokens using this "
                                "method, or client not authorized for any of the scopes "
                                "requested."})
            raise Refusal(reply)
        return claims

    @staticmethod
    def grant_error(error, description):
        """The token endpoint's own shape."""
        return Refusal(Reply(400, {"error": error, "error_description": description}))

    # What is told of a file.

    def told(self, value, mask, schema="File"):
        """A value cut down to its `fields`, held against the description."""
        try:
            tree = parse_mask(mask)
            shown = cut(value, tree, self.facts, self.facts.schemas[schema])
        except ValueError as problem:
            raise self.invalid("fields", f"Invalid field selection {problem}") from None
        return self.checked(shown, schema)

    def full(self, file):
        """Stored metadata with what is derived from it."""
        folder = file["mimeType"] == FOLDER
        kind = "folders" if folder else "file"
        page = (f"https://drive.google.com/drive/folders/{file['id']}" if folder
                else f"https://drive.google.com/{kind}/d/{file['id']}/view?usp=drivesdk")
        shown = {"kind": "drive#file", **file, "webViewLink": page, "explicitlyTrashed":
                 file["trashed"], "version": "1", "spaces": ["drive"], "ownedByMe": False,
                 "capabilities": {"canAddChildren": folder, "canTrash": True,
                                  "canDelete": self.options.role == "organizer",
                                  "canEdit": True, "canDownload": not folder,
                                  "canListChildren": folder}}
        return shown

    def visible(self, identity, asked):
        """A file in the shared drive, for a caller who said that he knows of shared drives."""
        with self.lock:
            file = self.files.get(identity)
        all_drives = "true" in (asked["supportsAllDrives"], asked["supportsTeamDrives"])
        if file is None or (file.get("driveId") and not all_drives):
            raise self.not_found(identity)
        return file

    def now(self):
        """The time as Drive writes it."""
        return fakehttp.rfc3339(self.clock.now())

    def mint(self):
        """An id that proves by itself that we made it, so that no list of them is needed."""
        root = secrets.token_bytes(14)
        return "1" + encode64(root + hmac.digest(self.secret, root, "sha256")[:10])

    def minted(self, identity):
        """Whether an id came from generateIds."""
        try:
            data = decode64(identity[1:])
        except ValueError:
            return False
        mark = hmac.digest(self.secret, data[:14], "sha256")[:10]
        return identity[:1] == "1" and len(data) == 24 and hmac.compare_digest(mark, data[14:])

    # Metadata.

    def about(self, request):
        """Who am I; `fields` is required here."""
        asked = self.parameters(request)
        if "fields" not in asked:
            raise self.refuse(400, "required", "The 'fields' parameter is required for this "
                              "method.", location="fields", locationType="parameter")
        return Reply(200, self.told(
            {"kind": "drive#about", "user": {"kind": "drive#user", "displayName": EMAIL,
                                             "emailAddress": EMAIL, "me": True},
             "storageQuota": {"limit": "0", "usage": "0", "usageInDrive": "0",
                              "usageInDriveTrash": "0"},
             "maxUploadSize": "5497558138880", "canCreateDrives": False},
            asked["fields"], "About"))

    def generate_ids(self, request):
        """Ids for later creation."""
        asked = self.parameters(request)
        if asked["space"] not in ("drive", "appDataFolder"):
            raise self.invalid("space")
        if asked["type"] not in ("files", "shortcuts"):
            raise self.invalid("type")
        request.kinds.append("generate_ids")
        ids = [self.mint() for _ in range(int(asked["count"]))]
        return Reply(200, self.told({"kind": "drive#generatedIds", "space": asked["space"],
                                     "ids": ids}, asked.get("fields", "*"), "GeneratedIds"))

    def list(self, request):
        """Files by query; without the two words for shared drives there is nothing to see."""
        asked = self.parameters(request)
        if asked.get("corpora", "user") not in ("user", "domain", "drive", "allDrives"):
            raise self.invalid("corpora")
        if (asked.get("corpora") == "drive") != ("driveId" in asked):
            raise self.invalid("driveId", "The driveId parameter must be specified if and only "
                               "if corpora is set to drive.")
        if asked.get("driveId", self.drive_id) != self.drive_id:
            raise self.refuse(404, "notFound", f"Shared drive not found: {asked['driveId']}",
                              location="driveId", locationType="parameter")
        try:
            tests = parse_query(asked.get("q", ""))
        except ValueError:
            raise self.invalid("q") from None
        seen = asked["includeItemsFromAllDrives"] == asked["supportsAllDrives"] == "true"
        with self.lock:
            found = [f for f in self.files.values()
                     if (seen or not f.get("driveId")) and f["id"] != self.drive_id
                     and all(test(f) for test in tests)]
        for key in reversed(asked.get("orderBy", "name").split(",")):
            word, _, way = key.strip().partition(" ")
            if word not in ("name", "createdTime", "modifiedTime", "folder", "name_natural"):
                raise self.invalid("orderBy")
            order = {"folder": lambda f: f["mimeType"] != FOLDER,
                     "name": lambda f: f["name"].lower(),
                     "name_natural": lambda f: f["name"].lower()}.get(
                         word, lambda f, w=word: f[w])
            found.sort(key=order, reverse=way == "desc")
        token = asked.get("pageToken", "0")
        if not token.isdigit():
            raise self.invalid("pageToken")
        begin, size = int(token), int(asked["pageSize"])
        body = {"kind": "drive#fileList", "incompleteSearch": False,
                "files": [self.full(f) for f in found[begin:begin + size]]}
        if begin + size < len(found):
            body["nextPageToken"] = str(begin + size)
        request.kinds.append("lists")
        mask = asked.get("fields", f"kind,incompleteSearch,nextPageToken,files({DEFAULT_FIELDS})")
        return Reply(200, self.told(body, mask, "FileList"))

    def get(self, request, identity):
        """Metadata, or with alt=media the bytes."""
        request.id = identity
        asked = self.parameters(request)
        file = self.visible(identity, asked)
        if asked["alt"] != "media":
            request.kinds.append("gets")
            return Reply(200, self.told(self.full(file), asked.get("fields", DEFAULT_FIELDS)))
        if file["mimeType"] == FOLDER:
            raise self.refuse(403, "fileNotDownloadable", "Only files with binary content can be "
                              "downloaded.", location="alt", locationType="parameter")
        request.kinds.append("downloads")
        path = self.state / "content" / identity
        size = path.stat().st_size
        span = byte_range(request.headers.get("Range"), size)
        if span == "bad":
            reply = self.error(416, "requestedRangeNotSatisfiable", "Request range not satisfiable")
            reply.headers.append(("Content-Range", f"bytes */{size}"))
            return reply
        if span:
            headers = [("Content-Range", f"bytes {span[0]}-{span[1]}/{size}")]
            return Reply(206, Slice(path, span[0], span[1] - span[0] + 1), headers,
                         file["mimeType"])
        return Reply(200, Slice(path), (), file["mimeType"])

    def create(self, request):
        """A file without bytes: a folder, almost always."""
        asked = self.parameters(request)
        plan = self.plan(self.metadata(request), asked)
        if plan["mimeType"] != FOLDER and self.owned(plan):
            raise self.by_reason("storageQuotaExceeded")
        file = self.commit(request, plan, None)
        return Reply(200, self.told(self.full(file), asked.get("fields", DEFAULT_FIELDS)))

    def update(self, request, identity):
        """Change metadata."""
        request.id = identity
        asked = self.parameters(request)
        file = self.visible(identity, asked)
        changes = self.metadata(request, CHANGEABLE)
        with self.lock:
            file = self.changed(file, changes, asked)
            self.keep(file)
        request.kinds.append("updates")
        return Reply(200, self.told(self.full(file), asked.get("fields", DEFAULT_FIELDS)))

    def delete(self, request, identity):
        """Gone for good; the id stays used for ever. In a shared drive that is for its managers."""
        request.id = identity
        asked = self.parameters(request)
        file = self.visible(identity, asked)
        if self.options.role != "organizer":
            raise self.by_reason("insufficientFilePermissions")
        with self.lock:
            gone, doomed = [], [file]
            while doomed:
                one = doomed.pop()
                gone.append(one)
                doomed += [f for f in self.files.values() if one["id"] in f.get("parents", ())]
            for one in gone:
                self.keep(one, deleted=True)
                (self.state / "content" / one["id"]).unlink(missing_ok=True)
        request.kinds.append("deletes")
        return Reply(204)

    def metadata(self, request, allowed=None, data=None):
        """A body that the description allows and whose members may be written."""
        if data is None:
            kind = request.headers.get("Content-Type", "").split(";")[0].strip().lower()
            data = request.body()
            if data and kind != "application/json":
                raise self.refuse(400, "badContent", f"Unsupported content with type: {kind}")
        try:
            body = json.loads(data) if data else {}
        except ValueError:
            raise self.refuse(400, "parseError", "Parse Error") from None
        if not isinstance(body, dict):
            raise self.refuse(400, "parseError", "Parse Error")
        plain = {k: {n: v for n, v in value.items() if v is not None}
                 if k in ("appProperties", "properties") and isinstance(value, dict) else value
                 for k, value in body.items()}
        found = self.facts.problems(plain, "File")
        if found:
            raise self.refuse(400, "invalid", "; ".join(found[:3]))
        for name in body:
            if name not in (allowed or WRITABLE):
                raise self.refuse(403, "fieldNotWritable", "The resource body includes fields "
                                  f"which are not directly writable: {name}.")
        for group in ("appProperties", "properties"):
            self.check_properties(body.get(group, {}), group)
        return body

    def check_properties(self, properties, group):
        """At most 30, and 124 bytes of key and value together."""
        if len(properties) > 30:
            raise self.refuse(403, "propertyLimitExceeded", f"Too many {group}.")
        for key, value in properties.items():
            if len(key.encode()) + len((value or "").encode()) > 124:
                raise self.refuse(400, "invalid", f"{group}: '{key}' and its value are longer "
                                  "than 124 bytes.")

    def plan(self, body, asked, media_type=None):
        """What a creation is to make; refuses ids that are not ours or are taken."""
        if "id" in body and not self.minted(body["id"]):
            raise self.refuse(400, "invalid", "The provided file ID is not usable.",
                              location="file.id", locationType="other")
        parents = body.get("parents", [])
        if len(parents) > 1:
            raise self.refuse(400, "multipleParentsNotSupported", "A file has one parent.")
        for parent in parents:
            if parent != "root" and self.visible(parent, asked)["mimeType"] != FOLDER:
                raise self.refuse(403, "parentNotAFolder",
                                  "The specified parent is not a folder.")
        plan = {"id": body.get("id") or self.mint(), "name": "Untitled",
                "mimeType": media_type or "application/octet-stream", **body}
        plan.pop("kind", None)
        plan["parents"] = [] if parents == ["root"] else parents
        with self.lock:
            if plan["id"] in self.used:
                raise self.conflict()
        return plan

    def conflict(self):
        """409: the id is taken."""
        self.count("conflicts")
        return self.refuse(409, "fileIdInUse", "A file already exists with the provided ID.",
                           location="file.id", locationType="other")

    @staticmethod
    def owned(plan):
        """Whether a file would lie in the service account's own, storageless Drive."""
        return not plan["parents"]

    def new_file(self, plan, path=None):
        """Metadata of a file that comes to be now."""
        now = self.now()
        file = {**plan, "createdTime": plan.get("createdTime", now),
                "modifiedTime": plan.get("modifiedTime", now), "trashed": False, "size": "0"}
        if plan["parents"]:
            file["driveId"] = self.drive_id
        for name in ("createdTime", "modifiedTime"):
            file[name] = fakehttp.rfc3339(fakehttp.parse_time(file[name]))
        if file["mimeType"] == FOLDER:
            del file["size"]
        else:
            file.update(self.sums(path))
            file.setdefault("originalFilename", file["name"])
            file["headRevisionId"] = "0B" + secrets.token_urlsafe(24)
        return file

    @staticmethod
    def sums(path):
        """Size and checksums of the bytes as they lie on disk."""
        hashes = [hashlib.md5(), hashlib.sha1(), hashlib.sha256()]
        size = 0
        if path:
            for block in Slice(path).blocks():
                size += len(block)
                for one in hashes:
                    one.update(block)
        md5, sha1, sha256 = (one.hexdigest() for one in hashes)
        return {"size": str(size), "quotaBytesUsed": str(size), "md5Checksum": md5,
                "sha1Checksum": sha1, "sha256Checksum": sha256}

    def commit(self, request, plan, path):
        """The one place where files come to be: bytes first, then the line in the journal."""
        file = self.new_file(plan, path)
        with self.lock:
            if plan["id"] in self.used:
                raise self.conflict()
            target = self.state / "content" / plan["id"]
            if path:
                path.replace(target)
            elif plan["mimeType"] != FOLDER:
                target.touch()
            self.keep(file)
        request.id = plan["id"]
        request.kinds.append("folders" if plan["mimeType"] == FOLDER else "creates")
        if path:
            request.kinds.append("uploads")
        return file

    def changed(self, file, changes, asked):
        """Metadata after a PATCH; a null property is taken away."""
        changes.pop("kind", None)
        changed = {**file, "modifiedTime": self.now(), **changes}
        for group in ("appProperties", "properties"):
            if group in changes:
                merged = {**file.get(group, {}), **changes[group]}
                changed[group] = {k: v for k, v in merged.items() if v is not None}
                self.check_properties(changed[group], group)
        parents = set(file.get("parents", ()))
        added = [p for p in asked.get("addParents", "").split(",") if p]
        parents -= {p for p in asked.get("removeParents", "").split(",") if p}
        for parent in added:
            self.visible(parent, asked)
        if len(parents | set(added)) > 1:
            raise self.refuse(403, "cannotAddParent",
                              "Increasing the number of parents is not allowed")
        changed["parents"] = sorted(parents | set(added)) or file.get("parents", [])
        return changed


def options_of(arguments):
    """The command line."""
    parser = fakehttp.parser("A Google Drive to test against, on the loopback address.")
    parser.add_argument("--state", type=pathlib.Path, help="keep everything here")
    parser.add_argument("--key-file-out", type=pathlib.Path, help="write the account's key here")
    parser.add_argument("--expires-in", type=int, default=3599)
    parser.add_argument("--role", choices=("organizer", "fileOrganizer"), default="organizer",
                        help="the account's role in the shared drive: a manager or, of content")
    parser.add_argument("--delegate", action="append", default=[],
                        help="a user that the account may act for")
    return parser.parse_args(arguments)


def main(arguments):
    """Serve."""
    options = options_of(arguments)
    fakehttp.run(Drive(options, fakehttp.Clock(options.now)), options)


if __name__ == "__main__":
    main(sys.argv[1:])
