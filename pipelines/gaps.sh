#!/bin/bash
# gaps.sh: compare the last DAYS days of the checkpoint with what RingCentral has.
#
#   gaps.sh [DAYS]               30 days when none are given
#   gaps.sh [-n] --feed [DAYS]   and bring what is missing to the Drive; -n changes nothing
#
# The counts of each day go to standard error. The recordings that are not on the Drive go to standard
# output, as records for `state-todo upload | ...`; with --feed to gaps.ndjson, and into the pipeline.
# It ends with 1 when there are any. A recording of the last 24 hours is for the next night, and no gap.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

missing() {
    rc-list --days "$1" |
        state-gaps --days "$1" --stage upload --settle 24h --against - || worst "${PIPESTATUS[@]}"
}

if [ "${1:-}" = --feed ]; then
    kept=gaps.ndjson
    ((${#dry[@]} == 0)) || kept=/dev/null
    missing "${2:-30}" |
        tee "$kept" |
        state-todo "${dry[@]}" upload |
        fetch_and_store || worst "${PIPESTATUS[@]}"
else
    missing "${1:-30}"
fi
