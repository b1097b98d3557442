# Speech with known words: Debian's telephone prompts, wideband and narrowband, and a book.
import gzip
import os
import pathlib
import re
import subprocess
import wave

SOUNDS = "/usr/share/asterisk/sounds"
TEXTS = "/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
ENGLISH = f"{SOUNDS}/en_US_f_Allison"


def prompts(count=40):
    """The prompts with the most words whose text says what is said: no digits, no remarks."""
    texts = {}
    with gzip.open(TEXTS, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            name, colon, text = line.strip().partition(":")
            if line.startswith(";") or not colon or re.search(r"[\[\]()0-9]", text):
                continue
            if all(os.path.exists(f"{ENGLISH}/{name}.{kind}") for kind in ("wav", "g722")):
                texts[name] = text.strip()
    chosen = sorted(texts, key=lambda name: (-len(texts[name].split()), name))[:count]
    return {name: texts[name] for name in chosen}


def book():
    """The sentences of a book, in another voice, by their paths."""
    folder = pathlib.Path(__file__).parent / "book"
    lines = (folder / "texts.tsv").read_text(encoding="utf-8").splitlines()
    return {str(folder / name): text for name, text in (line.split("\t") for line in lines)}


def samples(path, rate):
    """The 16-bit samples of a file at a rate, as bytes."""
    kind = ["-f", "g722"] if path.endswith(".g722") else []
    return subprocess.run(
        ["ffmpeg", "-v", "error", *kind, "-i", path, "-ar", str(rate), "-ac", "1",
         "-f", "s16le", "-"], check=True, capture_output=True).stdout


def write(path, pcm, rate):
    """Writes samples to a wave file with the plain header of 44 bytes."""
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
