#!/usr/bin/env python3
"""deepgram.py: Deepgram's POST /v1/listen, as strict as its description.

    deepgram.py --key KEY

It listens to any file that ffmpeg reads: each loud stretch of a channel becomes an utterance
`Tone N.`, N being its pitch in steps of 50 Hz, so that a test knows by the words which sound of
which channel they came from, and by the times where it was. It takes the parameters that the
description has and no others. `redact` makes a tag of tones of 500 Hz.

`--longest N` makes it give up with 504 over more than N seconds of all channels together.
`--errors` chooses among the three shapes that errors have. `wrong_type` with a `body` and a `type`
makes it answer anything with 200: HTML, half JSON, another schema, what a callback is answered.
"""

import array
import hashlib
import pathlib
import re
import subprocess
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import fakehttp  # noqa: E402
import multipart  # noqa: E402

RATE = 8000
TRUTH = "true|false"
PARAMETERS = {
    "model": r"[\w-]+", "language": r"[a-z]{2,3}(-[\w]+)?|multi", "detect_language": TRUTH,
    "multichannel": TRUTH, "diarize_model": "latest|v1|v2", "utterances": TRUTH,
    "utt_split": r"[\d.]+", "smart_format": TRUTH, "punctuate": TRUTH, "numerals": TRUTH,
    "paragraphs": TRUTH, "filler_words": TRUTH, "keyterm": ".+", "keywords": ".+",
    "redact": "pci|pii|phi|numbers|ssn", "tag": ".+", "mip_opt_out": TRUTH, "version": ".+",
}
REPEATED = {"redact", "keyterm", "keywords", "tag"}
MODELS = {"nova-3", "nova-3-general", "nova-2", "nova-2-phonecall", "enhanced-phonecall", "base"}
CODES = {400: "Bad Request", 401: "INVALID_AUTH", 402: "ASR_PAYMENT_REQUIRED",
         403: "INSUFFICIENT_PERMISSIONS", 408: "TIMEOUT", 413: "PAYLOAD_TOO_LARGE",
         429: "TOO_MANY_REQUESTS", 504: "GATEWAY_TIMEOUT"}


class Deepgram(fakehttp.Fake):
    """The service for one project."""

    counted = ("milliseconds", "channels", "too_long", "opted_out")

    def __init__(self, key, longest=None, shape="err_code", pause=0.3, **more):
        super().__init__(**more)
        self.key, self.longest, self.shape, self.pause = key, longest, shape, pause

    def routes(self):
        return [("POST", "/v1/listen", "listen", self.listen)]

    def error(self, status, code, message, **more):
        """In one of the three shapes."""
        code = code or CODES.get(status, "INTERNAL_SERVER_ERROR")
        number = str(uuid.uuid4())
        if self.shape == "text":
            return fakehttp.Reply(status, message, content_type="text/plain")
        if self.shape == "category":
            return fakehttp.Reply(status, {"category": code, "message": message,
                                           "details": "See the documentation.",
                                           "request_id": number})
        return fakehttp.Reply(status, {"err_code": code, "err_msg": message, "request_id": number})

    def refuse(self, status, code, message):
        """An exception to end the request with."""
        return fakehttp.Refusal(self.error(status, code, message))

    def refuse_by_fault(self, request, fault):
        reply = self.error(429, None, "Too many requests. Please try again later")
        if "penalty" in fault.action:
            reply.headers.append(("Retry-After", str(fault.action["penalty"])))
        return reply

    def admit(self, request):
        if "Expect" in request.headers:
            raise self.refuse(417, "EXPECT", "nobody waits for 100-continue here")
        if request.headers.get("Authorization") != f"Token {self.key}":
            shown = (request.headers.get("Authorization") or "")[:12]
            raise self.refuse(401, "INVALID_AUTH", f"Invalid credentials {shown}")
        return []

    # A request.

    def listen(self, request):
        """Judge the query and the body, listen, answer."""
        if request.chunked or "Content-Length" not in request.headers:
            raise self.refuse(411, "LENGTH_REQUIRED", "a length is required")
        query = self.query(request)
        kind = request.headers.get("Content-Type") or ""
        if not re.fullmatch(r"(audio|video)/[\w.+-]+|application/octet-stream", kind):
            raise self.corrupt()
        body = request.body()
        waves = self.decoded(body)
        apart = query.get("multichannel") == "true"
        if not apart and len(waves) > 1:
            mixed = array.array("h", (sum(frame) // len(frame)
                                      for frame in zip(*(wave.samples for wave in waves))))
            waves = [multipart.Wave.of(mixed, RATE)]
        seconds = waves[0].seconds
        if self.longest and seconds * len(waves) > self.longest:
            self.count("too_long")
            raise self.refuse(504, None, "The request took longer than it may")
        self.count("milliseconds", round(1000 * seconds * len(waves)))
        self.count("channels", len(waves))
        if query.get("mip_opt_out") == "true":
            self.count("opted_out")
        return fakehttp.Reply(200, self.answer_with(query, waves, body))

    def query(self, request):
        """The parameters by name; those that may come again as lists."""
        found = {}
        for name, value in request.query:
            if name not in PARAMETERS or not re.fullmatch(PARAMETERS[name], value):
                raise self.refuse(400, "INVALID_QUERY_PARAMETER",
                                  f"Failed to deserialize query parameters: {name}")
            if name in REPEATED:
                found.setdefault(name, []).append(value)
            elif name in found:
                raise self.refuse(400, "INVALID_QUERY_PARAMETER", f"duplicate field {name}")
            else:
                found[name] = value
        if found.get("model", "base") not in MODELS:
            raise self.refuse(400, None, "No such model/language/tier combination found.")
        if "keyterm" in found and not found["model"].startswith("nova-3"):
            raise self.refuse(400, None, "Keyterm prompting is for nova-3 only.")
        if "language" in found and "detect_language" in found:
            raise self.refuse(400, "INVALID_QUERY_PARAMETER", "language and detect_language")
        return found

    def corrupt(self):
        """The word for what is no sound."""
        return self.refuse(400, None, "Bad Request: failed to process audio: "
                                      "corrupt or unsupported data")

    def decoded(self, body):
        """The channels of a file in any format."""
        channels = self.program(body, "ffprobe", "-v", "error", "-select_streams", "a:0",
                                "-show_entries", "stream=channels", "-of", "csv=p=0", "-")
        found = re.match(rb"\d+", channels)
        if not found:
            raise self.corrupt()
        count = int(found[0])
        raw = self.program(body, "ffmpeg", "-nostdin", "-v", "error", "-i", "pipe:0", "-f", "s16le",
                           "-ar", str(RATE), "pipe:1")
        samples = array.array("h", raw[:len(raw) // (2 * count) * 2 * count])
        if sys.byteorder == "big":
            samples.byteswap()
        return [multipart.Wave.of(samples[number::count], RATE) for number in range(count)]

    @staticmethod
    def program(body, *command):
        """What a program makes of the body; nothing when it cannot."""
        return subprocess.run(command, input=body, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False).stdout

    # An answer.

    def answer_with(self, query, waves, body):
        """Words, utterances and channels in the service's shape."""
        channels, utterances = [], []
        for number, wave in enumerate(waves):
            own = [self.utterance(query, number, index, phrase)
                   for index, phrase in enumerate(wave.phrases(pause=self.pause))]
            best = {"transcript": " ".join(one["transcript"] for one in own),
                    "confidence": 0.98 if own else 0.0,
                    "words": [word for one in own for word in one["words"]]}
            channel = {"alternatives": [best]}
            if query.get("detect_language") == "true":
                channel |= {"detected_language": "en", "language_confidence": 0.99}
            channels.append(channel)
            # By channel, then by time.
            utterances += own
        model = str(uuid.UUID(int=3))
        results = {"channels": channels}
        if query.get("utterances") == "true":
            results["utterances"] = utterances
        return {"metadata": {"transaction_key": "deprecated",
                             "request_id": str(uuid.UUID(int=self.counts["requests"] + 1)),
                             "sha256": hashlib.sha256(body).hexdigest(),
                             "created": fakehttp.rfc3339(self.clock.now()),
                             "duration": waves[0].seconds, "channels": len(waves),
                             "models": [model],
                             "model_info": {model: {"name": "general-nova-3",
                                                    "version": "2026-01-09.1", "arch": "nova-3"}}},
                "results": results}

    @staticmethod
    def utterance(query, channel, index, phrase):
        """Two words, or a tag in their place."""
        start, end, hertz = phrase
        hertz = 50 * round(hertz / 50)
        half = (start + end) / 2
        said = [("tone", "Tone"), (str(hertz), f"{hertz}.")]
        if "redact" in query and hertz == 500:
            said = [("[credit_card_1]", "[CREDIT_CARD_1]")]
        words = [{"word": plain, "start": begin, "end": stop, "confidence": 0.98,
                  "punctuated_word": written}
                 for (plain, written), begin, stop in zip(said, (start, half), (half, end))]
        words[-1]["end"] = end
        voice = {"speaker": index % 2} if "diarize_model" in query else {}
        words = [{**word, **voice} for word in words]
        return {"start": start, "end": end, "confidence": 0.97, "channel": channel,
                "transcript": " ".join(word["punctuated_word"] for word in words),
                "words": words, **voice, "id": str(uuid.uuid4())}


def main():
    """The command line."""
    parser = fakehttp.parser(__doc__.splitlines()[0])
    parser.add_argument("--key", default="dg-right", help="the key that is asked for")
    parser.add_argument("--longest", type=float, help="seconds that it takes before a 504")
    parser.add_argument("--errors", choices=("err_code", "category", "text"), default="err_code")
    parser.add_argument("--pause", type=float, default=0.3, help="seconds that part utterances")
    options = parser.parse_args()
    fakehttp.run(Deepgram(options.key, options.longest, options.errors, options.pause,
                          log_path=options.log), options)


if __name__ == "__main__":
    main()
