#!/usr/bin/env python3
"""workers.py: eight workers on one checkpoint, killed at random, and every record done once.

    workers.py PROGRAMS PLACE [--workers 8] [--records 400] [--kills 40] [--seed 1]

Each worker is a pipe in a process group of its own: state-next upload | stage | state-mark upload.
The stage locks a file for each record that it gets and keeps the lock until it ends, which the
kernel ends with it: a lock that another living worker holds is the failure looked for. Kills come
after a random count of records, never after a time. Prints what was seen; exits 1 on a failure.
"""
import argparse
import collections
import fcntl
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys


def stage(place):
    """Works on records: locks each, says so to the supervisor, passes it on."""
    events = os.open(f"{place}/events", os.O_WRONLY)
    held = []
    for line in sys.stdin:
        name = json.loads(line)["id"].replace(":", "-")
        lock = os.open(f"{place}/locks/{name}", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.write(events, f"!{name}\n".encode())
        held.append(lock)
        # Shorter than a pipe's atomic size, so that lines of workers never mix.
        os.write(events, f"{name}\n".encode())
        sys.stdout.write(line)
        sys.stdout.flush()


def start(options):
    stage_command = f"'{sys.executable}' -B '{__file__}' --stage '{options.place}'"
    return subprocess.Popen(
        ["bash", "-c", f"state-next upload | {stage_command} | state-mark upload >/dev/null"],
        start_new_session=True, cwd=options.place, env=environment(options))


def environment(options):
    return dict(
        os.environ, PATH=f"{options.programs}:{os.environ['PATH']}",
        CALLPIPE_STATE=f"{options.place}/state.db")


def prepare(options):
    os.makedirs(f"{options.place}/locks")
    os.mkfifo(f"{options.place}/events")
    lines = "".join(
        json.dumps({"id": f"rc:{number}", "start": "2024-01-15T14:03:11.000Z"}) + "\n"
        for number in range(options.records))
    subprocess.run(
        ["state-mark", "fetch"], input=lines, text=True, check=True, cwd=options.place,
        env=environment(options), stdout=subprocess.DEVNULL)


class Events:
    """What the stages say, a line a record."""

    def __init__(self, path):
        # Read and written here, so that it has no end while workers come and go.
        self.descriptor = os.open(path, os.O_RDWR)
        self.lines, self.rest = collections.deque(), b""

    def next(self, workers):
        """The next line; None when there is none and all workers have ended."""
        while not self.lines:
            has_ended = all(worker.poll() is not None for worker in workers)
            # Asked in this order: what the last one said before its end is there by now.
            if select.select([self.descriptor], [], [], 0 if has_ended else 0.05)[0]:
                *lines, self.rest = (self.rest + os.read(self.descriptor, 65536)).split(b"\n")
                self.lines.extend(line.decode() for line in lines)
            elif has_ended:
                return None
        return self.lines.popleft()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("place")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    prepare(options)

    events = Events(f"{options.place}/events")
    workers = [start(options) for _ in range(options.workers)]
    seen, violations, kills = {}, [], 0

    def take(count):
        """Reads so many events; fewer when all workers have ended."""
        for _ in range(count):
            name = events.next(workers)
            if name is None:
                return False
            if name.startswith("!"):
                violations.append(name)
            else:
                seen[name] = seen.get(name, 0) + 1
        return True

    while kills < options.kills and take(chance.randint(1, 12)):
        victim = chance.randrange(options.workers)
        if workers[victim].poll() is None:
            os.killpg(workers[victim].pid, signal.SIGKILL)
            kills += 1
        workers[victim].wait()
        workers[victim] = start(options)
    take(sys.maxsize)
    # One more finds all that the killed ones left, at once.
    workers = [start(options)]
    take(sys.maxsize)
    subprocess.run(
        ["state-next", "upload"], check=True, env=environment(options), cwd=options.place)

    database = sqlite3.connect(f"{options.place}/state.db")

    def ask(sql):
        return database.execute(sql).fetchone()[0]

    done = ask(
        "SELECT count(*) FROM outcomes WHERE stage = 'upload' AND status = 'completed'"
        " AND attempts = 1")
    marks = ask("SELECT count(*) FROM audit WHERE stage = 'upload'")
    leases = ask("SELECT count(*) FROM leases")
    work = sum(seen.values())
    print(
        f"{options.records} records, {kills} kills: {done} done once, {marks} marks, "
        f"{work - len(seen)} begun again, {len(violations)} held twice, {leases} leases left")
    is_right = (
        done == marks == options.records == len(seen) and not violations and leases == 0
        and (options.kills > 0 or work == options.records))
    return 0 if is_right else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stage"]:
        stage(sys.argv[2])
    else:
        sys.exit(main())
