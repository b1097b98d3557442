#!/usr/bin/env python3
"""names.py BIN [--names N] [--seed N]: strange names of files, and no time made up.

For each recorder that dir-list knows, N files get names like its own: parts are changed, left out,
doubled, put in another order, or replaced by noise. Whatever the names: dir-list ends well, each file
is listed or counted as left out, each id is given once, and each start lies in the years 1990 to 2100
and stands in the name, by itself or by the seconds of a unique id.

The same seed makes the same names. The names of a run that breaks a promise are kept, and shown.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

RECORDERS = {
    "freepbx": ["out-5550100-101-20240115-143311-1705325591.123", "exten-102-unknown-20240115-143311-pbx-1705325591.9"],
    "issabel": ["OUT201-20110203-104522-1296726322.9", "q500-20110203-104522-1296726322.9"],
    "asterisk": ["1705325591.123", "1705325591.123-in", "auto-1705325591-101-5550100"],
    "grandstream": ["auto-1414771234-1000-1004"],
    "vicidial": ["20240115-143311_5550100-all", "SALES_6666_20240115-143311_5550100-all"],
    "3cx": ["[]_100-0836826436_20190211124709(2)", "[Zoe Phiri]_201-0114627554_20190219120918(380)"],
    "miarec": ["20110203104522", "20110203104522_2", "2011-02-03-104522"],
    "ringcentral": ["20251104-133555_302_(252)555-0186_Outgoing_Auto_2243071124051"],
    "bcr": ["20220522_122802.881926-0400_in_+12345678900_Jo Do", "20220522_122802.881Z_out_sim2_911"],
    "trunk-recorder": ["22102-1757705318_856187500.0-call_4"],
    "{direction}-{start}_{from}": ["in-2024-01-15 14.33.11_101", "out-1705325591123_101"],
    "{date}_{from}_{time}": ["2024-01-15_101_14-33-11"],
}
ENDINGS = ["wav", "WAV", "mp3", "gsm", "ogg", "txt", "wav.tmp", ""]
NOISE = "0123456789-_. ()[]{}%+@,:TZ\u00e4\u4f60\u202e\x01\x1babcXYZ"
SECOND = datetime.timedelta(seconds=1)


def change(chance, name):
    """The name after one to a few changes; a slash would make it another directory."""
    for _ in range(chance.choice([0, 1, 1, 2, 3, 6])):
        at = chance.randrange(len(name) + 1)
        size = chance.choice([1, 1, 2, 4, 8])
        kind = chance.randrange(7)
        if kind == 0:
            name = name[:at] + name[at + size:]
        elif kind == 1:
            name = name[:at] + "".join(chance.choice(NOISE) for _ in range(size)) + name[at:]
        elif kind == 2:
            name = name[:at] + name[at:at + size] * 2 + name[at + size:]
        elif kind == 3:
            name = re.sub(r"\d", lambda digit: str(chance.randrange(10)), name[:at]) + name[at:]
        elif kind == 4:
            parts = re.split(r"([-_.])", name)
            chance.shuffle(parts)
            name = "".join(parts)
        elif kind == 5:
            name = name[:at] + chance.choice(["99999999", "00000000", "2099", "1989", "1", "-"]) + name[at:]
        else:
            name = name.replace(chance.choice("0123456789"), chance.choice("0123456789"))
    return name[:200]


def names(chance, count, seeds):
    found = set()
    while len(found) < count:
        name = change(chance, chance.choice(seeds))
        ending = chance.choice(ENDINGS) if chance.random() < 0.3 else "wav"
        name = f"{name}.{ending}" if ending else name
        if name.strip(".") and not name.startswith(".") and len(name.encode()) < 250:
            found.add(name)
    return sorted(found)


def stands_in(name, start):
    """Whether a start is in the name: the digits of its date and time of some zone, or its seconds."""
    digits = re.sub(r"\D", "", name)
    if str(int(start.timestamp())) in digits:
        return True
    # Zones reach from 14 hours ahead to 12 behind; a leap second is the first of the next minute.
    for quarter in range(-48, 57):
        local = start + datetime.timedelta(minutes=15 * quarter)
        for shown in (local, local - SECOND):
            day = f"{shown:%Y%m%d}"
            clocks = [f"{shown:%H%M%S}", f"{shown:%H%M}60"] + ([f"{shown:%H%M}"] if shown.second == 0 else [])
            if day in digits and any(clock in digits for clock in clocks):
                return True
    return False


def check(tool, place, pattern, listed):
    """What is wrong with a listing; nothing when all is well."""
    run = subprocess.run(
        [tool, "--pattern", pattern, "--timezone", "Europe/Berlin", "-v", "folder"], cwd=place,
        env={**os.environ, "CALLPIPE_DATA": str(place / "data"), "TZ": "UTC"},
        capture_output=True, check=False)
    if run.returncode != 0:
        return f"it ended with {run.returncode}: {run.stderr.decode(errors='replace')[-500:]}"
    records = [json.loads(line) for line in run.stdout.splitlines()]
    told = [line for line in run.stderr.decode().splitlines() if ": left out " in line and ": left out: " not in line]
    if len(records) + len(told) != len(listed):
        return f"{len(records)} were listed and {len(told)} left out, of {len(listed)}"
    if len({record["id"] for record in records}) != len(records):
        return "an id was given twice"
    unread = sum("start" not in record for record in records)
    counted = re.search(r"no time can be read in (\d+) name", run.stderr.decode())
    if unread != int(counted[1] if counted else 0):
        return f"{unread} records have no start, and {counted and counted[0]} was told"
    for record in records:
        if "start" not in record:
            continue
        start = datetime.datetime.fromisoformat(record["start"].replace("Z", "+00:00"))
        if not 1989 < start.year < 2100:
            return f"{record['recording']['name']!r} starts at {record['start']}"
        if not stands_in(record["recording"]["name"], start):
            return f"the start {record['start']} does not stand in {record['recording']['name']!r}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin")
    parser.add_argument("--names", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tool = pathlib.Path(options.bin).resolve() / "dir-list"
    chance = random.Random(options.seed)
    for pattern, seeds in RECORDERS.items():
        place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-names-"))
        folder = place / "folder"
        folder.mkdir()
        listed = names(chance, options.names, seeds)
        for number, name in enumerate(listed):
            file = folder / name
            file.write_text(f"{number}")
            os.utime(file, (1_500_000_000, 1_500_000_000))
        fault = check(tool, place, pattern, listed)
        if fault:
            sys.exit(f"names: {pattern}: {fault}\nthe files are kept in {place}")
        shutil.rmtree(place)
    print(f"names: {options.names} names for each of {len(RECORDERS)} patterns, and no time was made up")


main()
