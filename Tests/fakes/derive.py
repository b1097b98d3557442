#!/usr/bin/env python3
"""derive.py SPEC_DIR: boil the services' official descriptions down to the facts the fakes need.

The fakes must be strict by the book, and the book must not be guessed at. But the descriptions
are large and not ours to redistribute, so this program keeps facts only: names, types, enums,
limits and defaults of the endpoints the fakes serve, and the shapes of their bodies. No prose
survives. Run it again when a description changes, and read the diff: that is what changed for us.

SPEC_DIR holds `ringcentral-extract.json` (OpenAPI) and `drive.v3.json` (Google discovery).
The results, `ringcentral_facts.json` and `drive_facts.json`, stand beside this file.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent

RINGCENTRAL_OPERATIONS = {
    "token": ("post", "/restapi/oauth/token", "TokenInfo"),
    "call_log": ("get", "/restapi/v1.0/account/{accountId}/call-log", "CallLogResponse"),
    "extension_call_log": (
        "get", "/restapi/v1.0/account/{accountId}/extension/{extensionId}/call-log",
        "CallLogResponse"),
    "recording": ("get", "/restapi/v1.0/account/{accountId}/recording/{recordingId}",
                  "GetCallRecordingResponse"),
    "content": ("get", "/restapi/v1.0/account/{accountId}/recording/{recordingId}/content", None),
    "extension": ("get", "/restapi/v1.0/account/{accountId}/extension/{extensionId}",
                  "GetExtensionInfoResponse"),
    "record_insights": (
        "get", "/ai/ringsense/v1/public/accounts/{accountId}/domains/{domain}/records/"
        "{sourceRecordId}/insights", "RecordingInsights"),
    "session_insights": (
        "get", "/ai/ringsense/v1/public/accounts/{accountId}/domains/{domain}/sessions/"
        "{sourceSessionId}/insights", "SessionsInsightsResource"),
}

# The token request is an `anyOf` by grant; the fake speaks one grant, so its parts are named here.
TOKEN_FORM = ["ClientIdModel", "ClientAuthJwtModel", "BaseTokenRequest", "JwtTokenRequest"]

# Of a user's profile the fake answers these members only. Fewer facts is stricter, not laxer.
EXTENSION_MEMBERS = ["id", "uri", "account", "extensionNumber", "name", "status", "type"]

# The extract does not hold this endpoint; the members below are those the reference names.
CALL_RECORDING_SETTINGS = {
    "method": "GET", "path": "/restapi/v1.0/account/{accountId}/call-recording",
    "group": "Light", "scope": "ReadAccounts", "query": {}, "reply": "CallRecordingSettings"}
CALL_RECORDING_SCHEMA = {"type": "object", "fields": {
    "onDemand": {"type": "object", "fields": {
        "enabled": {"type": "boolean"}, "retentionPeriod": {"type": "integer"}}},
    "automatic": {"type": "object", "fields": {
        "enabled": {"type": "boolean"}, "retentionPeriod": {"type": "integer"},
        "maxNumberLimit": {"type": "integer"}}}}}

DRIVE_METHODS = {"generate_ids": ("files", "generateIds"), "list": ("files", "list"),
                 "create": ("files", "create"), "get": ("files", "get"),
                 "update": ("files", "update"), "delete": ("files", "delete"),
                 "about": ("about", "get")}

RENAMED = {"minimum": "min", "maximum": "max", "minLength": "min_length",
           "maxLength": "max_length", "minItems": "min_items"}


class OpenAPI:
    """The RingCentral description, with references resolved and `allOf` merged."""

    def __init__(self, document):
        self.document = document
        self.used = {}

    def lookup(self, reference):
        """What a `#/components/…` reference points at."""
        node = self.document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]
        return node

    def schema(self, node):
        """The facts of one schema; a named one is kept aside once and referred to by name."""
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            if name not in self.used:
                self.used[name] = None
                self.used[name] = self.schema(self.lookup(node["$ref"]))
            return {"ref": name}
        if "allOf" in node:
            return self.merged(node["allOf"])
        if "oneOf" in node:
            return {"one_of": [self.schema(part) for part in node["oneOf"]]}
        facts = {"type": node.get("type", "any")}
        for key in ("enum", "format", "default"):
            if key in node:
                facts[key] = node[key]
        facts.update({RENAMED[key]: node[key] for key in RENAMED if key in node})
        if "items" in node:
            facts["items"] = self.schema(node["items"])
        if "properties" in node:
            facts["fields"] = {k: self.schema(v) for k, v in node["properties"].items()}
        if "required" in node:
            facts["required"] = node["required"]
        if node.get("additionalProperties") is True:
            facts["open"] = True
        return facts

    def merged(self, parts):
        """`allOf` objects flattened into one, so that "no other members" can be checked."""
        facts = {"type": "object", "fields": {}, "required": []}
        for part in parts:
            part = self.lookup(part["$ref"]) if "$ref" in part else part
            flat = self.merged(part["allOf"]) if "allOf" in part else self.schema(part)
            facts["fields"].update(flat.get("fields", {}))
            facts["required"] += [n for n in flat.get("required", ()) if n not in facts["required"]]
            if flat.get("open"):
                facts["open"] = True
        return facts

    def inlined(self, facts):
        """A parameter's schema without references: parameters are small and read on their own."""
        if "ref" in facts:
            return self.inlined(self.schema(self.lookup(f"#/components/schemas/{facts['ref']}")))
        if "items" in facts:
            return {**facts, "items": self.inlined(facts["items"])}
        return facts

    def operation(self, method, path, reply):
        """One endpoint: its group, scope and query parameters."""
        source = self.document["paths"][path][method]
        facts = {"method": method.upper(), "path": path, "group": source["x-throttling-group"],
                 "scope": source.get("x-app-permission"), "query": {}}
        for parameter in source.get("parameters", []):
            if "$ref" in parameter:
                parameter = self.lookup(parameter["$ref"])
            used, self.used = self.used, {}
            value = self.inlined(self.schema(parameter["schema"]))
            self.used = used
            if parameter["in"] == "query":
                if value.get("type") == "array" and parameter.get("explode") is False:
                    value["joined"] = True
                facts["query"][parameter["name"]] = value
            elif parameter["in"] == "path" and "enum" in value:
                facts.setdefault("path_values", {})[parameter["name"]] = value["enum"]
        if reply:
            facts["reply"] = reply
            self.schema({"$ref": f"#/components/schemas/{reply}"})
        return facts


def ringcentral(document):
    """The facts of the RingCentral endpoints."""
    book = OpenAPI(document)
    schemas = document["components"]["schemas"]
    members = schemas["GetExtensionInfoResponse"]["properties"]
    schemas["GetExtensionInfoResponse"]["properties"] = {n: members[n] for n in EXTENSION_MEMBERS}
    operations = {name: book.operation(*entry) for name, entry in RINGCENTRAL_OPERATIONS.items()}
    operations["call_recording"] = CALL_RECORDING_SETTINGS
    book.used["CallRecordingSettings"] = CALL_RECORDING_SCHEMA
    for name in ("ParameterizedErrorResponseModel", "ApiErrorResponseModel"):
        book.schema({"$ref": f"#/components/schemas/{name}"})
    oauth = document["components"]["responses"]["OauthInvalidRequest"]
    oauth = oauth["content"]["application/json"]["schema"]
    return {"token_form": book.merged([{"$ref": f"#/components/schemas/{n}"} for n in TOKEN_FORM]),
            "oauth_error": book.merged(oauth["allOf"]),
            "operations": operations, "schemas": dict(sorted(book.used.items()))}


def discovery_schema(node, used, schemas):
    """The facts of one schema of a Google discovery document."""
    if "$ref" in node:
        name = node["$ref"]
        if name not in used:
            used[name] = None
            used[name] = discovery_schema(schemas[name], used, schemas)
        return {"ref": name}
    facts = {"type": node.get("type", "any")}
    for key in ("enum", "format"):
        if key in node:
            facts[key] = node[key]
    if node.get("readOnly"):
        facts["read_only"] = True
    if "items" in node:
        facts["items"] = discovery_schema(node["items"], used, schemas)
    if "additionalProperties" in node:
        facts["values"] = discovery_schema(node["additionalProperties"], used, schemas)
    if "properties" in node:
        facts["fields"] = {k: discovery_schema(v, used, schemas)
                           for k, v in node["properties"].items()}
    return facts


def discovery_parameter(node):
    """A query parameter; discovery writes numbers and truth values as strings."""
    facts = {"type": node["type"]}
    if "enum" in node:
        facts["enum"] = node["enum"]
    if "default" in node:
        facts["default"] = node["default"]
    for name, short in (("minimum", "min"), ("maximum", "max")):
        if name in node:
            facts[short] = int(node[name])
    return facts


def drive(document):
    """The facts of the Google Drive methods."""
    used, operations = {}, {}
    for name, (resource, method) in DRIVE_METHODS.items():
        source = document["resources"][resource]["methods"][method]
        facts = {"method": source["httpMethod"], "path": "/drive/v3/" + source["path"],
                 "scopes": source["scopes"], "query": {
                     key: discovery_parameter(value)
                     for key, value in source.get("parameters", {}).items()
                     if value["location"] == "query"}}
        if "response" in source:
            facts["reply"] = source["response"]["$ref"]
            discovery_schema({"$ref": facts["reply"]}, used, document["schemas"])
        if "mediaUpload" in source:
            simple = source["mediaUpload"]["protocols"]["simple"]
            facts["upload"] = {"path": simple["path"],
                               "max_bytes": int(source["mediaUpload"]["maxSize"])}
        operations[name] = facts
    common = {name: discovery_parameter(value) for name, value in document["parameters"].items()}
    return {"revision": document["revision"], "common": common, "operations": operations,
            "schemas": dict(sorted(used.items()))}


def main(arguments):
    """Derive both fact files from the descriptions in a folder."""
    if len(arguments) != 1:
        sys.exit("usage: derive.py SPEC_DIR")
    folder = pathlib.Path(arguments[0])
    for source, target, derive in (("ringcentral-extract.json", "ringcentral_facts.json",
                                    ringcentral),
                                   ("drive.v3.json", "drive_facts.json", drive)):
        facts = derive(json.loads((folder / source).read_text(encoding="utf-8")))
        (HERE / target).write_text(compact(facts) + "\n", encoding="utf-8")


def compact(value, indent=0):
    """JSON with a line per leaf-like member: small, and a change shows as one line in a diff."""
    flat = json.dumps(value)
    if len(flat) + indent <= 96 or not isinstance(value, dict):
        return flat
    pad = " " * (indent + 1)
    lines = [f"{pad}{json.dumps(k)}: {compact(v, indent + 1)}" for k, v in value.items()]
    return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"


if __name__ == "__main__":
    main(sys.argv[1:])
