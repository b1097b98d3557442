#!/usr/bin/env python3
"""audio.py BIN [--seconds N] [--seed N]: hostile recordings, and nothing lost but their records.

Recordings of every format that is read are damaged in all the ways that come to mind, and given to
AudioTool, which reads them as transcribe does. A part of them goes to a decoder that lies: liar.py's
answers, damaged as well. Whatever the file: the parent lives, says one line of it, is done soon, and
takes no more memory; no more sound comes out than the limits allow; no process is left behind.

The same seed makes the same files. A file that breaks a promise is kept, and named.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import resource
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

# A recording of a second may not take longer than this, on a machine with much else to do.
TIMEOUT = 120
# Of the parent, in KiB; it has 12 MiB when it has done nothing.
MOST_MEMORY = 48 << 10
# A day at 16 kHz is what the limits allow.
MOST_SAMPLES = 24 * 3600 * 16000 + 16000

TONE = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000:duration=2"]
NOISE = ["-f", "lavfi", "-i", "anoisesrc=r=16000:a=0.2:d=2"]
SEEDS = {
    "s16.wav": TONE,
    "stereo.wav": NOISE + ["-ac", "2"],
    "ulaw.wav": TONE + ["-c:a", "pcm_mulaw"],
    "alaw.wav": TONE + ["-c:a", "pcm_alaw"],
    "gsm.wav": TONE + ["-c:a", "libgsm_ms"],
    "adpcm.wav": TONE + ["-c:a", "adpcm_ms"],
    "float.wav": NOISE + ["-c:a", "pcm_f32le"],
    "low.mp3": TONE + ["-b:a", "16k"],
    "high.mp3": NOISE + ["-ar", "44100", "-ac", "2", "-b:a", "128k"],
    "vorbis.ogg": NOISE + ["-c:a", "libvorbis"],
    "opus.ogg": NOISE + ["-c:a", "libopus"],
    "flac.ogg": TONE + ["-c:a", "flac"],
    "a.flac": NOISE + ["-ac", "2"],
    "aac.m4a": NOISE + ["-c:a", "aac"],
    "alac.m4a": NOISE + ["-c:a", "alac"],
    "fragments.mp4": NOISE + ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
    "a.aac": NOISE + ["-c:a", "aac", "-f", "adts"],
    "a.aiff": TONE,
    "a.au": TONE + ["-c:a", "pcm_mulaw"],
    "a.w64": TONE,
    "a.gsm": TONE + ["-c:a", "libgsm"],
    "opus.webm": NOISE + ["-c:a", "libopus"],
    "tracks.mka": TONE + NOISE + ["-map", "0", "-map", "1", "-c:a:0", "libvorbis", "-c:a:1", "flac"],
    "tracks.m4a": TONE + NOISE + ["-map", "0", "-map", "1", "-c:a", "aac"],
}
EDGES = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def seeds(place):
    """A recording of each format that the installed ffmpeg can write."""
    found = {}
    for name, arguments in SEEDS.items():
        path = place / name
        made = subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "quiet", "-y", *arguments, str(path)], check=False)
        if made.returncode == 0:
            found[name] = path.read_bytes()
    if len(found) < len(SEEDS) / 2:
        sys.exit("fuzz: ffmpeg makes too few of the formats")
    return found


def damage(chance, bytes_, others):
    """Another file, by one to a few of the ways in which files go wrong or are made wrong."""
    data = bytearray(bytes_)
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        if not data:
            break
        # Headers decide more than samples do.
        limit = len(data) if chance.random() < 0.4 else min(len(data), 256)
        at = chance.randrange(limit)
        way = chance.randrange(10)
        if way == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            data[at] = chance.randrange(256)
        elif way == 2:
            data[at:at + 4] = struct.pack(chance.choice("<>") + "I", chance.choice(EDGES))
        elif way == 3:
            data[at:at + 2] = struct.pack(chance.choice("<>") + "H", chance.choice(EDGES) & 0xFFFF)
        elif way == 4:
            del data[chance.randrange(len(data)):]
        elif way == 5:
            del data[at:at + chance.randrange(1, 512)]
        elif way == 6:
            data[at:at] = data[at:at + chance.randrange(1, 512)] * chance.choice([1, 2, 50])
        elif way == 7:
            data[at:at + chance.randrange(64)] = chance.randbytes(chance.randrange(64))
        elif way == 8:
            other = chance.choice(others)
            start = chance.randrange(len(other))
            data[at:at + 64] = other[start:start + chance.randrange(1, 4096)]
        else:
            # Four letters are a name of a part; another part in its place.
            names = [m.start() for m in re.finditer(rb"[a-zA-Z]{4}", bytes(data[:4096]))]
            if names:
                there, from_ = chance.choice(names), chance.choice(names)
                data[there:there + 4] = data[from_:from_ + 4]
    return bytes(data[:4 << 20])


class Tool:
    """AudioTool in one of its ways of work, which lives as long as it keeps its promises."""

    def __init__(self, program, work):
        self.program, self.work = program, work
        self.process = subprocess.Popen(
            [program, work], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self, path):
        """The line about a recording; None when there is none."""
        self.process.stdin.write(f"{path}\n".encode())
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            if not piece:
                return None
            line += piece
            # A remark, once: a liar says that nothing is filtered.
            if line.startswith(b"note ") and b"\n" in line:
                line = line.partition(b"\n")[2]
        return line.decode("utf-8", "backslashreplace")

    def end(self):
        """Its last words and how it ended."""
        try:
            output, _ = self.process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "", None
        return output.decode(), self.process.returncode


class Campaign:
    def __init__(self, bin_path, seed):
        self.bin = pathlib.Path(bin_path).resolve()
        self.chance = random.Random(seed)
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="callpipe-fuzz-"))
        self.seeds = seeds(self.place)
        self.counts = collections.Counter()
        self.broken = []
        self.memory = 0
        self.slowest = 0.0
        here = pathlib.Path(__file__).resolve().parent
        lies = self.place / "lies"
        lies.mkdir()
        shutil.copy(self.bin / "AudioTool", lies)
        shutil.copy(here / "liar.py", lies / "callpipe-decode")
        (lies / "seed").write_text(str(seed))
        self.tools = {
            work: Tool(self.bin / "AudioTool", work) for work in ("mix", "mixReversed", "split", "probe")}
        self.liars = {work: Tool(lies / "AudioTool", work) for work in ("mix", "split", "probe")}

    def blame(self, what, data=None, suffix="bin"):
        text = what
        if data is not None:
            kept = pathlib.Path(tempfile.gettempdir()) / f"callpipe-fuzz-{len(self.broken)}.{suffix}"
            kept.write_bytes(data)
            text += f" ({kept})"
        self.broken.append(text)
        print(f"broken: {text}", flush=True)

    def one(self):
        name, seed = self.chance.choice(list(self.seeds.items()))
        data = damage(self.chance, seed, list(self.seeds.values()))
        suffix = name.split(".")[-1] if self.chance.random() < 0.8 else "mp3"
        path = self.place / f"hostile.{suffix}"
        path.write_bytes(data)
        if self.chance.random() < 0.1:
            tools, kind = self.liars, "lies"
        else:
            tools, kind = self.tools, "files"
        work = self.chance.choice(list(tools))
        began = time.monotonic()
        line = tools[work].ask(path)
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.counts[kind] += 1
        if line is None:
            self.blame(f"{work} of {kind}: no answer", data, suffix)
            tools[work] = Tool(tools[work].program, work)
            return
        self.judge(kind, work, line, data, suffix)

    def judge(self, kind, work, line, data, suffix):
        if line.count("\n") != 1 or not line[:-1].isprintable():
            self.blame(f"{work} of {kind}: {line!r}", data, suffix)
        word, _, rest = line.rstrip("\n").partition(" ")
        samples = re.search(r"(\d+) samples", rest)
        if word == "ok":
            self.counts[f"{kind} decoded"] += 1
            if samples and int(samples[1]) > 8 * MOST_SAMPLES:
                self.blame(f"{work} of {kind}: too much sound: {rest}", data, suffix)
        elif word == "item":
            self.counts[f"{kind} refused"] += 1
            # Numbers are the file's; the rest is one of few sentences.
            self.counts[f"  {kind}: " + re.sub(r"\d+", "N", re.sub(r"codec \w+", "codec C", rest))] += 1
        elif kind == "files":
            self.blame(f"{work}: not the record's own failure: {line.rstrip()}", data, suffix)
        else:
            self.counts[f"{kind} put off"] += 1

    def end(self):
        servers = [pid for tool in self.tools.values() for pid in children(tool.process.pid)]
        for kind, tools in (("files", self.tools), ("lies", self.liars)):
            for work, tool in tools.items():
                words, status = tool.end()
                if status != 0:
                    self.blame(f"{work} of {kind} ended with {status}")
                used = re.search(r"most memory (\d+) KiB", words)
                if used:
                    self.memory = max(self.memory, int(used[1]))
        if self.memory > MOST_MEMORY:
            self.blame(f"a parent took {self.memory} KiB")
        deadline = time.monotonic() + TIMEOUT
        while any(map(is_alive, servers)):
            if time.monotonic() > deadline:
                self.blame(f"servers are left: {[pid for pid in servers if is_alive(pid)]}")
                break
            time.sleep(0.1)
        shutil.rmtree(self.place)


def children(process):
    """The processes that a process has started."""
    return [int(pid) for pid in filter(str.isdigit, os.listdir("/proc"))
            if parent(pid) == process]


def parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_alive(pid):
    """Whether it runs; one that nobody has asked after yet does not."""
    try:
        _, name, rest = re.split(r"[()]", pathlib.Path(f"/proc/{pid}/stat").read_text(), maxsplit=2)
    except OSError:
        return False
    return name == "callpipe-decode" and rest.split()[0] != "Z"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    campaign = Campaign(arguments.bin, arguments.seed)
    began = time.monotonic()
    while time.monotonic() - began < arguments.seconds and len(campaign.broken) < 20:
        campaign.one()
    campaign.end()
    print(f"fuzz of audio, seed {arguments.seed}, {time.monotonic() - began:.0f} s")
    for name, count in sorted(campaign.counts.items()):
        print(f"{count:>8}  {name}")
    print(f"slowest {campaign.slowest:.2f} s; most memory of a parent {campaign.memory} KiB;"
          f" promises broken: {len(campaign.broken)}")
    sys.exit(1 if campaign.broken else 0)


if __name__ == "__main__":
    main()
