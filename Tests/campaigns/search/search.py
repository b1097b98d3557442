#!/usr/bin/env python3
"""search.py BIN [--calls N] [--questions N] [--seed N]: state-search against a scan of every transcript.

N calls are made of real texts: the licences that every Debian has, cut into utterances of two parties.
They are marked, then random questions of each kind are asked. Each answer has to be, call by call and in
order, that of a scan which reads all transcripts and knows nothing of the index. Then transcripts are
heard again with other words, and calls are erased, and the questions are asked once more.

The same seed makes the same calls and questions.
"""
import argparse
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

TEXTS = pathlib.Path("/usr/share/common-licenses")
SPEAKERS = ["agent", "customer", "speaker 3", None]
DAY = 86400


def real_words():
    """The words of the licences in their order, with their punctuation."""
    words = []
    for path in sorted(TEXTS.iterdir()):
        if path.is_file() and not path.is_symlink():
            words += path.read_text(errors="replace").split()
    return words


def tokens(text):
    """The words of a text as a search sees them: letters and digits, without case and accents."""
    found, word = [], ""
    for letter in unicodedata.normalize("NFD", text):
        if unicodedata.category(letter)[0] in "LN":
            word += letter.lower()
        elif unicodedata.category(letter) != "Mn":
            found.append(word)
            word = ""
    return [word for word in found + [word] if word]


class Call:
    """A call as the scan sees it."""

    def __init__(self, number, start, record):
        self.number, self.start, self.record = number, start, record
        self.segments = [
            (segment["start"], segment["speaker"], segment["text"])
            for segment in record["transcript"]["segments"]
        ]

    def sides(self, within=None, speaker=None):
        """The words of the agent, the customer and the others, as far as they count."""
        sides = {"agent": [], "customer": [], "other": []}
        for start, name, text in self.segments:
            if within is not None and start >= within:
                continue
            if speaker is not None and name != speaker:
                continue
            sides[name if name in sides and name != "other" else "other"] += tokens(text)
        return sides


def make(random_, words, count):
    """Makes the calls."""
    calls = []
    for number in range(count):
        start = 1672531200 + random_.randrange(3 * 365 * DAY)
        at, place = round(random_.random(), 2), random_.randrange(len(words) - 500)
        segments = []
        for turn in range(random_.randrange(2, 24)):
            length = random_.randrange(1, 18)
            text = " ".join(words[place : place + length])
            place += length
            segments.append({
                "start": at, "end": round(at + 3, 2), "channel": turn % 2,
                "speaker": random_.choice(SPEAKERS[:2] * 4 + SPEAKERS), "text": text})
            at = round(at + random_.random() * 6, 2)
        when = datetime.datetime.fromtimestamp(start, datetime.timezone.utc)
        record = {
            "id": f"rc:{number}", "source": random_.choice(["ringcentral", "dir"]),
            "start": when.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "duration": 60,
            "from": {"phone": f"+1650555{random_.randrange(60):04}"},
            "to": {"phone": "+16505550123", "extension": str(random_.randrange(101, 110))},
            "insights": {"sentiment": random_.choice(["Positive", "Negative", "Neutral"])},
            "transcript": {
                "path": f"transcripts/{number}.json", "engine": "whisper.cpp",
                "text": "\n".join(segment["text"] for segment in segments),
                "segments": segments}}
        calls.append(Call(number, start, record))
    return calls


# A question is its words on the command line, its options, and what the scan asks of a call.

def has(side, words, prefix=False):
    """True when the words stand in a side, right after each other."""
    count = len(words)
    for first in range(len(side) - count + 1):
        part = side[first : first + count]
        if part == words or prefix and part[:-1] == words[:-1] and part[-1].startswith(words[-1]):
            return True
    return False


def near(side, first, second, distance):
    """True when two words stand with at most so many others between them; equal words count as one."""
    ones = [place for place, word in enumerate(side) if word == first]
    others = [place for place, word in enumerate(side) if word == second]
    return any(abs(one - other) - 1 <= distance for one in ones for other in others)


def text_question(random_, words):
    """Words of one of the forms: what to write, and what has to hold for the sides of a call."""
    place = random_.randrange(len(words) - 10)
    one, two = (random_.choice(words) for _ in "12")
    while not tokens(one) or not tokens(two):
        one, two = (random_.choice(words) for _ in "12")
    plain_one, plain_two = one.replace('"', "").replace("*", ""), two.replace('"', "").replace("*", "")
    spelt_one, spelt_two = (f'"{plain_one}"', f'"{plain_two}"')

    def holds(word, sides):
        return any(has(side, tokens(word)) for side in sides)

    form = random_.choice(["word", "all", "any", "but", "phrase", "prefix", "near"])
    if form == "word":
        return spelt_one, lambda sides: holds(plain_one, sides)
    if form == "all":
        return (f"{spelt_one} {spelt_two}",
                lambda sides: holds(plain_one, sides) and holds(plain_two, sides))
    if form == "any":
        return (f"{spelt_one} OR {spelt_two}",
                lambda sides: holds(plain_one, sides) or holds(plain_two, sides))
    if form == "but":
        return (f"{spelt_one} NOT {spelt_two}",
                lambda sides: holds(plain_one, sides) and not holds(plain_two, sides))
    if form == "phrase":
        phrase = " ".join(words[place : place + random_.randrange(2, 4)]).replace('"', "")
        if not tokens(phrase):
            phrase = plain_one
        return f'"{phrase}"', lambda sides: holds(phrase, sides)
    if form == "prefix":
        word = tokens(plain_one)[0]
        word = word[: max(1, len(word) - random_.randrange(3))]
        return f"{word}*", lambda sides: any(has(side, [word], prefix=True) for side in sides)
    first, second = tokens(plain_one)[0], tokens(plain_two)[0]
    distance = random_.randrange(1, 12)
    return (f"NEAR({first} {second}, {distance})",
            lambda sides: any(near(side, first, second, distance) for side in sides))


def question(random_, words):
    """A question: the command line, and a function that says of a call if it is an answer."""
    options, conditions = [], []
    within = speaker = None
    if random_.random() < 0.3:
        within = random_.randrange(1, 40)
        options += ["--within", f"0:{within:02}"]
    if random_.random() < 0.4:
        speaker = random_.choice(SPEAKERS[:3])
        options += ["--speaker", speaker]
    if random_.random() < 0.2:
        phone = random_.randrange(60)
        options += ["--phone", f"(650) 555-{phone:04}"]
        conditions.append(lambda call: call.record["from"]["phone"] == f"+1650555{phone:04}")
    if random_.random() < 0.2:
        extension = str(random_.randrange(101, 110))
        options += ["--extension", extension]
        conditions.append(lambda call: call.record["to"]["extension"] == extension)
    if random_.random() < 0.3:
        day = datetime.date(2023, 1, 1) + datetime.timedelta(days=random_.randrange(1000))
        options += ["--from", str(day), "--to", str(day + datetime.timedelta(days=200))]
        midnight = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc)
        conditions.append(lambda call: 0 <= call.start - midnight.timestamp() < 201 * DAY)
    if random_.random() < 0.2:
        options += ["--sentiment", "negative"]
        conditions.append(lambda call: call.record["insights"]["sentiment"] == "Negative")
    if random_.random() < 0.2:
        options += ["--source", "dir"]
        conditions.append(lambda call: call.record["source"] == "dir")
    if random_.random() < 0.25:
        text = random_.choice(words)
        first = random_.randrange(max(1, len(text) - 2))
        part = text[first : first + random_.randrange(1, 8)] or text

        def fits(call):
            return any(
                part.lower() in text.lower() for start, name, text in call.segments
                if (within is None or start < within) and (speaker is None or name == speaker))

        return ["--substring", *options, "--", part], [fits, *conditions]
    text, holds = text_question(random_, words)
    conditions.append(lambda call: holds(call.sides(within, speaker).values()))
    return [*options, "--", text], conditions


def ask(place, binary, words, *more):
    """The ids of the answers, in order."""
    answer = subprocess.run(
        [binary / "state-search", *more, *words], cwd=place, capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"search.py: state-search {words} ended with {answer.returncode}: {answer.stderr}")
    return [json.loads(line) for line in answer.stdout.splitlines()]


def compare(place, binary, random_, words, calls, count):
    """Asks random questions, and ends with an error when an answer is another than the scan's."""
    found = 0
    for _ in range(count):
        line, conditions = question(random_, words)
        wanted = [call for call in calls if all(condition(call) for condition in conditions)]
        wanted.sort(key=lambda call: (-call.start, -call.number))
        wanted = [call.record["id"] for call in wanted]
        answers = ask(place, binary, line)
        ids = [answer["id"] for answer in answers]
        if ids != wanted:
            missing, wrong = set(wanted) - set(ids), set(ids) - set(wanted)
            sys.exit(
                f"search.py: state-search {line}\n  {len(ids)} found, {len(wanted)} wanted, "
                f"missing {sorted(missing)[:5]}, wrong {sorted(wrong)[:5]}")
        if ask(place, binary, line, "--count")[0]["count"] != len(wanted):
            sys.exit(f"search.py: --count of {line} is not {len(wanted)}")
        limited = [answer["id"] for answer in ask(place, binary, line, "--limit", "3")]
        if limited != wanted[:3]:
            sys.exit(f"search.py: --limit 3 of {line} gave {limited}, not {wanted[:3]}")
        for answer in answers:
            segments = calls_by_id[answer["id"]].segments
            for hit in answer["hits"]:
                start, name, text = segments[hit["segment"]]
                if (hit["offset"], hit.get("speaker")) != (start, name) or not hit["marks"]:
                    sys.exit(f"search.py: {line} names another place in {answer['id']}: {hit}")
        found += len(wanted)
    return found


def run(place, binary, command, records):
    """Gives records to a tool."""
    lines = "".join(json.dumps(record) + "\n" for record in records)
    answer = subprocess.run([binary / command[0], *command[1:]], cwd=place, input=lines,
                            capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"search.py: {command} ended with {answer.returncode}: {answer.stderr}")


def main():
    """Makes the calls, and asks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    binary, random_ = options.bin.resolve(), random.Random(options.seed)
    words = real_words()
    calls = make(random_, words, options.calls)
    global calls_by_id
    calls_by_id = {call.record["id"]: call for call in calls}
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        run(place, binary, ["state-mark", "transcribe"], [call.record for call in calls])
        found = compare(place, binary, random_, words, calls, options.questions)
        # Half of them are heard again; a few are erased.
        others = make(random_, words, options.calls)
        for number in range(0, options.calls, 2):
            other = others[number].record
            calls[number].record["transcript"] = other["transcript"]
            calls[number] = Call(number, calls[number].start, calls[number].record)
        calls_by_id = {call.record["id"]: call for call in calls}
        run(place, binary, ["state-mark", "transcribe"], [call.record for call in calls[::2]])
        gone = calls[1 :: max(2, options.calls // 10)]
        run(place, binary, ["state-erase", "--reason", "a test", "-"],
            [{"id": call.record["id"]} for call in gone])
        calls = [call for call in calls if call not in gone]
        found += compare(place, binary, random_, words, calls, options.questions)
        checked = ask(place, binary, [], "--check")[0]
        if checked["differences"] != 0 or checked["transcripts"] != len(calls):
            sys.exit(f"search.py: --check says {checked}")
        ask(place, binary, [], "--rebuild")
        found += compare(place, binary, random_, words, calls, options.questions // 2)
    print(f"{options.calls} calls, {options.questions * 5 // 2} questions, {found} answers, "
          "each as a scan finds them")


if __name__ == "__main__":
    main()
