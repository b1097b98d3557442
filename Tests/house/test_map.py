#!/usr/bin/env python3
"""test_map.py: the fence lets the architecture pass as it is, and stops a planted arrow.

Plants arrows in a copy of Package.swift, so that the whole way is tried: SwiftPM's description, the
rows, the verdict. Also holds the picture in Sources/README.md against the computed one.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAP = ROOT / "Tests/house/map.py"


def described(package):
    # SwiftPM leaves a folder behind where temporary files go.
    with tempfile.TemporaryDirectory() as scratch:
        return subprocess.run(
            ["swift", "package", "--package-path", package, "describe", "--type", "json"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": scratch}).stdout


def run_map(description, *options):
    return subprocess.run([sys.executable, "-B", MAP, *options], input=description,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Fence(unittest.TestCase):
    def plant(self, old, new):
        """What the fence says when a line of Package.swift reads otherwise."""
        manifest = (ROOT / "Package.swift").read_text()
        self.assertEqual(manifest.count(old), 1, f"Package.swift has no single {old!r}")
        with tempfile.TemporaryDirectory() as place:
            place = pathlib.Path(place)
            (place / "Package.swift").write_text(manifest.replace(old, new))
            for folder in ("Sources", "Tests"):
                (place / folder).symlink_to(ROOT / folder)
            verdict = run_map(described(place), "--check")
        self.assertEqual(verdict.stdout, b"")
        return verdict.returncode, verdict.stderr.decode()

    def test_passes_as_it_is(self):
        verdict = run_map(described(ROOT), "--check")
        self.assertEqual((verdict.returncode, verdict.stderr.decode()), (0, ""))

    def test_upward(self):
        status, said = self.plant(
            'library("engines", "Audio", [', 'library("engines", "Audio", ["RingCentral", ')
        self.assertEqual(status, 1)
        self.assertIn("Audio (engines/Audio) points up to RingCentral", said)

    def test_sideways_between_engines(self):
        status, said = self.plant(
            'library("engines", "Measures", [', 'library("engines", "Measures", ["HTTP", ')
        self.assertEqual(status, 1)
        self.assertIn("Measures (engines/Measures) points sideways to HTTP", said)

    def test_backwards_in_an_ordered_row(self):
        status, said = self.plant('library("ground", "Gzip", [', 'library("ground", "Gzip", ["Files", ')
        self.assertEqual(status, 1)
        self.assertIn("Gzip (ground/Gzip) points sideways to Files", said)

    def test_unsafe_code_without_a_c_library(self):
        status, said = self.plant('library("ground", "Gzip", ["CZlib"])', 'library("ground", "Gzip")')
        self.assertEqual(status, 1)
        self.assertIn("Gzip has unsafe code, which is for System and the importers of C", said)

    def test_two_importers_of_a_c_library(self):
        status, said = self.plant(
            'library("engines", "Audio", [', 'library("engines", "Audio", ["CFFmpeg", ')
        self.assertEqual(status, 1)
        self.assertIn("CFFmpeg is imported by Audio, Decoding, not by one", said)

    def test_the_frame_of_a_tool_below_the_tools(self):
        status, said = self.plant(
            'library("engines", "Audio", [', 'library("engines", "Audio", ["Filter", ')
        self.assertEqual(status, 1)
        self.assertIn("Audio uses Filter, which is for tools", said)


class Picture(unittest.TestCase):
    def test_the_map_is_current(self):
        text = (ROOT / "Sources/README.md").read_text()
        held = re.search(r"<!-- make map -->\n```\n(.*?)\n```", text, re.DOTALL)
        self.assertIsNotNone(held, "Sources/README.md has no picture after <!-- make map -->")
        self.assertEqual(
            held.group(1), run_map(described(ROOT)).stdout.decode().rstrip(),
            "put what `make map` prints into Sources/README.md")


if __name__ == "__main__":
    unittest.main()
