#!/bin/bash
# morning.sh: how the archive is doing: the summary, what failed, the last errors, alerts and health.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-summary --format table
echo
echo "Failed for good, the latest 20:"
state-show --status failed --latest 20 --fields id,start,error --format table
echo
echo "The last errors:"
state-show --errors --latest 20 --format table
echo
echo "Alerts:"
call-alert --list --active --format table
echo
echo "Health:"
# 1 to 3 tell how it is.
call-health --format table || (($? <= 3))
