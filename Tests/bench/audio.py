#!/usr/bin/env python3
"""audio.py BIN: what it costs to prepare audio, beside ffmpeg run once for each file.

Both make 16 kHz mono of the same recordings, as transcribe does, in turns; each figure is the least
of some runs on this machine. Ours come with the process of its own that each recording gets.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FILES = 100
# Something between speech and music, in stereo, as telephone systems write it.
CALL = ("aevalsrc=exprs=0.3*sin(2*PI*(300+200*sin(t))*t)*(1+sin(7*t))/2"
        "|0.2*sin(2*PI*(500+90*sin(t/3))*t)*(1+sin(5*t))/2:s=8000:d={}")


def say(what, figure):
    print(f"{what:<66}{figure:>24}", flush=True)


def make(path, seconds):
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", CALL.format(seconds),
         "-b:a", "32k", path], check=True)


def ten_hours(path):
    """Silence that takes no room: a header, and a hole behind it."""
    length = 36000 * 16000
    with open(path, "wb") as file:
        for word, size in (
                (b"RIFF", 0), (length + 36, 4), (b"WAVEfmt ", 0), (16, 4), (1, 2), (1, 2),
                (8000, 4), (16000, 4), (2, 2), (16, 2), (b"data", 0), (length, 4)):
            file.write(word if isinstance(word, bytes) else word.to_bytes(size, "little"))
        file.truncate(44 + length)


class Bench:
    def __init__(self, bin_path):
        self.tool = pathlib.Path(bin_path).resolve() / "AudioTool"
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-bench-"))

    def ours(self, paths):
        return self.run([self.tool], "".join(f"{path}\n" for path in paths))

    def theirs(self, paths):
        loop = ("while read -r file; do ffmpeg -nostdin -v error -i \"$file\" -ac 1 -ar 16000"
                " -f s16le -y /dev/null; done")
        return self.run(["bash", "-c", loop], "".join(f"{path}\n" for path in paths))

    def run(self, command, text):
        began = time.monotonic()
        output = subprocess.run(
            command, input=text, text=True, stdout=subprocess.PIPE, check=True).stdout
        seconds = time.monotonic() - began
        if command[0] == self.tool and output.count("ok ") != text.count("\n"):
            sys.exit(f"bench: {output}")
        return seconds

    def pair(self, what, paths, runs):
        """In turns, so that what else the machine does hits both."""
        ours, theirs = [], []
        for _ in range(runs):
            theirs.append(self.theirs(paths))
            ours.append(self.ours(paths))
        say(f"audio of {what}, ours", f"{min(ours):.2f} s")
        say("  ffmpeg, once for each", f"{min(theirs):.2f} s")
        say("  ours is faster by", f"{min(theirs) / min(ours):.1f}")

    def memory(self, path):
        """The most memory of the tool, and of the largest process that it started, in MiB."""
        tool = subprocess.Popen(
            [self.tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        tool.stdin.write(f"{path}\n")
        tool.stdin.close()
        most = {"tool": 0, "decoder": 0}
        while tool.poll() is None:
            for process in filter(str.isdigit, os.listdir("/proc")):
                used = peak(process, tool.pid)
                if used is not None:
                    kind = "tool" if int(process) == tool.pid else "decoder"
                    most[kind] = max(most[kind], used)
            time.sleep(0.02)
        tool.stdout.read()
        return most


def status(process):
    try:
        text = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def peak(process, root):
    """The most memory that a process of the tool had; None for any other process."""
    about = status(process)
    family = {process, about.get("PPid"), status(about.get("PPid", "")).get("PPid")}
    if str(root) not in family or "VmHWM" not in about:
        return None
    return int(about["VmHWM"].split()[0]) / 1024


def main():
    bench = Bench(sys.argv[1])
    try:
        call, long, silence = (str(bench.place / name) for name in ("a.mp3", "b.mp3", "c.wav"))
        make(call, 30)
        calls = [str(bench.place / f"{number}.mp3") for number in range(FILES)]
        for path in calls:
            shutil.copy(call, path)
        bench.pair(f"{FILES} recordings of 30 s", calls, runs=3)
        make(long, 7200)
        bench.pair("one recording of two hours", [long], runs=3)
        ten_hours(silence)
        for kind, used in bench.memory(silence).items():
            say(f"most memory of the {kind}, ten hours", f"{used:.0f} MiB")
    finally:
        shutil.rmtree(bench.place)


if __name__ == "__main__":
    main()
