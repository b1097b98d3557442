#!/usr/bin/env python3
"""test_runbook.py: the runbook has an entry for every operation of the replaced systems.

The numbers are those of the list of capabilities that callpipe was built by; a comment before each
entry of man/callpipe-operations.7 names the ones that it stands for.
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "man/callpipe-operations.7").read_text()
# Tools, options, pipelines and units for operators, by system and number.
ROWS = {
    0: [2, 5, 6, *range(8, 36), 37, 38, 39],
    1: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 17, 18, 19, 20, 24, 25, 26, 27, 31, 32, 33, 34,
        36],
    2: [3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
    3: [1, 5, 7, 8, 9, 10, 11, 13],
    4: [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 17, 18],
}


def entries():
    """(rows, text) of each entry that a comment introduces."""
    parts = re.split(r'^\.\\" rows? (.*)\n', PAGE, flags=re.MULTILINE)
    return list(zip((rows.split() for rows in parts[1::2]), parts[2::2]))


class RunbookTest(unittest.TestCase):
    def test_every_operation_of_the_replaced_systems_has_an_entry(self):
        told = {row for rows, _ in entries() for row in rows}
        wanted = {f"{system}.{row}" for system, rows in ROWS.items() for row in rows}
        self.assertEqual(sorted(wanted - told), [])
        self.assertEqual(sorted(told - wanted), [])

    def test_every_entry_has_a_command_or_says_what_it_comes_with(self):
        for rows, text in entries():
            entry = re.split(r"^\.(?:It|Sh|Ss) ", text, flags=re.MULTILINE)[1]
            self.assertRegex(entry, r"\.Dl |\.Bd |\bcomes? with the web pages\b", rows)

    def test_the_runbook_has_its_parts(self):
        for part in ("SYMPTOMS", "DISASTER RECOVERY", "SECURITY INCIDENTS", "INCIDENTS", "CONTACTS",
                     "VERSIONS"):
            self.assertIn(f"\n.Sh {part}\n", PAGE)


if __name__ == "__main__":
    unittest.main()
