#!/usr/bin/env python3
"""bench.py BIN [RECORDS]: what the checkpoint costs, beside other programs doing the same.

Each figure is the least of some runs, on this machine, in this run: compare them with one another
and with nothing else. Nothing fails because it is slow.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


class Bench:
    def __init__(self, bin_path, records):
        self.bin = pathlib.Path(bin_path).resolve()
        self.records = records
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-bench-"))
        self.environment = dict(os.environ, PATH=f"{self.bin}:{os.environ['PATH']}", LC_ALL="C")

    def path(self, name):
        return str(self.place / name)

    def run(self, script):
        """Runs a line of bash; its seconds."""
        return self.seconds(["bash", "-c", f"set -euo pipefail; {script}"])

    def alone(self, line, runs=41):
        """Runs a tool with no shell, which costs as much as a short answer; the least and the
        median of its milliseconds, as a figure."""
        tool, *words = line.split()
        times = [1000 * self.seconds([self.bin / tool, *words]) for _ in range(runs)]
        return f"{min(times):.1f} ms (median {statistics.median(times):.1f})"

    def seconds(self, command):
        # The disk starts each run with nothing left to write.
        os.sync()
        began = time.monotonic()
        ended = subprocess.run(
            command, cwd=self.place, env=self.environment,
            stdout=None if command[0] == "bash" else subprocess.DEVNULL)
        seconds = time.monotonic() - began
        if ended.returncode not in (0, 1):
            sys.exit(f"bench: {command} ended with {ended.returncode}")
        return seconds

    def memory(self, script):
        """The most memory of the program, in MiB, as GNU time tells it."""
        if not shutil.which("time", path=self.environment["PATH"]):
            return None
        self.run(f"command time -f %M -o memory {script}")
        return int((self.place / "memory").read_text().split()[-1]) / 1024

    def least(self, script, before="true", runs=3):
        seconds = []
        for _ in range(runs):
            self.run(before)
            seconds.append(self.run(script))
        return min(seconds)

    def records_file(self, name, count, first=0):
        with open(self.path(name), "wb") as file:
            subprocess.run([HERE / "records.py", str(count), str(first)], stdout=file, check=True)


def say(what, figure):
    print(f"{what:<66}{figure:>24}", flush=True)


# The same columns, keys and index, written in one transaction that is on disk when it ends.
PEER_TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE calls(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
  start_time TEXT, duration REAL, record TEXT NOT NULL) STRICT;
CREATE INDEX calls_start ON calls(start_time);
CREATE TABLE outcomes(call INTEGER NOT NULL, stage TEXT NOT NULL, status TEXT NOT NULL,
  finished_at TEXT, PRIMARY KEY(call, stage)) STRICT, WITHOUT ROWID;
CREATE TABLE lines(record TEXT);
"""
PEER_INSERT = """
PRAGMA synchronous = FULL;
BEGIN IMMEDIATE;
INSERT INTO calls(id, source, start_time, duration, record)
  SELECT record ->> 'id', record ->> 'source', record ->> 'start', record ->> 'duration', record
  FROM lines;
INSERT INTO outcomes SELECT number, 'fetch', 'completed', datetime() FROM calls;
COMMIT;
DROP TABLE lines;
"""


def new_records(bench):
    """state-mark of new records beside sqlite3's .import with json, and sqlite-utils."""
    count = bench.records
    bench.records_file("new.ndjson", count)
    (bench.place / "tables.sql").write_text(PEER_TABLES)
    (bench.place / "insert.sql").write_text(PEER_INSERT)
    ours = bench.least(
        "state-mark --state new.db fetch < new.ndjson > /dev/null", "rm -f new.db*", runs=2)
    peer = bench.least(
        "sqlite3 peer.db < tables.sql > /dev/null; "
        "sqlite3 -bail peer.db 'PRAGMA synchronous = FULL' '.mode ascii' "
        "$'.separator \\x1f \\\\n' '.import new.ndjson lines' '.read insert.sql'",
        "rm -f peer.db*", runs=2)
    say(f"state-mark, {count} new records", f"{ours:.1f} s")
    say("sqlite3 .import and json, the same", f"{peer:.1f} s")
    say("  state-mark is faster by", f"{peer / ours:.2f}")
    if shutil.which("sqlite-utils"):
        some = min(count, 100_000)
        bench.run(f"head -n {some} new.ndjson > some.ndjson")
        ours = bench.least(
            "state-mark --state some.db fetch < some.ndjson > /dev/null", "rm -f some.db*")
        peer = bench.least(
            "sqlite-utils insert peer.db calls --nl --pk id some.ndjson", "rm -f peer.db*", runs=1)
        say(f"state-mark, {some} new records", f"{ours:.2f} s")
        say("sqlite-utils insert --nl --pk, the same", f"{peer:.2f} s")
        say("  state-mark is faster by", f"{peer / ours:.1f}")
    else:
        say("sqlite-utils is not installed", "not measured")


def growth(bench):
    """What ten thousand more records cost in a small file and in a large one."""
    some = 10_000
    bench.records_file("ten.ndjson", some)
    bench.records_file("more.ndjson", some, first=bench.records)
    bench.run("rm -f small.db*; state-mark --state small.db fetch < ten.ndjson > /dev/null")
    copy = "rm -f grown.db*; cp {}.db grown.db"
    mark = "state-mark --state grown.db fetch < more.ndjson > /dev/null"
    small = bench.least(mark, copy.format("small"), runs=5)
    large = bench.least(mark, copy.format("new"), runs=5)
    say(f"{some} more records after {some}", f"{small * 1000:.0f} ms")
    say(f"{some} more records after {bench.records}", f"{large * 1000:.0f} ms")
    say("  a record costs more by", f"{large / small:.2f}")


def known_records(bench):
    """state-todo over records that are done."""
    seconds = bench.least("state-todo --quiet --state new.db fetch < new.ndjson > /dev/null")
    say(f"state-todo, {bench.records} known records", f"{seconds:.2f} s")
    say("  records a second", f"{bench.records / seconds:,.0f}")


def questions(bench):
    """What is asked of a checkpoint with many rows."""
    count = bench.records
    # The first time, calls that were never asked about are enrolled in the stage's queue.
    first = bench.run("state-next --state new.db transcribe --limit 1 > /dev/null")
    say(f"state-next --limit 1, {count} rows, the very first time", f"{first * 1000:.0f} ms")
    for stage in "transcribe", "fetch":
        figure = bench.alone(f"state-next --state new.db {stage} --limit 1")
        say(f"state-next {stage} --limit 1, {count} rows", figure)
    say("  of that the start of the program", bench.alone("state-next --version"))
    seconds = bench.least("state-summary --state new.db > /dev/null", runs=5)
    say(f"state-summary, {count} rows", f"{seconds * 1000:.0f} ms")


def memories(bench):
    for script in (
            "state-mark --state memory.db fetch < new.ndjson > /dev/null",
            "state-todo --quiet --state new.db fetch < new.ndjson > /dev/null",
            "state-next --state new.db upload --limit 1000 > /dev/null",
            "state-summary --state new.db > /dev/null",
            "state-show --state new.db --stage fetch > /dev/null"):
        used = bench.memory(script)
        say(f"most memory of {script.split(' --state')[0]}",
            "not measured" if used is None else f"{used:.0f} MiB")


def main():
    bench = Bench(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    try:
        for part in new_records, growth, known_records, questions, memories:
            part(bench)
    finally:
        shutil.rmtree(bench.place)


if __name__ == "__main__":
    main()
