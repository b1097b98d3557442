#!/bin/bash
# retry.sh: give what failed another chance, and do all that is due.
#
#   retry.sh [OPTION...]     options are state-retry's, such as --older-than 24h or --kind network
#
# Due is what an interrupted run left behind, too. It ends as backfill.sh does.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-retry "$@"
state-next upload |
    fetch_and_store || worst "${PIPESTATUS[@]}"
