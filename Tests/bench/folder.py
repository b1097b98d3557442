#!/usr/bin/env python3
"""folder.py BIN [FILES]: how long dir-list takes over a folder in which nothing has changed.

FILES files (500,000) with names like FreePBX's are made, in a directory for each day and then all in
one. The first run reads them; of the others the fastest counts, with its memory. A recording is a few
bytes here, since one that has not changed is not read.
"""
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

START = datetime.datetime(2023, 1, 1, tzinfo=datetime.timezone.utc)


def make(root, files, is_flat):
    """Makes the files, a minute apart, with times long ago."""
    for number in range(files):
        moment = START + datetime.timedelta(minutes=number)
        folder = root if is_flat else root / f"{moment:%Y/%m/%d}"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"out-5550{number % 1000:03}-{100 + number % 50}-{moment:%Y%m%d-%H%M%S}"
        file = folder / f"{name}-{int(moment.timestamp())}.{number}.wav"
        file.write_text(f"RIFF {number}")
        os.utime(file, (1_700_000_000, 1_700_000_000))


def run(tool, root, data):
    """The seconds of one run, those of the processor, and the bytes of memory."""
    before = os.times()
    with open(os.devnull, "wb") as nowhere:
        command = [tool, "--quiet", "--pattern", "freepbx", "--data", data, root]
        process = subprocess.Popen(command, stdout=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"folder: dir-list ended with {process.returncode}")
    return os.times().elapsed - before.elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool = pathlib.Path(sys.argv[1]).resolve() / "dir-list"
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 500_000
    for is_flat in (False, True):
        place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-folder-"))
        try:
            make(place / "calls", files, is_flat)
            first, _, _ = run(tool, place / "calls", place / "data")
            seconds, busy, memory = min(run(tool, place / "calls", place / "data") for _ in range(5))
            remembered = sum(file.stat().st_size for file in (place / "data/known-files").iterdir())
            print(
                f"{files} files, {'in one directory' if is_flat else 'a directory a day'}: "
                f"first {first:.1f} s, then {seconds:.2f} s ({busy:.2f} s of processor), "
                f"{memory / 2**20:.0f} MiB; remembered in {remembered / 2**20:.1f} MiB")
        finally:
            shutil.rmtree(place)


main()
