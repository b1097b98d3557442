"""A place of its own for the programs: the fakes, the settings, and running commands that are killed.

The fakes live in this process, so that a new place costs nothing, and so that the campaign can wait
until they have done all that was asked of them.
"""

import collections
import ctypes
import dataclasses
import datetime
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests/fakes"))
import drive  # noqa: E402
import fakehttp  # noqa: E402
import ringcentral  # noqa: E402

KINDS = ("emit", "write", "fsync", "rename", "unlink", "truncate", "page", "commit", "request",
         "reply")
PAGE = struct.Struct(f"64s{len(KINDS)}II256s256s")
# Nothing takes so long; a run that does hangs.
PATIENCE_SECONDS = 300
HEAVY = "1000000"


def adopt_orphans():
    """What a killed shell leaves behind becomes ours, so that its end can be waited for."""
    pr_set_child_subreaper = 36
    if ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0) != 0:
        sys.exit("campaign.py: unable to adopt orphans")


@dataclasses.dataclass(frozen=True)
class Kill:
    """Whom to kill, where and how. Without a tool: all of them, at a random time."""

    scene: str
    tool: str = ""
    kind: str = "time"
    nth: int = 0
    when: str = ""
    scope: str = "group"
    share: float = 0.0
    reboots: bool = False

    def __str__(self):
        moment = (f"{self.when} {self.kind} {self.nth} of {self.tool} ({self.scope})" if self.tool
                  else f"after {self.share:.3f} of the time of a run (group)")
        return f"{self.scene}: {moment}{', reboot' if self.reboots else ''}"


@dataclasses.dataclass
class Run:
    """What came of a command."""

    status: int
    struck: bool
    object: str
    counts: dict
    seconds: float
    hangs: bool
    # Names that were given to files whose bytes were not on the disk.
    unsafe: list


class Service:
    """A fake that this process runs, and that says when it has done what it was asked."""

    def __init__(self, fake, port):
        self.fake = fake
        self.idle = threading.Condition()
        self.busy = 0
        answer = fake.answer

        def counted(request):
            with self.idle:
                self.busy += 1
            try:
                return answer(request)
            finally:
                with self.idle:
                    self.busy -= 1
                    self.idle.notify_all()

        fake.answer = counted
        self.server = fakehttp.Server(fake, port).start()

    def settle(self):
        """Wait for the requests of programs that are dead."""
        with self.idle:
            self.idle.wait_for(lambda: self.busy == 0)

    def stop(self):
        """End it."""
        self.server.shutdown()
        self.server.server_close()


class Place:
    """A directory with a checkpoint, data, and services; begun from a template or empty."""

    def __init__(self, path, kit, calls, ports):
        self.path = pathlib.Path(path)
        self.ports = ports
        self.kit, self.calls = kit, calls
        self.services = []
        self.environment = {}
        self.boot = self.path / "boot_id"

    def begin(self, template=None):
        """Everything as in the template, with services of its own."""
        self.end()
        shutil.rmtree(self.path, ignore_errors=True)
        if template:
            shutil.copytree(template, self.path, symlinks=True)
            shutil.rmtree(self.path / "run")
        self.path.mkdir(parents=True, exist_ok=True)
        for name in ("run", "tmp", "drive", "model", "log"):
            (self.path / name).mkdir(exist_ok=True)
        (self.path / "run").chmod(0o700)
        (self.path / "model/ggml-fake.bin").write_text("model")
        self.reboot()
        shutil.copy(self.kit / "key.pem", self.path / "drive/key.pem")
        calls = ringcentral.options_of(
            ["--calls", str(self.calls / "calls.ndjson"), "--audio", str(self.calls / "audio"),
             "--heavy-limit", HEAVY, "--light-limit", HEAVY, "--medium-limit", HEAVY,
             "--auth-limit", HEAVY, "--sessions", HEAVY])
        files = drive.options_of(["--state", str(self.path / "drive"), "--key-file-out",
                                  str(self.path / "service-account.json")])
        self.ringcentral = ringcentral.RingCentral(calls, fakehttp.Clock())
        self.drive = drive.Drive(files, fakehttp.Clock())
        self.services = [Service(fake, port) for fake, port
                         in zip((self.ringcentral, self.drive), self.ports)]
        self.environment = self.settings()
        return self

    def end(self):
        """Stop the services."""
        for service in self.services:
            service.stop()
        self.services = []

    def settings(self):
        """The environment of the programs: nothing of ours but where programs are."""
        bin_directory = self.kit / "bin"
        return {
            "PATH": f"{bin_directory}:{self.kit}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.path), "LC_ALL": "C.UTF-8", "TMPDIR": str(self.path / "tmp"),
            "XDG_RUNTIME_DIR": str(self.path / "run"), "ROOT": str(ROOT),
            "CALLS": str(self.calls),
            "CALLPIPE_DATA": str(self.path / "data"), "CALLPIPE_STATE": str(self.path / "state.db"),
            "CALLPIPE_BACKOFF_SCALE": "0.01", "WHISPER_MODEL": str(self.path / "model/ggml-fake.bin"),
            "PATH_FIRST": "1",
            "RINGCENTRAL_SERVER_URL": self.ringcentral.url, "RINGCENTRAL_CLIENT_ID": "fake-client",
            "RINGCENTRAL_CLIENT_SECRET": "fake-secret", "RINGCENTRAL_JWT_TOKEN": "fake-jwt",
            "GOOGLE_API_URL": self.drive.url, "GOOGLE_DRIVE_FOLDER_ID": self.drive.folder,
            "GOOGLE_SERVICE_ACCOUNT_FILE": str(self.path / "service-account.json"),
            "GOOGLE_WRITES_PER_SECOND": "100000",
            "LD_PRELOAD": str(self.kit / "interposer.so"), "CRASH_LOG": str(self.path / "log"),
            "CRASH_BIN": str(bin_directory.resolve()), "CRASH_BOOT": str(self.boot),
        }

    def reboot(self):
        """Another boot id; what does not outlive a boot is gone, and so is what was not synced."""
        self.boot.write_text(f"{uuid.uuid4()}\n")
        shutil.rmtree(self.path / "run/callpipe", ignore_errors=True)
        for part in self.path.glob("data/**/*.part"):
            size = part.stat().st_size
            with part.open("r+b") as file:
                file.truncate(size // 2)
                file.truncate(size)

    def run(self, command, kill=None, usual_seconds=0.0):
        """Run a line of bash in a process group of its own, to its end or to the kill."""
        log = self.path / "log"
        for page in log.iterdir():
            page.unlink()
        environment = dict(self.environment)
        if kill and kill.tool:
            environment.update(CRASH_TOOL=kill.tool, CRASH_KIND=kill.kind, CRASH_SCOPE=kill.scope,
                               CRASH_NTH=str(kill.nth), CRASH_WHEN=kill.when)
        began = fakehttp.time.monotonic()
        with open(self.path / "stderr", "ab") as errors:
            process = subprocess.Popen(
                ["bash", "-c", f"set -o pipefail; {command}"], cwd=self.path, env=environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                start_new_session=True)
        struck = hangs = False
        ended = select.poll()
        descriptor = os.pidfd_open(process.pid)
        ended.register(descriptor, select.POLLIN)
        if kill and not kill.tool and not ended.poll(1000 * usual_seconds * kill.share):
            struck = True
            self.kill_all(process.pid)
        if not ended.poll(1000 * PATIENCE_SECONDS):
            hangs = True
            self.kill_all(process.pid)
        os.close(descriptor)
        status = process.wait()
        # What the shell left behind: programs that go on after another one was killed.
        try:
            while True:
                os.waitpid(-1, 0)
        except ChildProcessError:
            pass
        seconds = fakehttp.time.monotonic() - began
        for service in self.services:
            service.settle()
        counts, strike, unsafe = self.pages()
        return Run(status, struck or strike is not None, strike or "", counts, seconds, hangs, unsafe)

    def kill_all(self, group):
        """The whole machine goes: programs may have groups of their own."""
        os.killpg(group, signal.SIGKILL)
        ours = f"CRASH_LOG={self.path / 'log'}\0".encode()
        for page in (self.path / "log").iterdir():
            # The number of one that has ended may be somebody else's by now.
            try:
                if ours in pathlib.Path(f"/proc/{page.name}/environ").read_bytes():
                    os.kill(int(page.name), signal.SIGKILL)
            except OSError:
                pass

    def pages(self):
        """How often each program did what, where one was struck, and what it named unsynced."""
        counts = collections.defaultdict(collections.Counter)
        strike, unsafe = None, []
        for file in (self.path / "log").iterdir():
            data = file.read_bytes()
            if len(data) < PAGE.size:
                continue
            tool, *numbers, struck, thing, undurable = PAGE.unpack_from(data)
            tool = tool.partition(b"\0")[0].decode()
            if not tool:
                continue
            if undurable[0]:
                unsafe.append(undurable.partition(b"\0")[0].decode(errors="replace"))
            for kind, number in zip(KINDS, numbers):
                counts[tool][kind] += number
            if struck:
                strike = thing.partition(b"\0")[0].decode(errors="replace") or "?"
        return counts, strike, unsafe

    def last_words(self):
        """The end of what the programs said."""
        file = self.path / "stderr"
        return file.read_text(errors="replace")[-600:] if file.exists() else ""

    # What the services have seen.

    def requests(self):
        """How many requests each service has answered."""
        return len(self.ringcentral.entries), len(self.drive.entries)

    def fetched(self, since):
        """The recordings whose content was given."""
        entries = list(self.ringcentral.entries)[since[0]:]
        return ["rc:" + entry["path"].split("/recording/")[1].split("/")[0] for entry in entries
                if entry["operation"] == "content" and entry["status"] in (200, 206)]

    def stored(self, since):
        """The ids of files that were made on the Drive."""
        entries = list(self.drive.entries)[since[1]:]
        return [entry["id"] for entry in entries
                if entry["operation"] == "create" and entry["status"] in (200, 201)
                and entry.get("id")]

    def heard(self):
        """The hashes of the sounds that were listened to."""
        file = self.path / "model/heard"
        return file.read_text().split() if file.exists() else []


def free_ports():
    """Two ports, the same for all places of a worker: addresses are on the records."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def build_kit(kit, programs):
    """What all places share: the built programs, the interposer, the engine, the Drive's key."""
    kit.mkdir(parents=True, exist_ok=True)
    (kit / "bin").unlink(missing_ok=True)
    (kit / "bin").symlink_to(programs.resolve())
    here = pathlib.Path(__file__).resolve().parent
    flags = [shutil.which("cc") or "clang", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([*flags, "-shared", "-fPIC", "-o", kit / "interposer.so",
                    here / "interposer.c", "-ldl"], check=True)
    subprocess.run([*flags, "-o", kit / "whisper-cli", here / "whisper.c"], check=True)
    drive.Key(kit / "key.pem")


def make_calls(place, number, large=False):
    """A few calls with recordings; one that Drive takes in a session of its own, if it is large."""
    subprocess.run([ROOT / "Tests/demo/dataset.py", place, "--calls", str(number)], check=True,
                   stdout=subprocess.DEVNULL)
    # Within the last day, so that few requests list them all.
    file = place / "calls.ndjson"
    hours = iter(range(20, 0, -1))
    now = datetime.datetime.now(datetime.timezone.utc)
    made = []
    for line in file.read_text().splitlines():
        start = (now - datetime.timedelta(hours=next(hours))).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        made.append(re.sub('"startTime": "[^"]*"', f'"startTime": "{start}"', line) + "\n")
    file.write_text("".join(made))
    if large:
        audio = min((place / "audio").glob("*.wav"))
        sound = audio.read_bytes()[-40_000:]
        sound *= (9 << 20) // len(sound)
        audio.write_bytes(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(sound), b"WAVE",
                                      b"fmt ", 16, 1, 1, 16000, 32000, 2, 16, b"data",
                                      len(sound)) + sound)
    return place


def live_files(fake):
    """What lies on the fake Drive and is not in its trash."""
    return [file for file in list(fake.files.values()) if not file.get("trashed")]
