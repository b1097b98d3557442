"""Bytes on their way to the Drive: whole, in parts, or in a session that outlives a crash."""

import json
import os
import re
import secrets
import threading
import urllib.parse

import fakehttp
from drive_rules import CHANGEABLE, DEFAULT_FIELDS, FOLDER, SIMPLE_LIMIT, STEP, WRITABLE
from fakehttp import Cut, Refusal, Reply


class Session:
    """A resumable upload: what is to become of it, and the bytes held so far."""

    def __init__(self, folder, identity, plan):
        self.identity, self.plan = identity, plan
        self.lock = threading.Lock()
        self.note = folder / f"{identity}.json"
        self.part = folder / f"{identity}.part"

    @property
    def held(self):
        """Bytes that are safe."""
        return self.part.stat().st_size if self.part.exists() else 0

    def save(self):
        """Put the plan on disk."""
        fakehttp.write_atomically(self.note, json.dumps(self.plan))

    def forget(self):
        """Leave nothing behind."""
        self.note.unlink(missing_ok=True)
        self.part.unlink(missing_ok=True)


class Uploads:
    """The three ways of upload, for the class that keeps the files."""

    def upload(self, request, identity=None):
        """The three ways of upload, for a new file (POST) or an old one's content (PATCH)."""
        if any(name == "upload_id" for name, _ in request.query):
            return self.session(request, identity)
        asked = self.parameters(request)
        way = asked.get("uploadType")
        if identity:
            request.id = identity
            self.visible(identity, asked)
        if way == "multipart":
            return self.multipart(request, asked, identity)
        if way == "media":
            plan = self.target(b"", asked, identity, request.headers.get("Content-Type"), request)
            return self.finish(request, plan, self.receive(request, request.blocks()))
        if way == "resumable":
            return self.begin(request, asked, identity)
        raise self.invalid("uploadType")

    def target(self, data, asked, identity, media_type, request):
        """What an upload is to make or change, from the metadata part."""
        if (media_type or "").startswith("application/vnd.google-apps"):
            raise self.refuse(400, "badRequest",
                              "Invalid MIME type provided for the uploaded content.")
        allowed = CHANGEABLE if identity else WRITABLE
        body = self.metadata(request, allowed, data)
        fields = asked.get("fields", DEFAULT_FIELDS)
        if identity:
            return {"update": identity, "changes": body, "fields": fields, "asked": {
                k: asked[k] for k in ("addParents", "removeParents", "supportsAllDrives",
                                      "supportsTeamDrives") if k in asked}}
        plan = self.plan(body, asked, media_type)
        if plan["mimeType"] == FOLDER:
            raise self.refuse(400, "badRequest",
                              "Invalid MIME type provided for the uploaded content.")
        if self.owned(plan):
            raise self.by_reason("storageQuotaExceeded")
        return {"create": plan, "fields": fields}

    def receive(self, request, blocks, path=None):
        """Bytes to disk; a fault may keep fewer than came."""
        path = path or self.state / "sessions" / f"{secrets.token_hex(8)}.simple"
        fault = request.fault
        with path.open("ab") as file:
            for block in blocks:
                file.write(block)
            if fault and fault.kind == "wrong_length":
                file.flush()
                size = file.tell()
                file.truncate(max(0, fault.action.get("to", size + fault.action.get("delta", -1))))
        return path

    def finish(self, request, target, path):
        """All bytes are here: make the file, or give an old one its new content."""
        if "create" in target:
            try:
                file = self.commit(request, target["create"], path)
            except Refusal:
                path.unlink(missing_ok=True)
                raise
        else:
            with self.lock:
                file = self.visible(target["update"], target["asked"])
                file = {**self.changed(file, target["changes"], target["asked"]),
                        **self.sums(path)}
                path.replace(self.state / "content" / file["id"])
                self.keep(file)
            request.kinds += ["updates", "uploads"]
        return Reply(200, self.told(self.full(file), target["fields"]))

    def multipart(self, request, asked, identity):
        """Metadata and bytes in one request; documented for at most 5 MB."""
        kind = request.headers.get("Content-Type", "")
        found = re.fullmatch(r'multipart/related\s*;\s*boundary=("?)([^";]{1,70})\1\s*', kind,
                             re.IGNORECASE)
        if not found:
            raise self.refuse(400, "badContent", "multipart/related with a boundary is due")
        data = request.body()
        if len(data) > SIMPLE_LIMIT + 65536:
            raise self.refuse(413, "uploadTooLarge", "multipart is for 5 MB at most")
        parts = split_parts(data, found[2].encode())
        if parts is None or len(parts) != 2:
            raise self.refuse(400, "badContent", "Malformed multipart body.")
        (head, metadata), (media_head, media) = parts
        if not head.get("content-type", "").lower().startswith("application/json"):
            raise self.refuse(400, "badContent", "The first part must be JSON metadata")
        target = self.target(metadata, asked, identity, media_head.get("content-type"), request)
        return self.finish(request, target, self.receive(request, [media]))

    def begin(self, request, asked, identity):
        """Open a resumable session; ids in use are told here already."""
        headers = request.headers
        total = headers.get("X-Upload-Content-Length")
        if total is not None and not total.isdigit():
            raise self.refuse(400, "badRequest", "Invalid X-Upload-Content-Length")
        if asked["alt"] != "json":
            raise self.invalid("alt")
        data = request.body()
        kind = headers.get("Content-Type", "").split(";")[0].strip().lower()
        if data and kind != "application/json":
            raise self.refuse(400, "badContent", f"Unsupported content with type: {kind}")
        target = self.target(data, asked, identity, headers.get("X-Upload-Content-Type"), request)
        target["total"] = int(total) if total else None
        name = "ABg" + secrets.token_urlsafe(48)
        session = Session(self.state / "sessions", name, target)
        session.save()
        with self.lock:
            self.sessions[name] = session
        request.id = identity or target["create"]["id"]
        request.kinds.append("sessions")
        query = urllib.parse.urlencode({"uploadType": "resumable", "upload_id": name})
        return Reply(200, b"", [("Location", f"{self.url}{request.path}?{query}"),
                                ("X-GUploader-UploadID", name)])

    def session(self, request, _identity=None):
        """A request on a session's address: bytes, a question, or the end."""
        query = dict(request.query)
        with self.lock:
            session = self.sessions.get(query.get("upload_id"))
        if session is None or query.get("uploadType") != "resumable" or len(query) != 2:
            raise self.refuse(404, "notFound", "Not Found")
        with session.lock:
            return self.in_session(request, session)

    def in_session(self, request, session):
        """One request at a time: a killed client's last bytes must land before the next asks."""
        if request.method == "DELETE":
            with self.lock:
                self.sessions.pop(session.identity, None)
            session.forget()
            return Reply(499)
        if "done" in session.plan:
            file = self.files.get(session.plan["done"])
            if file is None:
                raise self.refuse(404, "notFound", "Not Found")
            return Reply(200, self.told(self.full(file), session.plan["fields"]))
        begin, total, asking = self.span(request, session)
        held = session.held
        if not asking:
            request.kinds.append("chunks")
            held = self.append(request, session, begin, total)
        if total is not None and held == total:
            reply = self.finish(request, session.plan, self.whole(session))
            session.plan["done"] = request.id or session.plan.get("update")
            session.save()
            return reply
        headers = [("Range", f"bytes=0-{held - 1}")] if held else []
        if request.headers.get("X-GUploader-No-308", "").lower() == "yes":
            return Reply(200, b"", [*headers, ("X-HTTP-Status-Code-Override", "308")])
        return Reply(308, b"", headers)

    def whole(self, session):
        """The bytes of a session that is complete; an empty file has none yet."""
        session.part.touch()
        return session.part

    def span(self, request, session):
        """(first byte, total or None, is it a question) of a session request, by the rules."""
        text, length = request.headers.get("Content-Range"), request.length
        known = session.plan["total"]
        if text is None:
            if request.chunked:
                raise self.refuse(411, "lengthRequired", "Content-Length is due")
            begin, total, asking = 0, length, False
        elif found := re.fullmatch(r"bytes \*/(\d+|\*)", text):
            if length:
                raise self.refuse(400, "badRequest", "A status query has no body")
            begin, total, asking = 0, None if found[1] == "*" else int(found[1]), True
        else:
            found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", text)
            if not found:
                raise self.refuse(400, "badRequest", "Failed to parse Content-Range header.")
            begin, end = int(found[1]), int(found[2])
            total, asking = None if found[3] == "*" else int(found[3]), False
            if end - begin + 1 != length or (total is not None and end >= total):
                raise self.refuse(400, "badRequest", "Invalid Content-Range")
            if (total is None or end + 1 < total) and length % STEP:
                raise self.refuse(400, "badRequest",
                                  "Chunks but the last must be multiples of 256 KiB")
        if known is not None and total not in (None, known):
            raise self.refuse(400, "badRequest", "The total differs from what was announced")
        if begin > session.held:
            raise self.refuse(400, "badRequest", "Bytes are missing before this chunk")
        return begin, known if total is None else total, asking

    def append(self, request, session, begin, total):
        """Take the new bytes of a chunk. What a broken connection leaves is kept in whole steps."""
        skip = session.held - begin
        limit = None
        if request.fault and request.fault.kind == "keep":
            limit = begin + request.fault.action.get("bytes", STEP)
        try:
            with session.part.open("ab") as file:
                for block in request.blocks():
                    if skip:
                        dropped = min(skip, len(block))
                        skip, block = skip - dropped, block[dropped:]
                    file.write(block)
        except Cut:
            if session.held != total:
                os.truncate(session.part, session.held // STEP * STEP)
            raise
        if limit is not None and session.held > limit:
            os.truncate(session.part, limit)
        fault = request.fault
        if fault and fault.kind == "wrong_length" and session.held == total:
            held = session.held + fault.action.get("delta", -1)
            os.truncate(session.part, max(0, fault.action.get("to", held)))
            return total
        return session.held


def split_parts(data, boundary):
    """[(headers, body)] of a multipart body, or None when it is malformed."""
    mark = b"--" + boundary
    pieces = (b"\r\n" + data).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return None
    parts = []
    for piece in pieces[1:-1]:
        head, found, body = piece.partition(b"\r\n\r\n")
        if not found:
            return None
        headers = {}
        for line in head.decode("latin-1").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        parts.append((headers, body))
    return parts
