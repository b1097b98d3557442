#!/bin/bash
# range.sh: bring the recordings of a range of days (UTC) to the Drive, with their transcripts.
#
#   range.sh [-n] FROM [TO [JOBS]]   such as 2024-01-15 2024-01-20 4; one day and one job by default
#
# -n changes nothing.
# JOBS days are worked on side by side, each as a run of its own, all as one batch: $BATCH, or
# FROM..TO. It ends with the worst status of its days.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

from=${1:-} to=${2:-${1:-}} jobs=${3:-1}
first=$(date -ud "$from" +%s) && last=$(date -ud "$to" +%s) || exit 64
if [ -z "$from" ] || [ "$first" -gt "$last" ]; then
    echo "range.sh: give FROM, such as 2024-01-15, and a TO that is no earlier" >&2
    exit 64
fi
export BATCH=${BATCH:-$from..$to}

# shellcheck disable=SC2016 # The inner shell has the place of the pipelines as $1, and the day as $2.
one='state-run --name "day/$2" --batch "$BATCH" -- "$1/day.sh" "$2" >&2; echo $?'
# shellcheck disable=SC2016
((${#dry[@]} == 0)) || one='"$1/day.sh" -n "$2" >&2; echo $?'
statuses=$(for ((day = first; day <= last; day += 86400)); do date -ud "@$day" +%F; done |
    xargs -n 1 -P "$jobs" bash -c "$one" - "$(dirname "$0")")
# shellcheck disable=SC2086 # One word a day.
worst $statuses
