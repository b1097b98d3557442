#!/bin/bash
# version.sh: change between the versions of callpipe below one prefix, by one link.
#
#   version.sh activate PREFIX NAME     use PREFIX/versions/NAME from now on
#   version.sh rollback PREFIX [FILE]   use the version before; FILE is the backup to restore with it
#   version.sh list PREFIX              the versions, and which one is in use
#
# PREFIX/bin, lib and share are links through PREFIX/current, so one rename changes all of them; programs
# that run go on as they are. Before each change the checkpoint is backed up: $CALLPIPE_STATE, or
# /var/lib/callpipe/state.db, if it is there. A version that cannot read the checkpoint is not taken
# into use without FILE, and the checkpoint that FILE replaces is kept.
set -euo pipefail

fail() {
    echo "version.sh: $2" >&2
    exit "$1"
}

[ $# -ge 2 ] || fail 64 "give activate, rollback or list, and a PREFIX"
action=$1 prefix=$2 argument=${3:-}
state=${CALLPIPE_STATE:-/var/lib/callpipe/state.db}

# link NAME TARGET: replaces a link in one step.
link() {
    ln -sfT -- "$2" "$prefix/.$1.new" && mv -fT -- "$prefix/.$1.new" "$prefix/$1" && sync -- "$prefix"
}

in_use() { readlink -- "$prefix/$1" 2>/dev/null | sed 's|^versions/||' || true; }

is_there() { [ -n "$1" ] && [ -d "$prefix/versions/$1" ]; }

# as_owner COMMAND...: files beside the checkpoint belong to its user, also when root changes versions.
as_owner() {
    if [ "$(id -u)" = 0 ] && [ "$(stat -c %u -- "$state")" != 0 ]; then
        setpriv --reuid="$(stat -c %u -- "$state")" --regid="$(stat -c %g -- "$state")" \
            --clear-groups -- "$@"
    else
        "$@"
    fi
}

# back_up NAME: with the programs of a version, which know the checkpoint.
back_up() {
    [ -e "$state" ] && [ -n "$1" ] || return 0
    as_owner "$prefix/versions/$1/bin/state-backup" --state "$state" "${state%/*}/backups" >&2 ||
        fail 75 "the checkpoint $state cannot be backed up, so nothing was changed"
}

change() {
    local now
    now=$(in_use current)
    [ -z "$now" ] || [ "$now" = "$1" ] || link previous "versions/$now"
    link current "versions/$1"
    for folder in bin lib share; do link "$folder" "current/$folder"; done
    echo "version.sh: $prefix is $1 now${now:+, and was $now}" >&2
}

for folder in bin lib share; do
    [ ! -e "$prefix/$folder" ] || [ -L "$prefix/$folder" ] ||
        fail 73 "$prefix/$folder is no link: name a PREFIX of callpipe's own, such as /opt/callpipe"
done
case $action in
activate)
    is_there "$argument" ||
        fail 66 "there is no version $argument below $prefix/versions"
    back_up "$(in_use current)"
    change "$argument"
    ;;
rollback)
    target=$(in_use previous) now=$(in_use current)
    { is_there "$target" && [ "$target" != "$now" ]; } ||
        fail 66 "there is no earlier version below $prefix"
    if [ -e "$state" ] && [ -z "$argument" ]; then
        as_owner "$prefix/versions/$target/bin/state-summary" --state "$state" >/dev/null || {
            ls -- "$state".v*.backup >&2 2>/dev/null || true
            fail 78 "$target cannot read $state, so nothing was changed; name a backup of its version"
        }
    fi
    back_up "$now"
    if [ -n "$argument" ]; then
        # The older program refuses the newer file, so it writes beside it.
        rm -f -- "$state.older"
        as_owner "$prefix/versions/$target/bin/state-restore" --to "$state.older" "$argument" >&2 ||
            fail 65 "$target cannot restore $argument, so nothing was changed"
        [ ! -s "$state-wal" ] ||
            fail 75 "a program uses $state, so nothing was changed; stop the timers"
    fi
    change "$target"
    if [ -n "$argument" ]; then
        kept=$state.replaced-$(date -u +%Y%m%dT%H%M%SZ)
        as_owner ln -- "$state" "$kept" && as_owner mv -fT -- "$state.older" "$state"
        rm -f -- "$state-wal" "$state-shm"
        sync -- "${state%/*}"
        echo "version.sh: the checkpoint is that of $argument now; the newer one is $kept" >&2
    fi
    ;;
list)
    for version in "$prefix"/versions/*/; do
        [ -d "$version" ] || continue
        name=$(basename "$version") note=
        [ "$name" != "$(in_use current)" ] || note=" (in use)"
        [ "$name" != "$(in_use previous)" ] || note=" (before)"
        echo "$name$note"
    done
    ;;
*) fail 64 "give activate, rollback or list, and a PREFIX" ;;
esac
