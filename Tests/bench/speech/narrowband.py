#!/usr/bin/env python3
# Learns what lies above 4 kHz from what lies below, and writes Sources/engines/Speech/UpperBandWeights.swift.
#
# The voices are the Asterisk prompts in French, Italian and Russian (Debian's packages
# asterisk-core-sounds-{fr,it,ru}-g722, CC-BY-SA-3.0). No prompt in English, no voice and no text
# that Tests/bench/speech/wer.py tests with is among them.
import argparse
import base64
import glob
import subprocess
import sys
import textwrap

import numpy as np

import corpus
import frontend

VOICES = ["fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU"]
HIDDEN, EPOCHS, BATCH, RATE = 32, 6, 512, 2e-3
SCALE = 4096
# A line card's edges, on every third stretch; others are as clean as the recording.
LINE = "firequalizer=gain='if(lt(f,250),-40,if(gt(f,3450),-40,0))'"


def sound(pcm, rate, filters=()):
    chain = ["-af", ",".join(filters)] if filters else []
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "-", *chain,
         "-ar", str(rate), "-f", "s16le", "-"], input=pcm, check=True,
        capture_output=True).stdout
    return np.frombuffer(done, "<i2").astype(float)


def law(samples):
    """Through the 8 bits of G.711 mu-law."""
    scaled = samples / 32768
    curve = np.sign(scaled) * np.log1p(255 * np.abs(scaled)) / np.log(256)
    steps = (np.floor(curve * 128) + 0.5) / 128
    return np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255 * 32768


def stretches(voice):
    """The prompts of a voice in turn, ten seconds or more at a time."""
    held = b""
    for path in sorted(glob.glob(f"{corpus.SOUNDS}/{voice}/**/*.g722", recursive=True)):
        pcm = corpus.samples(path, 16000)
        if np.abs(np.frombuffer(pcm, "<i2").astype(int)).max(initial=0) > 500:
            held += pcm
        if len(held) >= 320000:
            yield held
            held = b""


def pairs(voice):
    for index, pcm in enumerate(stretches(voice)):
        wide = np.frombuffer(pcm, "<i2").astype(float)
        narrow = sound(pcm, 8000, [LINE] if index % 3 == 2 else [])
        if index % 2:
            narrow = law(narrow)
        high = frontend.energies(wide, 16000)[:, frontend.KEPT:]
        raw = frontend.energies(narrow, 8000)
        count = min(len(high), len(raw))
        low, floor = frontend.normalised(raw[:count])
        high = np.maximum(high[:count], floor)
        # Loud frames are what words are made of.
        loudness = low.sum(1)
        weight = np.where(loudness > 0, 1.0, 0.15)
        yield frontend.windows(low), high - high.mean(0), weight


def learn(x, y, weight, generator):
    """A straight way and one hidden layer beside it, by Adam under a falling rate."""
    inputs, outputs = x.shape[1], y.shape[1]
    part = [
        generator.normal(0, inputs ** -0.5, (inputs, HIDDEN)), np.zeros(HIDDEN),
        generator.normal(0, HIDDEN ** -0.5, (HIDDEN, outputs)), np.zeros(outputs),
        np.zeros((inputs, outputs))]
    part = [p.astype("f4") for p in part]
    mean = [np.zeros_like(p) for p in part]
    square = [np.zeros_like(p) for p in part]
    steps = len(x) // BATCH
    for epoch in range(EPOCHS):
        order, error = generator.permutation(len(x)), 0.0
        for step in range(steps):
            chosen = order[step * BATCH:(step + 1) * BATCH]
            a, hidden, guess = forward(part, x[chosen])
            difference = (guess - y[chosen]) * weight[chosen, None] / BATCH
            error += float((difference * (guess - y[chosen])).sum())
            back = (difference @ part[2].T) * (1 - hidden * hidden)
            gradient = [
                a.T @ back, back.sum(0), hidden.T @ difference, difference.sum(0),
                a.T @ difference]
            time = epoch * steps + step + 1
            rate = RATE * 0.5 * (1 + np.cos(np.pi * time / (EPOCHS * steps)))
            for p, g, m, s in zip(part, gradient, mean, square):
                g = g + 1e-5 * p
                m += 0.1 * (g - m)
                s += 0.001 * (g * g - s)
                p -= rate * (m / (1 - 0.9 ** time)) / (np.sqrt(s / (1 - 0.999 ** time)) + 1e-8)
        print(f"epoch {epoch + 1}: {error / steps / outputs:.4f}", file=sys.stderr)
    return part


def forward(part, x):
    hidden = np.tanh(x @ part[0] + part[1])
    return x, hidden, hidden @ part[2] + part[3] + x @ part[4]


def swift(part):
    numbers = np.concatenate([p.ravel() for p in part])
    fixed = np.round(numbers * SCALE)
    assert np.abs(fixed).max() < 32768, np.abs(numbers).max()
    text = base64.b64encode(fixed.astype("<i2").tobytes()).decode()
    lines = "\\\n".join(f"        {line}" for line in textwrap.wrap(text, 88))
    return f"""\
// UpperBandWeights: the numbers by which UpperBand tells what a telephone has cut off.
//
// Written by Tests/bench/speech/narrowband.py from the Asterisk prompts in French, Italian and Russian
// (CC-BY-SA-3.0): weights that minimise an error over all frames, no part of any recording.

/// The weights of one hidden layer and of a straight way beside it.
enum UpperBandWeights {{
    /// How many values the hidden layer has.
    static let hidden = {HIDDEN}
    /// What one is in the numbers below.
    static let scale: Float = {SCALE}
    /// Inputs to hidden, its offsets, hidden to filters, their offsets, inputs to filters: rows
    /// of 16-bit numbers, low byte first, in base 64.
    static let numbers = \"\"\"
{lines}
        \"\"\"
}}
"""


def main():
    parser = argparse.ArgumentParser(description="learn the upper band from the lower")
    parser.add_argument("output", nargs="?", default="Sources/engines/Speech/UpperBandWeights.swift")
    parser.add_argument("--keep", help="keep the numbers in this file too (numpy)")
    options = parser.parse_args()
    columns = [np.concatenate(column).astype("f4") for column in zip(
        *(pair for voice in VOICES for pair in pairs(voice)))]
    part = learn(*columns, np.random.default_rng(1))
    if options.keep:
        np.savez(options.keep, *part)
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(swift(part))


if __name__ == "__main__":
    main()
