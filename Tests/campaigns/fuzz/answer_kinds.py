"""answer_kinds.py: the kinds of answers, each with a service or a program that gives the answer in hand."""
import contextlib
import hashlib
import http.server
import json
import math
import os
import pathlib
import struct
import tempfile
import threading

import answer_words

SECONDS = 3
RATE = 8000
FAKES = pathlib.Path(__file__).resolve().parents[2] / "fakes"


def scratch():
    """A directory in memory where there is one: the disk is not what is tried here."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


def audio(path):
    """Writes a call with sound from 0.5 s to 2.5 s, and gives the member of its record."""
    samples = [int(8000 * math.sin(index * 0.4)) if RATE // 2 <= index < RATE * 5 // 2 else 0
               for index in range(RATE * SECONDS)]
    data = struct.pack(f"<{len(samples)}h", *samples)
    head = b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE * 2, 2, 16)
    content = head + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(content)
    return {"path": f"audio/{path.name}", "bytes": len(content), "type": "audio/wav",
            "sha256": hashlib.sha256(content).hexdigest()}


class Answer:
    """The bytes of an answer, its words before the changes, and what was changed."""

    def __init__(self, words, data, changes):
        self.words, self.bytes, self.changes = words, data, changes


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives the answer in hand to each request, and what the service says around it."""
    protocol_version = "HTTP/1.1"
    # Two small writes would wait for an acknowledgement between them.
    disable_nagle_algorithm = True

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body, headers = self.server.kind.reply(self.path, self.server.answer)
        self.send_response(200)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """One service; the answer in hand belongs to the record in hand."""
    daemon_threads = True


class Kind:
    """A kind of answer from a service: its document, its members of text, and how to ask for it."""
    may_skip = is_plain = False

    def __init__(self, name, document, texts, command, settings):
        self.name, self.document, self.texts = name, document, set(texts)
        self.command, self.settings = command, settings

    def answer(self, chance):
        """An answer of its own words; one in ten is not changed."""
        words = ["".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(9)) for _ in range(4)]
        document = answer_words.tree(self.document(words))
        changes = []
        count = chance.choice([0, 1, 1, 1, 1, 2, 2, 3, 3, 5])
        of_tree = [chance.random() < 0.6 for _ in range(count)]
        for _ in range(sum(of_tree)):
            changes.append(answer_words.change_tree(chance, document))
        data = answer_words.text(document).encode()
        for _ in range(count - sum(of_tree)):
            if self.is_beyond_telling(changes):
                break
            data, change = answer_words.change_bytes(chance, data)
            changes.append(change)
        return Answer(words, data, changes)

    def is_beyond_telling(self, _):
        """True when another change could leave what nothing can tell from speech."""
        return False

    def said(self, words):
        """The words of the record for an answer that was not changed."""
        return words

    def record(self, _):
        """More members of a record."""
        return {}

    def length(self, _):
        """The seconds in which all times of a record lie."""
        return SECONDS

    def reply(self, _, answer):
        """The body and more headers of the reply to a request."""
        return answer, {}

    @contextlib.contextmanager
    def serving(self, _):
        """The command line, its settings, and how to put the next answer in hand."""
        server = Server(("127.0.0.1", 0), Handler)
        server.kind, server.answer = self, b""
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"

        def give(answer):
            server.answer = answer
        try:
            yield self.command, {name: value.format(url=url) for name, value in self.settings.items()}, give
        finally:
            server.shutdown()


class Task(Kind):
    """whisperX-FastAPI's answer, which is asked for after the sound was taken."""

    def reply(self, path, answer):
        return (b'{"identifier":"task-1"}' if path.startswith("/speech-to-text") else answer), {}


class Findings(Kind):
    """RingCentral's insights, whose record is another for each."""
    may_skip = True

    def record(self, number):
        return {"id": f"rc:{number}", "recording": {"id": "1"}}

    def length(self, record):
        told = record.get("insights", {}).get("seconds")
        return max(SECONDS + 1, told) if isinstance(told, (int, float)) and 0 <= told <= 1e6 else SECONDS + 1

    def reply(self, path, answer):
        if path.startswith("/restapi/oauth/token"):
            return b'{"access_token":"t","token_type":"bearer","expires_in":3600,"scope":"RingSense"}', {}
        return answer, {"X-Rate-Limit-Group": "light", "X-Rate-Limit-Limit": "1000000",
                        "X-Rate-Limit-Remaining": "1000000", "X-Rate-Limit-Window": "1"}


class Output(Kind):
    """The output of a program, which takes the answer from a file."""

    def __init__(self, name, document, texts, is_plain=False):
        super().__init__(name, document, texts, ["transcribe", "--command", "./program {wav}"], {})
        self.is_plain = is_plain

    def is_beyond_telling(self, changes):
        # A program may print plain text, and a few letters out of the middle of a document are such.
        return bool({"page", "cut", "behead", "delete", "warning"} & set(changes))

    script = "#!/bin/sh\nexec cat answer\n"
    file = "program"

    @contextlib.contextmanager
    def serving(self, place):
        program = place / self.file
        program.write_text(self.script.replace("PLACE", str(place)).replace("FAKES", str(FAKES)))
        program.chmod(0o755)
        (place / "model.bin").write_text("model")
        # The program sees little of the environment, and another working directory.
        program.write_text(program.read_text().replace("cat answer", f"cat {place}/answer"))
        yield self.command, self.settings, (place / "answer").write_bytes


class Plain(Output):
    """Plain text, which stands for the whole call."""

    def answer(self, chance):
        answer = super().answer(chance)
        changes = [change for change in answer.changes if chance.random() < 0.7]
        data = " ".join(answer.words).encode()
        for index in range(len(changes)):
            data, changes[index] = answer_words.change_bytes(chance, data)
        return Answer(answer.words, data, changes)


class WhisperCLI(Output):
    """The files that whisper.cpp's program leaves beside each sound."""
    file = "whisper-cli"
    script = """#!/bin/sh
case $1 in --*) exec python3 -B FAKES/whisper_cli.py "$@";; esac
while [ $# -gt 0 ]; do
    [ "$1" = -f ] && cp PLACE/answer "$2.json"
    shift
done
"""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.command = ["transcribe", "--engine", "whisper.cpp", "--whisper-cli", "./whisper-cli", "--model", "model.bin"]


def timed(words, **more):
    """Two segments with the times of their words."""
    return [{"start": start, "end": start + 0.8, "text": f" {first} {second}", **more, "words": [
        {"word": f" {first}", "start": start, "end": start + 0.4, "probability": 0.9},
        {"word": f" {second}", "start": start + 0.4, "end": start + 0.8, "probability": 0.8}]}
        for start, first, second in [(0.6, *words[:2]), (1.5, *words[2:])]]


def verbose(words):
    segments = timed(words, avg_logprob=-0.2, no_speech_prob=0.01, compression_ratio=1.2, id=1)
    loose = [{**word, "word": word["word"].strip()} for segment in segments for word in segment.pop("words")]
    return {"task": "transcribe", "language": "english", "duration": 2.6, "text": " ".join(words), "segments": segments,
            "words": loose}


def short(words):
    return {"text": " ".join(words), "logprobs": [{"token": word, "logprob": -0.1} for word in words],
            "usage": {"type": "duration", "seconds": 3}}


def server(words):
    return {"task": "transcribe", "language": "english", "duration": 2.6, "text": " ".join(words),
            "segments": timed(words, tokens=[1, 2], temperature=0.0, avg_logprob=-0.2, no_speech_prob=0.01)}


def deepgram(words):
    def word(index, start):
        return {"word": words[index], "punctuated_word": words[index], "start": start, "end": start + 0.3,
                "confidence": 0.9, "speaker": 0}
    listed = [word(index, 0.6 + index * 0.45) for index in range(4)]
    return {"metadata": {"request_id": "r-1", "duration": 3.0, "channels": 1, "models": ["m"],
                         "model_info": {"m": {"name": "general", "version": "v", "arch": "nova"}}},
            "results": {
                "channels": [{"alternatives": [{"transcript": " ".join(words), "confidence": 0.9, "words": listed}]}],
                "utterances": [{"start": 0.6, "end": 2.3, "confidence": 0.9, "channel": 0, "transcript": " ".join(words),
                                "words": listed, "speaker": 0, "id": "u-1"}]}}


def whisperx(words):
    segments = [{**segment, "words": [{"word": word["word"].strip(), "start": word["start"], "end": word["end"], "score": 0.7}
                                      for word in segment["words"]]} for segment in timed(words)]
    return {"segments": segments, "word_segments": [word for segment in segments for word in segment["words"]],
            "language": "en", "text": " ".join(words)}


def task(words):
    result = {name: value for name, value in whisperx(words).items() if name != "text"}
    return {"status": "completed", "result": result, "metadata": {"task_type": "full"}, "error": None}


def whisper(words):
    def offsets(start, end):
        return {"from": round(start * 1000), "to": round(end * 1000)}
    return {"systeminfo": "x", "result": {"language": "en"}, "transcription": [
        {"timestamps": {"from": "00:00:00,600", "to": "00:00:01,400"},
         "offsets": offsets(segment["start"], segment["end"]), "text": segment["text"],
         "tokens": [{"text": "[_BEG_]", "offsets": offsets(segment["start"], segment["start"]), "p": 0.1}] + [
             {"text": word["word"], "offsets": offsets(word["start"], word["end"]), "p": 0.9} for word in segment["words"]]}
        for segment in timed(words)]}


def insights(words):
    return {"domain": "pbx", "sourceRecordId": "1", "recordingDurationMs": 3000,
            "speakerInfo": [{"speakerId": "a", "name": "Zoe"}], "insights": {
                "Transcript": [{"speakerId": "a", "text": " ".join(words[:2]), "start": 0.5, "end": 1.2},
                               {"speakerId": "b", "text": " ".join(words[2:]), "start": 1.4, "end": 2.6}],
                "Summary": [{"value": "A call.", "start": 0, "end": 3}], "AIScore": [{"value": "7"}]}}


def service(engine, **settings):
    return ["transcribe", "--engine", engine], settings


OPENAI = {"OPENAI_BASE_URL": "{url}/v1", "OPENAI_API_KEY": "sk-x"}
TEXT = ["text", "word"]
RINGCENTRAL = {"RINGCENTRAL_SERVER_URL": "{url}", "RINGCENTRAL_CLIENT_ID": "c", "RINGCENTRAL_CLIENT_SECRET": "s",
               "RINGCENTRAL_JWT_TOKEN": "j"}
KINDS = [
    Kind("openai-verbose", verbose, TEXT, *service("openai", **OPENAI, OPENAI_MODEL="whisper-1")),
    Kind("openai-json", short, TEXT, *service("openai", **OPENAI, OPENAI_MODEL="gpt-4o-transcribe")),
    Kind("whisper-server", server, TEXT, ["transcribe", "--engine", "openai", "--dialect", "whisper.cpp"],
         {"OPENAI_BASE_URL": "{url}"}),
    Kind("deepgram", deepgram, ["transcript", "word", "punctuated_word"],
         *service("deepgram", DEEPGRAM_URL="{url}", DEEPGRAM_API_KEY="k")),
    Kind("whisperx", whisperx, TEXT, *service("whisperx", WHISPERX_URL="{url}", WHISPERX_DIALECT="asr-webservice")),
    Task("whisperx-task", task, TEXT, ["transcribe", "--engine", "whisperx", "--dialect", "fastapi"],
         {"WHISPERX_URL": "{url}", "WHISPERX_TASK_TIMEOUT": "3"}),
    WhisperCLI("whisper-cli", whisper, TEXT),
    Output("command-whisper", whisper, TEXT),
    Output("command-whisperx", whisperx, TEXT),
    Output("command-openai", verbose, TEXT),
    Plain("command-plain", verbose, TEXT, is_plain=True),
    Findings("insights", insights, TEXT, ["rc-insights", "--as-transcript"], RINGCENTRAL),
]
