#!/bin/bash
# sync.sh: note what is new in a folder of recordings; the first of the folder trio.
#
#   sync.sh [-n] DIR [OPTION...]     options are dir-list's, such as --pattern or --settle
#
# queue.sh decides what is transcribed next, process.sh transcribes.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

dir-list "${dry[@]}" "$@" |
    state-mark "${dry[@]}" transcribe --status pending --if-new >/dev/null || worst "${PIPESTATUS[@]}"
