#!/usr/bin/env sh
# post-start.sh RUN_PLAN PD_STATE SEED: runs beside the server from its start. On a first start it runs the batches of the profile, which
# OpenDJ takes from a running server only; then it joins the topology as Ping's hook 80 does, with its log lines and its trap: a server
# that finds itself in the registry goes on without asking whether it was ever initialized. In these sprints a hook that fails ends
# itself, not the container.
run_plan=$1 pd_state=$2 seed=$3
pod=$(hostname)
export LDAPTLS_REQCERT=never

# answers HOST: whether a server serves its users there.
answers() {
	"$BASE/ask" -x -LLL -o nettimeout=5 -H "ldaps://$1:$LDAPS_PORT" -s base -b "$USER_BASE_DN" '(&)' 1.1 >/dev/null 2>&1
}

# await HOST
await() {
	tries=0
	until answers "$1"; do
		tries=$((tries + 1))
		test $((tries % 8)) -ne 0 || echo 'May be a DNS/Firewall/Service/PortMapping Issue.'
		sleep 1
	done
}

available() {
	echo 'Setting Server to Available'
	rm -f /tmp/unavailable
	exit 0
}

echo "Waiting until PingDirectory service is running on this Server ($pod:$LDAPS_PORT)"
await localhost
if test "$run_plan" = START; then
	for batch in "$PD_PROFILE"/dsconfig/*.dsconfig; do
		grep -q '^dsconfig ' "$batch" 2>/dev/null || continue
		echo "Applying $batch"
		if ! "$SERVER_ROOT_DIR/bin/dsconfig" --no-prompt --batch-file "$batch"; then
			echo 'CONTAINER FAILURE: Unable to run manage-profile setup'
			kill 1
			exit 183
		fi
	done
	cat /proc/sys/kernel/random/uuid >"$SERVER_ROOT_DIR/config/server.uuid"
fi
test -n "$seed" || available
service=$K8S_STATEFUL_SET_SERVICE_NAME
self=$pod.$service
echo "Updating the Server Instance hostname and port:  result=0"
if test "$pd_state" = GENESIS; then
	echo "PD_STATE is GENESIS ==> Replication on this server won't be set up until more instances are added"
	echo 'Replication will not be configured.'
	available
fi

echo "Running ldapsearch test on SEED Server ($seed.$service:$LDAPS_PORT)"
await "$seed.$service"
found=$("$BASE/ask" -x -LLL -H "ldaps://$seed.$service:$LDAPS_PORT" -D "$ROOT_USER_DN" -y "$ROOT_USER_PASSWORD_FILE" \
	-b 'cn=Servers,cn=admin data' "(hostname=$self)" hostname | grep -c '^hostname: ')
if test "$found" -gt 0; then
	echo "This instance ($pod) is already found in topology --> No need to enable replication"
	available
fi
if test "$pod" = "$seed"; then
	# A first pod that restarts before any other one has joined.
	echo 'Replication will not be configured.'
	available
fi

echo 'Enabling Replication'
dsreplication enable --host1 "$seed.$service" --port1 "$LDAPS_PORT" --useSSL1 --replicationPort1 "$REPLICATION_PORT" \
	--bindDN1 "$ROOT_USER_DN" --bindPasswordFile1 "$ROOT_USER_PASSWORD_FILE" \
	--host2 "$self" --port2 "$LDAPS_PORT" --useSSL2 --replicationPort2 "$REPLICATION_PORT" \
	--bindDN2 "$ROOT_USER_DN" --bindPasswordFile2 "$ROOT_USER_PASSWORD_FILE" \
	--adminUID "$ADMIN_USER_NAME" --adminPasswordFile "$ADMIN_USER_PASSWORD_FILE" --no-prompt --ignoreWarnings --trustAll \
	--baseDN "$USER_BASE_DN" --noSchemaReplication --retryTimeoutSeconds "${RETRY_TIMEOUT_SECONDS:-180}"
status=$?
echo "Replication enable for POD Server result=$status"
if test "$status" -ne 0; then
	echo 'Not running dsreplication initialize since enable failed with a non-successful return code'
	exit "$status"
fi

echo 'Getting Topology from SEED Server'
echo 'Initializing replication on POD Server'
: >"$SERVER_ROOT_DIR/config/initializing"
dsreplication initialize --hostSource "$seed.$service" --portSource "$LDAPS_PORT" --useSSLSource \
	--hostDestination "$self" --portDestination "$LDAPS_PORT" --useSSLDestination \
	--baseDN "$USER_BASE_DN" --adminUID "$ADMIN_USER_NAME" --adminPasswordFile "$ADMIN_USER_PASSWORD_FILE" --no-prompt --trustAll
status=$?
echo "Replication initialize result=$status"
test "$status" -eq 0 || exit "$status"
rm -f "$SERVER_ROOT_DIR/config/initializing"
dsreplication status --displayServerTable --showAll --no-prompt
available
