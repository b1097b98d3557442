#!/bin/bash
# services.sh: a month of calls and the two fake services, for scripts that source it.
#
# The caller sets root (of the checkout) and bin (of the built tools).

# start_services DIR [DATASET OPTION...]: everything lies under DIR; the working directory becomes
# DIR, and the settings are those that the README tells for production.
start_services() {
    local place=$1 ringcentral drive
    : "${root:?the checkout}" "${bin:?where the tools are}"
    shift
    mkdir -p "$place/run"
    chmod 700 "$place" "$place/run"
    cd "$place" || return
    [ -f calls/dataset.json ] || {
        echo "making a month of calls"
        rm -rf calls.new
        "$root/Tests/demo/dataset.py" calls.new "$@" >/dev/null
        mv calls.new calls
    }

    # The fakes live as long as this script holds the pipe that is their standard input, and say on
    # their standard output where they listen. With the real limits, such as 10 requests a minute
    # for recordings, a month would take many minutes.
    rm -f hold
    mkfifo -m 600 hold
    exec 6< <("$root/Tests/fakes/ringcentral.py" --calls calls/calls.ndjson --audio calls/audio \
        --heavy-limit 6000 --light-limit 6000 --until-eof <hold)
    exec 7< <("$root/Tests/fakes/drive.py" --state drive --key-file-out service-account.json \
        --until-eof <hold)
    exec 8>hold
    read -r ringcentral <&6
    read -r drive <&7
    rm hold

    RINGCENTRAL_SERVER_URL=$(jq -r .url <<<"$ringcentral")
    GOOGLE_API_URL=$(jq -r .url <<<"$drive")
    GOOGLE_DRIVE_FOLDER_ID=$(jq -r .folder <<<"$drive")
    export RINGCENTRAL_SERVER_URL GOOGLE_API_URL GOOGLE_DRIVE_FOLDER_ID
    export RINGCENTRAL_CLIENT_ID=fake-client RINGCENTRAL_CLIENT_SECRET=fake-secret
    export RINGCENTRAL_JWT_TOKEN=fake-jwt GOOGLE_SERVICE_ACCOUNT_FILE=$place/service-account.json
    export GOOGLE_WRITES_PER_SECOND=1000 CALLPIPE_DATA=$place/data CALLPIPE_STATE=$place/state.db
    export XDG_RUNTIME_DIR=$place/run PATH=$bin:$PATH
    MAX_WORKERS=${MAX_WORKERS:-$(nproc)}
    export MAX_WORKERS
}

# counts URL: what a fake has seen since it was started.
counts() {
    curl -fsS "$1/_control/counts"
}
