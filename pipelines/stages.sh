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
#
# CALLPIPE_STAGES has the further stages, of: link redact measure analyze. link comes before the
# engine, which can use the names that it finds, and redact before the transcript is stored anywhere.
# measure and analyze come last and by themselves: they take every call that has a transcript, and no
# call waits for them. LINK_OPTIONS, REDACT_OPTIONS, MEASURE_OPTIONS and ANALYZE_OPTIONS are options of
# their programs. With CALLPIPE_RULES=FILE call-rules judges the calls that are measured.
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
    local ends=(0)
    linked | heard_and_stored || ends=("${PIPESTATUS[@]}")
    read_calls || ends+=($?)
    worst "${ends[@]}"
}

heard_and_stored() {
    if [ -n "${CALLPIPE_INSIGHTS:-}" ]; then
        rc-insights "${dry[@]}" --as-transcript --min-coverage 0.8 |
            redacted |
            state-mark "${dry[@]}" insights |
            listen_and_store --unless-transcript || worst "${PIPESTATUS[@]}"
    else
        listen_and_store
    fi
}

# listen_and_store [OPTION...]: options are transcribe's.
listen_and_store() {
    heard "$@" |
        drive-reserve "${dry[@]}" |
        state-mark "${dry[@]}" reserve |
        drive-upload "${dry[@]}" |
        state-mark "${dry[@]}" upload >/dev/null || worst "${PIPESTATUS[@]}"
}

# heard [OPTION...]: transcribes and marks the records; options are transcribe's.
heard() {
    transcribe "${dry[@]}" "$@" |
        redacted |
        state-mark "${dry[@]}" transcribe |
        if wants redact; then state-mark "${dry[@]}" redact; else cat; fi || worst "${PIPESTATUS[@]}"
}

# wants STAGE: true when CALLPIPE_STAGES names it.
wants() {
    case " ${CALLPIPE_STAGES:-} " in *" $1 "*) ;; *) false ;; esac
}

# shellcheck disable=SC2086 # The options of a program are words.
linked() {
    if ! wants link; then exec cat; fi
    call-link "${dry[@]}" ${LINK_OPTIONS:-} |
        state-mark "${dry[@]}" link || worst "${PIPESTATUS[@]}"
}

# shellcheck disable=SC2086 # The options of a program are words.
redacted() {
    if ! wants redact; then exec cat; fi
    redact "${dry[@]}" ${REDACT_OPTIONS:-}
}

# read_calls: measures and analyzes the calls that have a transcript and are due for it.
# shellcheck disable=SC2086 # The options of a program are words.
read_calls() {
    local ends=(0)
    if wants measure; then
        state-next "${dry[@]}" measure |
            call-measure "${dry[@]}" ${MEASURE_OPTIONS:-} |
            if [ -n "${CALLPIPE_RULES:-}" ]; then
                call-rules "${dry[@]}" --rules "$CALLPIPE_RULES"
            else
                cat
            fi |
            state-mark "${dry[@]}" measure >/dev/null || ends+=("${PIPESTATUS[@]}")
    fi
    if wants analyze; then
        state-next "${dry[@]}" analyze |
            analyze "${dry[@]}" ${ANALYZE_OPTIONS:-} |
            state-mark "${dry[@]}" analyze >/dev/null || ends+=("${PIPESTATUS[@]}")
    fi
    worst "${ends[@]}"
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
