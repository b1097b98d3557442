#!/bin/bash
# gaps.sh: compare the last DAYS days of the checkpoint with what RingCentral has.
#
#   gaps.sh [DAYS]          30 days when none are given
#   gaps.sh --feed [DAYS]   and bring what is missing to the Drive
#
# The counts of each day go to standard error. The recordings that are not on the Drive go to standard
# output, as records for `state-todo upload | ...`; with --feed to gaps.ndjson, and into the pipeline.
# It ends with 1 when there are any. What began in the last 24 hours is for the next night, and no gap.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

missing() {
    rc-list --days "$1" |
        state-gaps --days "$1" --stage upload --settle 24h --against - || worst "${PIPESTATUS[@]}"
}

if [ "${1:-}" = --feed ]; then
    missing "${2:-30}" |
        tee gaps.ndjson |
        state-todo upload |
        fetch_and_store || worst "${PIPESTATUS[@]}"
else
    missing "${1:-30}"
fi
