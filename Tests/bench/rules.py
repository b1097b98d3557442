#!/usr/bin/env python3
"""rules.py BIN [--calls N]: how fast call-rules and analyze --engine lexicon work, and their memory.

N calls of about 300 words, made as search.py makes them, go through the shipped rules and through the
lexicon. The figures are of one run; nothing fails because it is slow.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import search

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(command, source):
    """Seconds, and the most MiB of memory."""
    began = time.monotonic()
    with open(source, "rb") as lines:
        process = subprocess.Popen(command, stdin=lines, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024


def main():
    """Measures both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--calls", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        source = pathlib.Path(place) / "calls.ndjson"
        with source.open("w") as lines:
            for call in search.calls(options.calls):
                lines.write(json.dumps(call) + "\n")
        commands = {
            "cat": ["cat"],
            "call-rules": [options.bin / "call-rules", "--rules", ROOT / "pipelines/rules.ndjson"],
            "analyze --engine lexicon": [options.bin / "analyze", "--engine", "lexicon"],
        }
        print(f"{options.calls} calls, {source.stat().st_size / 1e6:.0f} MB")
        for title, command in commands.items():
            seconds, memory = run(command, source)
            print(f"{title:<26} {seconds:7.2f} s {options.calls / seconds * 60:12.0f} calls a minute "
                  f"{memory:6.0f} MiB")


if __name__ == "__main__":
    main()
