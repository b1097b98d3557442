#!/bin/bash
# serve.sh BIN PORT: the web service over the calls of the demo, for this machine alone, until Ctrl-C.
#
# Like the service of an installation: lighttpd with pipelines/web/lighttpd.conf, but for its first lines.
set -euo pipefail

root=$(realpath "$(dirname "$0")/../..")
bin=$(realpath "$1")
port=$2
demo=$root/.demo
if [ ! -s "$demo/state.db" ]; then
    echo "serve: there are no calls yet; make them with: make demo" >&2
    exit 1
fi
export PATH=$bin:$PATH CALLPIPE_STATE=$demo/state.db
run=$demo/web
mkdir -p "$run" "$demo/recordings"
chmod 700 "$run"
sed -e "s|^var.port = .*|var.port = $port|" \
    -e "s|^var.state = .*|var.state = \"$demo/state.db\"|" \
    -e "s|^var.data = .*|var.data = \"$demo/data\"|" \
    -e "s|^var.recordings = .*|var.recordings = \"$demo/recordings\"|" \
    -e "s|^var.cgi = .*|var.cgi = \"$bin/callpipe.cgi\"|" \
    -e "s|^var.path = .*|var.path = \"$bin:/usr/bin:/bin\"|" \
    -e "s|^var.uploads = .*|var.uploads = \"$run\"|" \
    -e "s|\"/var/empty\"|\"$run\"|" \
    "$root/pipelines/web/lighttpd.conf" >"$run/lighttpd.conf"
/usr/sbin/lighttpd -tt -f "$run/lighttpd.conf"
# The token of an earlier start ends with it.
call-token list | jq -r 'select(.state != "revoked" and .name == "serve").name' |
    while read -r name; do call-token revoke --name "$name"; done
token=$(call-token create --name serve --scope operate --expires 1d)
cat <<END
The demo's calls are served until Ctrl-C. Open http://127.0.0.1:$port/admin/operations and log in with
the token below, or try:

  curl http://127.0.0.1:$port/health
  token=$token
  curl -H "Authorization: Bearer \$token" 'http://127.0.0.1:$port/api/call-recordings?limit=3'
  curl -H "Authorization: Bearer \$token" 'http://127.0.0.1:$port/api/v1/recordings/?search_text=number&limit=3'
  curl -H "Authorization: Bearer \$token" -o call.mp3 http://127.0.0.1:$port/api/call-recordings/1/stream

END
exec /usr/sbin/lighttpd -D -f "$run/lighttpd.conf"
