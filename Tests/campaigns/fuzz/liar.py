#!/usr/bin/env python3
"""A server in the place of callpipe-decode that gives good answers, damaged."""
import os
import pathlib
import random
import socket
import struct
import sys

STARTED, FORM, SAMPLES, FACTS, FAULT = range(0x63617301, 0x63617306)
EDGES = [0, 1, 2, 3, 0x7F, 0xFF, 32768, 32770, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, STARTED,
         FORM, SAMPLES, FACTS, FAULT]


def frame(kind, payload):
    return struct.pack("<II", kind, len(payload)) + payload


def answer(chance):
    frames = [frame(STARTED, struct.pack("<I", 1)), frame(FORM, struct.pack("<II", 16000, 1))]
    for _ in range(chance.randrange(6)):
        frames.append(frame(SAMPLES, bytes(2 * chance.randrange(1, 16385))))
    frames.append(frame(FACTS, struct.pack("<ddQ8I", 1.0, 0.0, 0, 8000, 1, 0, 3, 1, 0, 1, 0) + b"mp3"))
    if chance.random() < 0.2:
        frames[-1] = frame(FAULT, struct.pack("<II", chance.randrange(20), chance.choice(EDGES)))
    if chance.random() < 0.3:
        frames.insert(chance.randrange(len(frames)), chance.choice(frames))
    data = bytearray(b"".join(frames))
    for _ in range(chance.choice([0, 1, 2, 5])):
        at = chance.randrange(len(data)) if chance.random() < 0.3 else chance.randrange(20)
        if chance.random() < 0.5:
            data[at:at + 4] = struct.pack("<I", chance.choice(EDGES))
        else:
            data[at] = chance.randrange(256)
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)):]
    return bytes(data)


def main():
    # Each that is started goes on where the one before it left off.
    seed = pathlib.Path(sys.argv[0]).parent / "seed"
    number = int(seed.read_text()) + 1
    seed.write_text(str(number))
    chance = random.Random(number)
    control = socket.socket(fileno=0)
    control.send(struct.pack("<Q", 3))
    while True:
        words, descriptors, _, _ = socket.recv_fds(control, 200, 3)
        if not words or chance.random() < 0.02:
            return
        frames = socket.socket(fileno=descriptors[1])
        try:
            frames.sendall(answer(chance))
            frames.shutdown(socket.SHUT_WR)
            os.write(descriptors[2], chance.randbytes(chance.choice([0, 3, 4, 4, 4, 4])))
        except BrokenPipeError:
            pass
        frames.close()
        os.close(descriptors[0])
        os.close(descriptors[2])


main()
