#!/usr/bin/env sh
# Whether the server answers at its LDAPS port.
export LDAPTLS_REQCERT=never
exec "$BASE/ask" -x -LLL -o nettimeout=5 -H "ldaps://localhost:$LDAPS_PORT" -s base -b '' '(&)' 1.1 >/dev/null
