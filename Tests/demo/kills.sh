#!/bin/bash
# kills.sh BIN DIR KILLS SEED: kill the pipeline with -9 at random moments, run it again each time,
# and see that nothing is lost and nothing is there twice.
set -euo pipefail

root=$(realpath "$(dirname "$0")/../..")
bin=$(realpath "$1")
place=$2
kills=$3
RANDOM=$4
# shellcheck source=Tests/demo/services.sh
. "$root/Tests/demo/services.sh"
start_services "$place" --calls "${CALLS:-44}"

killed=0
for ((run = 1; run <= kills; run++)); do
    # Most moments of a run are transcription; the first second has listing, fetching and uploading.
    limit=$((RANDOM % 3 ? RANDOM % 1500 : RANDOM % 9000))
    # What was killed may take a moment to die; the lock is free when the last of it has.
    status=0
    flock kills.lock timeout --signal=KILL "$((limit / 1000)).$(printf %03d $((limit % 1000)))" \
        "$root/pipelines/backfill.sh" 30 2>>kills.log || status=$?
    case $status in
    137) killed=$((killed + 1)) ;;
    0 | 1) ;;
    *) echo "run $run ended with $status"; tail -n 5 kills.log; exit 1 ;;
    esac
done 2>/dev/null
status=0
flock kills.lock "$root/pipelines/backfill.sh" 30 2>>kills.log || status=$?
[ "$status" -le 1 ] || { echo "the last run ended with $status" >&2; tail -n 5 kills.log >&2; exit 1; }

expected=$(jq .recordings calls/dataset.json)
curl -fsS "$GOOGLE_API_URL/_control/files" >files.ndjson
python3 -B - "$expected" "$killed" <<'PYTHON'
import collections, json, sqlite3, sys

expected, killed = int(sys.argv[1]), sys.argv[2]
files = [json.loads(line) for line in open("files.ndjson")]
live = [file for file in files if not file.get("trashed")]
folder_type = "application/vnd.google-apps.folder"
folders = [f for f in live if f["mimeType"] == folder_type]
audio = [f for f in live if f["mimeType"].startswith("audio/")]
texts = [f for f in live if f["mimeType"] == "application/json"]
paths = collections.Counter((f["name"], tuple(f.get("parents", []))) for f in live)
state = sqlite3.connect("file:state.db?mode=ro", uri=True)
done = state.execute(
    "SELECT count(*) FROM stages WHERE stage = 'upload' AND status = 'completed'").fetchone()[0]
print(f"{killed} kills: {expected} recordings, {len(audio)} audio files and {len(texts)} transcripts "
      f"on the Drive in {len(folders)} folders, {done} uploads completed")
problems = [f"{name} is there {n} times" for (name, _), n in paths.items() if n > 1]
if len(audio) != expected or len(texts) != expected or done != expected:
    problems.append("the numbers differ")
if problems:
    sys.exit("\n".join(problems))
PYTHON
