#!/usr/bin/env python3
"""speech.py BIN: what it costs to transcribe, beside pocketsphinx_continuous run for each file.

Ours are read as they are, by two jobs; the other gets them one by one, brought to 16 kHz before
its time starts. Needs Debian's packages pocketsphinx and asterisk-core-sounds-en-wav.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "speech"))
import corpus  # noqa: E402

MODEL = "/usr/share/pocketsphinx/model/en-us"
FILES, LONG = 40, 300


def prepare(place, names, pcm):
    """Writes samples as a telephone has them, and as the other program wants them."""
    (place / "wide").mkdir(exist_ok=True)
    (place / "audio").mkdir(exist_ok=True)
    for name, samples in zip(names, pcm):
        corpus.write(str(place / "audio" / name), samples, 8000)
        corpus.write(
            str(place / "wide" / name), corpus.samples(str(place / "audio" / name), 16000), 16000)


def ours(binary, place, names):
    lines = []
    for name in names:
        data = (place / "audio" / name).read_bytes()
        lines.append(json.dumps({
            "id": f"bench:{name}", "source": "bench", "start": "2024-01-15T14:03:11Z",
            "audio": {"path": f"audio/{name}", "bytes": len(data), "type": "audio/wav",
                      "sha256": hashlib.sha256(data).hexdigest()}}) + "\n")
    began = time.monotonic()
    subprocess.run(
        [f"{binary}/transcribe", "--engine", "pocketsphinx", "--data", str(place), "--jobs", "2",
         "--quiet", "--force"], input="".join(lines).encode(), stdout=subprocess.DEVNULL,
        check=True)
    return time.monotonic() - began


def theirs(place, names):
    began = time.monotonic()
    for name in names:
        subprocess.run(
            ["pocketsphinx_continuous", "-hmm", f"{MODEL}/en-us", "-lm", f"{MODEL}/en-us.lm.bin",
             "-dict", f"{MODEL}/cmudict-en-us.dict", "-logfn", "/dev/null", "-infile",
             str(place / "wide" / name)], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def say(what, mine, other):
    print(f"{what:<50}{mine:>8.1f} s beside {other:>6.1f} s: {other / mine:.2f} times", flush=True)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("pocketsphinx_continuous"):
        print("pocketsphinx_continuous is not here (Debian's package pocketsphinx): left out")
        return
    with tempfile.TemporaryDirectory(prefix="callpipe-bench-") as folder:
        place = pathlib.Path(folder)
        sounds = [corpus.samples(f"{corpus.ENGLISH}/{name}.wav", 8000)
                  for name in corpus.prompts(FILES)]
        names = [f"{number}.wav" for number in range(len(sounds))]
        prepare(place, names, sounds)
        say(f"transcribe {FILES} prompts, 2 jobs", ours(binary, place, names), theirs(place, names))
        # The prompts in a row: as two calls, one after the other.
        whole = b"".join(sounds)
        half = LONG * 16000 // 2
        names = ["long-0.wav", "long-1.wav"]
        prepare(place, names, [whole[:half], whole[half:2 * half]])
        for name in names:
            say(f"transcribe one call of {LONG // 2} seconds", ours(binary, place, [name]),
                theirs(place, [name]))


if __name__ == "__main__":
    main()
