#!/bin/bash
# retry.sh: give what failed another chance, and do all that is due.
#
#   retry.sh [-n] [OPTION...]     options are state-retry's, such as --older-than 24h or --kind network
#
# Recordings are due that wait to be uploaded, also those that an interrupted run left behind.
# Recordings that are not for the Drive, such as those of the folder trio, are left alone. It ends as
# backfill.sh does.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

state-retry "${dry[@]}" "$@"
for status in queued pending; do state-show --stage upload --status "$status"; done |
    state-todo "${dry[@]}" upload |
    fetch_and_store || worst "${PIPESTATUS[@]}"
