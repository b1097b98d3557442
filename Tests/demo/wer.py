#!/usr/bin/env python3
"""wer.py --truth truth.tsv --transcripts DIR: how many words were heard wrongly, by band.

The word error rate is (substitutions + deletions + insertions) / words said, pooled over all
recordings of a band: long recordings weigh more than short ones, as they should. Both texts are
normalised first, so that spelling habits of an engine ("2", "two", "[noise]") do not count.

A stereo recording is judged channel by channel when the transcript tells its channels apart, and
in order of time when it does not. Recordings without a transcript are counted and left out: they
are a failure of another kind, and no rate should hide them.
"""

import argparse
import collections
import csv
import json
import pathlib
import re
import sys
import textwrap

ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def number(value):
    """An integer below a million in words."""
    if value < 20:
        return ONES[value]
    if value < 100:
        tens = TENS[value // 10 - 2]
        return tens if value % 10 == 0 else f"{tens} {ONES[value % 10]}"
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = f" {number(value % size)}" if value % size else ""
            return f"{number(value // size)} {name}{rest}"
    raise ValueError(value)


def digits(found):
    """Digits in words; long runs are read digit by digit, as numbers on the phone are."""
    text = found.group()
    if len(text) > 6 or (len(text) > 1 and text.startswith("0")):
        return " " + " ".join(ONES[int(digit)] for digit in text) + " "
    return f" {number(int(text))} "


def words(text):
    """The words of a text, free of case, punctuation, digits and bracketed tags."""
    text = re.sub(r"\[[^\]]*\]|<[^>]*>|\([^)]*\)", " ", text.lower())
    text = re.sub(r"\d+", digits, text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.findall(r"[^\W\d_]+", text.replace("'", ""))


def distance(said, heard):
    """The least number of words to substitute, delete and insert (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(said, 1):
        corner, row[0] = row[0], index
        for column, other in enumerate(heard, 1):
            corner, row[column] = row[column], min(
                row[column] + 1, row[column - 1] + 1, corner + (word != other))
    return row[-1]


def heard_by_channel(transcript, channels):
    """The heard text of each channel, or None when the transcript does not tell them apart."""
    segments = transcript.get("segments") or []
    if channels < 2 or len({s.get("channel") for s in segments}) < 2:
        return None
    return [" ".join(s.get("text", "") for s in segments if s.get("channel") == channel)
            for channel in range(channels)]


class Judged:
    """One recording beside its truth."""

    def __init__(self, row, transcript):
        self.identity, self.band, self.channels = row["id"], row["band"], int(row["channels"])
        self.said, self.heard = row["in order of time"], transcript.get("text") or ""
        pairs = [(self.said, self.heard)]
        split = heard_by_channel(transcript, self.channels)
        if split:
            pairs = list(zip((row["first channel"], row["second channel"]), split))
        pairs = [(words(said), words(heard)) for said, heard in pairs]
        self.errors = sum(distance(said, heard) for said, heard in pairs)
        self.words = sum(len(said) for said, _ in pairs)

    @property
    def rate(self):
        """The word error rate of this recording alone."""
        return self.errors / max(1, self.words)


def judge(truth, folder):
    """(judged recordings, ids without a transcript)."""
    files = {path.stem: path for path in sorted(folder.rglob("*.json"))}
    judged, missing = [], []
    with truth.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            path = files.get(f"rc-{row['id']}") or files.get(row["id"])
            if path is None:
                missing.append(row["id"])
            else:
                judged.append(Judged(row, json.loads(path.read_text(encoding="utf-8"))))
    return judged, missing


def pooled(judged):
    """The rates by band."""
    sums = collections.defaultdict(lambda: {"recordings": 0, "words": 0, "errors": 0})
    for one in judged:
        band = sums[one.band]
        band["recordings"] += 1
        band["words"] += one.words
        band["errors"] += one.errors
    for band in sums.values():
        band["wer"] = round(band["errors"] / max(1, band["words"]), 4)
    return {name: sums[name] for name in ("wide", "narrow") if name in sums}


def samples(judged, count):
    """Some recordings, both bands in turn, the median of each first: neither best nor worst."""
    lanes = []
    for band in ("wide", "narrow"):
        lane = sorted((one for one in judged if one.band == band and one.channels == 1),
                      key=lambda one: (one.rate, one.identity))
        middle = len(lane) // 2
        lanes.append(sorted(lane, key=lambda one, lane=lane, m=middle: abs(lane.index(one) - m)))
    chosen = []
    while len(chosen) < count and any(lanes):
        for lane in lanes:
            if lane and len(chosen) < count:
                chosen.append(lane.pop(0))
    return chosen


def show(label, text):
    """A labelled paragraph, wrapped for a terminal."""
    print(textwrap.fill(text or "(nothing)", 78, initial_indent=f"  {label:6}",
                        subsequent_indent=" " * 8))


def main(arguments):
    """Print the rates and the samples."""
    parser = argparse.ArgumentParser(description="Word error rates of transcripts, by band.")
    parser.add_argument("--truth", type=pathlib.Path, required=True)
    parser.add_argument("--transcripts", type=pathlib.Path, required=True)
    parser.add_argument("--samples", type=int, default=3, help="true text beside transcript")
    parser.add_argument("--bound", type=float, default=1, help="status 1 above this rate")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    options = parser.parse_args(arguments)
    judged, missing = judge(options.truth, options.transcripts)
    bands, chosen = pooled(judged), samples(judged, options.samples)
    if options.json:
        print(json.dumps({"bands": bands, "missing": missing, "samples": [
            {"id": one.identity, "band": one.band, "wer": round(one.rate, 4), "truth": one.said,
             "transcript": one.heard} for one in chosen]}, ensure_ascii=False))
    else:
        for one in chosen:
            print(f"{one.identity} ({one.band}band, word error rate {one.rate:.0%})")
            show("said", one.said)
            show("heard", one.heard)
        for name, band in bands.items():
            print(f"{name + 'band':11}{band['wer']:6.1%} word error rate "
                  f"({band['errors']} of {band['words']} words, "
                  f"{band['recordings']} recordings)")
        if missing:
            print(f"without a transcript: {len(missing)}: {' '.join(missing[:5])}"
                  + (" …" if len(missing) > 5 else ""))
    worse = [name for name, band in bands.items() if band["wer"] > options.bound]
    if worse:
        print(f"wer.py: more than {options.bound:.0%} in {' and '.join(worse)}band", file=sys.stderr)
    return 1 if worse or not judged else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
