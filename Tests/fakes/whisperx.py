#!/usr/bin/env python3
"""whisperx.py: the services that wrap WhisperX, one dialect a process.

    whisperx.py --dialect asr-webservice
    whisperx.py --dialect fastapi --polls 2

It listens to what it is sent: each loud stretch becomes a segment `Tone N.`, N being its pitch in
steps of 50 Hz. As with the real ones, digits cannot be aligned: their words have neither times nor
score, or are dropped; some segments have no speaker. Parameters that the service does not have are
refused, and so is one of whisperX-FastAPI that is left to its default, which few machines can do.

The first request in a language fails with 500 where a file is answered at once. A task is done
after so many questions (`--polls`, changed by `POST /_control/polls {"polls":N}`), its state is told
with 200 whatever it is, and the fault `lose_sessions` forgets all tasks.
"""

import json
import pathlib
import re
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import fakehttp  # noqa: E402
import multipart  # noqa: E402

TRUTH = "true|false"
LANGUAGE = "en|de|fr|es"
COUNT = r"[1-9]\d?"
PARAMETERS = {
    "asr-webservice": {
        "output": "txt|vtt|srt|tsv|json", "task": "transcribe|translate", "language": LANGUAGE,
        "encode": TRUTH, "initial_prompt": ".+", "vad_filter": TRUTH, "word_timestamps": TRUTH,
        "diarize": TRUTH, "min_speakers": COUNT, "max_speakers": COUNT},
    "fastapi": {
        "model": "tiny|base|small|medium|large-v3|large-v3-turbo", "device": "cpu|cuda",
        "compute_type": "int8|float16|float32", "language": LANGUAGE,
        "task": "transcribe|translate", "min_speakers": COUNT, "max_speakers": COUNT,
        "batch_size": r"\d+", "chunk_size": r"\d+", "initial_prompt": ".+"},
}
REQUIRED = {"asr-webservice": {"output"}, "fastapi": {"model", "device", "compute_type", "language"}}
PARTS = {"asr-webservice": "audio_file", "fastapi": "file"}
EXTENSIONS = r".+\.(oga|m4a|aac|wav|amr|wma|awb|mp3|ogg|wmv|mkv|avi|mov|mp4)"


class WhisperX(fakehttp.Fake):
    """One service of one dialect."""

    counted = ("submitted", "polls", "milliseconds", "diarized")

    def __init__(self, dialect, polls=2, **more):
        super().__init__(**more)
        self.dialect, self.polls = dialect, polls
        self.languages = set()
        self.tasks = {}

    def routes(self):
        if self.dialect == "fastapi":
            return [("POST", "/speech-to-text", "submit", self.submit),
                    ("GET", "/task/([^/]+)", "task", self.task)]
        return [("POST", "/asr", "asr", self.asr)]

    def error(self, status, code, message, **more):
        """In the dialect's own shape."""
        if "loc" in more:
            return fakehttp.Reply(status, {"detail": [{"type": "value_error", "loc": more["loc"],
                                                       "msg": message}]})
        if self.dialect == "fastapi":
            return fakehttp.Reply(status, {"error": {"message": message, "code": code or "ERROR",
                                                     "correlation_id": str(uuid.uuid4())}})
        if status == 500:
            return fakehttp.Reply(500, "Internal Server Error", content_type="text/plain")
        return fakehttp.Reply(status, {"detail": message})

    def refuse(self, status, code, message, **more):
        """An exception to end the request with."""
        return fakehttp.Refusal(self.error(status, code, message, **more))

    def refuse_by_fault(self, request, fault):
        reply = self.error(429, "RATE_LIMIT", "Too many requests")
        if "penalty" in fault.action:
            reply.headers.append(("Retry-After", str(fault.action["penalty"])))
        return reply

    def early(self, fault):
        """The database is gone."""
        with self.lock:
            self.tasks.clear()

    def admit(self, request):
        if "Expect" in request.headers:
            raise self.refuse(417, None, "nobody waits for 100-continue here")
        if "Authorization" in request.headers:
            raise self.refuse(400, None, "nobody is asked for a password here")
        return []

    def controlled(self, action, request):
        if action == ("POST", "polls"):
            with self.lock:
                self.polls = int(json.loads(request.body())["polls"])
                return fakehttp.Reply(200, {"polls": self.polls})
        return super().controlled(action, request)

    # A request.

    def query(self, request):
        """The parameters by name."""
        known, found = PARAMETERS[self.dialect], {}
        for name, value in request.query:
            if name not in known or name in found or not re.fullmatch(known[name], value):
                raise self.refuse(422, None, "not a parameter", loc=["query", name])
            found[name] = value
        for name in sorted(REQUIRED[self.dialect] - set(found)):
            raise self.refuse(422, None, "left to its default", loc=["query", name])
        return found

    def file(self, request):
        """The sound of the form."""
        name = PARTS[self.dialect]
        try:
            parts = multipart.parse(request.headers.get("Content-Type"), request.body())
        except multipart.FormError as problem:
            raise self.refuse(422, None, str(problem), loc=["body", name]) from None
        if [part.name for part in parts] != [name]:
            raise self.refuse(422, None, "Field required", loc=["body", name])
        if not re.fullmatch(EXTENSIONS, parts[0].filename or ""):
            raise self.refuse(400, "VALIDATION_ERROR", "Invalid file extension")
        try:
            wave = multipart.Wave(parts[0].content)
        except multipart.FormError as problem:
            raise self.refuse(500, "PROCESSING_ERROR", str(problem)) from None
        self.count("milliseconds", round(1000 * wave.seconds))
        return wave

    def asr(self, request):
        """The words at once."""
        query = self.query(request)
        wave = self.file(request)
        language = query.get("language", "en")
        with self.lock:
            is_new = language not in self.languages
            self.languages.add(language)
        if is_new:
            raise self.refuse(500, None, "the alignment model is not there yet")
        if query.get("diarize") == "true":
            self.count("diarized")
        result = {**heard(wave, query.get("diarize") == "true"), "language": language}
        reply = fakehttp.Reply(200, json.dumps(result), content_type="text/plain; charset=utf-8")
        reply.headers.append(("Asr-Engine", "whisperx"))
        return reply

    def submit(self, request):
        """A task."""
        query = self.query(request)
        wave = self.file(request)
        number = str(uuid.uuid4())
        result = heard(wave, query.get("max_speakers") != "1")
        for segment in result["segments"]:
            segment["words"] = [word for word in segment["words"] if "start" in word]
        task = {"asked": 0, "seconds": wave.seconds, "result": result, "error": None}
        if query["device"] == "cuda":
            task |= {"result": None, "error": "CUDA driver version is insufficient"}
        elif query["compute_type"] == "float16":
            task |= {"result": None, "error": "float16 is not supported on this device"}
        with self.lock:
            self.tasks[number] = task
        self.count("submitted")
        return fakehttp.Reply(200, {"identifier": number, "message": "Task queued"})

    def task(self, _, number):
        """How it stands."""
        self.count("polls")
        with self.lock:
            task = self.tasks.get(number)
            if task is None:
                raise self.refuse(404, "TASK_NOT_FOUND", "Task not found")
            task["asked"] += 1
            is_done = task["asked"] > self.polls
        metadata = {"task_type": "full_process", "language": "en", "file_name": "audio.wav",
                    "duration": 0.5 if is_done else None, "audio_duration": task["seconds"]}
        status = "queued" if task["asked"] == 1 else "processing"
        if is_done:
            status = "failed" if task["error"] else "completed"
        return fakehttp.Reply(200, {
            "status": status, "result": task["result"] if is_done else None, "metadata": metadata,
            "error": task["error"] if is_done else None})


def heard(wave, has_voices):
    """What WhisperX makes of a sound."""
    segments = []
    for index, (start, end, hertz) in enumerate(wave.phrases()):
        number = f"{50 * round(hertz / 50)}."
        half = round((start + end) / 2, 3)
        # What no turn overlaps has no speaker.
        voice = {"speaker": f"SPEAKER_0{index % 2}"} if has_voices and index % 3 < 2 else {}
        words = [{"word": "Tone", "start": start, "end": half, "score": 0.91, **voice},
                 {"word": number}]
        segments.append({"start": start, "end": end, "text": f" Tone {number}",
                         "avg_logprob": -0.2, "words": words, **voice})
    return {"segments": segments,
            "word_segments": [word for segment in segments for word in segment["words"]]}


def main():
    """The command line."""
    parser = fakehttp.parser(__doc__.splitlines()[0])
    parser.add_argument("--dialect", choices=sorted(PARAMETERS), default="fastapi")
    parser.add_argument("--polls", type=int, default=2, help="questions until a task is done")
    options = parser.parse_args()
    fakehttp.run(WhisperX(options.dialect, options.polls, log_path=options.log), options)


if __name__ == "__main__":
    main()
