#!/usr/bin/env python3
"""A stand-in for whisper.cpp's whisper-cli, which hears tones as words.

It takes the options that transcribe uses, and ends as the real program does: with 0 for an option
that it does not know, with 3 for a model that cannot be read. Each loud stretch of a file becomes
the segment `Tone N.`, N being its pitch in steps of 50 Hz, in the JSON of -ojf. It adds a line to
`MODEL.log` for each file, and to `MODEL.prompts` for each run. As in the real program, `-mc 0` leaves
no room for a prompt.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import multipart  # noqa: E402

VALUES = {"-m", "-l", "-t", "-mc", "-bs", "-ac", "--prompt", "-f", "-vm"}
FLAGS = {"-ojf", "--vad"}
VERSION = "whisper.cpp version: 1.8.5 (fake)"


def options(words):
    """The options and the files, or the end that the real program comes to."""
    found, files, index = {}, [], 0
    while index < len(words):
        word = words[index]
        if word in VALUES:
            if word == "-f":
                files.append(words[index + 1])
            found[word] = words[index + 1]
            index += 1
        elif word in FLAGS:
            found[word] = True
        else:
            print(f"error: unknown argument: {word}", file=sys.stderr)
            sys.exit(0)
        index += 1
    return found, files


def offsets(start, end):
    """Times as -ojf has them."""
    return {"from": round(start * 1000), "to": round(end * 1000)}


def segment(start, end, hertz):
    """One tone, with the marks that stand between tokens."""
    number = f"{50 * round(hertz / 50)}"
    middle = (start + end) / 2
    tokens = [("[_BEG_]", start, start, 0.1), (" Tone", start, middle, 0.9),
              (f" {number}", middle, end, 0.8), (".", end, end, 0.6)]
    return {"offsets": offsets(start, end), "text": f" Tone {number}.", "tokens": [
        {"text": text, "offsets": offsets(first, last), "id": 1, "p": p, "t_dtw": -1}
        for text, first, last, p in tokens]}


def main():
    """Help, the version, or a run over all files."""
    if sys.argv[1:] == ["--help"]:
        print("--vad --vad-model FNAME --version")
        return
    if sys.argv[1:] == ["--version"]:
        print(VERSION, file=sys.stderr)
        return
    found, files = options(sys.argv[1:])
    model = pathlib.Path(found["-m"])
    if not model.is_file():
        print("error: failed to initialize whisper context", file=sys.stderr)
        sys.exit(3)
    with open(f"{model}.prompts", "a", encoding="utf-8") as log:
        log.write((found.get("--prompt", "") if found.get("-mc") != "0" else "") + "\n")
    for file in files:
        with open(f"{model}.log", "a", encoding="utf-8") as log:
            log.write(f"{found.get('-l', 'en')}\n")
        try:
            wave = multipart.Wave(pathlib.Path(file).read_bytes())
        except multipart.FormError as problem:
            print(f"error: failed to read the frames: {problem}", file=sys.stderr)
            continue
        language = found.get("-l", "en")
        pathlib.Path(f"{file}.json").write_text(json.dumps({
            "systeminfo": "fake", "params": {"language": language},
            "result": {"language": "en" if language == "auto" else language},
            "transcription": [segment(*phrase) for phrase in wave.phrases()]}), encoding="utf-8")


main()
