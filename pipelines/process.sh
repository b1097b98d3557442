#!/bin/bash
# process.sh: transcribe the oldest recording that is queued, or else one that failed; the last of
# the folder trio.
#
#   process.sh [LIMIT]      1 when none is given
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-next transcribe --limit "${1:-1}" --failed-too |
    transcribe |
    state-mark transcribe >/dev/null || worst "${PIPESTATUS[@]}"
