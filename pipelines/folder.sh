#!/bin/bash
# folder.sh: bring the recordings in a folder to the Drive, with their transcripts.
#
#   folder.sh DIR [OPTION...]     options are dir-list's, such as --pattern or --settle
#
# It ends with 0 when all is done, 1 when some records failed, 75 when another run is under way or
# it should be run again.
set -euo pipefail

state=${CALLPIPE_STATE:-state.db}

exec 9>>"$state.lock"
flock --nonblock --conflict-exit-code 75 9

dir-list "$@" |
    state-todo upload |
    transcribe |
    state-mark transcribe |
    drive-reserve |
    state-mark reserve |
    drive-upload |
    state-mark upload >/dev/null ||
    # The worst status counts, not the last; 141 only says that a later program ended first.
    exit "$(printf '%s\n' "${PIPESTATUS[@]}" | grep -vx 141 | sort -n | tail -n 1)"
