#!/bin/bash
# catch-up.sh: do the nightly job at another hour, if the last night has not listed everything.
#
#   catch-up.sh [-n] [AGE]     26h when none is given; -n changes nothing
#
# It asks no service while the last window that was listed whole ended less than AGE ago. It ends as
# backfill.sh does.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

[ -z "$(state-listed --if-older "${1:-26h}" ringcentral)" ] ||
    "$(dirname "$0")/daily.sh" "${dry[@]}"
