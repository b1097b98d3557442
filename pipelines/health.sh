#!/bin/bash
# health.sh: check the services, and tell how the archive is; for cron or a timer, every hour.
#
#   health.sh
#
# call-doctor writes down how each service answered, and call-health shows it with its age. call-alert
# tells of trouble: this job fails only when it could not look.
set -uo pipefail

# looked STATUS: 0 to 3 tell how it is, others that nothing could be told.
looked() { (($1 <= 3)) || exit "$1"; }

call-doctor --connections --format json >/dev/null
looked $?
call-health --format json
looked $?
exit 0
