#!/usr/bin/env python3
"""wer.py BIN: the word error rate of transcribe, beside whisper-cli itself and faster-whisper.

The corpus is 40 telephone prompts in English, in wideband (G.722) and as a telephone carries them
(8 kHz), and five sentences of a book in another voice, at 16 kHz and brought to 8 kHz. All programs
use the same weights. whisper-cli and faster-whisper get each file at 16 kHz, resampled by ffmpeg.
The rate is pooled over all words of a trial, as jiwer counts them in Whisper's spelling. The status
is 1 when transcribe has more errors than another program and the tolerance allow.
"""
import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

import corpus

TOLERANCE = 0.005
spell = EnglishTextNormalizer()


class Trial:
    """The same sound for all programs, and the text that each makes of it."""

    def __init__(self, place, texts, rate):
        self.place = pathlib.Path(place)
        self.texts, self.heard = {}, {}
        (self.place / "audio").mkdir(parents=True)
        (self.place / "wide").mkdir()
        for path, text in texts.items():
            name = "_".join(pathlib.Path(path).with_suffix("").parts[-2:])
            self.texts[name] = text
            corpus.write(str(self.audio(name)), corpus.samples(path, rate), rate)
            corpus.write(str(self.wide(name)), corpus.samples(str(self.audio(name)), 16000), 16000)

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
        subprocess.run([program, "-m", str(model), "-mc", "0", "-np", "-oj", *files], check=True,
                       env=corpus.ENVIRONMENT, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        heard = {}
        for name in self.texts:
            document = json.loads(pathlib.Path(f"{self.wide(name)}.json").read_text("utf-8"))
            heard[name] = "".join(segment["text"] for segment in document["transcription"])
        return heard

    def faster_whisper(self, model, batched):
        peer = pathlib.Path(__file__).with_name("peer.py")
        files = {str(self.wide(name)): name for name in self.texts}
        done = subprocess.run(
            [sys.executable, "-B", peer, *(["--batched"] if batched else []), model, *files],
            stdout=subprocess.PIPE, check=True)
        return {files[path]: text for path, text in json.loads(done.stdout)["heard"].items()}

    def rate_of(self, who, names=None):
        names = list(names or self.texts)
        return jiwer.wer([spell(self.texts[name]) for name in names],
                         [spell(self.heard[who].get(name, "")) for name in names])

    def words(self):
        return sum(len(spell(text).split()) for text in self.texts.values())

    def differences(self):
        """The files whose rates are not the same for all."""
        for name in self.texts:
            rates = [self.rate_of(who, [name]) for who in self.heard]
            if len(set(rates)) > 1:
                yield name, rates


def row(title, cells):
    print(f"| {title:<34} |" + "".join(f" {cell:>14} |" for cell in cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description="measure the word error rate of transcribe")
    parser.add_argument("bin", type=pathlib.Path, help="where the built tools are")
    parser.add_argument("--model", default="tiny.en", help="the name of an installed model")
    parser.add_argument("--ct2", required=True, help="the same weights for faster-whisper")
    parser.add_argument("--only", help="a part of the titles of the trials to run")
    parser.add_argument("--files", action="store_true", help="the files whose rates differ, too")
    options = parser.parse_args()
    installed = options.bin.resolve().parent
    model = installed / f"share/callpipe/models/ggml-{options.model}.bin"
    program = installed / "lib/callpipe/whisper-cli"
    prompts = corpus.prompts()
    wide, narrow = ({f"{corpus.ENGLISH}/{name}.{kind}": text for name, text in prompts.items()}
                    for kind in ("g722", "wav"))
    trials = [("prompts 8 kHz", narrow, 8000), ("prompts 16 kHz", wide, 16000),
              ("book 8 kHz", corpus.book(), 8000), ("book 16 kHz", corpus.book(), 16000)]
    missed = []
    row(f"word error rate, {options.model}",
        ["transcribe", "whisper-cli", "faster-whisper", "batched"])
    row("---", ["---:"] * 4)
    with tempfile.TemporaryDirectory(prefix="wer-") as place:
        for title, texts, rate in trials:
            if options.only and options.only not in title:
                continue
            trial = Trial(pathlib.Path(place) / title.replace(" ", "-"), texts, rate)
            trial.heard["transcribe"] = trial.transcribe(options.bin, model)
            trial.heard["whisper-cli"] = trial.whisper_cli(program, model)
            trial.heard["faster-whisper"] = trial.faster_whisper(options.ct2, batched=False)
            trial.heard["batched"] = trial.faster_whisper(options.ct2, batched=True)
            rates = {who: trial.rate_of(who) for who in trial.heard}
            row(f"{title}: {len(trial.texts)} files, {trial.words()} words",
                [f"{rate:.4f}" for rate in rates.values()])
            if options.files:
                for name, cells in trial.differences():
                    row(f"  {name}"[:34], [f"{rate:.4f}" for rate in cells])
            missed += [f"{title}: transcribe {rates['transcribe']:.4f}, {who} {rates[who]:.4f}"
                       for who in ("whisper-cli", "faster-whisper")
                       if rates["transcribe"] > rates[who] + TOLERANCE]
    for line in missed:
        print(f"missed: {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
