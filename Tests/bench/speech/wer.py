#!/usr/bin/env python3
"""wer.py BIN: the word error rate of transcribe, beside whisper-cli itself and faster-whisper.

The corpus is 40 telephone prompts in English, in wideband (G.722) and as a telephone carries them
(8 kHz). All programs use the same Whisper model. whisper-cli gets each file at 16 kHz, resampled by
ffmpeg. faster-whisper takes part when Python can import it and --ct2 names the same weights in its
format. The rate is pooled over all words, as jiwer counts them in Whisper's spelling. The status is
1 when transcribe has more errors than another program and the tolerance allow.
"""
import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

import corpus

# Beam search finds other words for one prompt or two when a file has other neighbours.
TOLERANCE = 0.005
spell = EnglishTextNormalizer()


class Trial:
    """The same sound for all programs, and the text that each makes of it."""

    def __init__(self, place, title, texts, sounds, rate):
        self.place, self.title, self.rate = pathlib.Path(place), title, rate
        self.texts = {name.replace("/", "_"): text for name, text in texts.items()}
        (self.place / "audio").mkdir(parents=True)
        (self.place / "wide").mkdir()
        for name, path in zip(self.texts, sounds):
            corpus.write(str(self.audio(name)), corpus.samples(path, rate), rate)
            corpus.write(str(self.wide(name)), corpus.samples(str(self.audio(name)), 16000), 16000)
        self.heard = {}

    def audio(self, name):
        return self.place / "audio" / f"{name}.wav"

    def wide(self, name):
        return self.place / "wide" / f"{name}.wav"

    def records(self):
        for name in self.texts:
            data = self.audio(name).read_bytes()
            yield json.dumps({
                "id": f"wer:{name}", "source": "wer", "start": "2024-01-15T14:03:11Z",
                "audio": {"path": f"audio/{name}.wav", "bytes": len(data), "type": "audio/wav",
                          "sha256": hashlib.sha256(data).hexdigest()}}) + "\n"

    def transcribe(self, binary, model):
        done = subprocess.run(
            [f"{binary}/transcribe", "--engine", "whisper.cpp", "--model", str(model), "--data",
             str(self.place), "--quiet"], input="".join(self.records()), text=True,
            stdout=subprocess.PIPE, check=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["id"].removeprefix("wer:"): line["transcript"]["text"] for line in lines}

    def whisper_cli(self, program, model):
        files = [word for name in self.texts for word in ("-f", str(self.wide(name)))]
        subprocess.run([program, "-m", str(model), "-mc", "0", "-np", "-oj", *files],
                       stdout=subprocess.DEVNULL, check=True)
        heard = {}
        for name in self.texts:
            document = json.loads(pathlib.Path(f"{self.wide(name)}.json").read_text("utf-8"))
            heard[name] = "".join(segment["text"] for segment in document["transcription"])
        return heard

    def faster_whisper(self, model):
        return {name: "".join(segment.text for segment in model.transcribe(
            str(self.wide(name)), language="en", beam_size=5)[0]) for name in self.texts}

    def rate_of(self, who, names=None):
        names = list(names or self.texts)
        return jiwer.wer([spell(self.texts[name]) for name in names],
                         [spell(self.heard[who].get(name, "")) for name in names])

    def show(self):
        words = sum(len(spell(text).split()) for text in self.texts.values())
        print(f"\n{self.title}: {len(self.texts)} files, {words} words")
        print(f"{'':<44}" + "".join(f"{who:>16}" for who in self.heard))
        for title, names in [*((name, [name]) for name in self.texts), ("all", list(self.texts))]:
            print(f"{title:<44}" + "".join(
                f"{self.rate_of(who, names):>16.4f}" for who in self.heard))
        sys.stdout.flush()

    def missed(self):
        ours = self.rate_of("transcribe")
        for who in self.heard:
            theirs = self.rate_of(who)
            if ours > theirs + TOLERANCE:
                yield f"{self.title}: transcribe {ours:.4f}, {who} {theirs:.4f}"


def faster_whisper(folder):
    """The other program's model, where both the program and the weights are here."""
    try:
        import faster_whisper as package  # noqa: PLC0415
    except ImportError:
        package = None
    if not package or not folder:
        print("faster-whisper is left out: it needs the Python package and --ct2 DIR")
        return None
    return package.WhisperModel(folder, device="cpu", compute_type="int8",
                                cpu_threads=os.cpu_count() or 1)


def main():
    parser = argparse.ArgumentParser(description="measure the word error rate of transcribe")
    parser.add_argument("bin", type=pathlib.Path, help="where the built tools are")
    parser.add_argument("--model", default="tiny.en", help="the name of an installed model")
    parser.add_argument("--ct2", help="the same weights as faster-whisper wants them: a directory")
    parser.add_argument("--only", help="a part of the titles of the trials to run")
    options = parser.parse_args()
    installed = options.bin.resolve().parent
    model = installed / f"share/callpipe/models/ggml-{options.model}.bin"
    program = installed / "lib/callpipe/whisper-cli"
    peer = faster_whisper(options.ct2)
    prompts = corpus.prompts()
    trials = [
        ("prompts 8 kHz", [f"{corpus.ENGLISH}/{name}.wav" for name in prompts], 8000),
        ("prompts 16 kHz", [f"{corpus.ENGLISH}/{name}.g722" for name in prompts], 16000),
    ]
    missed = []
    with tempfile.TemporaryDirectory(prefix="wer-") as place:
        for number, (title, sounds, rate) in enumerate(trials):
            if options.only and options.only not in title:
                continue
            trial = Trial(os.path.join(place, str(number)), title, prompts, sounds, rate)
            trial.heard["transcribe"] = trial.transcribe(options.bin, model)
            trial.heard["whisper-cli"] = trial.whisper_cli(program, model)
            if peer:
                trial.heard["faster-whisper"] = trial.faster_whisper(peer)
            trial.show()
            missed += trial.missed()
    for line in missed:
        print(f"missed: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
