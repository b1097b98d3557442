#!/usr/bin/env python3
"""alert_services.py: the services that alerts go to, each as strict as its description.

    alert_services.py

One server plays Slack's incoming webhooks, Teams' workflows, PagerDuty's Events API v2, SendGrid's
mail/send, a receiver of Standard Webhooks, ntfy and healthchecks.io. Its ready line has the address or
the key of each. `GET /_control/received` shows the bodies that were taken, a line each, with the
service and the id that keeps apart what is told twice.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import fakehttp  # noqa: E402

SLACK = "/services/T0000SECRET/B0000SECRET/xoxsecret"
TEAMS = "/workflows/secretsecret/triggers/manual/paths/invoke"
ROUTING_KEY = "r0ut1ngk3y" * 3 + "ab"
SENDGRID_KEY = "SG.secret"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOPIC = "secrettopic"
CHECK = "/0a1b2c3d-0000-4000-8000-secretsecret"


class AlertServices(fakehttp.Fake):
    """All of them at one address, told apart by the path."""

    counted = ("slack", "teams", "pagerduty", "sendgrid", "webhook", "ntfy", "ping")

    def __init__(self, **more):
        super().__init__(**more)
        self.received = []

    def ready(self):
        return {"url": self.url, "slack": self.url + SLACK, "teams": self.url + TEAMS + "?sig=s",
                "pagerduty": ROUTING_KEY, "sendgrid": SENDGRID_KEY,
                "webhook": self.url + "/hook/secret", "webhook_secret": WEBHOOK_SECRET,
                "topic": TOPIC, "ping": self.url + CHECK}

    def routes(self):
        return [("POST", re.escape(SLACK), "slack", self.slack),
                ("POST", re.escape(TEAMS), "teams", self.teams),
                ("POST", "/v2/enqueue", "pagerduty", self.pagerduty),
                ("POST", "/v3/mail/send", "sendgrid", self.sendgrid),
                ("POST", "/hook/secret", "webhook", self.webhook),
                ("POST", "/", "ntfy", self.ntfy),
                ("GET", "/[0-9a-f-]{13,}.*", "ping", self.ping)]

    def error(self, status, code, message, **more):
        return fakehttp.Reply(status, code or message, content_type="text/plain")

    def refuse_by_fault(self, request, fault):
        reply = self.error(429, None, "rate_limited")
        if "penalty" in fault.action:
            reply.headers.append(("Retry-After", str(fault.action["penalty"])))
        return reply

    def refuse(self, status, message):
        """An exception to end the request with."""
        return fakehttp.Refusal(self.error(status, None, message))

    def controlled(self, action, request):
        if action == ("GET", "received"):
            with self.lock:
                text = "".join(json.dumps(entry) + "\n" for entry in self.received)
            return fakehttp.Reply(200, text, content_type="application/x-ndjson")
        return super().controlled(action, request)

    def keep(self, service, key, body):
        """Note a message that was taken."""
        with self.lock:
            self.received.append({"service": service, "key": key, "body": body})
        self.count(service)

    def body(self, request, status=400, message="invalid_payload"):
        """The body as a JSON object, under the right type."""
        kind = request.headers.get("Content-Type", "")
        value = request.json() if kind.split(";")[0] == "application/json" else None
        if value is None:
            raise self.refuse(status, message)
        return value

    def members(self, value, required, optional=()):
        """Refuse a body with other members than the description has."""
        if not set(required) <= set(value) <= set(required) | set(optional):
            raise self.refuse(400, "invalid_payload")

    # Slack: https://api.slack.com/messaging/webhooks

    def slack(self, request):
        """Answer `ok`, or a word under 400."""
        value = self.body(request)
        self.members(value, ["text"], ["blocks", "attachments"])
        if not isinstance(value["text"], str) or not value["text"]:
            raise self.refuse(400, "no_text")
        if len(value["text"]) > 40_000:
            raise self.refuse(400, "msg_too_long")
        if re.search(r"<(?![@#!h])", value["text"]) or re.search("&(?!amp;|lt;|gt;)", value["text"]):
            raise self.refuse(400, "invalid_payload")
        self.keep("slack", None, value)
        return fakehttp.Reply(200, "ok", content_type="text/html")

    # Teams: learn.microsoft.com, "Create incoming webhooks with Workflows"

    def teams(self, request):
        """An adaptive card in an envelope, at most 28 KB."""
        if request.length > 28 * 1024:
            raise self.refuse(413, "RequestEntityTooLarge")
        value = self.body(request)
        self.members(value, ["type", "attachments"])
        card = value["attachments"][0]
        if value["type"] != "message" or len(value["attachments"]) != 1:
            raise self.refuse(400, "BadRequest")
        if card.get("contentType") != "application/vnd.microsoft.card.adaptive":
            raise self.refuse(400, "BadRequest")
        content = card["content"]
        if content.get("type") != "AdaptiveCard" or not re.fullmatch(r"1\.\d", content["version"]):
            raise self.refuse(400, "BadRequest")
        for block in content["body"]:
            if block.get("type") != "TextBlock" or not isinstance(block.get("text"), str):
                raise self.refuse(400, "BadRequest")
        self.keep("teams", None, value)
        return fakehttp.Reply(202, "")

    # PagerDuty: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/

    def pagerduty(self, request):
        """202 with the key; 400 for what the description does not allow."""
        value = self.body(request)
        if value.get("routing_key") != ROUTING_KEY or value.get("event_action") not in (
                "trigger", "acknowledge", "resolve"):
            raise self.refuse(400, "invalid event")
        key = value.get("dedup_key")
        if not isinstance(key, str) or not 0 < len(key) <= 255:
            raise self.refuse(400, "invalid event")
        if value["event_action"] == "trigger":
            self.members(value, ["routing_key", "event_action", "dedup_key", "payload"],
                         ["client", "client_url", "links", "images"])
            payload = value["payload"]
            self.members(payload, ["summary", "source", "severity"],
                         ["timestamp", "component", "group", "class", "custom_details"])
            if len(payload["summary"]) > 1024 or payload["severity"] not in (
                    "critical", "error", "warning", "info"):
                raise self.refuse(400, "invalid event")
            fakehttp.parse_time(payload["timestamp"])
        else:
            self.members(value, ["routing_key", "event_action", "dedup_key"])
        self.keep("pagerduty", key, value)
        return fakehttp.Reply(202, {"status": "success", "message": "Event processed",
                                    "dedup_key": key})

    # SendGrid: https://www.twilio.com/docs/sendgrid/api-reference/mail-send

    def sendgrid(self, request):
        """202 means queued."""
        if request.bearer != SENDGRID_KEY:
            raise fakehttp.Refusal(fakehttp.Reply(401, {"errors": [
                {"message": "The provided authorization grant is invalid", "field": None}]}))
        value = self.body(request)
        self.members(value, ["personalizations", "from", "subject", "content"], ["headers"])
        people = [who["email"] for part in value["personalizations"] for who in part["to"]]
        if not all("@" in address for address in [*people, value["from"]["email"]]):
            raise self.refuse(400, "bad_address")
        if [part["type"] for part in value["content"]] != ["text/plain"] or not value["subject"]:
            raise self.refuse(400, "bad_content")
        self.keep("sendgrid", None, value)
        return fakehttp.Reply(202, "", [("X-Message-Id", "m1")])

    # Standard Webhooks 1.0.0

    def webhook(self, request):
        """Prove the signature as a receiver does."""
        body = request.body()
        name, stamp = request.headers.get("webhook-id"), request.headers.get("webhook-timestamp")
        if not name or "." in name or not stamp or abs(
                self.clock.now().timestamp() - int(stamp)) > 300:
            raise self.refuse(400, "bad_headers")
        key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
        signed = f"{name}.{stamp}.".encode() + body
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if right not in request.headers.get("webhook-signature", "").split(" "):
            raise self.refuse(401, "bad_signature")
        self.keep("webhook", name, json.loads(body))
        return fakehttp.Reply(204, "")

    # ntfy: https://docs.ntfy.sh/publish/#publish-as-json

    def ntfy(self, request):
        """A message to a topic."""
        value = self.body(request, message="40001")
        self.members(value, ["topic", "title", "message", "priority", "tags"], ["click"])
        if value["topic"] != TOPIC:
            raise self.refuse(403, "forbidden")
        if value["priority"] not in range(1, 6) or len(value["message"].encode()) > 4096:
            raise self.refuse(400, "invalid")
        self.keep("ntfy", None, value)
        return fakehttp.Reply(200, {"id": "n1", "event": "message"})

    # healthchecks.io: https://healthchecks.io/docs/http_api/

    def ping(self, request):
        """200 also for a check that does not exist; only the body tells."""
        if request.path != CHECK:
            return fakehttp.Reply(200, "OK (not found)", content_type="text/plain")
        self.keep("ping", None, None)
        return fakehttp.Reply(200, "OK", content_type="text/plain")


def main():
    """The command line."""
    options = fakehttp.parser(__doc__.splitlines()[0]).parse_args()
    fakehttp.run(AlertServices(log_path=options.log), options)


if __name__ == "__main__":
    main()
