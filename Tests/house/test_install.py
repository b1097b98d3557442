#!/usr/bin/env python3
"""test_install.py: what `make install` brings is enough for the schedules, tried from nothing.

The files that need no build are installed into an empty root. systemd's own programs make the user
and the directories there, and read the units.
"""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = "var/lib/callpipe"


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, text=True, capture_output=True)


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.place.name)
        run("make", "-s", "install-data", f"DESTDIR={cls.root}", "PREFIX=/usr/local")
        cls.units = cls.root / "usr/local/lib/systemd/system"
        cls.all_services = sorted(cls.units.glob("*.service"))
        # A template is started by another unit, never by a timer.
        cls.services = [path for path in cls.all_services if "@" not in path.name]

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def values(self, service, name):
        text = service.read_text().replace("\\\n", "")
        return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)

    def test_every_service_has_a_timer_that_can_be_enabled(self):
        self.assertGreaterEqual(len(self.services), 9)
        for service in self.services:
            self.assertEqual(self.values(service, "Also"), [f"{service.stem}.timer"])
            timer = (self.units / f"{service.stem}.timer").read_text()
            self.assertIn("[Install]\nWantedBy=timers.target\n", timer)

    def test_the_prompts_and_the_rules_are_installed_as_they_are(self):
        share = self.root / "usr/local/share/callpipe"
        prompts = sorted((ROOT / "pipelines/prompts").iterdir())
        self.assertGreaterEqual(len(prompts), 10)
        for path in [*prompts, ROOT / "pipelines/rules.ndjson"]:
            installed = share / path.relative_to(ROOT / "pipelines")
            self.assertEqual(installed.read_bytes(), path.read_bytes())

    def test_all_services_are_confined_alike(self):
        blocks = set()
        for service in self.all_services:
            text = service.read_text()
            block = text[text.index("# Nothing of this is needed.\n"):text.index("UMask=0077\n")]
            blocks.add(block.replace("@system-service seccomp\n", "@system-service\n"))
            for name in ("MemoryMax", "CPUQuota", "TimeoutStartSec"):
                self.assertEqual(len(self.values(service, name)), 1, f"{service.name}: {name}")
            # One unit has to see that a process of another lives, or it would take its records.
            for name in ("PrivateUsers", "PrivatePIDs", "ProcSubset"):
                self.assertEqual(self.values(service, name), [], service.name)
        self.assertEqual(len(blocks), 1)

    def test_a_failed_unit_tells_the_channels_and_not_without_end(self):
        for service in self.services:
            self.assertEqual(self.values(service, "OnFailure"), ["callpipe-alert@%n.service"])
        teller = self.units / "callpipe-alert@.service"
        self.assertEqual(self.values(teller, "OnFailure"), [])
        self.assertEqual(self.values(teller, "StartLimitBurst"), ["1"])
        self.assertIn("%i failed", self.values(teller, "ExecStart")[0])

    def test_no_service_is_exposed_more_than_2_0(self):
        for service in self.all_services:
            outcome = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(service)],
                text=True, capture_output=True, check=False)
            self.assertEqual(outcome.returncode, 0, outcome.stdout)

    def test_a_recording_that_lands_starts_the_trio(self):
        def last(unit, name):
            return re.findall(rf"^{name}=(.*)$", (self.units / unit).read_text(), re.MULTILINE)[-1]
        self.assertEqual(last("callpipe-landed.path", "Unit"), "callpipe-landed.timer")
        self.assertEqual(last("callpipe-landed.timer", "Unit"), "callpipe-sync.service")
        # dir-list leaves out what changed in the last 60 seconds.
        self.assertGreater(int(last("callpipe-landed.timer", "OnActiveSec").rstrip("s")), 60)
        self.assertEqual(last("callpipe-sync.service", "OnSuccess"), "callpipe-queue.service")
        self.assertEqual(last("callpipe-queue.service", "OnSuccess"), "callpipe-process.service")
        self.assertIn("RECORDINGS=" + last("callpipe-landed.path", "PathChanged"),
                      self.values(self.units / "callpipe-sync.service", "Environment"))

    @unittest.skipUnless(os.geteuid() == 0, "logrotate changes the user only as root")
    def test_logs_are_rotated_and_no_line_is_lost(self):
        with tempfile.TemporaryDirectory() as place:
            place = pathlib.Path(place)
            place.chmod(0o700)
            text = (self.root / "usr/local/share/callpipe/logrotate").read_text()
            snippet = place / "snippet"
            snippet.write_text(text.replace("/var/lib/callpipe", str(place))
                               .replace("callpipe callpipe", "root root"))
            log = place / "callpipe.log"
            command = ["logrotate", "--state", str(place / "state"), str(snippet), "--force"]
            lines = []
            # Names with the time differ by the second; numbers take no waiting.
            dated = snippet.read_text()
            numbered = re.sub(r"    date(ext|format).*\n", "", dated)
            self.assertNotEqual(numbered, dated)
            snippet.write_text(numbered)
            for number in range(3):
                with log.open("a") as file:
                    file.write(f"line {number}\n")
                lines.append(f"line {number}")
                outcome = subprocess.run(command, text=True, capture_output=True, check=False)
                self.assertEqual((outcome.returncode, outcome.stderr), (0, ""))
                self.assertEqual((log.stat().st_mode & 0o7777, log.stat().st_size), (0o600, 0))
            kept = "".join(
                subprocess.run(["zcat", "-f", str(path)], text=True, capture_output=True,
                               check=True).stdout
                for path in sorted(place.glob("callpipe.log.*"), reverse=True))
            self.assertEqual(kept.split("\n")[:-1], lines)
            log.write_text("line\n")
            snippet.write_text(dated)
            self.assertEqual(subprocess.run(command, check=False).returncode, 0)
            # state-prune --logs knows these names, and --force works more than once a day.
            names = [path.name for path in place.glob("callpipe.log-*")]
            self.assertRegex("\n".join(names), r"\Acallpipe\.log-\d{8}-\d{10}\Z")

    def test_systemd_understands_the_units(self):
        # The programs are not built here, so their places are kept for them.
        for service in self.all_services:
            for program in re.findall(r"/usr/local/bin/[a-z-]+", service.read_text()):
                place = self.root / program[1:]
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text("#!/bin/sh\n")
                place.chmod(0o755)
        names = [str(path.relative_to(self.root)) for path in sorted(self.units.iterdir())]
        outcome = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *(str(self.root / name) for name in names)],
            text=True, capture_output=True, check=False)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        self.assertNotIn("Unknown", outcome.stderr)

    def test_what_the_services_run_is_installed(self):
        programs = {path.parent.name for path in ROOT.glob("Sources/tools/*/*/main.swift")}
        for service in self.all_services:
            [command] = self.values(service, "ExecStart")
            for path in re.findall(r"/usr/local/\S+", command):
                if "/bin/" in path:
                    self.assertIn(pathlib.Path(path).name, programs)
                else:
                    self.assertTrue(os.access(self.root / path[1:], os.X_OK), path)

    def test_jobs_are_runs(self):
        jobs = {"call-recording-processor", "callpipe-catch-up", "callpipe-retry", "callpipe-gaps",
                "callpipe-sync", "callpipe-queue", "callpipe-process"}
        for service in self.services:
            [command] = self.values(service, "ExecStart")
            self.assertEqual("state-run --name" in command, service.stem in jobs, command)

    def test_what_an_engine_may_need_is_allowed(self):
        for name in ("call-recording-processor", "callpipe-catch-up", "callpipe-retry",
                     "callpipe-gaps", "callpipe-process"):
            service = self.units / f"{name}.service"
            self.assertEqual(self.values(service, "PrivateNetwork"), [])
            self.assertEqual(
                self.values(service, "RestrictAddressFamilies"), ["AF_INET AF_INET6 AF_UNIX"])
            self.assertEqual(self.values(service, "EnvironmentFile"), ["-/etc/callpipe/env"])

    @unittest.skipUnless(os.geteuid() == 0, "only root makes users' directories")
    def test_the_user_and_the_directories_are_made(self):
        for _ in range(2):
            (self.root / "etc").mkdir(exist_ok=True)
            run("systemd-sysusers", f"--root={self.root}")
            run("systemd-tmpfiles", f"--root={self.root}", "--create")
        users = {line.split(":")[0]: line.split(":")
                 for line in (self.root / "etc/passwd").read_text().splitlines()}
        self.assertEqual(users["callpipe"][5], f"/{STATE}")
        self.assertIn("nologin", users["callpipe"][6])
        for service in self.services:
            self.assertEqual(self.values(service, "User"), ["callpipe"])
        number = int(users["callpipe"][2])
        for path, mode, owner in ((STATE, 0o700, number), ("run/callpipe", 0o700, number),
                                  ("etc/callpipe", 0o750, 0)):
            status = (self.root / path).stat()
            self.assertEqual((status.st_mode & 0o7777, status.st_uid), (mode, owner), path)
        settings = self.settings()[0]
        for name in ("HOME", "XDG_RUNTIME_DIR", "PIPELINES"):
            self.assertTrue((self.root / settings[name][1:]).is_dir(), name)

    def test_the_rules_of_prometheus_are_where_its_settings_look_for_them(self):
        share = self.root / "usr/local/share/callpipe/prometheus"
        [rules] = re.findall(r"^  - (/\S+)$", (share / "scrape.yml").read_text(), re.MULTILINE)
        self.assertEqual(self.root / rules[1:], share / "callpipe.rules.yml")
        for command in (["promtool", "check", "rules", str(self.root / rules[1:])],
                        ["amtool", "check-config", str(share / "alertmanager.yml")]):
            outcome = subprocess.run(command, text=True, capture_output=True, check=False)
            self.assertEqual(outcome.returncode, 0, outcome.stderr)

    def settings(self):
        """The settings of the crontab, and the lines of its jobs."""
        text = (self.root / "usr/local/share/callpipe/crontab").read_text()
        first, rest = text.split("\n\n", 1)
        return (dict(re.findall(r"^(\w+)=(.*)$", first, re.MULTILINE)),
                [line for line in rest.splitlines() if line and not line.startswith("#")])

    def test_the_first_lines_of_the_crontab_are_its_settings(self):
        settings, jobs = self.settings()
        self.assertEqual(len(jobs), len(self.services))
        for job in jobs:
            self.assertRegex(job, r"^[0-9*/]+ ")
            for name in re.findall(r"\$([A-Z_]+)", job):
                self.assertIn(name, settings)
        self.assertIn("SHELL", settings)
        # The units and cron share the token and the rate limit.
        self.assertEqual(settings["XDG_RUNTIME_DIR"], "/run/callpipe")

    def test_a_version_lies_beside_the_others_and_one_link_chooses(self):
        with tempfile.TemporaryDirectory() as place:
            prefix = pathlib.Path(place) / "opt/callpipe"
            options = [f"DESTDIR={place}", "PREFIX=/opt/callpipe", "INSTALL=install-data"]
            for revision in ("one", "two"):
                told = run("make", "-s", "upgrade", f"REVISION={revision}", *options).stdout
                self.assertIn("systemctl link /opt/callpipe/lib/systemd/system/*", told)
            names = [path.name.rpartition("-")[2] for path in sorted(prefix.glob("versions/*"))]
            self.assertEqual(names, ["one", "two"])
            unit = (prefix / "lib/systemd/system/callpipe-gaps.service").read_text()
            self.assertIn("/opt/callpipe/bin/state-run", unit)
            self.assertNotIn("/versions/", unit)
            used = prefix / "current"
            # An installation rolls back without the source.
            for back, revision in (([], "one"), (["PREFIX=/opt/callpipe"], "two")):
                command = ["-f", str(prefix / "share/callpipe/pipelines/operate.mk")] \
                    if not back else [f"DESTDIR={place}"]
                run("make", "-s", *command, *back, "rollback")
                self.assertTrue(os.readlink(used).endswith(f"-{revision}"), os.readlink(used))

    def test_the_next_steps_are_told_with_commands_that_fit(self):
        told = run("make", "-s", "next-steps", "PREFIX=/usr/local").stdout
        for timer in ("callpipe-drill", "callpipe-catch-up"):
            self.assertIn(timer.removeprefix("callpipe-"), told)
        for path in re.findall(r"/usr/local/\S+", told):
            self.assertTrue((self.root / path[1:]).exists(), path)
        for name in re.findall(r"/etc/callpipe/([a-z.-]+)", told):
            services = "".join(service.read_text() for service in self.services)
            self.assertIn(f"/etc/callpipe/{name}", services)
        self.assertNotIn("systemctl link", told)
        elsewhere = run("make", "-s", "next-steps", "PREFIX=/opt/x").stdout
        self.assertIn("systemctl link /opt/x/lib/systemd/system/*", elsewhere)


if __name__ == "__main__":
    unittest.main()
