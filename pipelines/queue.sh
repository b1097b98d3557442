#!/bin/bash
# queue.sh: queue what waits for a transcript; the second of the folder trio.
#
#   queue.sh [-n] [LIMIT]        1000 when none is given
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-show --stage transcribe --status pending --limit "${1:-1000}" |
    state-mark "${dry[@]}" transcribe --status queued >/dev/null || worst "${PIPESTATUS[@]}"
