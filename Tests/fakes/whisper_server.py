#!/usr/bin/env python3
"""A stand-in for whisper.cpp's whisper-server: its options, its statuses, and its bad habits.

Built from the reference and compared with whisper.cpp 1.9's own server: /health, 404 for any other
path, 400 as text for what is no audio, 500 as text for a field that is no number, the end of the
process for a model that is none (3) and for an option or language that it does not know (0).

What it is to do wrong stands in the file `MODEL.faults`, a word a line, and each is done once:
`die`, `hang`, `500`, `html`, `empty`, `foreign` (404, as another server on the same port answers),
`unready` (no server after the start: the process ends with 1), `deaf` (it
never listens). It writes what it did to `MODEL.log`, and the language and the prompt of each sound to
`MODEL.asked`. Asked for `auto` it hears Welsh in less than 4 s of sound and German in more.
"""

import http.server
import json
import os
import pathlib
import signal
import sys
import threading

import multipart

VALUES = {"--host", "--port", "--request-path", "--inference-path", "-m", "-l", "-t", "-vm", "-mc"}
FIELDS = {"file", "response_format", "language", "prompt", "temperature", "vad", "max_context", "max_len", "audio_ctx",
          "no_language_probabilities"}


LANGUAGES = {"en": "english", "de": "german"}


def options(words):
    """The options, or the end that the real program comes to."""
    found, index = {}, 1
    while index < len(words):
        if words[index] in VALUES:
            found[words[index]] = words[index + 1]
            index += 2
        elif words[index] == "--vad":
            found["--vad"] = True
            index += 1
        else:
            print(f"error: unknown argument: {words[index]}", file=sys.stderr)
            sys.exit(0)
    return found


OPTIONS = options(sys.argv)
MODEL = pathlib.Path(OPTIONS["-m"])
LOCK = threading.Lock()


def note(word):
    """A line of the log."""
    with open(f"{MODEL}.log", "a", encoding="utf-8") as log:
        log.write(f"{word}\n")


def fault(*known):
    """The next thing to do wrong, if it is one of these; then it is done with."""
    path = pathlib.Path(f"{MODEL}.faults")
    rest = path.read_text(encoding="utf-8").split() if path.exists() else []
    if not rest or rest[0] not in known:
        return None
    path.write_text("\n".join(rest[1:]), encoding="utf-8")
    note(rest[0])
    return rest[0]


class Handler(http.server.BaseHTTPRequestHandler):
    """One lock for all, as the real server has."""

    protocol_version = "HTTP/1.1"

    def reply(self, status, body, kind="application/json"):
        """The whole answer."""
        self.send_response(status)
        self.send_header("Server", "whisper.cpp")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def missing(self):
        """As for /health while the model is loaded."""
        self.reply(404, f"File Not Found ({self.path})", "text/plain")

    def do_GET(self):
        """Only /health."""
        if self.path != OPTIONS["--request-path"] + "/health":
            return self.missing()
        return self.reply(200, '{"status":"ok"}')

    def do_POST(self):
        """Only /inference."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != OPTIONS["--request-path"] + "/inference":
            return self.missing()
        with LOCK:
            return self.infer(multipart.parse(self.headers["Content-Type"], body))

    def infer(self, parts):
        """The answer to a form."""
        fields = {part.name: part for part in parts}
        unknown = set(fields) - FIELDS
        if "file" not in fields or unknown or fields["file"].content[:4] != b"RIFF":
            note(f"400 {sorted(unknown)}")
            return self.reply(400, "Invalid request", "text/plain")
        is_trial = fields["file"].filename == "second.wav"
        note("trial" if is_trial else "sound")
        seconds = (len(fields["file"].content) - 44) / 32000
        language = fields["language"].text if "language" in fields else "en"
        if not is_trial:
            prompt = fields["prompt"].text if "prompt" in fields else ""
            with open(f"{MODEL}.asked", "a", encoding="utf-8") as log:
                log.write(f"{language} {prompt}\n")
        wrong = None if is_trial else fault("die", "hang", "500", "html", "empty", "foreign")
        if wrong == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        if wrong in ("die", "hang"):
            # Another thread may be the one that the signal meets.
            threading.Event().wait()
        if wrong == "500":
            return self.reply(500, "500 Internal Server Error\nstof", "text/plain")
        if wrong == "html":
            return self.reply(200, "<html>Please sign in</html>", "text/html")
        if wrong == "foreign":
            return self.missing()
        heard = [] if is_trial or wrong == "empty" else [{
            "id": 0, "text": " Hello there.", "start": 0.0, "end": seconds,
            "tokens": [1], "temperature": 0.0, "avg_logprob": -0.3, "no_speech_prob": 0.01,
            "words": [{"word": " Hello", "start": 0.0, "end": 0.2, "t_dtw": -1, "probability": 0.9},
                      {"word": " there.", "start": 0.2, "end": 0.4, "t_dtw": -1,
                       "probability": 0.7}]}]
        return self.reply(200, json.dumps({
            "task": "transcribe", "language": LANGUAGES.get(
                language, "welsh" if seconds < 4 else "german"), "duration": seconds,
            "text": "".join(each["text"] for each in heard), "segments": heard}))

    def log_message(self, *_):
        """The log is a file."""


def main():
    """Loads, then listens; a port that is taken is an end with 1."""
    if not MODEL.read_bytes().startswith(b"lmgg"):
        print("error: failed to initialize whisper context", file=sys.stderr)
        sys.exit(3)
    note(f"start {os.getpid()}")
    if fault("unready"):
        print("couldn't bind to server socket", file=sys.stderr)
        sys.exit(1)
    if fault("deaf"):
        signal.pause()
    address = OPTIONS["--host"], int(OPTIONS["--port"])
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()


main()
