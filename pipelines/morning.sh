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
state-show --errors --latest 20 --format table
