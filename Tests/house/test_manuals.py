#!/usr/bin/env python3
"""test_manuals.py: no manual is forgotten, and what the manuals say of tools is there."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUALS = {path.name: path.read_text() for path in sorted((ROOT / "man").iterdir())}
OVERVIEW = MANUALS["callpipe.7"]


class ManualsTest(unittest.TestCase):
    def test_the_overview_names_every_manual(self):
        see_also = OVERVIEW[OVERVIEW.index(".Sh SEE ALSO"):]
        for manual in MANUALS.keys() - {"callpipe.7"}:
            name, section = manual.rsplit(".", 1)
            self.assertIn(f".Xr {name} {section}", see_also)
            if section == "1":
                self.assertRegex(OVERVIEW, rf"\n\.It Xr {name} 1 Ta [a-z]")

    def test_the_readme_names_every_tool_and_format(self):
        readme = (ROOT / "README.md").read_text()
        for manual in MANUALS:
            name, section = manual.rsplit(".", 1)
            if section in "15":
                self.assertRegex(readme, rf"`{name}[ `,]|{name}`|man 5\s+{name}", manual)

    def test_a_stage_in_a_manual_of_a_tool_has_a_tool(self):
        sources = "".join(path.read_text() for path in ROOT.glob("Sources/tools/*/*/main.swift"))
        stages = set(re.findall(r'stage: "(\w+)"', sources)) - {"delete"}
        self.assertIn("upload", stages)
        for stage in stages:
            self.assertRegex(MANUALS["callpipe-state.5"], rf"\.Li .*\b{stage}\b")
        text = (ROOT / "Sources/engines/checkpoint/Checkpoint/Stage.swift").read_text()
        known = set(re.search(r"\n    case (fetch, .*)\n", text)[1].split(", "))
        self.assertLessEqual(stages, known)
        for stage in known - stages:
            for manual in ("state-todo.1", "state-mark.1", "state-next.1", "state-show.1"):
                self.assertNotRegex(MANUALS[manual], rf"\b{stage} ,", manual)

    def test_a_member_that_has_a_name_of_its_own_in_reports_is_described(self):
        source = (ROOT / "Sources/engines/checkpoint/CheckpointReports/Fields.swift").read_text()
        text = re.search(r"static let members = \[(.*?)\]", source, re.DOTALL)[1]
        members = re.findall(r'"(\w+)"', text)
        self.assertIn("uploads", members)
        shown = re.search(r"\n\.It Members of the record\n(.*?)\nand their", MANUALS["state-show.1"],
                          re.DOTALL)[1]
        self.assertEqual(re.sub(r"\.Li|,", " ", shown).split(), members)
        rows = re.findall(r"\n\.It Li (.*?) Ta", MANUALS["callpipe-record.5"])
        self.assertLessEqual(set(members), set(re.split(r"[ ,]+", " ".join(rows))))

    def test_an_example_that_counts_claims_nothing(self):
        for manual, text in MANUALS.items():
            for line in text.splitlines():
                if "wc -l" in line and re.search(r"state-(todo|next)", line):
                    self.assertRegex(line, r"state-(todo|next) (-n|--dry-run) ", manual)

    def test_what_is_said_of_addresses_names_the_trusted_hosts(self):
        for manual, text in MANUALS.items():
            if "https has to be" in text or "Without it http is" in text:
                self.assertIn("CALLPIPE_HTTP_HOSTS", text, manual)


if __name__ == "__main__":
    unittest.main()
