#!/usr/bin/env python3
"""two_party.py DIR [stereo|mono]: a call of real speech whose words and times are known.

In stereo the agent is a telephone prompt's voice on the first channel, the customer a reader of a book
on the second. They talk in turn, with pauses, and once at the same time. In mono the prompts follow
each other after pauses of up to 12 s. DIR gets call.wav (8 kHz) and call.json: its utterances with
channel, start and end in seconds, and text. The times are those of the sound itself, because the
silence around each clip is cut off.
"""
import array
import json
import pathlib
import sys
import wave

import corpus

RATE = 8000
QUIET = 130  # 48 dB below full scale
TURNS = {
    "stereo": [(0, "queue-youarenext", 0.5), (1, "0880.flac", 6.5), (0, "privacy-prompt", 10.0),
               (1, "0930.flac", 12.5), (0, "priv-introsaved", 16.3), (1, "0890.flac", 20.8),
               (0, "goodbye", 26.5)],
    "mono": [(0, "queue-youarenext", 1.0), (0, "privacy-prompt", 7.5), (0, "vm-nobox", 13.0),
             (0, "vm-rec-name", 20.5), (0, "priv-introsaved", 30.0), (0, "privacy-unident", 46.0),
             (0, "goodbye", 53.0)],
}
SECONDS = 60


def clip(path):
    """The samples of a file from its first sound to its last."""
    samples = array.array("h", corpus.samples(path, RATE))
    loud = [index for index, sample in enumerate(samples) if abs(sample) > QUIET]
    return samples[loud[0]:loud[-1] + 1]


def main():
    place, kind = pathlib.Path(sys.argv[1]), (sys.argv + ["stereo"])[2]
    turns = TURNS[kind]
    count = 1 + max(channel for channel, _, _ in turns)
    texts = {**corpus.texts(), **{pathlib.Path(path).name: text
                                  for path, text in corpus.book().items()}}
    channels = [array.array("h", bytes(2 * RATE * SECONDS)) for _ in range(count)]
    utterances = []
    for channel, name, start in turns:
        path = (pathlib.Path(corpus.__file__).parent / "book" / name if name.endswith(".flac")
                else f"{corpus.ENGLISH}/{name}.wav")
        samples = clip(str(path))
        first = int(start * RATE)
        channels[channel][first:first + len(samples)] = samples
        utterances.append({"channel": channel, "start": start,
                           "end": round(start + len(samples) / RATE, 3), "text": texts[name]})
    place.mkdir(parents=True, exist_ok=True)
    with wave.open(str(place / "call.wav"), "wb") as file:
        file.setnchannels(count)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", (sample for frame in zip(*channels) for sample in frame)).tobytes())
    (place / "call.json").write_text(json.dumps(utterances, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
