#!/bin/bash
# demo.sh BIN: the whole pipeline on a month of calls, against fake services on this machine.
#
# The calls are real speech with known texts (Debian's Asterisk prompts). All that is made lies
# under .demo/; run it again and nothing is fetched or uploaded a second time.
set -euo pipefail

bin=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
root=$(dirname "$(dirname "$here")")
demo=${DEMO_DIR:-$root/.demo}
mkdir -p "$demo/run"
chmod 700 "$demo" "$demo/run"
cd "$demo"

[ -f calls/dataset.json ] || {
    echo "demo: making a month of calls"
    rm -rf calls.new
    "$here/dataset.py" calls.new
    mv calls.new calls
}

# The fakes live as long as this script holds the pipe that is their standard input, and say on
# their standard output where they listen. The real limit of 10 requests a minute would make this
# demonstration last for five minutes.
rm -f hold
mkfifo -m 600 hold
exec 6< <("$root/Tests/fakes/ringcentral.py" --calls calls/calls.ndjson --audio calls/audio \
    --heavy-limit 600 --until-eof <hold)
exec 7< <("$root/Tests/fakes/drive.py" --state drive --key-file-out service-account.json \
    --until-eof <hold)
exec 8>hold
rm hold
read -r ringcentral <&6
read -r drive <&7

RINGCENTRAL_SERVER_URL=$(jq -r .url <<<"$ringcentral")
GOOGLE_API_URL=$(jq -r .url <<<"$drive")
GOOGLE_DRIVE_FOLDER_ID=$(jq -r .folder <<<"$drive")
export RINGCENTRAL_SERVER_URL GOOGLE_API_URL GOOGLE_DRIVE_FOLDER_ID
export RINGCENTRAL_CLIENT_ID=fake-client RINGCENTRAL_CLIENT_SECRET=fake-secret
export RINGCENTRAL_JWT_TOKEN=fake-jwt GOOGLE_SERVICE_ACCOUNT_FILE=$demo/service-account.json
export GOOGLE_WRITES_PER_SECOND=1000 CALLPIPE_DATA=$demo/data CALLPIPE_STATE=$demo/state.db
export XDG_RUNTIME_DIR=$demo/run MAX_WORKERS=${MAX_WORKERS:-$(nproc)}
export PATH=$bin:$PATH

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
"$here/wer.py" --truth calls/truth.tsv --transcripts data/transcripts --samples 3
echo
cat <<'TEXT'
The engine here was PocketSphinx, which needs nothing but Debian's packages. It shows that the
pipeline works; it is no transcript to rely on. In production give transcribe a whisper.cpp model
(WHISPER_MODEL=ggml-base.en.bin or larger), above all for narrowband telephone audio.
TEXT
curl -fsS -X POST "$GOOGLE_API_URL/_control/tree" >/dev/null
echo
echo "The Drive's content lies in $demo/drive/tree:"
find -L drive/tree -type f | sort | head -n 5
echo "... $(find -L drive/tree -type f | wc -l) files. Run \`make demo\` again: nothing is done twice."
exit "$status"
