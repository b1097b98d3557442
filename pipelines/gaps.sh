#!/bin/bash
# gaps.sh: compare the last DAYS days of the checkpoint with what RingCentral has.
#
#   gaps.sh [DAYS]          30 days when none are given
#
# The counts of each day go to standard error; the recordings that are not on the Drive go to
# standard output, as records for `state-todo upload | ...`. It ends with 1 when there are any. What
# began in the last 24 hours is for the next night, and no gap.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

rc-list --days "${1:-30}" |
    state-gaps --days "${1:-30}" --stage upload --settle 24h --against - || worst "${PIPESTATUS[@]}"
