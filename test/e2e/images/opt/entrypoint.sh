#!/usr/bin/env sh
# Decides between a first start and a restart as the hooks of the real images do, then starts the server in the foreground.

banner() {
	echo '##################################################################################'
	for line in "$@"; do
		echo "#     $line"
	done
	echo '##################################################################################'
}

# container_failure CODE MESSAGE: ends the container.
container_failure() {
	echo "CONTAINER FAILURE: $2"
	test -z "$3" || echo "CONTAINER FAILURE: $3"
	exit "$1"
}

echo "Command: $*"
if test -n "$1" && test "$1" != start-server; then
	exec "$@"
fi

banner 'Ping Identity DevOps Docker Image' \
	" IMAGE_VERSION: $IMAGE_VERSION" \
	"       STARTED: $(date)" \
	"      HOSTNAME: $(hostname)"

# The images since 2103 keep the environment of their start on the volume. Where they may not,
# the shell says so with the number of the line that tried, and operators know it by that:
#   mkdir: can't create directory '/opt/out/container-state/': Permission denied
#   /opt/entrypoint.sh: line 35: can't create ...: nonexistent directory
state="$OUT_DIR/container-state/current"
test -n "$PING_CONTAINER_PRIVILEGED" || mkdir -p "$state"
test -n "$PING_CONTAINER_PRIVILEGED" || env -u PING_IDENTITY_PASSWORD >/opt/out/container-state/current/environment_variables || exit 1

test "$PING_IDENTITY_ACCEPT_EULA" = YES || container_failure 17 'You must accept the EULA by setting PING_IDENTITY_ACCEPT_EULA=YES'
test -z "$SERVER_PROFILE_URL" || echo "Ignoring SERVER_PROFILE_URL ($SERVER_PROFILE_URL, branch '$SERVER_PROFILE_BRANCH', path '$SERVER_PROFILE_PATH'): this image has no server profiles"

# Password files, made from the environment where nobody mounted them.
if ! test -f "$ROOT_USER_PASSWORD_FILE"; then
	if ! test -w "$SECRETS_DIR"; then
		echo "WARNING: $SECRETS_DIR is not writable, using /tmp/secrets"
		mkdir -p /tmp/secrets
		ROOT_USER_PASSWORD_FILE=/tmp/secrets/root-user-password
		ADMIN_USER_PASSWORD_FILE=/tmp/secrets/admin-user-password
		export ROOT_USER_PASSWORD_FILE ADMIN_USER_PASSWORD_FILE
	fi
	test -n "$PING_IDENTITY_PASSWORD" || container_failure 183 'There is neither a password file nor PING_IDENTITY_PASSWORD'
	(
		umask 077
		printf %s "$PING_IDENTITY_PASSWORD" >"$ROOT_USER_PASSWORD_FILE"
		printf %s "$PING_IDENTITY_PASSWORD" >"$ADMIN_USER_PASSWORD_FILE"
	)
fi

if test -f "$SERVER_ROOT_DIR/config/server.uuid"; then
	run_plan=RESTART
	pd_state=UPDATE
else
	if test -d "$SERVER_ROOT_DIR"; then
		echo "No server.uuid found. Removing existing SERVER_ROOT_DIR '$SERVER_ROOT_DIR'"
		rm -rf "$SERVER_ROOT_DIR" || container_failure 90 "Unable to remove $SERVER_ROOT_DIR"
	fi
	run_plan=START
	case $(hostname) in
	*-[1-9] | *-[1-9][0-9]) pd_state=SETUP ;;
	*) pd_state=GENESIS ;;
	esac
fi
if test "$pd_state" = GENESIS; then
	banner 'GENESIS STATE FOUND' '' "We are the SEED server ($(hostname))" "Verified that this host/ip is the only pod found in domain '$(hostname)'"
fi
echo '# Run Plan Information'
echo "#                      RUN_PLAN: $run_plan"
echo "#                      PD_STATE: $pd_state"

case $run_plan in
START) . "$BASE/start-sequence.sh" ;;
RESTART) . "$BASE/restart-sequence.sh" ;;
esac

echo "Starting server in foreground: ($SERVER_ROOT_DIR/bin/start-server --nodetach)"
exec "$BASE/run-server" "-Xmx$MAX_HEAP_SIZE -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile=$BASE/server.jsa"
