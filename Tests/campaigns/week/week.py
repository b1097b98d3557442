#!/usr/bin/env python3
"""week.py --bin DIR: live a week and more by pipelines/crontab, with faults, and see that nothing is
missing, and that the right alerts went out.

The commands come from the crontab itself; only its settings are replaced (where things are). Every
minute of the days is looked at. The jobs due at a minute run at once, as cron runs them, with
$CALLPIPE_NOW and the clocks of the fakes set to it; nobody sleeps. Calls appear as their time comes,
a folder gets a few recordings a day.

A job that has nothing to do changes nothing, so a job that starts more than a few times a day runs
at each of its times when there is work for it, and else only at every Nth (--idle N; 1: always).
What is work: for alerts, that an hour has gone; for sync, that the folder has changed; for queue,
process and retry, what the checkpoint says is due.

The faults, by day:
  1  RingCentral answers 429 and 503, truncates and resets downloads; the nightly run is killed
  2  tokens expire on both sides, a download has a wrong length, an upload's reply is lost; killed
  3  Google Drive is down until the next morning: what is fetched and transcribed waits
  4  RingCentral is down as well, over the nightly run and until noon
  5  RingCentral lists calls and gives out no recording until noon; a retry is killed
  6  nothing
  7  to 16: the machine is off; calls and recordings in the folder go on
 17  it is on again, and catches up
 18  the disk has no room from one in the morning until noon
 19  RingCentral's key is revoked from one in the morning until noon; Slack takes no message all day
 20  nothing
Each morning's alerts of state-summary have to tell of them, and in the end of nothing. call-alert has to
tell of each trouble once, by both channels, and of its end once (ALARMS); Slack gets what it missed.
"""

import argparse
import collections
import datetime
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "Tests/fakes"), str(pathlib.Path(__file__).parent)]
import alert_services  # noqa: E402
import crontab  # noqa: E402
import drive  # noqa: E402
import fakehttp  # noqa: E402
import ringcentral  # noqa: E402

FIRST = fakehttp.parse_time("2026-03-02T00:00:00Z")
DAYS = 21
OFF = range(7, 17)
BACK = ((FIRST + datetime.timedelta(days=17)).day, 0)
# The times of the full disk.
FULL = ((18, 1), (18, 12))
# Calls of a day are recorded for so long; what waits longer than that would be lost.
RETENTION = 12
OFTEN = 12
DOWN = {"match": {"path": "^/"}, "action": {"kind": "503"}, "times": 0}
# (day, hour) -> (service, faults); an empty list ends them all.
FAULTS = {
    (1, 0): ("ringcentral", [
        {"match": {"path": "/content", "nth": 1}, "action": {"kind": "429", "penalty": 0.1}},
        {"match": {"path": "/content", "nth": 2}, "action": {"kind": "truncate", "after": 3000}},
        {"match": {"path": "/content", "nth": 4}, "action": {"kind": "reset", "after": 2000}},
        {"match": {"path": "/call-log", "nth": 1}, "action": {"kind": "503"}}]),
    (2, 0): ("ringcentral", [
        {"match": {"path": "/content", "nth": 2}, "action": {"kind": "expire_tokens"}},
        {"match": {"path": "/content", "nth": 3}, "action": {"kind": "wrong_length"}}]),
    (2, 1): ("drive", [
        {"match": {"path": "^/upload", "nth": 1}, "action": {"kind": "drop_reply"}},
        {"match": {"path": "^/upload", "nth": 3}, "action": {"kind": "expire_tokens"}},
        {"match": {"path": "^/upload", "nth": 4}, "action": {"kind": "429", "penalty": 1}}]),
    (3, 0): ("drive", [DOWN]),
    (4, 1): ("ringcentral", [DOWN]),
    (4, 6): ("drive", []),
    (4, 12): ("ringcentral", []),
    (5, 0): ("ringcentral", [{**DOWN, "match": {"path": "/content"}}]),
    (5, 12): ("ringcentral", []),
    (19, 0): ("channels", [{**DOWN, "match": {"path": "^/services/"}}]),
    (19, 1): ("ringcentral", [{"match": {"path": "^/restapi"}, "action": {"kind": "expire_tokens"}}]),
    (19, 12): ("ringcentral", []),
    (20, 0): ("channels", []),
}
# The hours of a day in which the key is refused.
REVOKED = ((19, 1), (19, 12))
# (day, job) -> the fake and its operation, at whose Nth request in the job's run the job is killed.
KILLS = {(1, "daily"): ("drive", "create", 1), (2, "daily"): ("ringcentral", "content", 1),
         (5, "retry"): ("ringcentral", "content", 2)}
# What state-summary has to say at half past five in the morning of a day, and may say besides.
# The alerts of call-alert, and how often each has to begin: a backup is missing at first, after the
# outage and after the night without room; recordings are near their purge while RingCentral gives none
# out and while there is no room. The refused key is one alert, though only some jobs run into it.
ALARMS = {"backup-age": 3, "stalled": 1, "purge-soon": 2, "list-overdue": 1, "disk-usage": 1,
          "critical-errors": 1, "channel.slack": 1}
SILENT = [fakehttp.rfc3339(FIRST + datetime.timedelta(days=day)) for day in (19, 20)]
ALERTS = {1: {"leases_lost"}, 2: {"leases_lost"}, 4: {"stalled"}, 5: {"purge_soon"}, 21: set()}


def kill_session(session):
    """End all processes of a session at once, as a power failure would."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                os.kill(int(stat.parent.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass


class Week:
    """The place, the services and the jobs."""

    def __init__(self, options):
        self.options = options
        self.place = options.work
        shutil.rmtree(self.place, ignore_errors=True)
        for name in ("bin", "run", "recordings", "drive", "backups"):
            (self.place / name).mkdir(parents=True)
        (self.place / "run").chmod(0o700)
        self.make_calls()
        self.make_programs()
        self.start_services()
        self.settings, self.jobs = crontab.read(ROOT / "pipelines/crontab")
        self.ran = collections.Counter()
        self.statuses = collections.Counter()
        self.mail = []
        self.idle = collections.Counter()
        self.folder_changed = False
        self.prey = None
        self.killed = []
        self.alerts = {}
        self.known = {}
        self.rules = {}
        self.problems = []
        self.alarms = []

    def make_calls(self):
        """Two weeks of calls around the first day, so that half of them are still to come."""
        calls = self.place / "calls"
        subprocess.run(
            [ROOT / "Tests/demo/dataset.py", calls, "--calls", str(self.options.calls),
             "--seed", self.options.seed,
             "--now", fakehttp.rfc3339(FIRST + datetime.timedelta(days=DAYS))],
            check=True, stdout=subprocess.DEVNULL)

    def make_programs(self):
        """An engine that hears the same in every call, and a date that follows the clock.

        What it hears has the word that call-doctor expects of an engine that works.
        """
        programs = {
            "whisper-cli": """
                while [ $# -gt 0 ]; do
                    [ "$1" = -f ] && printf '{"result":{"language":"en"},"transcription":[{
                        "offsets":{"from":0,"to":900},"text":" Hello, country."}]}' > "$2.json"
                    shift
                done""",
            "date": 'exec /bin/date -d "$CALLPIPE_NOW" "$@"'}
        for name, text in programs.items():
            program = self.place / "bin" / name
            program.write_text(f"#!/bin/bash\n{text}\n")
            program.chmod(0o755)
        (self.place / "ggml-base.en.bin").write_text("model")
        (self.place / ".env").write_text("REQUEST_TIMEOUT=20\n")

    def start_services(self):
        """Both fakes in this process, so that their clocks and the kills are at hand."""
        calls = self.place / "calls"
        plenty = ["--heavy-limit", "100000", "--light-limit", "100000", "--auth-limit", "100000"]
        self.ringcentral = ringcentral.RingCentral(
            ringcentral.options_of(
                ["--calls", str(calls / "calls.ndjson"), "--audio", str(calls / "audio"),
                 "--retention-days", str(RETENTION), *plenty]), fakehttp.Clock())
        self.drive = drive.Drive(
            drive.options_of(["--state", str(self.place / "drive"), "--key-file-out",
                              str(self.place / "service-account.json")]), fakehttp.Clock())
        self.channels = alert_services.AlertServices()
        for service in (self.ringcentral, self.drive, self.channels):
            self.watch(service)
            fakehttp.Server(service).start()

    def watch(self, service):
        """Kill the prey when the request comes by that it is to die at."""
        serve = service.serve

        def watched(request):
            reply = serve(request)
            prey = self.prey
            if prey and prey["service"] is service and request.operation == prey["operation"]:
                prey["left"] -= 1
                if prey["left"] == 0:
                    self.killed.append(prey["job"])
                    kill_session(prey["session"])
            return reply
        service.serve = watched

    def environment(self, moment):
        """The crontab's settings, with this place instead of the production's."""
        replaced = {
            "HOME": str(self.place), "PIPELINES": str(ROOT / "pipelines"),
            "RECORDINGS": str(self.place / "recordings"), "BACKUPS": str(self.place / "backups"),
            "METRICS": str(self.place / "callpipe.prom"),
            "XDG_RUNTIME_DIR": str(self.place / "run"),
            "PATH": f"{self.place}/bin:{self.options.bin}:{self.settings['PATH']}"}
        unknown = set(replaced) - set(self.settings)
        if unknown:
            sys.exit(f"week.py: the crontab does not set {', '.join(sorted(unknown))}")
        day = (moment - FIRST).days
        full = {"CALLPIPE_MIN_FREE": "7P"} if FULL[0] <= (day, moment.hour) < FULL[1] else {}
        channels = self.channels.ready()
        return {
            **self.settings, **replaced, **full, "LC_ALL": "C.UTF-8",
            "CALLPIPE_ALERT_TO": "slack: ntfy:", "SLACK_WEBHOOK_URL": channels["slack"],
            "NTFY_URL": channels["url"], "NTFY_TOPIC": channels["topic"],
            "CALLPIPE_NOW": fakehttp.rfc3339(moment),
            "CALLPIPE_BACKOFF_SCALE": "0.01", "CALLPIPE_HTTP_ATTEMPTS": "2",
            "WHISPER_MODEL": str(self.place / "ggml-base.en.bin"), "PATH_FIRST": "1",
            "RINGCENTRAL_SERVER_URL": self.ringcentral.url, "RINGCENTRAL_CLIENT_ID": "fake-client",
            "RINGCENTRAL_CLIENT_SECRET": "fake-secret", "RINGCENTRAL_JWT_TOKEN": "fake-jwt",
            "GOOGLE_API_URL": self.drive.url, "GOOGLE_DRIVE_FOLDER_ID": self.drive.folder,
            "GOOGLE_SERVICE_ACCOUNT_FILE": str(self.place / "service-account.json"),
            "GOOGLE_WRITES_PER_SECOND": "100000"}

    # The week.

    def live(self):
        """All of it, minute by minute."""
        self.set_clocks(FIRST)
        # The operator begins with the past, as the README says.
        self.wait([self.start("backfill", '"$PIPELINES/backfill.sh" 14', FIRST)])
        for moment in crontab.minutes(FIRST, DAYS):
            day, hour = (moment - FIRST).days, moment.hour
            if moment.minute == 0 and hour in (9, 14):
                self.record(moment)
            if day in OFF:
                continue
            if moment.minute == 0 and (day, hour) in FAULTS:
                self.set_faults(*FAULTS[day, hour])
            if moment.minute == 0 and (day, hour) in REVOKED:
                self.change_key()
            due = [job for job in self.jobs if job.is_due(moment) and self.has_reason(job, moment)]
            if due:
                self.set_clocks(moment)
                self.wait([self.start(job.name, job.command, moment, day) for job in due])
            if (hour, moment.minute) == (5, 30):
                self.look(day, moment)

    def set_clocks(self, moment):
        """One time for everybody."""
        for service in (self.ringcentral, self.drive):
            service.clock.set(moment)

    def change_key(self):
        """RingCentral refuses the key that is set, or takes it again."""
        options = self.ringcentral.options
        options.jwt = "fake-jwt" if options.jwt != "fake-jwt" else "another-jwt"

    def set_faults(self, name, faults):
        """Begin or end them."""
        service = getattr(self, name)
        if faults:
            service.faults.add(faults)
            self.rules |= {id(rule): rule for rule in service.faults.rules}
        else:
            service.faults.clear()

    def record(self, moment):
        """A new recording in the folder, written a while ago."""
        source = sorted((self.place / "calls/audio").glob("*.wav"))[self.ran["recorded"] % 5]
        name = f"6505550100_101_{moment:%Y%m%d-%H%M%S}.wav"
        target = self.place / "recordings" / name
        # What is heard the same is the same recording, so each has a few bytes of its own.
        target.write_bytes(source.read_bytes() + name.encode())
        written = (moment - datetime.timedelta(minutes=5)).timestamp()
        os.utime(target, (written, written))
        self.ran["recorded"] += 1
        self.folder_changed = True

    def has_reason(self, job, moment):
        """Whether a job of many starts is run at this one."""
        if job.starts_a_day < OFTEN or self.has_work(job.name, moment):
            return True
        # Two runs close together would begin alerts that have to hold for a while.
        if job.name == "alerts":
            return False
        self.idle[job.name] += 1
        return self.idle[job.name] % self.options.idle == 0

    def has_work(self, name, moment):
        """What the folder or the checkpoint says."""
        if name == "sync":
            changed, self.folder_changed = self.folder_changed, False
            return changed
        # Only jobs change the checkpoint, and these two look at no clock.
        wanted = {"queue": "pending", "process": "queued"}.get(name)
        if wanted:
            if name not in self.known:
                self.known[name] = self.count(
                    f"stage = 'transcribe' AND status = '{wanted}'") > 0
            return self.known[name]
        now = fakehttp.rfc3339(moment)
        if name == "catch-up":
            return self.is_overdue(moment)
        if name == "health":
            return moment.hour % 6 == 0
        if name == "metrics":
            return False
        if name == "alerts":
            return moment.minute == 40 or (moment.day, moment.hour) == BACK and moment.minute == 5
        return self.count("status IN ('pending', 'queued') AND ifnull(not_before, '') <= ? AND "
                          "call IN (SELECT call FROM outcomes WHERE stage = 'upload')", now) > 0

    def is_overdue(self, moment):
        """The last whole list ended more than 26 hours ago."""
        with sqlite3.connect(f"file:{self.place}/state.db?mode=ro", uri=True) as state:
            [listed] = state.execute(
                "SELECT max(listed_until) FROM listings").fetchone() or (None,)
        return not listed or listed < fakehttp.rfc3339(moment - datetime.timedelta(hours=26))

    def count(self, condition, *values):
        """Outcomes of a kind."""
        with sqlite3.connect(f"file:{self.place}/state.db?mode=ro", uri=True) as state:
            return state.execute(f"SELECT count(*) FROM outcomes WHERE {condition}",
                                 values).fetchone()[0]

    def start(self, name, command, moment, day=None):
        """Begin a job in a session of its own, as cron does."""
        output = self.place / "output" / f"{moment:%d-%H%M}-{name}"
        output.parent.mkdir(exist_ok=True)
        with output.open("wb") as file:
            process = subprocess.Popen(
                [self.settings["SHELL"], "-c", command], cwd=self.place,
                env=self.environment(moment), stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True)
        kill = KILLS.get((day, name))
        if kill and (day, name) not in self.killed:
            self.prey = {"service": getattr(self, kill[0]), "operation": kill[1], "left": kill[2],
                         "session": process.pid, "job": (day, name)}
        return name, process, output, moment

    def wait(self, started):
        """The end of all of them; what a job says is mailed."""
        for name, process, output, moment in started:
            status = process.wait(300)
            self.ran[name] += 1
            self.statuses[name, status] += 1
            text = output.read_text(errors="replace")
            if text:
                self.mail.append((moment, name, status, text))
        self.prey = None
        self.known.clear()

    def run(self, command, moment):
        """A command of the operator's."""
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {command}"], cwd=self.place,
            env=self.environment(moment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False)

    def look(self, day, moment):
        """The alerts of a morning."""
        told = self.run("state-summary --alerts --format json", moment)
        names = {json.loads(line)["name"] for line in told.stdout.splitlines()}
        if told.returncode != (1 if names else 0):
            self.wrong(f"state-summary ended with {told.returncode}: {told.stderr}")
        self.alerts[day] = sorted(names)
        if day in ALERTS and not (ALERTS[day] <= names if ALERTS[day] else not names):
            self.wrong(f"day {day}: the alerts are {sorted(names)}, not {sorted(ALERTS[day])}")

    def wrong(self, text):
        """Something that should not be."""
        self.problems.append(text)

    # The end.

    def judge(self):
        """Nothing is missing, stuck or there twice; the mail tells of what went wrong, no more."""
        end = FIRST + datetime.timedelta(days=DAYS)
        self.set_clocks(end)
        gaps = self.run(f"rc-list --days {RETENTION - 1} | state-gaps --against - --stage upload "
                        "--settle 24h", end)
        if gaps.returncode or gaps.stdout:
            self.wrong(f"state-gaps ended with {gaps.returncode}: {gaps.stdout}{gaps.stderr}")
        self.look(DAYS, end)
        now = fakehttp.rfc3339(end)
        with sqlite3.connect(f"file:{self.place}/state.db?mode=ro", uri=True) as state:
            leases = state.execute("SELECT count(*) FROM leases").fetchone()[0]
            stuck = state.execute(
                "SELECT c.id, o.stage, o.status, o.error_kind FROM outcomes AS o "
                "JOIN calls AS c ON c.number = o.call WHERE o.status NOT IN ('completed', "
                "'skipped') AND (o.not_before IS NULL OR o.not_before <= ?)", (now,)).fetchall()
            done = dict(state.execute("SELECT c.source || ' ' || o.stage, count(*) FROM outcomes "
                                      "AS o JOIN calls AS c ON c.number = o.call "
                                      "WHERE o.status = 'completed' GROUP BY 1"))
        if leases or stuck:
            self.wrong(f"{leases} leases are left, and stuck are {stuck}")
        if done.get("dir transcribe") != self.ran["recorded"]:
            self.wrong(f"of {self.ran['recorded']} recordings of the folder, "
                       f"{done.get('dir transcribe')} are transcribed")
        files = collections.Counter(
            file["name"] for file in self.drive.files.values()
            if file["mimeType"].startswith("audio/") and not file.get("trashed"))
        twice = [name for name, count in files.items() if count > 1]
        if twice or len(files) != done.get("ringcentral upload"):
            self.wrong(f"{len(files)} audio files on the Drive, twice {twice}; {done}")
        backups = len(list((self.place / "backups").glob("callpipe_*.db.gz")))
        nights = DAYS - len(OFF)
        # The night without room has none.
        if backups < nights - 1:
            self.wrong(f"{backups} backups of {nights} nights")
        self.judge_calls(end)
        self.judge_alarms()
        for rule in self.rules.values():
            if not rule.fired:
                self.wrong(f"the fault has not struck: {rule.spec}")
        for key in KILLS:
            if key not in self.killed:
                self.wrong(f"{key} was not killed")
        heads = sum(name == "anchor" and "hash" in text for _, name, _, text in self.mail)
        if heads != nights:
            self.wrong(f"{heads} heads of the audit chain went away in {nights} nights")
        for moment, name, status, text in self.mail:
            if status in (0, 75) and name not in ("backfill", "anchor", "alerts"):
                self.wrong(f"{name} of {moment} said with {status}: {text}")
        return done

    def judge_calls(self, end):
        """Every recording of the weeks is stored, also those from when the machine was off."""
        text = (self.place / "calls/calls.ndjson").read_text()
        recordings = {
            f"rc:{leg['recording']['id']}"
            for call in map(json.loads, text.splitlines())
            for leg in [call, *call.get("legs", [])] if "recording" in leg
            if FIRST <= fakehttp.parse_time(call["startTime"]) < end - datetime.timedelta(days=1)}
        with sqlite3.connect(f"file:{self.place}/state.db?mode=ro", uri=True) as state:
            stored = {row[0] for row in state.execute(
                "SELECT c.id FROM outcomes AS o JOIN calls AS c ON c.number = o.call "
                "WHERE o.stage = 'upload' AND o.status = 'completed'")}
        if not recordings or recordings - stored:
            self.wrong(f"of {len(recordings)} recordings {len(recordings - stored)} are not stored")

    def judge_alarms(self):
        """Each trouble was told once and its end once, by every channel."""
        with sqlite3.connect(f"file:{self.place}/state.db?mode=ro", uri=True) as state:
            fired = state.execute(
                "SELECT number, rule, fired_at, resolved_at FROM alerts WHERE fired_at IS NOT NULL "
                "ORDER BY number").fetchall()
            messages = collections.Counter(state.execute(
                "SELECT alert, event, channel, status FROM alert_messages").fetchall())
        self.alarms = [(rule, at, over) for _, rule, at, over in fired]
        begun = dict(collections.Counter(rule for rule, _, _ in self.alarms))
        if begun != ALARMS:
            self.wrong(f"the alerts that began are {begun}, not {ALARMS}")
        for number, rule, at, over in fired:
            if not over:
                self.wrong(f"the alert {rule} has no end")
            # What began and ended while Slack took nothing is no news any more.
            missed = SILENT[0] <= at and (over or "") <= SILENT[1]
            for channel, times in (("ntfy", 1), ("slack", 0 if missed else 1)):
                for event in ("firing", "resolved"):
                    sent = messages[number, event, channel, "sent"]
                    if sent != times and rule != f"channel.{channel}":
                        self.wrong(f"{channel} was told {event} of {rule} {sent} times, not {times}")
        if messages and any(key[3] == "open" for key in messages):
            self.wrong(f"messages are left: {messages}")

    def report(self, done, seconds):
        """What became of the week."""
        jobs = ", ".join(f"{name} {count}" for name, count in sorted(self.ran.items()))
        ends = collections.Counter()
        for (_, status), count in self.statuses.items():
            ends[status] += count
        print(f"week: {jobs}; ended with "
              + ", ".join(f"{status}: {count}" for status, count in sorted(ends.items())))
        print(f"week: {len(self.killed)} runs killed, {len(self.mail)} mails; completed "
              + ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
        for day, names in sorted(self.alerts.items()):
            print(f"week: alerts on the morning of day {day}: {', '.join(names) or 'none'}")
        for rule, at, over in self.alarms:
            print(f"week: alert {rule} from {at[:16]} to {(over or '-')[:16]}")
        for text in self.problems:
            print(f"week: WRONG: {text}", file=sys.stderr)
        print(f"week: {'wrong' if self.problems else 'no gap, nothing stuck'}, {seconds:.0f} s")


def main():
    """Live the week."""
    parser = argparse.ArgumentParser(description="A week of the schedules against the fakes.")
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="where the tools are")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / ".build/week")
    parser.add_argument("--idle", type=int, default=1440, help="run idle jobs every Nth time only")
    parser.add_argument("--calls", type=int, default=84, help="calls in four weeks")
    parser.add_argument("--seed", default="1", help="the same seed makes the same calls")
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    began = time.monotonic()
    week = Week(options)
    week.live()
    done = week.judge()
    week.report(done, time.monotonic() - began)
    sys.exit(1 if week.problems else 0)


if __name__ == "__main__":
    main()
