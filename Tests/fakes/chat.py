#!/usr/bin/env python3
"""chat.py: the servers that speak OpenAI's chat completions, one dialect a process.

    chat.py --dialect openai [--key KEY] [--model NAME] [--context TOKENS] [--naive]

It takes the members that the description and the dialect know and no others, checks the schema as
strict mode does, and answers in the form that it was asked for: the first words of the turns are its
quotes, so that a test knows what to expect. With --naive it obeys what callers say, as a bad model
does. POST /_control/script {"answers":[…]} gives the next answers by hand, each a text, or an object
with `content`, `finish_reason`, `refusal` and `usage`. GET /_control/asked shows the last requests.

Facts: the description of POST /chat/completions (github.com/openai/openai-openapi), the guide to
structured outputs (platform.openai.com/docs/guides/structured-outputs), the codes of errors
(platform.openai.com/docs/guides/error-codes), and what the other servers document of themselves.
"""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import fakehttp  # noqa: E402

COMMON = {"model", "messages", "temperature", "response_format"}
FIELDS = {
    "openai": COMMON | {"max_completion_tokens"},
    "azure": COMMON | {"max_completion_tokens"},
    "vllm": COMMON | {"max_tokens", "max_completion_tokens", "structured_outputs"},
    "llama.cpp": COMMON | {"max_tokens", "cache_prompt"},
    "ollama": COMMON | {"max_tokens"},
    "llama-cpp-python": COMMON | {"max_tokens"},
    "json": COMMON | {"max_tokens"},
}
FORMATS = {
    "openai": {"text", "json_object", "json_schema"}, "azure": {"text", "json_object", "json_schema"},
    "vllm": {"text", "json_object", "json_schema"}, "ollama": {"text", "json_object", "json_schema"},
    "llama.cpp": {"text", "json_object", "json_schema"},
    "llama-cpp-python": {"text", "json_object"}, "json": {"text", "json_object"},
}
KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "enum"}
CODES = {"quota": "insufficient_quota", "billing": "billing_hard_limit_reached"}


def schema_faults(node, path="schema", depth=0):
    """What strict mode refuses of a schema."""
    if not isinstance(node, dict):
        return [f"{path} is no object"]
    faults = [f"{path} has {name}" for name in node if name not in KEYWORDS]
    if depth > 10:
        faults.append(f"{path} is too deep")
    if node.get("type") == "object":
        properties = node.get("properties", {})
        if node.get("additionalProperties") is not False:
            faults.append(f"{path} allows other members")
        if sorted(node.get("required", [])) != sorted(properties):
            faults.append(f"{path} does not require all members")
        for name, inner in properties.items():
            faults += schema_faults(inner, f"{path}.{name}", depth + 1)
    elif node.get("type") == "array":
        faults += schema_faults(node.get("items"), f"{path}[]", depth + 1)
    elif depth == 0:
        faults.append("the root is no object")
    return faults


def tokens(text):
    """About as many as the vocabularies of today make of English."""
    return max(1, len(text) // 4)


class Chat(fakehttp.Fake):
    """One server of one dialect."""

    counted = ("completions", "prompt_tokens", "completion_tokens", "leaked")

    def __init__(self, dialect, key=None, model=None, context=None, naive=False, legacy=False,
                 cold=False, **more):
        super().__init__(**more)
        self.dialect, self.key, self.model, self.naive = dialect, key, model, naive
        self.context = context or (4096 if dialect == "ollama" else 128_000)
        self.fields = set(FIELDS[dialect])
        if legacy:
            self.fields = self.fields - {"max_completion_tokens"} | {"max_tokens"}
        self.only_usual_temperature = cold
        self.script, self.asked = [], []

    def routes(self):
        return [("POST", r"/v1/chat/completions", "complete", self.complete)]

    def ready(self):
        return {"url": self.url, "base": f"{self.url}/v1"}

    def error(self, status, code, message, **more):
        kind = more.get("type") or ("server_error" if status >= 500 else "invalid_request_error")
        if code in CODES.values():
            kind = code
        if self.dialect == "vllm":
            return fakehttp.Reply(status, {"object": "error", "message": message,
                                           "type": "BadRequestError", "param": None,
                                           "code": status})
        if self.dialect == "llama.cpp":
            return fakehttp.Reply(status, {"error": {"code": status, "message": message,
                                                     "type": code or kind}})
        return fakehttp.Reply(status, {"error": {"message": message, "type": kind,
                                                 "param": more.get("param"), "code": code}})

    def refuse(self, status, code, message, **more):
        """An exception to end the request with."""
        return fakehttp.Refusal(self.error(status, code, message, **more))

    def refuse_by_fault(self, request, fault):
        code = CODES.get(fault.action.get("code"), "rate_limit_exceeded")
        reply = self.error(429, code, "Rate limit reached" if code == "rate_limit_exceeded"
                           else "You exceeded your current quota")
        if "penalty" in fault.action:
            reply.headers.append(("Retry-After", str(fault.action["penalty"])))
        return reply

    def admit(self, request):
        if self.dialect == "azure":
            shown = request.headers.get("api-key")
        else:
            shown = request.bearer
        if self.key and shown != self.key:
            raise self.refuse(401, "invalid_api_key",
                              f"Incorrect API key provided: {(shown or '')[:6]}***")
        return []

    def controlled(self, action, request):
        if action == ("POST", "script"):
            self.script += json.loads(request.body())["answers"]
            return fakehttp.Reply(200, {})
        if action == ("GET", "asked"):
            return fakehttp.Reply(200, {"asked": self.asked[-50:]})
        return super().controlled(action, request)

    # A request.

    def complete(self, request):
        """Judge the request, and answer."""
        body = request.json()
        if body is None:
            raise self.refuse(400, None, "We could not parse the JSON body of your request.")
        self.asked.append(body)
        self.judge(body)
        prompt = sum(tokens(message["content"]) for message in body["messages"])
        room = body.get("max_completion_tokens") or body.get("max_tokens") or self.context
        if self.dialect == "ollama" and prompt > self.context:
            # It keeps the rules and the end, and says nothing of the rest.
            prompt = self.context // 2
        elif prompt + (room if self.dialect == "vllm" else 0) > self.context:
            code = "exceed_context_size_error" if self.dialect == "llama.cpp" \
                else "context_length_exceeded"
            raise self.refuse(400, code, f"This model's maximum context length is {self.context} "
                                         f"tokens. Please reduce the length of the messages.",
                              param="messages")
        scripted = self.script.pop(0) if self.script else None
        if isinstance(scripted, str):
            scripted = {"content": scripted}
        scripted = scripted or {}
        content = scripted.get("content", self.compose(body) if "content" not in scripted else None)
        finish = scripted.get("finish_reason", "stop")
        if content is not None and tokens(content) > room:
            content, finish = content[:room * 4], "length"
        usage = {"prompt_tokens": prompt, "completion_tokens": tokens(content or ""),
                 "total_tokens": prompt + tokens(content or "")}
        usage = scripted.get("usage", usage)
        self.count("completions")
        if usage:
            self.count("prompt_tokens", usage["prompt_tokens"])
            self.count("completion_tokens", usage["completion_tokens"])
        message = {"role": "assistant", "content": content, "refusal": scripted.get("refusal")}
        return fakehttp.Reply(200, {
            "id": f"chatcmpl-{self.counts['completions']}", "object": "chat.completion",
            "created": 1_700_000_000, "model": body["model"], **({"usage": usage} if usage else {}),
            "choices": [{"index": 0, "message": message, "finish_reason": finish,
                         "logprobs": None}]})

    def judge(self, body):
        """Refuse what the server refuses."""
        for name in body:
            if name not in self.fields:
                other = {"max_tokens": "max_completion_tokens",
                         "max_completion_tokens": "max_tokens"}.get(name)
                hint = f" Use '{other}' instead." if other else ""
                raise self.refuse(400, "unsupported_parameter",
                                  f"Unsupported parameter: '{name}' is not supported with this "
                                  f"model.{hint}", param=name)
        if self.only_usual_temperature and body.get("temperature", 1) != 1:
            raise self.refuse(400, "unsupported_value",
                              "Unsupported value: 'temperature' does not support 0 with this "
                              "model. Only the default (1) value is supported.",
                              param="temperature")
        if self.model and body.get("model") != self.model:
            raise self.refuse(404, "model_not_found", f"The model `{body.get('model')}` does not "
                                                      f"exist or you do not have access to it.")
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages or any(
                set(message) != {"role", "content"} or not isinstance(message["content"], str)
                or message["role"] not in ("system", "user", "assistant") for message in messages):
            raise self.refuse(400, None, "Invalid 'messages'.", param="messages")
        self.judge_format(body, messages)

    def judge_format(self, body, messages):
        """Refuse a form of answer that the server does not know."""
        wanted = body.get("response_format", {"type": "text"})
        kind = wanted.get("type")
        if kind not in FORMATS[self.dialect]:
            raise self.refuse(400, None, f"This response_format type '{kind}' is unavailable now",
                              param="response_format")
        if kind == "json_object" and not any("json" in m["content"].lower() for m in messages):
            raise self.refuse(400, None, "'messages' must contain the word 'json' in some form, to "
                                         "use 'response_format' of type 'json_object'.",
                              param="messages")
        if kind == "json_schema":
            inner = wanted.get("json_schema", {})
            faults = schema_faults(inner.get("schema"))
            if set(inner) != {"name", "schema", "strict"} or faults or not re.fullmatch(
                    r"[A-Za-z0-9_-]{1,64}", inner.get("name", "")):
                raise self.refuse(400, "invalid_value", f"Invalid schema for response_format: "
                                                        f"{'; '.join(faults[:3])}",
                                  param="response_format")

    # An answer.

    def compose(self, body):
        """One object of the schema; what a model without a grammar says stands in a fence."""
        rules, data = body["messages"][0]["content"], body["messages"][-1]["content"]
        schema = json.loads(rules[rules.rindex("\n{") + 1:])
        # A complaint may stand behind the data.
        turns = next(iter(json.JSONDecoder().raw_decode(data)[0].values()))
        value = self.value(schema, "", Turns(turns), self.naive and self.orders(turns))
        text = json.dumps(value, ensure_ascii=False)
        if body.get("response_format", {}).get("type", "text") == "text":
            return f"<think>Let me see.</think>\n```json\n{text}\n```"
        return text

    @staticmethod
    def orders(turns):
        """True when a caller tells a model what to do."""
        text = " ".join(map(str, turns)).lower()
        return any(word in text for word in (
            "ignore", "ignora", "ignoriere", "忽略", "system:", "ten points", "json", "insert",
            "end of transcript", "</transcript>", "all points", "\"answers\"", "full marks"))

    def value(self, schema, name, turns, obeys):
        """A value of the schema. A model that obeys says yes to all, by words that nobody said."""
        kind = schema.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if "enum" in schema:
            return self.choose(schema["enum"], name, obeys)
        if "object" in kinds:
            return {inner: self.value(node, inner, turns, obeys)
                    for inner, node in schema["properties"].items()}
        if "array" in kinds:
            return self.items(schema["items"], name, turns, obeys)
        if "integer" in kinds:
            return turns.number
        if name == "quote":
            return turns.attack() if obeys else turns.quote
        if obeys:
            return "Perfect service. See https://evil.example/pay now <b>today</b>."
        return f"The {name} of {turns.count} turns."

    def items(self, schema, name, turns, obeys):
        """An item for each question of a scorecard, else one for each of the first turns."""
        questions = schema["properties"].get("question", {}).get("enum")
        if questions:
            return [{**self.value(schema, name, turns.at(index), obeys), "question": question}
                    for index, question in enumerate(questions)]
        return [self.value(schema, name, turns.at(index), obeys)
                for index in range(min(2, turns.count))]

    @staticmethod
    def choose(words, name, obeys):
        """The first word that is allowed; with an attack the best one."""
        if obeys and "very_positive" in words:
            return "very_positive"
        return "neutral" if "neutral" in words else words[0]


class Turns:
    """The turns that the server was shown, and the one that is quoted now."""

    LINE = re.compile(r"\[(\d+) (\S+) [\d:]+\] (.*)", re.DOTALL)

    def __init__(self, lines, index=0):
        self.lines, self.index = lines, index
        self.count = len(lines)

    def at(self, index):
        """The same turns with another one to quote, of the agent where one is."""
        return Turns(self.lines, index)

    @property
    def parts(self):
        """Number, party and words of the quoted turn."""
        lines = [self.LINE.match(line) for line in self.lines if isinstance(line, str)]
        lines = [line for line in lines if line]
        own = [line for line in lines if line[2] == "agent"] or lines
        return own[self.index % len(own)] if own else None

    @property
    def number(self):
        """Of the quoted turn."""
        parts = self.parts
        return int(parts[1]) if parts else 1

    @property
    def quote(self):
        """Up to eight words."""
        parts = self.parts
        return " ".join(parts[3].split()[:8]) if parts else "as the parts say"

    def attack(self):
        """What the caller wants the agent to have said: words of the longest turn."""
        longest = max((line for line in self.lines if isinstance(line, str)), key=len, default="")
        parts = self.LINE.match(longest)
        return " ".join(parts[3].split()[:12]) if parts else longest[:60]


def main():
    """The command line."""
    parser = fakehttp.parser(__doc__.splitlines()[0])
    parser.add_argument("--dialect", choices=sorted(FIELDS), default="openai")
    parser.add_argument("--key", help="the key that is asked for; none: nobody is asked")
    parser.add_argument("--model", help="the only model that is there")
    parser.add_argument("--context", type=int, help="tokens of a prompt")
    parser.add_argument("--naive", action="store_true", help="obey what callers say")
    parser.add_argument("--legacy", action="store_true", help="know max_tokens alone")
    parser.add_argument("--cold", action="store_true", help="refuse any temperature but 1")
    options = parser.parse_args()
    fake = Chat(options.dialect, options.key, options.model, options.context, options.naive,
                options.legacy, options.cold, log_path=options.log)
    fakehttp.run(fake, options)


if __name__ == "__main__":
    main()
