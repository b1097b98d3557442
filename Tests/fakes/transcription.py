#!/usr/bin/env python3
"""transcription.py: the servers that speak OpenAI's interface for speech, one dialect a process.

    transcription.py --dialect openai [--key KEY]

It listens to what it is sent: each loud stretch becomes a segment `tone N`, N being its pitch in
steps of 50 Hz, so that a test knows by the words which sound of which channel they came from, and
by the times where it was. It takes the fields that the dialect knows and no others, refuses what
the dialect refuses in the dialect's own words, and answers in the dialect's own shape.

`wrong_type` with a `body` and a `type` makes it answer anything with 200: HTML, half JSON, another
schema, no text.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import fakehttp  # noqa: E402
import multipart  # noqa: E402

SCALARS = {"file", "model", "language", "prompt", "response_format", "temperature"}
FIELDS = {
    "openai": SCALARS | {"timestamp_granularities[]", "include[]", "chunking_strategy", "stream"},
    "groq": SCALARS | {"timestamp_granularities[]", "url"},
    "vllm": SCALARS | {"timestamp_granularities[]", "stream"},
    "speaches": SCALARS | {"timestamp_granularities[]", "without_timestamps", "hotwords", "stream",
                           "vad_filter"},
    "localai": SCALARS | {"timestamp_granularities[]", "diarize"},
    "whisper.cpp": (SCALARS - {"model"}) | {
        "temperature_inc", "translate", "diarize", "tinydiarize", "no_timestamps",
        "token_timestamps", "max_len", "split_on_word", "best_of", "beam_size", "audio_ctx",
        "max_context", "offset_t", "duration", "suppress_nst", "vad", "no_language_probabilities",
        "carry_initial_prompt", "detect_language"},
}
FORMATS = {
    "openai": {"json", "text", "srt", "verbose_json", "vtt", "diarized_json"},
    "groq": {"json", "text", "verbose_json"},
    "vllm": {"json", "text", "verbose_json"},
    "speaches": {"json", "text", "srt", "verbose_json", "vtt"},
    "localai": {"json", "text", "srt", "verbose_json", "vtt", "lrc"},
    "whisper.cpp": {"json", "text", "srt", "verbose_json", "vtt"},
}
MODELS = {
    "openai": {"whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
               "gpt-4o-transcribe-diarize", "gpt-transcribe"},
    "groq": {"whisper-large-v3", "whisper-large-v3-turbo"},
    "vllm": {"openai/whisper-large-v3-turbo"},
    "speaches": {"Systran/faster-whisper-small", "Systran/faster-whisper-tiny"},
    "localai": {"whisper-1"},
}
LARGEST = {"openai": 26_214_400, "groq": 25_000_000, "vllm": 25_000_000, "localai": 15_000_000}
LONGEST = 1400
PATHS = {"whisper.cpp": "/inference"}


class Transcription(fakehttp.Fake):
    """One server of one dialect."""

    def __init__(self, dialect, key=None, limits=None, **more):
        super().__init__(**more)
        self.dialect, self.key = dialect, key
        self.largest, self.longest = LARGEST.get(dialect), LONGEST
        for name, value in (limits or {}).items():
            setattr(self, name, value)

    def routes(self):
        path = PATHS.get(self.dialect, "/v1/audio/transcriptions")
        return [("POST", path, "transcribe", self.transcribe)]

    def unknown(self, request):
        if self.dialect == "whisper.cpp":
            return fakehttp.Reply(404, f"File Not Found ({request.path})",
                                  content_type="text/plain")
        return super().unknown(request)

    def ready(self):
        base = self.url if self.dialect == "whisper.cpp" else f"{self.url}/v1"
        return {"url": self.url, "base": base}

    def error(self, status, code, message, **more):
        """In the dialect's own shape."""
        if self.dialect == "whisper.cpp":
            return fakehttp.Reply(status, message, content_type="text/plain")
        if self.dialect == "speaches":
            return fakehttp.Reply(status, {"detail": message})
        kind = "server_error" if status == 413 or status >= 500 else "invalid_request_error"
        if code in ("insufficient_quota", "credit_balance_exhausted"):
            kind = code
        if self.dialect == "localai":
            return fakehttp.Reply(status, {"error": {"code": status, "message": message,
                                                     "type": ""}})
        return fakehttp.Reply(status, {"error": {"message": message, "type": kind,
                                                 "param": more.get("param"), "code": code}})

    def refuse(self, status, code, message, **more):
        """An exception to end the request with."""
        return fakehttp.Refusal(self.error(status, code, message, **more))

    def refuse_by_fault(self, request, fault):
        headers = [("Retry-After", str(fault.action["penalty"]))] if "penalty" in fault.action \
            else []
        reply = self.error(429, "rate_limit_exceeded", "Rate limit reached")
        reply.headers += headers
        return reply

    def admit(self, request):
        if "Expect" in request.headers:
            raise self.refuse(417, "expect", "nobody waits for 100-continue here")
        if self.dialect == "whisper.cpp":
            if "Authorization" in request.headers:
                self.count("leaked")
            return []
        if self.key and request.bearer != self.key:
            # OpenAI shows part of the key that it refuses.
            shown = (request.bearer or "")[:8] + "****"
            status = 403 if self.dialect == "speaches" else 401
            raise self.refuse(status, "invalid_api_key", f"Incorrect API key provided: {shown}")
        return [("x-request-id", f"req_{self.counts['requests'] + 1:04}")]

    # A request.

    def transcribe(self, request):
        """Judge the form, listen, answer."""
        body = request.body()
        if self.largest and len(body) > self.largest:
            raise self.refuse(413, None, f"Maximum content size limit ({self.largest}) exceeded "
                                         f"({len(body)} bytes read)")
        try:
            parts = multipart.parse(request.headers.get("Content-Type"), body)
        except multipart.FormError as problem:
            raise self.refuse(400, "bad_form", str(problem)) from None
        fields = self.fields(parts)
        file = next((part for part in parts if part.name == "file"), None)
        if file is None or not re.fullmatch(r".+\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)",
                                            file.filename or ""):
            raise self.bad_audio("no file, or no name that tells its format")
        self.judge(fields)
        try:
            wave = multipart.Wave(file.content)
        except multipart.FormError as problem:
            raise self.bad_audio(str(problem)) from None
        self.judge_length(fields, wave)
        self.count("milliseconds", round(wave.seconds * 1000))
        request.id = fields.get("response_format", "json")
        return self.answer_with(fields, wave)

    def bad_audio(self, message):
        """The dialect's word for a file that it cannot read."""
        if self.dialect == "whisper.cpp":
            return self.refuse(400, None, "Invalid request")
        if self.dialect == "speaches":
            return self.refuse(415, None, message)
        return self.refuse(400, None, message, param="file")

    def fields(self, parts):
        """Text fields by name, lists under the names with brackets."""
        found = {}
        for part in parts:
            if part.name not in FIELDS[self.dialect]:
                raise self.refuse(400, "unknown_parameter", f"Unknown parameter {part.name}",
                                  param=part.name)
            if part.name.endswith("[]"):
                found.setdefault(part.name, []).append(part.text)
            elif part.name in found:
                raise self.refuse(400, "duplicate", f"twice {part.name}", param=part.name)
            elif part.filename is None:
                found[part.name] = part.text
        return found

    def judge(self, fields):
        """What goes together and what does not."""
        model, form = fields.get("model"), fields.get("response_format", "json")
        if self.dialect != "whisper.cpp" and model not in MODELS[self.dialect]:
            raise self.refuse(404, "model_not_found", "The model does not exist", param="model")
        language = fields.get("language")
        if language and not re.fullmatch("[a-z]{2,3}", language):
            if not (self.dialect == "whisper.cpp" and language == "auto"):
                raise self.refuse(400, "invalid_language_format", "language", param="language")
        if form not in FORMATS[self.dialect]:
            status = 500 if self.dialect == "localai" else 400
            raise self.refuse(status, "unsupported_value", "response_format",
                              param="response_format")
        if self.dialect == "openai":
            self.judge_openai(fields, model, form)
        if fields.get("timestamp_granularities[]") and form != "verbose_json":
            raise self.refuse(400, "invalid_value", "granularities need verbose_json",
                              param="timestamp_granularities[]")

    def judge_openai(self, fields, model, form):
        """OpenAI's matrix of models and formats."""
        allowed = FORMATS["openai"] - {"diarized_json"}
        if model.endswith("-diarize"):
            allowed = {"json", "text", "diarized_json"}
        elif model.startswith("gpt-"):
            allowed = {"json", "text"}
        if form not in allowed:
            raise self.refuse(
                400, "unsupported_value", f"response_format '{form}' is not compatible with model "
                f"'{model}'. Use 'json' or 'text' instead", param="response_format")
        if model.endswith("-diarize") and "prompt" in fields:
            raise self.refuse(400, "unsupported_value", "prompt", param="prompt")
        if "include[]" in fields and (form != "json" or not re.fullmatch(
                "gpt-4o-(mini-)?transcribe", model)):
            raise self.refuse(400, "unsupported_value", "include", param="include[]")

    def judge_length(self, fields, wave):
        """Too short for anybody, too long for some."""
        if wave.seconds < 0.1:
            raise self.bad_audio("Audio file is too short. Minimum audio length is 0.1 seconds.")
        if self.dialect == "openai" and fields["model"].startswith("gpt-"):
            if wave.seconds > self.longest:
                raise self.refuse(
                    400, "invalid_value", f"audio duration {wave.seconds} seconds is longer than "
                    f"{self.longest} seconds which is the maximum for this model")
            if fields["model"].endswith("-diarize") and wave.seconds > 30 \
                    and fields.get("chunking_strategy") != "auto":
                raise self.refuse(400, "invalid_value", "chunking_strategy is required",
                                  param="chunking_strategy")

    # An answer.

    def answer_with(self, fields, wave):
        """What was heard in the dialect's shape."""
        if "prompt" in fields:
            self.count(f"prompt {fields['prompt']}")
        heard = [(start, end, f"tone {50 * round(hertz / 50)}")
                 for start, end, hertz in wave.phrases()]
        text = " ".join(f"{text.capitalize()}." for _, _, text in heard)
        shape = getattr(self, "shape_" + self.dialect.replace(".", "_"))
        return fakehttp.Reply(200, shape(fields, wave, heard, text))

    def shape_openai(self, fields, wave, heard, text):
        """json, verbose_json and diarized_json."""
        form = fields.get("response_format", "json")
        if form == "json":
            reply = {"text": text, "usage": {"type": "tokens", "total_tokens": 18}}
            if "include[]" in fields:
                reply["logprobs"] = [{"token": "Tone", "logprob": -0.1, "bytes": [84]},
                                     {"token": " 1", "logprob": -0.3, "bytes": [32, 49]}]
            return reply
        usage = {"type": "duration", "seconds": round(wave.seconds)}
        if form == "diarized_json":
            return {"task": "transcribe", "duration": wave.seconds, "text": text, "usage": usage,
                    "segments": [{"type": "transcript.text.segment", "id": f"seg_{i:03}",
                                  "start": start, "end": end, "text": f" {said.capitalize()}.",
                                  "speaker": "AB"[i % 2]}
                                 for i, (start, end, said) in enumerate(heard)]}
        wanted = fields.get("timestamp_granularities[]", ["segment"])
        reply = {"task": "transcribe", "language": "english", "duration": wave.seconds,
                 "text": text, "usage": usage}
        if "word" in wanted:
            reply["words"] = [word for phrase in heard for word in words(*phrase)]
        if "segment" in wanted:
            # Whisper lets a segment begin where the last one ended.
            reply["segments"] = [
                {"id": i, "seek": 0, "start": heard[i - 1][1] if i else 0.0, "end": end,
                 "text": f" {said.capitalize()}.", "tokens": [50364], "temperature": 0.0,
                 "avg_logprob": -0.25, "compression_ratio": 1.2, "no_speech_prob": 0.01}
                for i, (start, end, said) in enumerate(heard)]
        return reply

    def shape_groq(self, fields, wave, heard, text):
        """As OpenAI, with a number of its own."""
        return {**self.shape_openai(fields, wave, heard, text), "x_groq": {"id": "req_groq"}}

    def shape_vllm(self, fields, wave, heard, text):
        """No words, a duration in quotes, and times that drift after 30 s."""
        return {"duration": str(wave.seconds), "language": fields.get("language", "en"),
                "text": text, "words": None, "segments": [
                    {"id": i, "seek": 0, "start": start + int(start / 30), "avg_logprob": -0.25,
                     "end": end + int(start / 30), "text": f" {said.capitalize()}.",
                     "compression_ratio": 1.2, "no_speech_prob": None, "tokens": []}
                    for i, (start, end, said) in enumerate(heard)]}

    def shape_speaches(self, fields, wave, heard, text):
        """Segments are what the voice detector parts, unless asked otherwise."""
        if fields.get("without_timestamps") != "false" and heard:
            heard = [(heard[0][0], heard[-1][1], " ".join(said for _, _, said in heard))]
        wanted = "word" in fields.get("timestamp_granularities[]", [])
        flat = [{**word, "word": " " + word["word"], "probability": 0.9}
                for phrase in heard for word in words(*phrase)]
        return {"task": "transcribe", "language": "en", "duration": wave.seconds, "text": text,
                "words": flat if wanted else None, "segments": [
                    {"id": i, "seek": 0, "start": start, "end": end,
                     "text": f" {said.capitalize()}.", "tokens": [1], "temperature": 0.0,
                     "avg_logprob": -0.25, "compression_ratio": 1.2, "no_speech_prob": 0.01,
                     "words": None}
                    for i, (start, end, said) in enumerate(heard)]}

    def shape_localai(self, fields, wave, heard, text):
        """Words inside segments, under another name, and an old version's nanoseconds."""
        def fine(seconds):
            return int(seconds * 1e9)
        return {"text": text, "duration": wave.seconds, "segments": [
            {"id": i, "start": fine(start), "end": fine(end), "text": f"{said.capitalize()}.",
             "tokens": [1], **({"speaker": "0"} if fields.get("diarize") != "false" else {}),
             "words": [{"text": word["word"], "start": fine(word["start"]),
                        "end": fine(word["end"])} for word in words(start, end, said)]}
            for i, (start, end, said) in enumerate(heard)]}

    def shape_whisper_cpp(self, fields, wave, heard, text):
        """Tokens for words, marks and names of sounds among them."""
        language = "english" if fields.get("language", "en") in ("en", "auto") else "german"
        segments = []
        for i, (start, end, said) in enumerate(heard):
            tone, number = words(start, end, said)
            half = len(number["word"]) // 2
            segments.append({
                "id": i, "text": f" {said.capitalize()}.", "start": start, "end": end,
                "tokens": [2425], "temperature": 0.0, "avg_logprob": -0.25, "no_speech_prob": 0.01,
                "words": [
                    {"word": "[_BEG_]", "start": start, "end": start, "t_dtw": -1,
                     "probability": 0.1},
                    {**tone, "word": " Tone", "t_dtw": -1, "probability": 0.9},
                    {**number, "word": " " + number["word"][:half], "t_dtw": -1,
                     "probability": 0.8},
                    {**number, "word": number["word"][half:] + ".", "t_dtw": -1,
                     "probability": 0.6}]})
        segments.append({"id": len(heard), "text": " [BLANK_AUDIO]", "start": wave.seconds - 0.1,
                         "end": wave.seconds, "tokens": [], "words": [], "temperature": 0.0,
                         "avg_logprob": -0.9, "no_speech_prob": 0.9})
        reply = {"task": "transcribe", "language": language, "duration": wave.seconds,
                 "text": f" {text}\n", "segments": segments}
        if fields.get("no_language_probabilities") != "true":
            self.count("language_passes")
            reply["language_probabilities"] = {"en": 0.98}
        return reply


def words(start, end, said):
    """The words of a phrase, each with its share of the time, without its stops."""
    texts = said.split()
    step = (end - start) / len(texts)
    return [{"word": text.capitalize(), "start": start + i * step, "end": start + (i + 1) * step}
            for i, text in enumerate(texts)]


def main():
    """The command line."""
    parser = fakehttp.parser(__doc__.splitlines()[0])
    parser.add_argument("--dialect", choices=sorted(FIELDS), default="openai")
    parser.add_argument("--key", help="the key that is asked for; none: nobody is asked")
    parser.add_argument("--largest", type=int, help="bytes of a body, instead of the dialect's")
    parser.add_argument("--longest", type=float, help="seconds that gpt models take")
    options = parser.parse_args()
    limits = {name: value for name, value in vars(options).items()
              if name in ("largest", "longest") and value is not None}
    fakehttp.run(Transcription(options.dialect, options.key, limits, log_path=options.log),
                 options)


if __name__ == "__main__":
    main()
