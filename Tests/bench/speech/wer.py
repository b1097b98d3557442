#!/usr/bin/env python3
"""wer.py BIN: words that transcribe gets wrong by pocketsphinx, beside PocketSphinx's own programs.

40 telephone prompts in English, wideband (G.722) and as a telephone carries them (8 kHz), and five
sentences of a book in another voice, whose wideband is made narrow here. The programs of
PocketSphinx get the same sound, doubled to 16 kHz where it is 8. Nothing here was used to learn
the upper band from (see narrowband.py). The rate is that of all words together, as jiwer counts
them in Whisper's spelling. The status is 1 when a bound is missed.
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

MODEL = "/usr/share/pocketsphinx/model/en-us"
OPTIONS = ["-hmm", f"{MODEL}/en-us", "-lm", f"{MODEL}/en-us.lm.bin", "-dict",
           f"{MODEL}/cmudict-en-us.dict", "-logfn", "/dev/null"]
# Of the prompts at 8 kHz; at the others never worse than the better of the two programs.
BOUND = 0.50
spell = EnglishTextNormalizer()


class Trial:
    """The same sound for all, and what each makes of it."""

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

    def transcribe(self, binary):
        done = subprocess.run(
            [f"{binary}/transcribe", "--engine", "pocketsphinx", "--data", str(self.place),
             "--jobs", "2", "--quiet"], input="".join(self.records()), text=True,
            stdout=subprocess.PIPE, check=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["id"].removeprefix("wer:"): line["transcript"]["text"] for line in lines}

    def batch(self):
        (self.place / "list").write_text("".join(f"{name}\n" for name in self.texts))
        subprocess.run(
            ["pocketsphinx_batch", *OPTIONS, "-ctl", f"{self.place}/list", "-cepdir",
             f"{self.place}/wide", "-cepext", ".wav", "-adcin", "yes", "-adchdr", "44",
             "-remove_silence", "no", "-hyp", f"{self.place}/hyp"], check=True)
        lines = (self.place / "hyp").read_text().splitlines()
        return {name: line.rpartition("(")[0] for name, line in zip(self.texts, lines)}

    def continuous(self):
        return {name: subprocess.run(
            ["pocketsphinx_continuous", *OPTIONS, "-infile", str(self.wide(name))],
            capture_output=True, text=True, check=True).stdout for name in self.texts}

    def rate_of(self, who, names=None):
        names = list(names or self.texts)
        return jiwer.wer([spell(self.texts[name]) for name in names],
                         [spell(self.heard[who].get(name, "")) for name in names])

    def run(self, binary):
        self.heard = {"transcribe": self.transcribe(binary), "batch": self.batch(),
                      "continuous": self.continuous()}
        words = sum(len(spell(text).split()) for text in self.texts.values())
        print(f"\n{self.title}: {len(self.texts)} files, {words} words")
        print(f"{'':<44}" + "".join(f"{who:>12}" for who in self.heard))

        def row(title, names):
            print(f"{title:<44}" + "".join(
                f"{self.rate_of(who, names):>12.3f}" for who in self.heard))

        for name in self.texts:
            row(name, [name])
        names = list(self.texts)
        row("first of each two", names[0::2])
        row("second of each two", names[1::2])
        row("all", names)
        sys.stdout.flush()

    def missed(self, bound=None):
        ours = self.rate_of("transcribe")
        best = min(self.rate_of("batch"), self.rate_of("continuous"))
        if ours > best:
            yield f"{self.title}: {ours:.3f}, where PocketSphinx's own programs get {best:.3f}"
        if bound is not None and ours > bound:
            yield f"{self.title}: {ours:.3f} is more than {bound:.2f}"


def main():
    parser = argparse.ArgumentParser(description="count the words that pocketsphinx gets wrong")
    parser.add_argument("bin", help="where the built tools are")
    parser.add_argument("--only", help="a part of the titles of the trials to run")
    options = parser.parse_args()
    prompts, book = corpus.prompts(), corpus.book()
    trials = [
        ("prompts 8 kHz", prompts, [f"{corpus.ENGLISH}/{name}.wav" for name in prompts], 8000),
        ("prompts 16 kHz", prompts, [f"{corpus.ENGLISH}/{name}.g722" for name in prompts], 16000),
        ("book 8 kHz", book, [f"{corpus.BOOK}/{name}.wav" for name in book], 8000),
        ("book 16 kHz", book, [f"{corpus.BOOK}/{name}.wav" for name in book], 16000),
    ]
    missed = []
    with tempfile.TemporaryDirectory(prefix="wer-") as place:
        for number, (title, texts, sounds, rate) in enumerate(trials):
            if options.only and options.only not in title:
                continue
            trial = Trial(os.path.join(place, str(number)), title, texts, sounds, rate)
            trial.run(options.bin)
            missed += trial.missed(BOUND if title == "prompts 8 kHz" else None)
    for line in missed:
        print(f"missed: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
