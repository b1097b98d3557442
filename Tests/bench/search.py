#!/usr/bin/env python3
"""search.py BIN [--calls N] [--rounds N]: what a search costs, beside other programs for the same.

N calls of about 300 words are made of real texts, and marked. Then, in turn in each round: state-search,
`rg` over a file a call, and `sqlite3` with LIKE over the records. The index is made twice more: by SQLite's
own FTS5 with the same text in the same batches, and not at all. Figures are the least of the rounds of
this run; compare them with one another and with nothing else. Nothing fails because it is slow.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

TEXTS = pathlib.Path("/usr/share/common-licenses")
BATCH = 50
RARE, MIDDLE, COMMON, PHRASE, PART = "xylophone", "warranty", "the", "free software", "arrant"


def words():
    """The words of the licences, in their order."""
    found = []
    for path in sorted(TEXTS.iterdir()):
        if path.is_file() and not path.is_symlink():
            found += path.read_text(errors="replace").split()
    return found


def name(number):
    """A made-up word of the number, such as bodake."""
    syllables = []
    while number or len(syllables) < 3:
        number, rest = divmod(number, 75)
        syllables.append("bdfgklmnprstvwz"[rest % 15] + "aeiou"[rest // 15])
    return "".join(syllables)


def calls(count):
    """Records of calls, and what each party says in them."""
    all_words, random_ = words(), random.Random(1)
    for number in range(count):
        segments = []
        for turn in range(25):
            # Each utterance has a name of its own, so that there are many different words.
            place = random_.randrange(len(all_words) - 11)
            said = all_words[place : place + 11] + [
                name(int(random_.paretovariate(0.4)) % 40000)]
            if random_.random() < 40 / count / 25:
                said[3] = RARE
            segments.append({
                "start": turn * 5, "end": turn * 5 + 4, "channel": turn % 2,
                "speaker": ["agent", "customer"][turn % 2], "text": " ".join(said)})
        start = datetime.datetime.fromtimestamp(
            1672531200 + random_.randrange(94608000), datetime.timezone.utc)
        yield {
            "id": f"rc:{number}", "start": start.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "from": {"phone": f"+1650555{number % 10000:04}"},
            "transcript": {
                "path": f"t/{number}.json", "engine": "whisper.cpp",
                "text": "\n".join(segment["text"] for segment in segments), "segments": segments}}


def processor(command, place, source=None):
    """The processor seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(source or os.devnull, "rb") as lines:
        subprocess.run(command, cwd=place, stdin=lines, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fts5(place, source):
    """The processor seconds that SQLite's own FTS5 takes for the same text."""
    database = sqlite3.connect(place / "fts5.db", isolation_level=None)
    database.executescript("""
        PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        PRAGMA cache_size = -16384;
        CREATE VIRTUAL TABLE words USING fts5(text, content = '',
          tokenize = 'unicode61 remove_diacritics 2');
        CREATE VIRTUAL TABLE trigrams USING fts5(text, content = '', detail = 'none',
          tokenize = 'trigram');""")
    spent, rows = 0.0, []

    def put():
        nonlocal spent
        began = time.process_time()
        database.execute("BEGIN")
        for row in rows:
            database.execute("INSERT INTO words(rowid, text) VALUES (?, ?)", row)
        for row in rows:
            database.execute("INSERT INTO trigrams(rowid, text) VALUES (?, ?)", row)
        database.execute("COMMIT")
        spent += time.process_time() - began
        rows.clear()

    with open(source) as lines:
        for number, line in enumerate(lines, 1):
            segments = json.loads(line)["transcript"]["segments"]
            rows.append((number, "\n".join(
                part["text"] for side in ("agent", "customer") for part in segments
                if part["speaker"] == side)))
            if len(rows) == BATCH:
                put()
    put()
    return spent


def size(database, *tables):
    """The bytes of the tables whose names begin so."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        return sum(
            opened.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE ?", (f"{name}%",))
            .fetchone()[0] or 0 for name in tables)


def least(commands, rounds, place):
    """The least milliseconds of each command, all of them in turn in each round."""
    times = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            began = time.perf_counter()
            ended = subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL)
            times[name].append(1000 * (time.perf_counter() - began))
            if ended.returncode not in (0, 1):
                sys.exit(f"search: {command} ended with {ended.returncode}")
    return {name: min(values) for name, values in times.items()}


def report(binary, count, rounds, place):
    """Makes the calls, asks, and prints the figures."""
    source, text = place / "calls.ndjson", 0
    (place / "texts").mkdir()
    with open(source, "w") as lines:
        for number, record in enumerate(calls(count)):
            lines.write(json.dumps(record) + "\n")
            text += len(record["transcript"]["text"])
            folder = place / "texts" / str(number // 1000)
            folder.mkdir(exist_ok=True)
            (folder / f"{number}.txt").write_text(record["transcript"]["text"])
    mark = [binary / "state-mark", "transcribe", "--state"]
    with_index = processor([*mark, "state.db"], place, source)
    bare = place / "bare.ndjson"
    with open(source) as lines, open(bare, "w") as others:
        for line in lines:
            others.write(line.replace('"transcript":', '"other_text":', 1))
    without = processor([*mark, "bare.db"], place, bare)
    peer = fts5(place, source)
    print(f"{count} calls, {text / 1e6:.0f} MB of text")
    print(f"index, processor seconds   state-mark {with_index - without:6.1f} "
          f"(of {with_index:.1f})   FTS5 alone {peer:6.1f}   "
          f"ratio {(with_index - without) / peer:.2f}")
    print(f"index, part of the text    words {size(place / 'state.db', 'words') / text:.2f}   "
          f"substrings {size(place / 'state.db', 'trigrams') / text:.2f}")
    search = [binary / "state-search", "--state", "state.db", "--limit", "10"]
    like = "SELECT id FROM calls WHERE record LIKE '%{}%' ORDER BY start_time DESC LIMIT 10"
    questions = [
        ("rare word", [RARE], RARE), ("middling word", [MIDDLE], MIDDLE),
        ("common word", [COMMON], COMMON), ("phrase", ["--phrase", PHRASE], PHRASE),
        ("substring", ["--substring", PART], PART)]
    for name, options, plain in questions:
        commands = {"state-search": [*search, *options]}
        if shutil.which("rg"):
            commands["rg -l"] = ["rg", "-l", "-w", "-i", plain, "texts"]
        commands["LIKE"] = ["sqlite3", "state.db", like.format(plain)]
        commands["LIKE, count"] = [
            "sqlite3", "state.db", f"SELECT count(*) FROM calls WHERE record LIKE '%{plain}%'"]
        times = least(commands, rounds, place)
        ours = times.pop("state-search")
        print(f"{name:26} state-search {ours:7.1f} ms" + "".join(
            f"   {other} {value:8.1f} ms ({value / ours:.0f} x)" for other, value in times.items()))
    counting = least({"all": [binary / "state-search", "--state", "state.db", "--count", COMMON]},
                     rounds, place)
    print(f"count of the common word   state-search {counting['all']:7.1f} ms")


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="callpipe-bench-") as name:
        report(options.bin.resolve(), options.calls, options.rounds, pathlib.Path(name))


if __name__ == "__main__":
    main()
