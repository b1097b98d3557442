#!/usr/bin/env python3
"""redact.py BIN [--calls N] [--seed N]: what redact takes out of made calls, and what it leaves.

N calls are made (corpus.py), with personal data at known places and with numbers that are none.
Nothing that was planted may stand in the output, in the checkpoint, in a note or on standard error; of
the decoys at most one in a hundred may be gone; talk between them stays as it is; a second run changes
nothing. Some calls have a recording that is nowhere silent: the copy is silent exactly where the record
says, and the same elsewhere. Tests/pipeline/RedactTests.swift does the same with files and a Drive.
"""
import argparse
import array
import collections
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import wave

from corpus import calls

MARGIN = 0.2
RATE = 8000


def paths(record):
    """Where the transcript and the recording of a record lie."""
    day = record["start"][:10].replace("-", "/")
    stem = record["id"].replace(":", "-")
    return f"transcripts/{day}/{stem}.json", f"audio/{day}/{stem}.wav"


def tone(path, seconds):
    """A recording of two channels that is nowhere silent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = array.array("h", ((1000 + n % 500) * (1 if n % 2 else -1)
                                for n in range(int(seconds * RATE) * 2)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def sample_of(path):
    with wave.open(str(path)) as file:
        return array.array("h", file.readframes(file.getnframes()))


def check_sound(place, record, result, faults):
    """The copy is silent in the spans of the record and their margins, and only there."""
    before = sample_of(place / "data" / record["audio"]["path"])
    after = sample_of(place / "data" / result["audio"]["path"])
    if len(before) != len(after):
        return faults.append(f"{record['id']}: the copy has another length")
    silent = bytearray(len(before) // 2)
    for span in result["redaction"]["spans"]:
        if "start" not in span:
            continue
        first = max(0, int((span["start"] - MARGIN) * RATE))
        last = min(len(silent), int((span["end"] + MARGIN) * RATE + 0.999999))
        silent[first:last] = b"\1" * max(0, last - first)
    edges = 0
    for frame, is_silent in enumerate(silent):
        pair = after[2 * frame], after[2 * frame + 1]
        wanted = (0, 0) if is_silent else (before[2 * frame], before[2 * frame + 1])
        # Decimal fractions of seconds may round to the sample beside.
        if pair != wanted:
            edges += 1
    if edges > 2 * len(result["redaction"]["spans"]):
        faults.append(f"{record['id']}: {edges} samples are not as they should be")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--sound", type=int, default=40, help="so many calls have a recording")
    arguments = parser.parse_args()
    arguments.bin = os.path.abspath(arguments.bin)
    place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-redact-"))
    environment = os.environ | {"PATH": f"{arguments.bin}:{os.environ['PATH']}", "CALLPIPE_DATA": str(place / "data"),
                                "CALLPIPE_STATE": str(place / "state.db"), "HOME": str(place)}
    truth, lines = {}, []
    for number, (record, segments, plants, decoys) in enumerate(calls(arguments.seed, arguments.calls)):
        path, sound = paths(record)
        plain = [{k: v for k, v in s.items() if k != "words"} for s in segments]
        record["transcript"] = {"path": path, "text": "\n".join(s["text"] for s in plain), "engine": "made",
                                "key": record["id"], "segments": plain}
        if number < arguments.sound:
            tone(place / "data" / sound, segments[-1]["end"] + 1)
            data = (place / "data" / sound).read_bytes()
            record["audio"] = {"path": sound, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
                               "type": "audio/wav"}
        truth[record["id"]] = (record, plain, plants, decoys)
        lines.append(json.dumps(record, ensure_ascii=False))
    given = "\n".join(lines) + "\n"
    sounding = "\n".join(lines[:arguments.sound]) + "\n"
    silent = subprocess.run("redact --audio", shell=True, cwd=place, env=environment, input=sounding.encode(),
                            capture_output=True)
    run = subprocess.run("set -o pipefail; redact | state-mark transcribe | state-mark redact",
                         shell=True, executable="/bin/bash", cwd=place, env=environment,
                         input=given.encode(), capture_output=True)
    faults = [] if run.returncode == 0 else [f"the pipe ended with {run.returncode}: {run.stderr[-300:]!r}"]
    missed, planted = collections.Counter(), collections.Counter()
    taken, decoyed = collections.Counter(), collections.Counter()
    secrets = set()
    for line in run.stdout.decode().splitlines():
        result = json.loads(line)
        record, plain, plants, decoys = truth[result["id"]]
        texts = [segment["text"] for segment in result["transcript"]["segments"]]
        touched = {index for _, places in plants + decoys for index, _ in places}
        for kind, places in plants:
            planted[kind] += 1
            missed[kind] += any(text in texts[index] for index, text in places)
            secrets |= {text for _, text in places if len(text) >= 9}
        for kind, places in decoys:
            decoyed[kind] += 1
            taken[kind] += any(text not in texts[index] for index, text in places)
        for index, segment in enumerate(plain):
            if index not in touched and texts[index] != segment["text"]:
                faults.append(f"{result['id']}: utterance {index} was changed, which has nothing personal")
        if result["transcript"]["text"] != "\n".join(texts):
            faults.append(f"{result['id']}: the text is not that of the utterances")
    for line in silent.stdout.decode().splitlines():
        result = json.loads(line)
        if "error" in result:
            faults.append(f"{result['id']}: {result['error']['message']}")
        elif "audio" in result["redaction"]:
            check_sound(place, truth[result["id"]][0], result, faults)
    again = subprocess.run("redact", shell=True, cwd=place, env=environment, input=run.stdout, capture_output=True)
    if again.stdout != run.stdout:
        faults.append("a second run changes something")
    subprocess.run(["sqlite3", place / "state.db", "PRAGMA wal_checkpoint(TRUNCATE)"], check=True, capture_output=True)
    stored = b"".join(file.read_bytes() for file in place.rglob("*") if file.is_file() and file.suffix != ".wav")
    stored += run.stderr + silent.stderr
    left = [text for text in secrets if text.encode() in stored]
    if left:
        faults.append(f"{len(left)} of {len(secrets)} planted texts stand in a file, the checkpoint or a message")
    rate = sum(taken.values()) / max(1, sum(decoyed.values()))
    print(f"planted {sum(planted.values())}, missed {sum(missed.values())} {dict(+missed)}")
    print(f"decoys {sum(decoyed.values())}, taken {sum(taken.values())} ({rate:.2%}) {dict(+taken)}")
    if sum(missed.values()) or rate > 0.01 or not planted or not silent.stdout:
        faults.append("too much was missed or taken")
    for fault in faults[:20]:
        print(fault, file=sys.stderr)
    subprocess.run(["rm", "-r", place], check=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
