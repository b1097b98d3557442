#!/bin/bash
# backfill.sh: bring the recordings of the last DAYS days to the Drive, with their transcripts.
#
#   backfill.sh [DAYS]      60 days when none are given
#
# Run it again after any interruption: what is done is not done twice. It ends with 0 when all is
# done, 1 when some records failed, 75 when another run is under way or it should be run again.
set -euo pipefail

days=${1:-60}
state=${CALLPIPE_STATE:-state.db}

exec 9>>"$state.lock"
flock --nonblock --conflict-exit-code 75 9

rc-list --days "$days" |
    state-todo upload |
    rc-fetch |
    state-mark fetch |
    transcribe |
    state-mark transcribe |
    drive-reserve |
    state-mark reserve |
    drive-upload |
    state-mark upload >/dev/null ||
    # The worst status counts, not the last; 141 only says that a later program ended first.
    exit "$(printf '%s\n' "${PIPESTATUS[@]}" | grep -vx 141 | sort -n | tail -n 1)"
