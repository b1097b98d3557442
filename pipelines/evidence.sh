#!/bin/bash
# evidence.sh: pack what proves the state of an archive, for an auditor or after an incident.
#
#   evidence.sh [-n] [DIR]     into DIR, evidence when none is given; -n shows what it would pack
#
# The archive has the audit chain, its head and its verdict, errors, runs, open alerts, the manifest of
# stored copies, the settings of an allow-list without secrets, and the checksums of all of these. The
# same checkpoint and settings give the same bytes, so that a second person gets the same hash. $SETTINGS
# names the file of settings, .env when it is not set. The name of the archive and its SHA-256 go to
# standard output. It ends with 1 when the audit chain is broken or a part is missing.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

directory=${1:-evidence}
settings=${SETTINGS:-.env}
# No value of these is a secret. Other settings are left out with their names.
allowed='BACKUPS|RECORDINGS|METRICS|MAX_WORKERS|REQUEST_TIMEOUT|WHISPER_MODEL|WHISPERX_DIALECT|'
allowed+='CALLPIPE_(ALERT_LIST|BACKUPS|DATA|ENGINE|ENGINE_FALLBACK|INSIGHTS|LANGUAGE|LOG|MIN_FREE|STATE)'

status=0
# part FILE PROGRAM [ARGUMENT...]: one file of the archive.
part() {
    local file=$1
    shift
    if ((${#dry[@]} > 0)); then
        echo "evidence.sh: would pack $file: $*" >&2
        return
    fi
    "$@" >"$place/$file" || { echo "evidence.sh: $file is not whole: $* ended with $?" >&2 && status=1; }
}

# shellcheck disable=SC2317 # part runs it.
allowed_settings() {
    [ ! -e "$settings" ] || sed -nE "s/^(export )?(($allowed)=)/\2/p" "$settings" | LC_ALL=C sort
}

umask 077
export LC_ALL=C
if ((${#dry[@]} == 0)); then
    mkdir -p "$directory"
    place=$(mktemp -d "$directory/.packing.XXXXXX")
    trap 'rm -rf "$place" "$place.archive"' EXIT
fi
# Each program would say the same of the settings; the first one does.
part audit-head.json state-audit --head --format json
part audit.ndjson state-audit --format json --quiet
part audit-verdict.json state-audit --verify --format json --quiet
part errors.ndjson state-show --errors --format json --quiet
part runs.ndjson state-show --runs --format json --quiet
part alerts.ndjson call-alert --list --format json --quiet
part manifest.ndjson state-show --manifest --format json --quiet
part settings.txt allowed_settings
part versions.txt state-audit --version
((${#dry[@]} == 0)) || exit 0

(cd "$place" && sha256sum -- *.* >SHA256SUMS)
archive=$directory/evidence_$(date -u +%Y%m%d_%H%M%S).tar.gz
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=posix \
    --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    -C "$place" -cf - . | gzip -n >"$place.archive"
sync -- "$place.archive"
mv -n -- "$place.archive" "$archive"
sync -- "$directory"
sha256sum -- "$archive"
exit "$status"
