#!/usr/bin/env sh
# Whether the server serves its users. During an import the backend is out of service, so the pod is not ready, and neither is one
# whose configuration is not there yet or that has not joined.
test ! -e /tmp/unavailable || exit 1
export LDAPTLS_REQCERT=never
exec "$BASE/ask" -x -LLL -o nettimeout=5 -H "ldaps://localhost:$LDAPS_PORT" -s base -b "$USER_BASE_DN" '(&)' 1.1 >/dev/null
