"""The scenes: what is killed, from which beginning, and what must be true then. One entry each."""

import dataclasses

import checks
import keeping

ALL = "$ROOT/pipelines/backfill.sh 3"
LIST = "rc-list --days 3"
FETCH = f"{LIST} | state-todo upload | rc-fetch | state-mark fetch"
HEAR = "transcribe | state-mark transcribe"
RESERVE = "drive-reserve | state-mark reserve"
RECORDS = "sqlite3 -readonly state.db 'SELECT record FROM calls'"
# A folder whose files are old enough to be taken.
INBOX = "mkdir inbox; cp $CALLS/audio/* inbox; touch -d '1 hour ago' inbox/*"


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
    # Which programs are killed; all of them, unless told.
    tools: tuple = ()
    # The part of the kills with which the machine starts anew.
    reboots: float = 0.1
    # What must be true after each kill, and in the end besides: functions of the place, the
    # checkpoint, what an undisturbed run led to, and the scene. The database is always
    # looked at, and so is what is left lying about.
    after: tuple = (checks.of_files, checks.of_marks)
    end: tuple = (checks.of_end, checks.of_leases, keeping.of_proofs)


TABLE = [
    Scene("pipeline", command=ALL, share=24, row=4),
    Scene("large", command=ALL, share=4, calls="large"),
    Scene("reboot", command=f"{FETCH} >/dev/null", share=2, calls="large", stages=("fetch",),
          tools=("rc-fetch",), reboots=1, row=2),
    Scene("folder", base=INBOX, command="$ROOT/pipelines/folder.sh inbox", share=4,
          stages=("transcribe", "reserve", "upload")),
    Scene("program", base=f"{FETCH} >fetched.ndjson", calls="one",
          command="transcribe --command 'printf %.0shello {wav}' <fetched.ndjson"
                  " | state-mark transcribe",
          stages=("fetch", "transcribe"), row=2),
    # Each program alone, between files.
    Scene("list", command=f"{LIST} >listed.ndjson", finish=ALL),
    Scene("todo", base=f"{LIST} >listed.ndjson", command="state-todo upload <listed.ndjson",
          finish=ALL),
    Scene("get", base=f"{LIST} | state-todo upload >due.ndjson",
          command="rc-fetch <due.ndjson >fetched.ndjson", finish=ALL),
    Scene("mark", base=f"{LIST} | state-todo upload | rc-fetch >fetched.ndjson",
          command="state-mark fetch <fetched.ndjson", finish=ALL),
    Scene("hear", base=f"{FETCH} >fetched.ndjson", command="transcribe <fetched.ndjson >heard.ndjson",
          finish=ALL),
    Scene("reserve", base=f"{FETCH} | {HEAR} >heard.ndjson",
          command="drive-reserve <heard.ndjson >reserved.ndjson", finish=ALL),
    Scene("store", base=f"{FETCH} | {HEAR} | {RESERVE} >reserved.ndjson",
          command="drive-upload <reserved.ndjson >stored.ndjson", finish=ALL),
    # The checkpoint as the source: what a killed run had claimed is due again at once.
    Scene("next", base=f"{FETCH} >fetched.ndjson", share=6, needs=("state-next",),
          command=f"state-next transcribe | {HEAR} >heard.ndjson && state-next upload | {RESERVE}"
                  " | drive-upload | state-mark upload"),
    # Two pipes at once, each a process group: one may die while the other goes on.
    Scene("two", share=4, finish=ALL, needs=("state-next",),
          command=f"setsid -w bash -c '{ALL}' & one=$!; {ALL}; wait $one"),
    # The folder's trio: what is new is noted, queued, and done.
    Scene("trio", base=INBOX, stages=("transcribe",), share=2,
          needs=("state-next", "state-show", "state-retry"),
          command="p=$ROOT/pipelines; $p/sync.sh inbox && $p/queue.sh && $p/process.sh 100"),
    # A run of its own group, under a program that notes how it went.
    Scene("run", command=f"state-run --name nightly -- {ALL}", needs=("state-run",), share=2),
    # A copy while a pipeline writes.
    Scene("busy", command=f"{ALL} & one=$!; state-backup backups; wait $one", share=2,
          after=(checks.of_files, checks.of_marks, keeping.of_whole_backups),
          finish=f"{ALL} && state-backup backups", needs=("state-backup",)),
    # What failed gets another chance.
    Scene("retry", base=f"{LIST} | state-todo upload | state-mark fetch --status failed", share=2,
          command="$ROOT/pipelines/retry.sh --stage fetch --reset-attempts",
          needs=("state-retry", "state-next")),
    # What is missing goes straight into the pipeline; to miss something is status 1.
    Scene("gaps", base="state-todo fetch </dev/null", needs=("state-gaps",), statuses=(0, 1),
          tools=("rc-list", "state-gaps"), finish=ALL,
          command=f"{LIST} | state-gaps --against - --stage upload | state-todo upload"
                  f" | rc-fetch | state-mark fetch | {HEAR} | {RESERVE}"
                  " | drive-upload | state-mark upload"),
    # Another host has done what this one has only begun.
    Scene("merge", base=f"{ALL} && mv state.db other.db && {FETCH}", share=2,
          command="state-merge other.db", finish=f"state-merge other.db && {ALL}",
          needs=("state-merge",), end=(checks.of_end, keeping.of_proofs)),
    # What keeps the checkpoint, and what takes away.
    Scene("delete", base=f"{ALL} && {RECORDS} >stored.ndjson", share=2,
          command="drive-delete <stored.ndjson >deleted.ndjson",
          after=(checks.of_files,), end=(keeping.of_deleted,), needs=("drive-delete",)),
    Scene("backup", base=f"mkdir config; echo a >config/a; {ALL} && state-backup backups", share=3,
          command="state-backup --keep 0s --with-config backups",
          after=(keeping.of_backups,), end=(keeping.of_backup_end,), needs=("state-backup",)),
    # No released version precedes this one: a test program brings the file to a made-up next one,
    # which the tools refuse, so that they prove nothing about it in the end.
    Scene("migrate", base=f"{FETCH} >fetched.ndjson", share=2, needs=("MigrationTool",),
          command="MigrationTool state.db",
          after=(keeping.of_migration,), end=(keeping.of_restored, keeping.of_migrated)),
    # Its totals are wrong, and its pages lie about.
    Scene("check", share=2, needs=("state-check",),
          base=f"{ALL} && sqlite3 state.db 'UPDATE tallies SET count = count + 7'",
          command="state-check --repair --vacuum --analyze"),
    Scene("restore", share=3, needs=("state-backup", "state-restore"),
          base=f"{ALL} && state-backup backups && echo '{{\"id\":\"t:1\"}}' | state-mark fetch",
          command="state-restore backups/callpipe_*.db.gz",
          after=(keeping.of_either,), end=(keeping.of_restored, keeping.of_proofs)),
    Scene("drill", base=f"{ALL} && state-backup backups", command="state-restore --drill",
          after=(), end=(keeping.of_restored,), needs=("state-backup", "state-restore")),
    Scene("hold", base=ALL, command=f"{RECORDS} | state-hold --reason case -",
          end=(checks.of_end, keeping.of_held, keeping.of_proofs), needs=("state-hold",)),
    Scene("prune", base=ALL, command="state-prune --audio --older-than 0s", share=3,
          after=(checks.of_files, keeping.of_copies), end=(keeping.of_pruned, keeping.of_proofs),
          needs=("state-prune",)),
    Scene("erase", base=ALL, share=3, needs=("drive-delete", "state-erase"),
          command=f"{RECORDS} | drive-delete | state-erase --reason request - >>certificates",
          after=(checks.of_files,), end=(keeping.of_erased, keeping.of_proofs)),
]
