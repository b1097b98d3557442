#!/usr/bin/env python3
"""reading.py BIN [--calls N] [--rounds N]: what it costs to read the calls, beside jq on the same records.

N calls of about 300 words are made of real texts. In turn in each round each program reads all of them and
writes them with its findings; `jq -c .` only reads and writes. Figures are the least of the rounds of this
run; compare them with one another and with nothing else. Nothing fails because it is slow.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from search import calls

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A call in ten has a number to take out, as digits or as words.
SAID = ["my card is 4111 1111 1111 1111", "write to jo.doe at example dot com",
        "call me at six five oh five five five oh one hundred"]


def make(source, count):
    """Writes the records; the bytes of what is said in them."""
    text = 0
    with open(source, "w") as lines:
        for number, record in enumerate(calls(count)):
            if number % 10 == 0:
                record["transcript"]["segments"][7]["text"] = SAID[number // 10 % len(SAID)]
            record["duration"] = 130
            text += len(record["transcript"]["text"])
            lines.write(json.dumps(record, separators=(",", ":")) + "\n")
    return text


def measured(command, source, place):
    """The seconds of a run, and its peak memory in MiB."""
    began = time.perf_counter()
    with open(source, "rb") as lines:
        process = subprocess.Popen(command, cwd=place, stdin=lines, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"reading: {command} failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def report(binary, count, rounds, place):
    """Makes the records, and prints the figures."""
    source = place / "calls.ndjson"
    text = make(source, count)
    rules = ROOT / "pipelines" / "rules.ndjson"
    commands = {
        "jq -c .": ["jq", "-c", "."],
        "call-measure": [binary / "call-measure", "--state", "none.db"],
        "call-rules": [binary / "call-rules", "--rules", rules],
        "redact": [binary / "redact"],
        "analyze --engine lexicon": [
            binary / "analyze", "--engine", "lexicon", "--task", "sentiment"],
    }
    found = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(measured(command, source, place))
    peer = min(seconds for seconds, _ in found["jq -c ."])
    print(f"{count} calls, {text / 1e6:.0f} MB of text, {source.stat().st_size / 1e6:.0f} MB of records")
    for name, runs in found.items():
        seconds = min(run[0] for run in runs)
        print(f"{name:26} {seconds:7.2f} s   {60 * count / seconds:9.0f} calls a minute   "
              f"{text / 1e6 / seconds:6.1f} MB/s of text   {max(run[1] for run in runs):5.0f} MiB   "
              f"{peer / seconds:5.2f} x jq")


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callpipe-bench-") as name:
        report(options.bin.resolve(), options.calls, options.rounds, pathlib.Path(name))


if __name__ == "__main__":
    main()
