"""What must be true of backups, restored checkpoints, and what is taken away."""

import collections
import contextlib
import gzip
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import tempfile
import zlib

import checks
from place import live_files

FOLDER = "application/vnd.google-apps.folder"


def drive_content(place):
    """The files on the Drive that are not folders."""
    return [file for file in live_files(place.drive) if file["mimeType"] != FOLDER]


def backup_problem(path, want):
    """What is wrong with a backup, or None."""
    try:
        with gzip.open(path) as file:
            data = file.read()
    except (OSError, EOFError, zlib.error) as error:
        return f"{path.name} cannot be unpacked: {error}"
    manifest = path.with_name(path.name.replace(".db.gz", ".manifest.json"))
    if manifest.exists():
        told = json.loads(manifest.read_text())
        if hashlib.sha256(path.read_bytes()).hexdigest() != told["backup"]["sha256"]:
            return f"{path.name} is not what its manifest tells"
    return database_problem(data, path, want)


def database_problem(data, path, want):
    """What is wrong with a copy of the checkpoint, or None."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy.db"
        copy.write_bytes(data)
        try:
            with contextlib.closing(sqlite3.connect(copy)) as state:
                answer = state.execute("PRAGMA integrity_check").fetchall()
                known = {identity for identity, in state.execute("SELECT id FROM calls")}
        except sqlite3.DatabaseError as error:
            return f"{path.name} is no checkpoint: {error}"
    if answer != [("ok",)]:
        return f"{path.name} is damaged: {answer[:3]}"
    if want - known:
        return f"{path.name} lacks {len(want - known)} records"
    return None


def of_backups(place, _ledger, truth, _scene):
    """Each file with the name of a backup is one; the last good one is there and named so."""
    folder = place.path / "backups"
    backups = sorted(folder.glob("callpipe_*.db.gz"))
    problems = [problem for problem in (backup_problem(path, truth.records.keys())
                                        for path in backups) if problem]
    if not backups:
        problems.append("no backup is left")
    latest = folder / "latest.success"
    if not latest.exists():
        problems.append("latest.success is gone")
    elif not (folder / latest.read_text().split()[-1]).exists():
        problems.append("latest.success names a backup that is not there")
    return problems


def of_whole_backups(place, _ledger, _truth, _scene):
    """Each file with the name of a backup is one, of whatever was committed before."""
    found = [backup_problem(path, set()) for path in place.path.glob("backups/callpipe_*.db.gz")]
    return [problem for problem in found if problem]


def of_backup_end(place, _ledger, _truth, _scene):
    """The newest has its manifest, and nothing half made is left."""
    folder = place.path / "backups"
    problems = [f"{file.name} is left" for file in folder.iterdir() if file.name.endswith(".part")]
    problems += [f"{path.name} has no manifest" for path in folder.glob("callpipe_*.db.gz")
                 if not path.with_name(path.name.replace(".db.gz", ".manifest.json")).exists()]
    return problems


def of_migration(place, ledger, truth, _scene):
    """All that the older version knew is known, and copies under a final name are whole."""
    want = truth.records.keys()
    copies = [database_problem(path.read_bytes(), path, want)
              for path in place.path.glob("state.db.v[0-9]*-*.backup")]
    lost = want - ledger.records.keys()
    return [copy for copy in copies if copy] + [f"{identity} is lost" for identity in lost]


def of_migrated(place, ledger, _truth, _scene):
    """The made-up step, the one after version 3, is done, once and for every call."""
    with contextlib.closing(sqlite3.connect(place.path / "state.db")) as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        rows = {row[0] for row in database.execute("SELECT id FROM made_up")}
    return [] if (version, rows) == (4, ledger.records.keys()) else ["it is not migrated"]


def of_either(_place, ledger, truth, _scene):
    """The checkpoint before a restore or the one after it, whole."""
    known = ledger.records.keys()
    if known in (truth.records.keys(), truth.records.keys() | {"t:1"}):
        return []
    return [f"the checkpoint has {len(known)} records: it is neither the old one nor the new one"]


def of_restored(_place, ledger, truth, _scene):
    """It is the one of the backup."""
    return [] if ledger.records.keys() == truth.records.keys() else ["it is not restored"]


def of_copies(place, ledger, _truth, _scene):
    """Audio is on the disk or, with the same bytes, on the Drive: never was it an only copy."""
    problems = []
    held = {file["id"]: file.get("sha256Checksum") for file in drive_content(place)}
    for identity, record in ledger.records.items():
        audio = record["audio"]
        file = place.path / "data" / audio["path"]
        copy = record["uploads"]["drive"]["audio"]["id"]
        if not file.exists() and held.get(copy) != audio["sha256"]:
            problems.append(f"{identity}: its only copy is gone")
    return problems


def of_pruned(place, ledger, _truth, _scene):
    """The audio is gone, the transcripts are there, and each was noted once."""
    problems = [f"{file.name} is left" for file in place.path.glob("data/audio/**/*")
                if file.is_file()]
    for identity, record in ledger.records.items():
        if not (place.path / "data" / record["transcript"]["path"]).exists():
            problems.append(f"{identity}: its transcript is gone")
        told = sum(line[:2] == ("pruned", identity) for line in ledger.audit)
        if told != 1:
            problems.append(f"{identity}: the audit says {told} times that it was pruned")
    return problems


def of_held(_place, ledger, truth, _scene):
    """Each recording is held, and the audit says so once."""
    told = collections.Counter(line[1] for line in ledger.audit if line[0] == "held")
    return [f"{identity}: the audit says {told[identity]} times that it is held"
            for identity in truth.records if told[identity] != 1]


def of_deleted(place, _ledger, _truth, _scene):
    """Nothing of the records is on the Drive."""
    return [f"{file['name']} is left on the Drive" for file in drive_content(place)]


def of_erased(place, ledger, truth, scene):
    """No copy is left anywhere, the audit says so once, and a certificate at least once."""
    problems = of_deleted(place, ledger, truth, scene)
    problems += [f"{name} is left" for name, _ in checks.final_files(place)]
    told = collections.Counter(line[1] for line in ledger.audit if line[0] == "erased")
    # A kill may cut a line short, and the next one is then behind it.
    certified = set(re.findall('{"id":"([^"]*)"[^\n]*}\n', (place.path / "certificates").read_text()))
    for identity in truth.records:
        if told[identity] != 1:
            problems.append(f"{identity}: the audit says {told[identity]} times that it was erased")
        if identity not in certified:
            problems.append(f"{identity}: nobody certified that it was erased")
    for identity, record in ledger.records.items():
        if record.keys() & {"from", "to", "transcript", "audio"}:
            problems.append(f"{identity}: the checkpoint still knows what was erased")
    return problems


def of_proofs(place, _ledger, _truth, _scene):
    """The chain holds and the checkpoint is sound, by the programs that prove it."""
    problems = []
    for proof in ("state-audit --verify", "state-check"):
        if shutil.which(proof.split()[0], path=place.environment["PATH"]):
            outcome = place.run(f"{proof} >>stderr")
            if outcome.status != 0:
                problems.append(f"{proof} ends with {outcome.status}: {place.last_words()}")
    return problems
