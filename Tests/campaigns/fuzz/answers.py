#!/usr/bin/env python3
"""answers.py BIN [--answers N] [--seed N] [--only NAME]: changed answers of engines, and nothing said that was not.

For each kind of answer that transcribe and rc-insights read, N records get an answer each: bytes are
changed, members removed, renamed, doubled and given other types, numbers are none or endless, text is
cut off, doubled, preceded by a warning or replaced by a page. Whatever the answer: the record gets a
transcript whose words all stand in text members of its own answer, with times in order and inside the
recording, or an error of its own that tells none of them. The next record goes on.

The same seed makes the same answers. The answer that breaks a promise is kept, and shown.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import answer_kinds  # noqa: E402
import answer_words  # noqa: E402

START = "2024-01-15T14:03:11Z"


class Broken(Exception):
    """A promise that was not kept."""


def inside(times, length):
    """True when known times are in order and inside the recording."""
    known = [time for time in times if time is not None]
    return all(0 <= time <= length + 0.001 for time in known) and known == sorted(known)


def check(place, record, answer, kind):
    """Holds a record against its answer; says which end it came to."""
    own = answer.words
    error = record.get("error")
    if error is not None:
        if error["class"] not in ("item", "temporary") or "transcript" in record:
            raise Broken(f"the error is {error}")
        if any(word in error["message"] for word in own):
            raise Broken("the error tells what was said")
        if not answer.changes:
            raise Broken(f"an answer without a change was refused: {error['message']}")
        return "refused"
    transcript = record.get("transcript")
    if transcript is None:
        if kind.may_skip:
            return "without"
        raise Broken("there is neither a transcript nor an error")
    allowed = answer_words.Allowed(answer.bytes, kind.texts, kind.is_plain)
    document = json.loads((place / "data" / transcript["path"]).read_text())
    texts = [transcript["text"], document["text"]]
    for segment in transcript["segments"] + document["segments"]:
        texts.append(segment["text"])
        if not inside([segment["start"], segment["end"]], kind.length(record)):
            raise Broken(f"a time lies outside: {segment}")
        for word in segment.get("words", []):
            texts.append(word["word"])
            if not inside([word.get("start"), word.get("end")], kind.length(record)):
                raise Broken(f"a time lies outside: {word}")
    starts = [segment["start"] for segment in transcript["segments"]]
    if starts != sorted(starts):
        raise Broken(f"the order is {starts}")
    for text in texts:
        strange = allowed.strange(text)
        if strange:
            raise Broken(f"{strange!r} stands in no text of the answer")
    if not answer.changes and transcript["text"].split() != kind.said(own):
        raise Broken(f"without a change it says {transcript['text']!r}, not {kind.said(own)!r}")
    return "heard" if transcript["text"] else "empty"


def run(tools, kind, count, seed):
    """All answers of one kind, by one process that goes on whatever they are."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-answers-", dir=answer_kinds.scratch()))
    (place / "data" / "audio").mkdir(parents=True)
    audio = answer_kinds.audio(place / "data" / "audio" / "call.wav")
    chance = random.Random(f"{seed} {kind.name}")
    ends = collections.Counter()
    with kind.serving(place) as (command, settings, give), open(place / "messages", "wb") as messages:
        process = subprocess.Popen(
            [str(tools / command[0]), *command[1:], "--jobs", "1"], cwd=place, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=messages, bufsize=0, env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "CALLPIPE_DATA": str(place / "data"), "XDG_RUNTIME_DIR": str(place),
                "CALLPIPE_BACKOFF_SCALE": "0", "LC_ALL": "C.UTF-8", **settings})
        output = process.stdout
        said = set()
        for number in range(count):
            answer = kind.answer(chance)
            said |= set(answer.words)
            give(answer.bytes)
            record = {"id": f"t:{number}", "start": START, "duration": answer_kinds.SECONDS, "audio": audio, **kind.record(number)}
            line = b""
            try:
                process.stdin.write(json.dumps(record).encode() + b"\n")
                while not line.endswith(b"\n"):
                    piece = output.read(1 << 20)
                    if not piece:
                        raise Broken(f"it ended with {process.wait()}")
                    line += piece
                heard = json.loads(line)
                if heard["id"] != record["id"]:
                    raise Broken(f"the record that came is {heard['id']}")
                ends[check(place, heard, answer, kind)] += 1
            except (Broken, BrokenPipeError) as fault:
                process.kill()
                (place / "answer").write_bytes(answer.bytes)
                sys.exit(f"answers: {kind.name}: answer {number} of seed {seed}, {', '.join(answer.changes)}: {fault}\n"
                         f"{answer.bytes[:2000]!r}\nmore is kept in {place}")
        process.stdin.close()
        status = process.wait()
    if status not in (0, 1):
        sys.exit(f"answers: {kind.name}: it ended with {status}; see {place}")
    told = (place / "messages").read_text(errors="replace")
    if any(word in told for word in said):
        sys.exit(f"answers: {kind.name}: standard error tells what was said; see {place}")
    shutil.rmtree(place)
    print(f"answers: {kind.name}: {count} answers: "
          + ", ".join(f"{number} {end}" for end, number in sorted(ends.items())), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin")
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one kind of answer")
    options = parser.parse_args()
    tools = pathlib.Path(options.bin).resolve()
    kinds = [kind for kind in answer_kinds.KINDS if options.only in (None, kind.name)]
    if not kinds:
        sys.exit(f"answers: there is no {options.only}: " + ", ".join(kind.name for kind in answer_kinds.KINDS))
    for kind in kinds:
        run(tools, kind, options.answers, options.seed)


main()
