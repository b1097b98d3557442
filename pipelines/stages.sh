#!/bin/bash
# stages.sh: the stages behind a list, and how a pipe ends; the pipelines source it.
#
# fetch_and_store and transcribe_and_store read records and bring them to the Drive, each from where
# it stands; they end, as a pipeline has to, with the worst status of their programs.
#
# A pipeline whose first word is -n or --dry-run changes nothing: its programs say what they would do.
#
# With CALLPIPE_INSIGHTS=1 they take what RingCentral's own AI says, and its transcript where that is
# nearly whole; an engine is for the rest.
set -euo pipefail

dry=()
case ${1:-} in -n | --dry-run)
    dry=(--dry-run)
    shift
    ;;
esac

fetch_and_store() {
    rc-fetch "${dry[@]}" |
        state-mark "${dry[@]}" fetch |
        transcribe_and_store || worst "${PIPESTATUS[@]}"
}

transcribe_and_store() {
    if [ -n "${CALLPIPE_INSIGHTS:-}" ]; then
        rc-insights "${dry[@]}" --as-transcript --min-coverage 0.8 |
            state-mark "${dry[@]}" insights |
            listen_and_store --unless-transcript || worst "${PIPESTATUS[@]}"
    else
        listen_and_store
    fi
}

# listen_and_store [OPTION...]: options are transcribe's.
listen_and_store() {
    transcribe "${dry[@]}" "$@" |
        state-mark "${dry[@]}" transcribe |
        drive-reserve "${dry[@]}" |
        state-mark "${dry[@]}" reserve |
        drive-upload "${dry[@]}" |
        state-mark "${dry[@]}" upload >/dev/null || worst "${PIPESTATUS[@]}"
}

# worst STATUS...: the worst status counts, not the last; 141 only says that a later program ended
# first.
worst() {
    local status worst=0
    for status; do
        ((status == 141 || status <= worst)) || worst=$status
    done
    return "$worst"
}
