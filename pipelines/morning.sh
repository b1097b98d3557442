#!/bin/bash
# morning.sh: how the archive is doing: the summary, what failed, and the last errors.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-summary --format table
echo
echo "Failed for good:"
state-show --status failed --fields id,start,error --format table
echo
echo "The last errors:"
sqlite3 -readonly -separator '  ' "${CALLPIPE_STATE:-state.db}" \
    'SELECT time, stage, category, call_id, message FROM errors ORDER BY time DESC LIMIT 20'
