#!/usr/bin/env python3
# A server in the place of callpipe-decode that answers as the file "mode" beside it says.
import math
import os
import pathlib
import socket
import struct
import sys

PLACE = pathlib.Path(sys.argv[0]).parent
MODE = (PLACE / "mode").read_text()
STARTED, FORM, SAMPLES, FACTS, FAULT = range(0x63617301, 0x63617306)


def frame(kind, *words, rest=b""):
    payload = struct.pack(f"<{len(words)}I", *words) + rest
    return struct.pack("<II", kind, len(payload)) + payload


def facts(
        seconds=1.0, missing=0.0, rate=8000, channels=1, damaged=0, alike=3, tracks=1, beyond=0,
        codec=b"mp3/mp3"):
    numbers = struct.unpack("<6I", struct.pack("<ddQ", seconds, missing, 0))
    return frame(
        FACTS, *numbers, rate, channels, damaged, alike, tracks, 0, 1, beyond, rest=codec)


BEGIN = frame(STARTED, 1)
MIX = BEGIN + frame(FORM, 16000, 1)
ANSWERS = {
    "truth": MIX + frame(SAMPLES, rest=bytes(2000)) + facts(),
    "truth without a filter": frame(STARTED, 0) + MIX[len(BEGIN):] + facts(),
    "noise": bytes((number * 37 + 11) % 251 for number in range(5000)),
    "nothing": b"",
    "half a frame": MIX + frame(SAMPLES, rest=bytes(2000))[:100],
    "a frame too long": MIX + struct.pack("<II", SAMPLES, 1 << 31),
    "a long name": BEGIN + struct.pack("<II", FACTS, 5000) + bytes(5000),
    "half a sample": MIX + frame(SAMPLES, rest=bytes(3)),
    "no samples": MIX + frame(SAMPLES),
    "samples of no form": BEGIN + frame(SAMPLES, rest=bytes(20)),
    "two forms": MIX + frame(FORM, 16000, 1),
    "two beginnings": BEGIN + BEGIN,
    "no beginning": facts(),
    "many channels": BEGIN + frame(FORM, 16000, 100),
    "no channels": BEGIN + frame(FORM, 16000, 0),
    "another rate": BEGIN + frame(FORM, 8000, 1),
    "a likeness unknown": BEGIN + facts(alike=4),
    "no tracks": BEGIN + facts(tracks=0),
    "more tracks than channels": BEGIN + facts(tracks=2),
    "half a truth": BEGIN + facts(beyond=2),
    "no number": BEGIN + facts(seconds=math.nan),
    "for ever": BEGIN + facts(seconds=math.inf),
    "less than nothing": BEGIN + facts(seconds=-1.0),
    "a year": BEGIN + facts(seconds=3e7),
    "nothing missing but a number": BEGIN + facts(missing=math.nan),
    "all missing": BEGIN + facts(missing=math.inf),
    "more than all": BEGIN + facts(missing=-1.0),
    "a year missing": BEGIN + facts(missing=3e7),
    "1 Hz": BEGIN + facts(rate=1),
    "facts of channels": BEGIN + facts(channels=4_000_000_000),
    "a name to print": BEGIN + facts(codec=b"\x1b[2Jmp3/mp3"),
    "no codec": BEGIN + facts(codec=b"/mp3"),
    "no format": BEGIN + facts(codec=b"mp3/"),
    "one name": BEGIN + facts(codec=b"mp3"),
    "three names": BEGIN + facts(codec=b"mp3/mp3/mp3"),
    "a fault unknown": BEGIN + frame(FAULT, 99, 0),
    "a fault to print": BEGIN + frame(FAULT, 7, 0, rest=b"\x1b[2J"),
    "a fault that stops the line": BEGIN + frame(FAULT, 1, 0),
    "crash": MIX,
}


def main():
    control = socket.socket(fileno=0)
    if MODE == "mute":
        return
    control.send(struct.pack("<Q", 99 if MODE == "another version" else 3))
    while True:
        words, descriptors, _, _ = socket.recv_fds(control, 200, 3)
        if not words:
            return
        if MODE.startswith("gone"):
            if MODE == "gone in the middle":
                os.write(descriptors[1], BEGIN)
            if MODE == "gone at first":
                (PLACE / "mode").write_text("truth")
            os._exit(1)
        try:
            answer(descriptors)
        except BrokenPipeError:
            pass
        for descriptor in descriptors:
            os.close(descriptor)


def answer(descriptors):
    with open(descriptors[1], "wb", buffering=0, closefd=False) as frames:
        if MODE == "samples without end":
            frames.write(MIX)
            while True:
                frames.write(frame(SAMPLES, rest=bytes(32 << 10)))
        name, _, signal = MODE.partition(" by ")
        frames.write(ANSWERS[name])
    socket.socket(fileno=os.dup(descriptors[1])).shutdown(socket.SHUT_WR)
    os.write(descriptors[2], struct.pack("<i", int(signal or 0)))


main()
