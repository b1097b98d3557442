#!/usr/bin/env python3
"""dataset.py OUT_DIR: a month of recorded calls made of real speech whose words are known.

The speech is Debian's: the prompts of asterisk-core-sounds-en-g722 (16 kHz) and -wav (8 kHz), with
their texts in asterisk-core-sounds-en. A recording is one to three prompts with pauses between.

OUT_DIR gets
  calls.ndjson   call-log records for Tests/fakes/ringcentral.py --calls
  audio/         <recording id>.mp3 or .wav, for --audio
  truth.tsv      id, band (wide or narrow), channels, the text of each channel, all text in order
  dataset.json   how many of what, and which calls are special

The same seed, size and --now give the same files. Days are chosen back from --now (default: the
present), so that nothing but the calls meant to be purged is older than the usual 90 days.
"""

import argparse
import array
import base64
import concurrent.futures
import datetime
import gzip
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

SOUNDS = pathlib.Path("/usr/share/asterisk/sounds/en_US_f_Allison")
TEXTS = pathlib.Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
UTC = datetime.timezone.utc

# Words misspelt in the official texts: an engine that hears rightly must not be marked down.
MISSPELT = {"represenatives", "indentified", "witheld", "umute", "misdn"}

# Shares of a hundred calls; what remains is plain calls with one recording each.
SHARES = {"transfer": 8, "leg_only": 3, "stereo": 10, "unfinished": 3, "unrecorded": 5,
          "short": 3, "purged": 5, "fax": 3}

ACCOUNT = 37439510
AGENTS = [("101", 62264425101, "Ada Archer"), ("102", 62264425102, "Ben Baker"),
          ("103", 62264425103, "Cleo Cooper")]
CUSTOMERS = ["Fletcher Supplies", "Mason & Sons", "Weaver Travel", "WIRELESS CALLER",
             "Smith Dental", "Potter Müller GmbH"]


class Prompt:
    """A prompt: its name, its words, and its sound in both bands once decoded."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.seconds = (SOUNDS / f"{name}.g722").stat().st_size / 8000
        self.sound = {}


def prompts():
    """The prompts that are sentences: four words or more, plainly spelt, of handy length."""
    found = []
    for line in gzip.open(TEXTS, "rt", encoding="utf-8", errors="replace"):
        name, colon, text = line.strip().partition(":")
        text = text.strip()
        words = re.findall(r"[a-z']+", text.lower())
        if (not colon or name.startswith((";", "silence/")) or len(words) < 4
                or not re.fullmatch(r"[A-Za-z0-9 ,.'!?;]+", text) or "..." in text
                or re.search(r"\b[A-Z]\b \b[A-Z]\b", text) or MISSPELT & set(words)):
            continue
        files = [SOUNDS / f"{name}.{suffix}" for suffix in ("g722", "wav")]
        if all(file.exists() for file in files):
            prompt = Prompt(name, re.sub(r"\s+", " ", text))
            if 1.5 <= prompt.seconds <= 8:
                found.append(prompt)
    if len(found) < 50:
        sys.exit("dataset.py: unable to find the prompts: install asterisk-core-sounds-en, "
                 "asterisk-core-sounds-en-g722 and asterisk-core-sounds-en-wav")
    return sorted(found, key=lambda prompt: prompt.name)


class Take:
    """One recording to be made: who says what on which channel, and in which format."""

    def __init__(self, identity, band, form, channels, turns):
        self.identity, self.band, self.form, self.channels = identity, band, form, channels
        self.turns = turns
        self.rate = 16000 if band == "wide" else 8000

    @property
    def suffix(self):
        """mp3 or wav."""
        return "mp3" if self.form == "mp3" else "wav"

    def texts(self):
        """The words of each channel, in order."""
        said = [[] for _ in range(self.channels)]
        for channel, prompt in self.turns:
            said[channel].append(prompt.text)
        return [" ".join(words) for words in said]

    def samples(self):
        """The sound: turns one after another, a breath between, silence on the other channel."""
        breath = array.array("h", bytes(2 * int(self.rate * 0.45)))
        lanes = [array.array("h", breath) for _ in range(self.channels)]
        for channel, prompt in self.turns:
            sound = prompt.sound[self.band]
            for number, lane in enumerate(lanes):
                lane.extend(sound if number == channel else array.array("h", bytes(2 * len(sound))))
                lane.extend(breath)
        if self.channels == 1:
            return lanes[0]
        mixed = array.array("h", bytes(2 * self.channels * len(lanes[0])))
        for number, lane in enumerate(lanes):
            mixed[number::self.channels] = lane
        return mixed


def mulaw_table():
    """µ-law of every 16-bit sample (G.711), indexed by the sample as unsigned."""
    table = bytearray(65536)
    for sample in range(-32768, 32768):
        sign = 0x80 if sample < 0 else 0
        magnitude = min(abs(sample), 32635) + 132
        exponent = magnitude.bit_length() - 8
        mantissa = (magnitude >> (exponent + 3)) & 15
        table[sample & 0xFFFF] = ~(sign | exponent << 4 | mantissa) & 0xFF
    return bytes(table)


MULAW = mulaw_table()


def wav(samples, rate, channels, form):
    """A WAV file: PCM (tag 1), or µ-law (tag 7) with the fact chunk that such files carry."""
    tag, width = (7, 1) if form == "mulaw" else (1, 2)
    data = (bytes(MULAW[s & 0xFFFF] for s in samples) if form == "mulaw" else samples.tobytes())
    chunk = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * width,
                        channels * width, width * 8)
    body = b"WAVE"
    if form == "mulaw":
        chunk += b"\0\0"
    body += b"fmt " + struct.pack("<I", len(chunk)) + chunk
    if form == "mulaw":
        body += b"fact" + struct.pack("<II", 4, len(samples) // channels)
    body += b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def ffmpeg(arguments):
    """One run of ffmpeg; it may make many files, since starting it costs more than the work."""
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)


def batches(items, size):
    """Lists of at most so many items."""
    return [items[start:start + size] for start in range(0, len(items), size)]


def in_parallel(function, items):
    """Batches of the items through the function, a few at a time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        list(pool.map(function, batches(items, 12)))


def decode(used, folder):
    """Fill in the sound of the prompts in both bands."""
    def some(batch):
        arguments, targets = [], []
        for number, prompt in enumerate(batch):
            target = folder / (prompt.name.replace("/", "-") + ".pcm")
            arguments += ["-f", "g722", "-i", str(SOUNDS / f"{prompt.name}.g722")]
            targets += ["-map", str(number), "-f", "s16le", str(target)]
            narrow = (SOUNDS / f"{prompt.name}.wav").read_bytes()
            prompt.sound["narrow"] = array.array("h", narrow[44:len(narrow) // 2 * 2])
        ffmpeg(arguments + targets)
        for prompt in batch:
            data = (folder / (prompt.name.replace("/", "-") + ".pcm")).read_bytes()
            prompt.sound["wide"] = array.array("h", data)
    in_parallel(some, used)


def encode(takes, audio, folder):
    """Write every recording; MP3 goes through WAV and a few runs of ffmpeg."""
    for take in takes:
        plain = "pcm" if take.form == "mp3" else take.form
        place = folder if take.form == "mp3" else audio
        (place / f"{take.identity}.wav").write_bytes(
            wav(take.samples(), take.rate, take.channels, plain))

    def some(batch):
        arguments, targets = [], []
        for number, take in enumerate(batch):
            # A third at 32 kHz, as accounts in the field have it; the band stays what it was.
            rate, bits = ("32000", "48k") if int(take.identity) % 3 == 0 else ("16000", "40k")
            arguments += ["-i", str(folder / f"{take.identity}.wav")]
            targets += ["-map", str(number), "-map_metadata", "-1", "-c:a", "libmp3lame",
                        "-ar", rate, "-b:a", bits, "-fflags", "+bitexact", "-flags:a",
                        "+bitexact", str(audio / f"{take.identity}.mp3")]
        ffmpeg(arguments + targets)
    in_parallel(some, [take for take in takes if take.form == "mp3"])


class Month:
    """The calls: invented within the schema, recordings handed out as takes."""

    def __init__(self, options, source):
        self.options, self.source = options, source
        self.random = random.Random(f"{options.seed} {options.calls}")
        self.takes, self.special = [], {}
        self.number = 401234000000 + self.random.randrange(1000) * 1000
        self.deck = []

    def token(self, size):
        """Letters and digits that look like an identity."""
        return base64.urlsafe_b64encode(self.random.randbytes(size)).decode().rstrip("=")

    def prompt(self):
        """The next prompt of a shuffled deck, so that each is heard before one comes again."""
        if not self.deck:
            self.deck = list(self.source)
            self.random.shuffle(self.deck)
        return self.deck.pop()

    def take(self, channels=1):
        """A new recording; bands and formats go round so that each kind is there early."""
        self.number += self.random.randrange(1, 90)
        index = len(self.takes)
        band = "wide" if index % 5 in (0, 2, 4) else "narrow"
        if band == "wide":
            form = "pcm" if index % 10 == 4 else "mp3"
        else:
            form = "mulaw" if index % 10 in (1, 8) else "pcm"
        turns, seconds, channel = [], 0, 0
        while not turns or (seconds < 5 and len(turns) < 3) or len(turns) < channels:
            prompt = self.prompt()
            turns.append((channel, prompt))
            seconds += prompt.seconds
            channel = (channel + 1) % channels
        take = Take(str(self.number), band, form, channels, turns)
        take.seconds = seconds + 0.45 * (len(turns) + 1)
        self.takes.append(take)
        return take

    def recording(self, take, kind="Automatic"):
        """The member that points at a recording."""
        uri = f"{{server}}/restapi/v1.0/account/{ACCOUNT}/recording/{take.identity}"
        return {"uri": uri, "id": take.identity, "type": kind, "contentUri": uri + "/content"}

    def base(self, start, seconds, agent, inbound, result="Accepted"):
        """What a record and its legs share."""
        number, identity, name = agent
        customer = {"phoneNumber": f"+1650555{self.random.randrange(200, 9999):04d}",
                    "name": self.random.choice(CUSTOMERS), "location": "San Mateo, CA"}
        own = {"phoneNumber": "+16505550123", "extensionNumber": number,
               "extensionId": str(identity), "name": name}
        if not inbound:
            result = "Call connected" if result == "Accepted" else result
        return {"from": customer if inbound else own, "to": own if inbound else customer,
                "extension": {"uri": f"{{server}}/restapi/v1.0/account/{ACCOUNT}/extension/"
                                     f"{identity}", "id": identity},
                "type": "Voice", "transport": "PSTN",
                "direction": "Inbound" if inbound else "Outbound",
                "action": "Phone Call" if inbound else "VoIP Call", "result": result,
                "startTime": stamp(start), "duration": round(seconds),
                "durationMs": round(seconds * 1000), "internalType": "Local"}

    def leg(self, base, kind, master=False, **more):
        """A leg of a call."""
        leg = {**base, "legType": kind, **more}
        if master:
            leg["master"] = True
        return leg

    def record(self, base, legs, session=None):
        """A whole call-log record."""
        identity = "A" + self.token(11).replace("_", "x").replace("-", "y")
        seed = self.random.randrange(10**9)
        head = {"uri": f"{{server}}/restapi/v1.0/account/{ACCOUNT}/call-log/{identity}"
                       "?view=Detailed", "id": identity,
                "sessionId": str(400_000_000_000 + seed),
                "telephonySessionId": session or f"s-a0d15{seed:08x}z18{seed % 4096:03x}z0000"}
        ended = datetime.datetime.fromisoformat(base["startTime"].replace("Z", "+00:00"))
        ended += datetime.timedelta(seconds=base.get("duration", 0) + 25)
        body = {k: v for k, v in base.items() if k != "extension"}
        return {**head, **body, "finished": base["result"] != "In Progress",
                "partyId": f"p-{head['telephonySessionId'][2:]}-1",
                "billing": {"costIncluded": 0, "costPurchased": 0},
                "lastModifiedTime": stamp(ended), "legs": legs}

    def call(self, kind, start, index):
        """One call of a kind."""
        agent = AGENTS[index % len(AGENTS)]
        inbound = index % 3 != 1
        make = getattr(self, f"make_{kind}")
        record = make(start, agent, inbound)
        if kind != "plain":
            self.special.setdefault(kind, []).append(record["id"])
        return record

    def make_plain(self, start, agent, inbound, channels=1, kind=None):
        """One recording, on the record and on its leg."""
        take = self.take(channels)
        base = self.base(start, take.seconds, agent, inbound)
        kind = kind or ("OnDemand" if len(self.takes) % 11 == 7 else "Automatic")
        base["recording"] = self.recording(take, kind)
        return self.record(base, [self.leg(base, "Accept", master=True)])

    def make_stereo(self, start, agent, inbound):
        """Agent on the first channel, customer on the second."""
        return self.make_plain(start, agent, inbound, channels=2, kind="Automatic")

    def make_transfer(self, start, agent, inbound):
        """Handed on: two recordings, the first on the record too, the second on a leg alone."""
        first, second = self.take(), self.take()
        whole = self.base(start, first.seconds + second.seconds, agent, True)
        whole["recording"] = self.recording(first)
        one = {**whole, "duration": round(first.seconds),
               "durationMs": round(first.seconds * 1000)}
        later = start + datetime.timedelta(seconds=first.seconds)
        target = AGENTS[(AGENTS.index(agent) + 1) % len(AGENTS)]
        two = self.base(later, second.seconds, target, True)
        two.update(action="Transfer", recording=self.recording(second))
        two["from"] = whole["from"]
        sip = {k: v for k, v in whole.items() if k != "recording"}
        return self.record(whole, [self.leg(sip, "SipForwarding", master=True),
                                   self.leg(one, "Accept"), self.leg(two, "TransferCall")])

    def make_leg_only(self, start, agent, inbound):
        """Forwarded: the recording hangs on a leg and nowhere else."""
        take = self.take()
        base = self.base(start, take.seconds, agent, True)
        return self.record(base, [self.leg(base, "SipForwarding", master=True),
                                  self.leg(base, "FindMe", recording=self.recording(take))])

    def make_unfinished(self, start, agent, inbound):
        """Still going on: the recording is named already and cannot be had."""
        start = self.options.now - datetime.timedelta(seconds=180 + self.random.randrange(60))
        base = self.base(start, 170, agent, inbound, "In Progress")
        self.number += 7
        ghost = Take(str(self.number), "wide", "mp3", 1, [])
        base["recording"] = self.recording(ghost)
        return self.record(base, [self.leg(base, "Accept", master=True)])

    def make_unrecorded(self, start, agent, inbound):
        """Missed, or never recorded."""
        base = self.base(start, 22, agent, inbound, "Missed" if inbound else "Accepted")
        return self.record(base, [self.leg(base, "Accept", master=True)])

    def make_short(self, start, agent, inbound):
        """Too short to be kept, and says so."""
        base = self.base(start, 3, agent, inbound)
        base["shortRecording"] = True
        return self.record(base, [self.leg(base, "Accept", master=True)])

    def make_purged(self, start, agent, inbound):
        """Older than the retention; the fake takes the recording away by the date."""
        start -= datetime.timedelta(days=(start - self.options.now).days + 93)
        base = self.base(start, 61, agent, inbound)
        self.number += 7
        base["recording"] = self.recording(Take(str(self.number), "wide", "mp3", 1, []))
        return self.record(base, [self.leg(base, "Accept", master=True)])

    def make_fax(self, start, agent, inbound):
        """The log holds faxes too."""
        base = self.base(start, 40, agent, True, "Received")
        base.update(type="Fax", action="Incoming Fax")
        return self.record(base, [self.leg(base, "Accept", master=True)])

    def calls(self):
        """All of them, oldest first."""
        count = self.options.calls
        kinds = [kind for kind, share in SHARES.items()
                 for _ in range(max(1, round(count * share / 100)) if count >= 20 else 0)]
        kinds += ["plain"] * (count - len(kinds))
        self.random.shuffle(kinds)
        first, last = self.range()
        days = (last - first).days
        records = []
        for index, kind in enumerate(kinds):
            day = first + datetime.timedelta(days=index * days // max(1, len(kinds)))
            start = day + datetime.timedelta(hours=13 + self.random.randrange(9),
                                             milliseconds=self.random.randrange(3_600_000))
            records.append(self.call(kind, start, index))
        return sorted(records, key=lambda record: record["startTime"])

    def range(self):
        """The days that calls fall on: those of --month, else 28 days up to yesterday."""
        today = self.options.now.replace(hour=0, minute=0, second=0, microsecond=0)
        if not self.options.month:
            return today - datetime.timedelta(days=28), today
        first = datetime.datetime.strptime(self.options.month, "%Y-%m").replace(tzinfo=UTC)
        last = (first + datetime.timedelta(days=32)).replace(day=1)
        return first, max(min(last, today), first + datetime.timedelta(days=1))


def stamp(moment):
    """A time as the call log writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def time_of(text):
    """An RFC 3339 time in UTC."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def main(arguments):
    """Make the data set."""
    parser = argparse.ArgumentParser(description="A month of calls made of real speech.")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--month", help="YYYY-MM; default: the 28 days up to --now")
    parser.add_argument("--calls", type=int, default=44)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--now", type=time_of, default=datetime.datetime.now(UTC))
    options = parser.parse_args(arguments)
    month = Month(options, prompts())
    calls = month.calls()
    audio = options.out / "audio"
    audio.mkdir(parents=True, exist_ok=True)
    for stale in audio.iterdir():
        stale.unlink()
    used = {prompt.name: prompt for take in month.takes for _, prompt in take.turns}
    with tempfile.TemporaryDirectory() as folder:
        decode(list(used.values()), pathlib.Path(folder))
        encode(month.takes, audio, pathlib.Path(folder))
    with (options.out / "truth.tsv").open("w", encoding="utf-8") as file:
        file.write("id\tband\tchannels\tfirst channel\tsecond channel\tin order of time\n")
        for take in month.takes:
            first, second = [*take.texts(), ""][:2]
            order = " ".join(prompt.text for _, prompt in take.turns)
            file.write("\t".join([take.identity, take.band, str(take.channels), first, second,
                                  order]) + "\n")
    with (options.out / "calls.ndjson").open("w", encoding="utf-8") as file:
        for call in calls:
            file.write(json.dumps(call, ensure_ascii=False) + "\n")
    first, last = month.range()
    summary = {"now": stamp(options.now), "from": stamp(first), "to": stamp(last),
               "calls": len(calls), "recordings": len(month.takes),
               "seconds": round(sum(take.seconds for take in month.takes), 1),
               "wide": sum(take.band == "wide" for take in month.takes),
               "narrow": sum(take.band == "narrow" for take in month.takes),
               "special": month.special}
    (options.out / "dataset.json").write_text(json.dumps(summary, indent=1) + "\n")
    print(json.dumps({k: v for k, v in summary.items() if k != "special"}))


if __name__ == "__main__":
    main(sys.argv[1:])
