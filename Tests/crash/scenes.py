"""The scenes: what is killed, from which beginning, and what must be true then. One entry each."""

import dataclasses
import typing

import checks

FETCH = "rc-list --days 30 | state-todo fetch | rc-fetch | state-mark fetch"
HEAR = "transcribe | state-mark transcribe"
STORE = "drive-reserve | state-mark reserve | drive-upload | state-mark upload"


@dataclasses.dataclass(frozen=True)
class Scene:
    """One line of the table."""

    name: str
    # The line of bash that is killed.
    command: str
    # What is run undisturbed before, in an empty place.
    base: str = ""
    # What brings everything to the end; the same command, unless told.
    finish: str = ""
    # How large a part of the kills it gets.
    share: float = 1
    # Kills until the end is asked for.
    row: int = 3
    # The stages that are completed in the end.
    stages: tuple = checks.STAGES
    # Which calls: few, or few with a large one among them.
    calls: str = "few"
    # Programs without which there is no such scene yet.
    needs: tuple = ()
    # Statuses with which the finish may end.
    statuses: tuple = (0,)
    # More to be true after each kill and in the end: functions of the place, the ledger, the truth.
    after: typing.Callable = None
    end: typing.Callable = None


TABLE = [
    Scene("pipeline", command="$ROOT/pipelines/backfill.sh 30", share=10, row=4),
    Scene("large", command="$ROOT/pipelines/backfill.sh 30", share=2, calls="large"),
    Scene("fetch", command=f"{FETCH} >/dev/null", share=2, stages=("fetch",)),
]
