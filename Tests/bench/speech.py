#!/usr/bin/env python3
"""speech.py BIN: the time and memory of transcribe, beside whisper-cli and faster-whisper.

All use the same weights and all cores. transcribe gets the sound as a telephone has it (8 kHz); the
others get it at 16 kHz, resampled before their time starts. A round runs each program once, in turn,
so that a ratio compares runs that were close in time; the median of the rounds is told. The time is
that of the whole program, for faster-whisper without the start of Python and its imports. Memory is
the largest resident set of a process.

faster-whisper takes part when --peers names the environment of `make peers`.
"""
import argparse
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "speech"))
import corpus  # noqa: E402

FILES, CALL_SECONDS = 40, 600
PAUSES = (0.4, 1.1, 0.7, 2.0)  # seconds, in turn
US = "transcribe"


class Work:
    """Files to transcribe, in both rates."""

    def __init__(self, place, title, sounds):
        self.place, self.title = place, title
        self.names = [f"{number}.wav" for number in range(len(sounds))]
        self.seconds = sum(map(len, sounds)) / 16000
        for folder in ("audio", "wide"):
            (place / folder).mkdir(parents=True)
        for name, pcm in zip(self.names, sounds):
            corpus.write(str(place / "audio" / name), pcm, 8000)
            corpus.write(str(place / "wide" / name),
                         corpus.samples(str(place / "audio" / name), 16000), 16000)
        self.wide = [str(place / "wide" / name) for name in self.names]

    def records(self):
        """What transcribe reads."""
        for name in self.names:
            data = (self.place / "audio" / name).read_bytes()
            yield json.dumps({
                "id": f"bench:{name}", "source": "bench", "start": "2024-01-15T14:03:11Z",
                "audio": {"path": f"audio/{name}", "bytes": len(data), "type": "audio/wav",
                          "sha256": hashlib.sha256(data).hexdigest()}}) + "\n"


def measured(command, text="", output=subprocess.DEVNULL, errors=None):
    """Seconds, megabytes and standard output of a program and its children."""
    with tempfile.TemporaryFile("w+") as source, tempfile.TemporaryFile("w+") as sink:
        source.write(text)
        source.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(
            command, stdin=source, stdout=sink if output is None else output,
            stderr=errors, env=corpus.ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"speech.py: {command[0]} ended with {process.returncode}")
        sink.seek(0)
        return seconds, usage.ru_maxrss / 1000, sink.read()


class Programs:
    """The contestants: each takes work and tells its seconds and megabytes."""

    def __init__(self, binary, name, peers):
        self.binary, self.name, self.peers = binary, name, peers
        self.models = binary.parent / "share/callpipe/models"
        self.cli = binary.parent / "lib/callpipe/whisper-cli"

    def all(self):
        """Those that are here, by name."""
        found = {US: self.transcribe, "whisper-cli": self.whisper_cli}
        if self.peers and (self.peers / "weights" / self.name).is_dir():
            found["faster-whisper"] = lambda work: self.faster_whisper(work)
            found["batched"] = lambda work: self.faster_whisper(work, "--batched")
        return found

    def transcribe(self, work, model=None):
        model = model or self.models / f"ggml-{self.name}.bin"
        return measured(
            [self.binary / "transcribe", "--engine", "whisper.cpp", "--model", str(model), "--data",
             str(work.place), "--quiet", "--force"], "".join(work.records()))[:2]

    def whisper_cli(self, work):
        files = [word for path in work.wide for word in ("-f", path)]
        return measured(
            [self.cli, "-m", self.models / f"ggml-{self.name}.bin", "-t", str(os.cpu_count()),
             "-mc", "0", "-np", "-oj", *files], errors=subprocess.DEVNULL)[:2]

    def faster_whisper(self, work, *options):
        _, memory, said = measured(
            [self.peers / "bin/python", "-B", pathlib.Path(corpus.__file__).with_name("peer.py"),
             *options, self.peers / "weights" / self.name, *work.wide], output=None)
        return json.loads(said)["seconds"], memory


def compare(work, programs, rounds):
    """Runs the rounds and prints a table."""
    runs = {who: [] for who in programs}
    for _ in range(rounds):
        for who, run in programs.items():
            runs[who].append(run(work))
    print(f"\n{work.title}, {work.seconds:.0f} s of sound, median of {rounds} rounds\n")
    print(f"| {'':<16} | seconds | transcribe takes | memory |")
    print("|---|---:|---:|---:|")
    for who, figures in runs.items():
        seconds = statistics.median(seconds for seconds, _ in figures)
        ratio = statistics.median(
            ours / theirs for (ours, _), (theirs, _) in zip(runs[US], figures))
        memory = max(megabytes for _, megabytes in figures)
        print(f"| {who:<16} | {seconds:7.1f} | {ratio:10.2f} times | {memory:3.0f} MB |", flush=True)


def main():
    parser = argparse.ArgumentParser(description="time and memory of transcribe")
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--model", default="tiny.en")
    parser.add_argument("--peers", type=pathlib.Path, help="the environment of make peers")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    programs = Programs(options.bin.resolve(), options.model, options.peers)
    if not programs.cli.exists():
        raise SystemExit("speech.py: whisper.cpp is not here; run: make whisper model")
    sounds = [corpus.samples(f"{corpus.ENGLISH}/{name}.wav", 8000) for name in corpus.prompts(200)]
    call = b""
    for number, sound in enumerate(sounds):
        call += sound + bytes(2 * int(8000 * PAUSES[number % len(PAUSES)]))
    with tempfile.TemporaryDirectory(prefix="callpipe-bench-") as folder:
        place = pathlib.Path(folder)
        short = Work(place / "short", f"{FILES} short files", sounds[:FILES])
        compare(short, programs.all(), options.rounds)
        long = Work(place / "long", "one call", [call[:CALL_SECONDS * 16000]])
        compare(long, programs.all(), options.rounds)
        minute = Work(place / "minute", "", [call[:60 * 16000]])
        print("\nmemory of transcribe by model\n\n| model | memory |\n|---|---:|")
        for model in sorted(programs.models.glob("ggml-*.bin")):
            _, memory = programs.transcribe(minute, model)
            print(f"| {model.stem.removeprefix('ggml-'):<16} | {memory:4.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
