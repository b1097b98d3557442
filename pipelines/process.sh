#!/bin/bash
# process.sh: transcribe the oldest recording that is queued, or else one that failed; the last of
# the folder trio.
#
#   process.sh [-n] [LIMIT]      1 when none is given
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-next "${dry[@]}" transcribe --limit "${1:-1}" --failed-too |
    heard >/dev/null || worst "${PIPESTATUS[@]}"
