"""What must be true after each kill, and at the end."""

import collections
import hashlib
import json
import re
import shutil
import sqlite3

from place import live_files

FINAL = (".mp3", ".wav", ".json", ".txt", ".vtt", ".srt", ".md")
# The members of uploads.drive that are files, and those that every recording has.
COPIES = ("audio", "transcript", "txt", "vtt", "srt", "md")
ALWAYS = ("audio", "transcript", "txt")
STAGES = ("fetch", "transcribe", "reserve", "upload")


def digest(data, name="sha256"):
    """A hash in hexadecimal."""
    return hashlib.new(name, data).hexdigest()


class Ledger:
    """The checkpoint as it is on disk, read from a copy: reading it in place would recover it."""

    def __init__(self, place, path="state.db"):
        self.problems = []
        self.records, self.done = {}, collections.defaultdict(set)
        self.statuses, self.leases, self.audit = [], 0, []
        original, copy = place.path / path, place.path / "ledger"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        self.exists = original.exists()
        if not self.exists:
            return
        for suffix in ("", "-wal"):
            file = original.with_name(original.name + suffix)
            if file.exists():
                shutil.copy(file, copy / f"state.db{suffix}")
        try:
            self.read(sqlite3.connect(copy / "state.db"))
        except sqlite3.DatabaseError as error:
            self.problems.append(f"{path} cannot be read: {error}")

    def read(self, state):
        """All of it; a file has its tables before it has its name."""
        answer = state.execute("PRAGMA integrity_check").fetchall()
        if answer != [("ok",)]:
            self.problems.append(f"the checkpoint is damaged: {answer[:3]}")
        tables = {name for name, in state.execute("SELECT name FROM sqlite_schema")}
        if "calls" not in tables:
            self.problems.append("the checkpoint has a name and no tables")
            return
        self.records = {identity: json.loads(record) for identity, record
                        in state.execute("SELECT id, record FROM calls")}
        for identity, stage in state.execute(
                "SELECT call_id, stage FROM stages WHERE status = 'completed'"):
            self.done[stage].add(identity)
        self.statuses = state.execute(
            "SELECT call_id, stage, status, coalesce(error_message, '') FROM stages"
            " WHERE status NOT IN ('completed', 'skipped')").fetchall()
        if "leases" in tables:
            self.leases = state.execute("SELECT count(*) FROM leases").fetchone()[0]
        if "audit" in tables:
            self.audit = state.execute("SELECT action, call_id, stage FROM audit").fetchall()
        state.close()


class Truth:
    """What a place holds in the end, learnt from a run that nobody disturbed."""

    def __init__(self, place, files):
        ledger = Ledger(place)
        self.records = ledger.records
        # Also those that it took away.
        self.files = {**files, **contents(place)}
        self.names = all_names(place)
        self.sounds = {}
        for identity, record in self.records.items():
            for word in record.get("transcript", {}).get("text", "").split():
                self.sounds[word] = identity

    def problems(self, place):
        """That run itself is not believed: what it fetched is what was served."""
        served = {file.stem: file.read_bytes() for file in (place.calls / "audio").iterdir()}
        return [f"{name} is not what was served" for name, content in self.files.items()
                if name.startswith("audio/") and name.rsplit("/", 1)[1].startswith("rc-")
                and served.get(name.rsplit("/rc-", 1)[1].split(".")[0]) != content]


def all_names(place):
    """The names of all that lies in a place, without numbers; but for what may be lost.

    The memory of a folder's files is named by a hash of the folder's path, which differs by place.
    """
    found = (file.relative_to(place.path) for file in place.path.glob("**/*"))
    return {re.sub("(?<=known-files/)[0-9a-f]{16}|[0-9]+", "#", str(name)) for name in found
            if name.parts[0] not in (".cache", "drive", "ledger", "log", "run", "tmp")}


def final_files(place):
    """The files of records in the data directory that do not have temporary names."""
    data = place.path / "data"
    for directory in ("audio", "transcripts"):
        for file in (data / directory).glob("**/*"):
            if file.is_file() and not file.name.endswith((".part.json", ".json.tmp")) \
                    and file.suffix in FINAL:
                yield str(file.relative_to(data)), file


def contents(place):
    """The files of records by name."""
    return {name: file.read_bytes() for name, file in final_files(place)}


def of_files(place, _ledger, truth, _scene):
    """Each file under a final name is whole, byte for byte."""
    problems = []
    for name, file in final_files(place):
        if name not in truth.files:
            problems.append(f"{name} is nothing that should be there")
        elif file.read_bytes() != truth.files[name]:
            problems.append(f"{name} does not verify under its final name")
    return problems


def of_marks(place, ledger, _truth, _scene):
    """What is marked as done is there: commit before emit, and files before the commit."""
    problems = []
    data = place.path / "data"
    for stage, member in (("fetch", "audio"), ("transcribe", "transcript")):
        for identity in ledger.done[stage]:
            thing = ledger.records[identity].get(member)
            if not thing:
                problems.append(f"{identity}: {stage} is completed without {member} on the record")
                continue
            file = data / thing["path"]
            if not file.exists():
                problems.append(f"{identity}: {stage} is completed and {thing['path']} is lost")
            elif stage == "fetch":
                content = file.read_bytes()
                if len(content) != thing["bytes"] or digest(content) != thing["sha256"]:
                    problems.append(f"{identity}: {thing['path']} is not what its record tells")
    live = {file["id"]: file for file in live_files(place.drive)}
    for identity in ledger.done["upload"]:
        for member, item in ledger.records[identity]["uploads"]["drive"].items():
            if member in COPIES and item["id"] not in live:
                problems.append(f"{identity}: upload is completed and its {member} is not there")
    return problems


def of_repeats(place, before, since, heard, truth):
    """What was marked before a run began was not done again in it."""
    problems = [f"{identity}: fetched again after fetch was completed"
                for identity in place.fetched(since) if identity in before.done["fetch"]]
    for word in place.heard()[heard:]:
        identity = truth.sounds.get(word)
        if identity in before.done["transcribe"]:
            problems.append(f"{identity}: transcribed again after transcribe was completed")
    items = {item["id"]: identity for identity in before.done["upload"]
             for item in before.records[identity]["uploads"]["drive"].values()
             if isinstance(item, dict)}
    problems += [f"{items[made]}: uploaded again after upload was completed"
                 for made in place.stored(since) if made in items]
    return problems


def of_end(place, ledger, truth, scene):
    """Nothing lost, nothing twice, nothing stuck."""
    problems, stages = [], scene.stages
    for identity in truth.records:
        for stage in stages:
            if identity not in ledger.done[stage]:
                problems.append(f"{identity}: {stage} is not completed at the end")
    for identity in ledger.records.keys() - truth.records.keys():
        problems.append(f"{identity}: nobody knows this recording")
    problems += [f"{identity}: {stage} is {status} at the end {why}"
                 for identity, stage, status, why in ledger.statuses if stage in stages]
    twice = collections.Counter(line for line in ledger.audit if line[0] == "stored")
    problems += [f"{line[1]}: the audit says {number} times that {line[2]} was stored"
                 for line, number in twice.items() if number > 1]
    if "upload" in stages:
        problems += of_drive(place, ledger, truth, scene)
    return problems


def of_drive(place, ledger, truth, _scene):
    """One file of each kind for each recording, with the bytes that belong there."""
    problems = []
    live = live_files(place.drive)
    names = collections.Counter((file["name"], *file.get("parents", ())) for file in live)
    problems += [f"the Drive has {name[0]} {number} times"
                 for name, number in names.items() if number > 1]
    wanted = {}
    for identity, record in ledger.records.items():
        copy = record.get("uploads", {}).get("drive", {})
        for member in ALWAYS:
            item = copy.get(member)
            if not item:
                problems.append(f"{identity}: its record knows no {member} on the Drive")
                continue
            wanted[item["id"]] = identity, member
    folder = "application/vnd.google-apps.folder"
    files = {file["id"]: file for file in live if file["mimeType"] != folder}
    for made in files.keys() - wanted.keys():
        problems.append(f"the Drive has {files[made]['name']}, which no record knows")
    for made, (identity, member) in wanted.items():
        if made not in files:
            problems.append(f"{identity}: its {member} is not on the Drive")
            continue
        content = (place.path / "drive/content" / made).read_bytes()
        record = ledger.records[identity]
        path = record["audio"]["path"] if member == "audio" else record["transcript"]["path"]
        if member not in ("audio", "transcript"):
            path = path.removesuffix("json") + member
        if content != truth.files.get(path):
            problems.append(f"{identity}: the Drive holds other bytes as its {member}")
    return problems


def of_leases(_place, ledger, _truth, scene):
    """Whatever is done is no longer in work; until the last stage is marked, a lease stays."""
    held = ledger.leases if "upload" in scene.stages else 0
    return [f"{held} leases are left"] if held else []


def of_strays(place, _ledger, truth, _scene):
    """Nothing stayed that an undisturbed run does not leave."""
    return [f"{name} is left" for name in sorted(all_names(place) - truth.names)]
