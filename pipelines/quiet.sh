#!/bin/bash
# quiet.sh: run a job and say nothing when it goes well; for cron, which mails whatever is said.
#
#   quiet.sh COMMAND [ARGUMENT...]
#
# When it does not go well, all that it said on standard error follows. 75 is no news: the job's next
# time does the rest.
set -uo pipefail

said=$(mktemp) || exit 73
trap 'rm -f "$said"' EXIT
"$@" 2>"$said"
status=$?
case $status in
0 | 75) ;;
*) echo "$* ended with $status:" && cat "$said" ;;
esac >&2
exit "$status"
