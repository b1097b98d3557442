#!/usr/bin/env python3
"""map.py [--check] <DESCRIPTION: the architecture, computed from `swift package describe --type json`.

Prints the rows from the top down, a line a module with the arrows that leave it. With --check it
prints nothing, says on standard error which arrows are forbidden, and then ends with 1.

The folders below Sources are the rows. An arrow may point to a lower row. Inside a row it may point
only where the row is ordered, and there only to a module that stands before it. Swift code that is
marked `unsafe` stands in System and in the modules that import a C library, and nowhere else.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNSAFE = re.compile(r"^(?!\s*//).*\bunsafe\b", re.MULTILINE)

ROWS = ["fences", "ground", "engines", "services", "tools"]
# Modules of an ordered row: each may use those before it.
ORDERED = [
    ["ground/System", "ground/Crypto", "ground/Gzip", "ground/DecodeWire", "ground/Records",
     "ground/Zones", "ground/Files", "ground/Filter"],
    ["engines/Audio", "engines/Patterns", "engines/Rules", "engines/Transcripts",
     "engines/Redaction", "engines/Muting"],
    ["engines/Tables", "engines/Links"],
    ["services/speech/SpeechService", "services/speech/OpenAI", "services/speech/Deepgram",
     "services/speech/WhisperX", "services/speech/SpeechPrograms"],
    ["engines/checkpoint/CheckpointSchema", "engines/checkpoint/Checkpoint",
     "engines/checkpoint/CheckpointSchedule",
     "engines/checkpoint/CheckpointReports", "engines/checkpoint/CheckpointPeriods",
     "engines/checkpoint/CheckpointSearch", "engines/checkpoint/CheckpointBackup",
     "engines/checkpoint/CheckpointRetention", "engines/checkpoint/CheckpointMerge",
     "engines/checkpoint/CheckpointCheck", "engines/checkpoint/CheckpointFigures",
     "engines/checkpoint/CheckpointAccess", "engines/checkpoint/CheckpointPages",
     "engines/watch/Checks", "engines/watch/Machine", "engines/watch/Health",
     "engines/watch/Diagnosis", "engines/watch/Metrics", "engines/watch/Alerts",
     "engines/web/CGI", "engines/web/Dashboard", "engines/web/API"],
    ["engines/Documents", "engines/web/Dashboard"],
    ["engines/Documents", "engines/Transcripts", "engines/Speech", "engines/SpeechReplies",
     "engines/Formats", "engines/Stitching"],
    ["services/alert/AlertService", "services/alert/Alertmanager", "services/alert/Healthchecks",
     "services/alert/Mail", "services/alert/Ntfy", "services/alert/PagerDuty",
     "services/alert/SendGrid", "services/alert/Slack", "services/alert/Teams",
     "services/alert/Webhook"],
]


class Module:
    def __init__(self, description):
        self.name = description["name"]
        self.place = description["path"].removeprefix("Sources/")
        self.uses = sorted(description.get("target_dependencies", []))
        self.sources = [f"{description['path']}/{name}" for name in description.get("sources", [])]
        self.row, *group = self.place.split("/")[:-1]
        self.group = "/".join(group)

    def has_unsafe_code(self):
        return any(UNSAFE.search((ROOT / source).read_text())
                   for source in self.sources if source.endswith(".swift"))

    def may_use(self, other):
        if other.row != self.row:
            return ROWS.index(other.row) < ROWS.index(self.row)
        for order in ORDERED:
            if self.place in order and other.place in order:
                return order.index(other.place) < order.index(self.place)
        return False


def faults(modules):
    """The sentences about what the rows forbid."""
    by_name = {module.name: module for module in modules}
    for module in modules:
        if module.row not in ROWS:
            yield f"{module.name} lies in Sources/{module.row}, which is no row"
            continue
        wraps = any(by_name[name].row == "fences" for name in module.uses)
        if not wraps and module.has_unsafe_code():
            yield f"{module.name} has unsafe code, which is for System and the importers of C libraries"
        for other in (by_name[name] for name in module.uses):
            if other.row not in ROWS:
                continue
            if not module.may_use(other):
                way = "sideways" if other.row == module.row else "up"
                yield f"{module.name} ({module.place}) points {way} to {other.name} ({other.place})"
            if other.name == "Filter" and module.row != "tools":
                yield f"{module.name} uses Filter, which is for tools"
            if other.row == "fences" and module.row in ("services", "tools"):
                yield f"{module.name} uses the C library behind {other.name}, which an engine wraps"
    for fence in (module for module in modules if module.row == "fences"):
        users = sorted(module.name for module in modules if fence.name in module.uses)
        if len(users) != 1:
            yield f"{fence.name} is imported by {', '.join(users) or 'no module'}, not by one"


def picture(modules):
    """The rows from the top down; in an ordered row each module comes after those it may use."""
    order = {place: number for row in ORDERED for number, place in enumerate(row)}
    lines = []
    for row in reversed(ROWS):
        lines.append(row)
        inside = [module for module in modules if module.row == row]
        for group in sorted({module.group for module in inside}):
            if group:
                lines.append(f"  {group}/")
            for module in sorted((module for module in inside if module.group == group),
                                 key=lambda module: (order.get(module.place, 0), module.name)):
                indent = "    " if group else "  "
                uses = " ".join(name for name in module.uses if name not in ("Records", "System"))
                lines.append(f"{indent}{module.name:<22}{'-> ' + uses if uses else ''}".rstrip())
        lines.append("")
    return "\n".join(lines).rstrip()


def main():
    described = json.load(sys.stdin)["targets"]
    modules = [Module(target) for target in described if target["path"].startswith("Sources/")]
    if "--check" not in sys.argv[1:]:
        print(picture(modules))
        return
    found = list(faults(modules))
    for fault in found:
        print(f"fence: {fault}", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
