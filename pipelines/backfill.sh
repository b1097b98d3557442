#!/bin/bash
# backfill.sh: bring the recordings of the last DAYS days to the Drive, with their transcripts.
#
#   backfill.sh [-n] [DAYS]     60 days when none are given; -n changes nothing
#
# A whole list of these days is noted, so that the nightly job goes on from there. Run it again after any interruption: what is done is not done twice, and what another run has in
# work is left to it. It ends with 0 when all is done, 1 when some records failed, 75 when it should
# be run again.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

days=${1:-60}
window=$(state-listed ringcentral)
to=${window#* }
from=$(date -ud "${to%T*} - $days days" +%F) || exit 64

statuses=(0 0 0)
rc-list --days "$days" |
    state-todo "${dry[@]}" upload |
    fetch_and_store || statuses=("${PIPESTATUS[@]}")

if ((statuses[0] == 0 && statuses[1] == 0)); then
    state-listed "${dry[@]}" --from "$from" --until "$to" ringcentral
fi
worst "${statuses[@]}"
