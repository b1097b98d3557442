#!/bin/bash
# folder.sh: bring the recordings in a folder to the Drive, with their transcripts.
#
#   folder.sh [-n] DIR [OPTION...]     options are dir-list's, such as --pattern or --settle
#
# It ends as backfill.sh does.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

dir-list "${dry[@]}" "$@" |
    state-todo "${dry[@]}" upload |
    transcribe_and_store || worst "${PIPESTATUS[@]}"
