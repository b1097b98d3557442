#!/bin/bash
# backfill.sh: bring the recordings of the last DAYS days to the Drive, with their transcripts.
#
#   backfill.sh [-n] [DAYS]     60 days when none are given; -n changes nothing
#
# Run it again after any interruption: what is done is not done twice, and what another run has in
# work is left to it. It ends with 0 when all is done, 1 when some records failed, 75 when it should
# be run again.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

rc-list --days "${1:-60}" |
    state-todo "${dry[@]}" upload |
    fetch_and_store || worst "${PIPESTATUS[@]}"
