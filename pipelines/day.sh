#!/bin/bash
# day.sh: bring the recordings of one day (UTC) to the Drive, with their transcripts.
#
#   day.sh [-n] 2024-01-15
#
# Days may be worked on side by side: each record is in work in one run only. It ends as backfill.sh
# does.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

if [ -z "${1:-}" ]; then
    echo "day.sh: give a day, such as 2024-01-15" >&2
    exit 64
fi

rc-list --from "$1" --to "$1" |
    state-todo "${dry[@]}" upload |
    fetch_and_store || worst "${PIPESTATUS[@]}"
