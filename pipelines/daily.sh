#!/bin/bash
# daily.sh: bring what is new to the Drive; for cron or a timer, once a night.
#
#   daily.sh [DAYS]         3 days when none are given
#
# Calls change after they end and recordings come late, so the last days are always read again.
set -euo pipefail

exec "$(dirname "$0")/backfill.sh" "${1:-3}"
