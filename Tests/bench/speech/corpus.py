# Speech with known words: Debian's telephone prompts, wideband and narrowband, and a book.
import gzip
import os
import pathlib
import re
import subprocess
import wave

# Threads that wait sleep, as transcribe has it: spinning ones take ten times as long when other
# programs use the cores.
ENVIRONMENT = {**os.environ, "OMP_WAIT_POLICY": "passive"}
SOUNDS = "/usr/share/asterisk/sounds"
TEXTS = "/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
ENGLISH = f"{SOUNDS}/en_US_f_Allison"


def texts():
    """The words of all prompts, by their names, as Debian's package tells them."""
    with gzip.open(TEXTS, "rt", encoding="utf-8", errors="replace") as lines:
        rows = (line.strip().partition(":") for line in lines if not line.startswith(";"))
        return {name: text.strip() for name, colon, text in rows if colon}


def prompts(count=40):
    """The prompts with the most words whose text says what is said: no digits, no remarks."""
    plain = {name: text for name, text in texts().items()
             if not re.search(r"[\[\]()0-9]", text)
             and all(os.path.exists(f"{ENGLISH}/{name}.{kind}") for kind in ("wav", "g722"))}
    chosen = sorted(plain, key=lambda name: (-len(plain[name].split()), name))[:count]
    return {name: plain[name] for name in chosen}


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
