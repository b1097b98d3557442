#!/bin/bash
# daily.sh: bring what is new to the Drive; for cron or a timer, once a night.
#
#   daily.sh [-n] [DAYS]     3 days when none are given; -n changes nothing
#
# It lists from DAYS before the end of the last window that was listed whole: calls change after they
# end, and recordings come late. So nothing is missed after an outage, however long. A window counts
# as listed when rc-list ended well and the checkpoint has all its calls. It ends as backfill.sh does.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

window=$(state-listed --days "${1:-3}" ringcentral)
from=${window% *} to=${window#* }

statuses=(0 0 0)
rc-list --from "$from" --to "$to" |
    state-todo "${dry[@]}" upload |
    fetch_and_store || statuses=("${PIPESTATUS[@]}")

if ((statuses[0] == 0 && statuses[1] == 0)); then
    state-listed "${dry[@]}" --until "$to" ringcentral
fi
worst "${statuses[@]}"
