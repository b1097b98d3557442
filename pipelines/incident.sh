#!/bin/bash
# incident.sh: all that a person needs in the first minutes of an incident, on one page.
#
#   incident.sh
#
# What changes soonest comes first. A part that cannot be had is told, and the rest follows; so it always
# ends with 0. Keep its output: incident.sh | tee incident_$(date -u +%Y%m%d_%H%M%S).txt
set -uo pipefail

# part TITLE COMMAND...: one part, with its exit status where it is not 0.
part() {
    printf '\n== %s\n' "$1"
    shift
    "$@" 2>&1 || echo "($1 ended with $?)"
}

# shellcheck disable=SC2317 # part runs it.
load() {
    cat /proc/loadavg
    grep -E '^(MemTotal|MemAvailable|SwapFree)' /proc/meminfo
    df -h . | cat
}

# shellcheck disable=SC2317 # part runs it.
programs() {
    # Some hundred lines about pages and indexes would push the alerts off the screen.
    state-check --quick --format table --quiet | sed -E '/^(integrity|invariant|size|index) /d'
}

# shellcheck disable=SC2317 # part runs it.
units() {
    if [ -d /run/systemd/system ]; then
        systemctl --no-pager --failed 'call*' && systemctl --no-pager list-timers 'call*'
    else
        echo "systemd does not run here"
    fi
}

# The part "Checks" tells what is wrong with the settings, and so would each program.
part "Time and host" date -u +"%FT%TZ on $(uname -n)"
part "Load, memory and disk" load
part "Programs that use the checkpoint" programs
part "Units" units
part "Alerts that fire" call-alert --list --active --format table --quiet
part "Status" call-status --format table --quiet
part "Health" call-health --format table --quiet
part "Checks" call-doctor --all --format table
part "What there is to do" state-summary --format table --quiet
part "The last runs" state-show --runs --latest 20 --format table --quiet
part "The last errors" state-show --errors --latest 20 --format table --quiet
printf '\n== What next\n%s\n' 'man 7 callpipe-operations: the table of symptoms, and the templates.'
exit 0
