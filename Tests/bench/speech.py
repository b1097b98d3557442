#!/usr/bin/env python3
"""speech.py BIN: the time that transcribe takes, beside whisper-cli on the same sound.

Ours gets the files as a telephone has them (8 kHz). whisper-cli gets them in one run, at 16 kHz,
resampled before its time starts. Needs Debian's package asterisk-core-sounds-en-wav, and whisper.cpp
with a model (make whisper model).
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "speech"))
import corpus  # noqa: E402

FILES, LONG = 40, 300


def prepare(place, names, pcm):
    """Writes samples as a telephone has them, and as the other program wants them."""
    (place / "wide").mkdir(exist_ok=True)
    (place / "audio").mkdir(exist_ok=True)
    for name, samples in zip(names, pcm):
        corpus.write(str(place / "audio" / name), samples, 8000)
        corpus.write(
            str(place / "wide" / name), corpus.samples(str(place / "audio" / name), 16000), 16000)


def ours(binary, model, place, names):
    lines = []
    for name in names:
        data = (place / "audio" / name).read_bytes()
        lines.append(json.dumps({
            "id": f"bench:{name}", "source": "bench", "start": "2024-01-15T14:03:11Z",
            "audio": {"path": f"audio/{name}", "bytes": len(data), "type": "audio/wav",
                      "sha256": hashlib.sha256(data).hexdigest()}}) + "\n")
    began = time.monotonic()
    subprocess.run(
        [f"{binary}/transcribe", "--engine", "whisper.cpp", "--model", str(model), "--data",
         str(place), "--quiet", "--force"], input="".join(lines).encode(),
        stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def theirs(program, model, place, names):
    files = [word for name in names for word in ("-f", str(place / "wide" / name))]
    began = time.monotonic()
    subprocess.run([program, "-m", str(model), "-mc", "0", "-np", "-oj", *files],
                   stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def say(what, mine, other):
    print(f"{what:<50}{mine:>8.1f} s beside {other:>6.1f} s: {other / mine:.2f} times", flush=True)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    program = binary.parent / "lib/callpipe/whisper-cli"
    model = binary.parent / "share/callpipe/models/ggml-tiny.en.bin"
    if not (program.exists() and model.exists()):
        print("whisper.cpp and its model are not here (make whisper model): left out")
        return
    with tempfile.TemporaryDirectory(prefix="callpipe-bench-") as folder:
        place = pathlib.Path(folder)
        sounds = [corpus.samples(f"{corpus.ENGLISH}/{name}.wav", 8000)
                  for name in corpus.prompts(FILES)]
        names = [f"{number}.wav" for number in range(len(sounds))]
        prepare(place, names, sounds)
        say(f"transcribe {FILES} prompts", ours(binary, model, place, names),
            theirs(program, model, place, names))
        # The prompts in a row, as two calls, one after the other.
        whole = b"".join(sounds)
        half = LONG * 16000 // 2
        names = ["long-0.wav", "long-1.wav"]
        prepare(place, names, [whole[:half], whole[half:2 * half]])
        for name in names:
            say(f"transcribe one call of {LONG // 2} seconds", ours(binary, model, place, [name]),
                theirs(program, model, place, [name]))


if __name__ == "__main__":
    main()
