#!/bin/bash
# demo.sh BIN: the whole pipeline on a month of calls, against fake services on this machine.
#
# The calls are real speech with known texts (Debian's Asterisk prompts). All that is made lies
# under .demo/; run it again and nothing is fetched or uploaded a second time.
set -euo pipefail

here=$(realpath "$(dirname "$0")")
root=$(dirname "$(dirname "$here")")
bin=$(realpath "$1")
demo=$root/.demo
# shellcheck source=Tests/demo/services.sh
. "$here/services.sh"
start_services "$demo" --calls 44

echo "demo: pipelines/backfill.sh 30"
status=0
"$root/pipelines/backfill.sh" 30 || status=$?
[ "$status" -le 1 ] || { echo "demo: the pipeline ended with $status" >&2; exit "$status"; }

echo
echo "What the checkpoint says (sqlite3 state.db):"
sqlite3 -readonly -column -header state.db \
    'SELECT stage, status, count(*) AS recordings FROM stages GROUP BY stage, status'
echo
echo "What the services saw in this run:"
curl -fsS "$RINGCENTRAL_SERVER_URL/_control/counts" |
    jq -r '"  RingCentral: \(.pages) call-log pages, \(.content) recordings fetched, \(.["429"]) refused"'
curl -fsS "$GOOGLE_API_URL/_control/counts" |
    jq -r '"  Google Drive: \(.uploads) files uploaded, \(.folders) folders made"'
echo
echo "What Whisper heard, beside what was said:"
"$here/wer.py" --truth calls/truth.tsv --transcripts data/transcripts --samples 3 --bound 0.05 ||
    status=1
curl -fsS -X POST "$GOOGLE_API_URL/_control/tree" >/dev/null
echo
echo "The Drive's content lies in $demo/drive/tree:"
find -L drive/tree -type f | sort | head -n 5
echo "... $(find -L drive/tree -type f | wc -l) files. Run \`make demo\` again: nothing is done twice."
echo "Ask for the calls over the web with: make serve"
exit "$status"
