#!/bin/bash
# anchor.sh: send the head of the audit chain away, where no user of this machine can change it.
#
#   anchor.sh [-n]     -n prints the head and sends nothing
#
# AUDIT_URL gets it as JSON by a POST; AUDIT_MAIL gets a mail by sendmail(8). The head goes to standard
# output as well, and cron mails that. Compare later: state-audit --expect HASH.
# shellcheck source=pipelines/stages.sh
. "$(dirname "$0")/stages.sh"

# A setting of .env counts where the environment has none.
setting() {
    local value=${!1:-}
    [ -n "$value" ] || [ ! -e .env ] || value=$(sed -nE "s/^(export )?$1=//p" .env | tail -n 1)
    echo "$value"
}

head=$(state-audit --head --format json)
echo "$head"
((${#dry[@]} == 0)) || exit 0

url=$(setting AUDIT_URL) mail=$(setting AUDIT_MAIL) status=0
# The address may hold a secret, so it is no argument, which all users of the machine see.
[ -z "$url" ] ||
    curl --config <(printf 'url = "%s"\n' "$url") -fsS --max-time 60 --retry 3 \
        -H 'Content-Type: application/json' --data-binary "$head" >/dev/null || status=69
[ -z "$mail" ] ||
    printf 'To: %s\nSubject: callpipe: head of the audit chain\nAuto-Submitted: auto-generated\n\n%s\n' \
        "$mail" "$head" | "${SENDMAIL:-/usr/sbin/sendmail}" -t || status=69
exit "$status"
