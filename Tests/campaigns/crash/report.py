"""The report: what was killed where, how often it struck, and what was wrong then."""

import collections
import json

from place import KINDS


class Report:
    """Gathers results and writes them down."""

    def __init__(self, folder):
        self.folder = folder
        self.tried = collections.Counter()
        self.struck = collections.Counter()
        self.wrong = collections.Counter()
        self.scenes = collections.defaultdict(collections.Counter)
        self.violations = []
        self.runs = 0
        self.journal = open(folder / "kills.ndjson", "w", encoding="utf-8")

    def add(self, result):
        """One round of kills."""
        self.runs += result["runs"]
        for kill, struck, thing in result["kills"]:
            cell = (kill.tool or "whole group", kill.kind)
            self.tried[cell] += 1
            self.struck[cell] += struck
            self.wrong[cell] += bool(result["violations"])
            scene = self.scenes[kill.scene]
            scene["tried"] += 1
            scene["struck"] += struck
            scene["reboots"] += kill.reboots and struck
            scene["violated"] += bool(result["violations"])
            self.journal.write(json.dumps(
                {**vars(kill), "struck": struck, "at": thing,
                 "violations": result["violations"]}) + "\n")
        self.journal.flush()
        for violation in result["violations"]:
            self.violations.append((violation, [str(kill) for kill, *_ in result["kills"]],
                                    result["evidence"]))

    def text(self, facts):
        """All of it, for people."""
        tried, struck = sum(self.tried.values()), sum(self.struck.values())
        lines = [f"Crash campaign: {struck} of {tried} kills struck; {self.runs} runs, {facts}", ""]
        kinds = [kind for kind in (*KINDS, "time") if any(cell[1] == kind for cell in self.tried)]
        tools = sorted({cell[0] for cell in self.tried}) + ["all"]
        width = max(map(len, tools))
        lines.append(" " * width + "".join(f"{kind:>10}" for kind in [*kinds, "all"]))
        for tool in tools:
            cells = []
            for kind in [*kinds, "all"]:
                chosen = [cell for cell in self.tried
                          if tool in (cell[0], "all") and kind in (cell[1], "all")]
                cells.append(self.cell(chosen))
            lines.append(f"{tool:{width}}" + "".join(f"{cell:>10}" for cell in cells))
        lines += ["", "struck/tried; ! marks kills whose round ended in a violation.", ""]
        for name, scene in self.scenes.items():
            lines.append(f"scene {name}: {scene['struck']} of {scene['tried']} kills struck, "
                         f"{scene['reboots']} with a reboot, {scene['violated']} in rounds with a "
                         "violation")
        for number, (violation, kills, evidence) in enumerate(self.violations, 1):
            lines += ["", f"VIOLATION {number}: {violation}"]
            lines += [f"    after {kill}" for kill in kills]
            lines.append(f"    evidence in {evidence}")
        lines += ["", "nothing lost, nothing twice, nothing stuck, nothing broken"
                  if not self.violations else f"{len(self.violations)} violations"]
        return "\n".join(lines) + "\n"

    def cell(self, chosen):
        """struck/tried of some cells together."""
        tried = sum(self.tried[cell] for cell in chosen)
        if not tried:
            return "-"
        mark = "!" if any(self.wrong[cell] for cell in chosen) else ""
        return f"{sum(self.struck[cell] for cell in chosen)}/{tried}{mark}"

    def write(self, text):
        """Keep it."""
        (self.folder / "report.txt").write_text(text, encoding="utf-8")
