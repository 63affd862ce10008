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

# The server profile is staged anew at each start: the one that is cloned, then what is mounted.
mkdir -p "$STAGING_DIR"
if test -n "$SERVER_PROFILE_URL"; then
	echo "Getting SERVER_PROFILE"
	echo "  git url: $SERVER_PROFILE_URL"
	rm -rf /tmp/server-profile
	git clone --quiet --depth 1 ${SERVER_PROFILE_BRANCH:+--branch "$SERVER_PROFILE_BRANCH"} "$SERVER_PROFILE_URL" /tmp/server-profile ||
		container_failure 141 "Git clone failure" 'Error running 04-check-variables.sh'
	cp -R "/tmp/server-profile/$SERVER_PROFILE_PATH/." "$STAGING_DIR/" || container_failure 141 "There is no $SERVER_PROFILE_PATH in the profile"
fi
if test -n "$(ls "$IN_DIR" 2>/dev/null)"; then
	echo "copying local IN_DIR files ($IN_DIR) to STAGING_DIR ($STAGING_DIR)"
	for item in "$IN_DIR"/*; do
		cp -RL "$item" "$STAGING_DIR/" || container_failure 2 "Unable to copy $item"
	done
fi

# Variables of a profile are put in. One that is not set ends the start, as manage-profile does.
for file in "$PD_PROFILE"/dsconfig/*.dsconfig; do
	test -f "$file" || continue
	awk '{
		line = ""
		rest = $0
		while (match(rest, /[$][{][A-Za-z0-9_]+[}]/)) {
			name = substr(rest, RSTART + 2, RLENGTH - 3)
			if (!(name in ENVIRON)) {
				print "The variable " name " is not set in the environment" >"/dev/stderr"
				exit 1
			}
			line = line substr(rest, 1, RSTART - 1) ENVIRON[name]
			rest = substr(rest, RSTART + RLENGTH)
		}
		print line rest
	}' "$file" >/tmp/batch || container_failure 183 "$file of the server profile has variables without values" 'Error running 183-run-setup.sh'
	cat /tmp/batch >"$file"
done

# Who this is among the pods of its set, and which is the first (pingdata.lib.sh, buildRunPlan).
pod=$(hostname)
if test "$ORCHESTRATION_TYPE" = KUBERNETES && test -n "$K8S_STATEFUL_SET_NAME"; then
	seed=$K8S_STATEFUL_SET_NAME-0
	own=$(getent ahostsv4 "$pod" | awk '{print $1; exit}')
	others=$(getent ahostsv4 "$K8S_STATEFUL_SET_SERVICE_NAME" | awk '{print $1}' | sort -u | grep -vxc "$own")
	echo "Number of servers available in this domain: $((others + 1))"
else
	seed='' others=0
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
	if test -z "$seed" || { test "$pod" = "$seed" && test "$others" -eq 0; }; then
		pd_state=GENESIS
	else
		pd_state=SETUP
	fi
	# Not ready before its configuration is there and it has joined; a server that restarts is ready as soon as it answers (until 2303).
	: >/tmp/unavailable
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

"$BASE/post-start.sh" "$run_plan" "$pd_state" "$seed" &
echo "Starting server in foreground: ($SERVER_ROOT_DIR/bin/start-server --nodetach)"
exec "$BASE/run-server" "-Xmx$MAX_HEAP_SIZE -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:SharedArchiveFile=$BASE/server.jsa"
