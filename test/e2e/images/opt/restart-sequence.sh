# Sourced by entrypoint.sh on a restart: refuses ports that differ from those of the setup, as PingDirectory's hooks do.

echo 'Restarting container'
if ! test -f "$PD_PROFILE/setup-arguments.txt"; then
	recorded="$SERVER_ROOT_DIR/config/.manage-profile-setup-arguments.txt"
	ldap=$(sed -n 's/.*--ldapPort \([0-9]*\).*/\1/p' "$recorded")
	ldaps=$(sed -n 's/.*--ldapsPort \([0-9]*\).*/\1/p' "$recorded")
	https=$(sed -n 's/.*--httpsPort \([0-9]*\).*/\1/p' "$recorded")
	if test "$ldap" != "$LDAP_PORT" || test "$ldaps" != "$LDAPS_PORT" || test "$https" != "$HTTPS_PORT"; then
		echo '*****'
		echo 'LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.'
		echo '   Service         Original Setting     Attempt'
		printf '   %-15s %-20s %s\n' LDAP_PORT "$ldap" "$LDAP_PORT" LDAPS_PORT "$ldaps" "$LDAPS_PORT" HTTPS_PORT "$https" "$HTTPS_PORT"
		echo 'Please make any adjustments in dsconfig commands.'
		echo '*****'
		container_failure 20 'Resolve the issues with your orchestration environment variables' 'Error running 20-restart-sequence.sh'
	fi
fi

# A server that ends while its backend is being initialized finds it disabled in its configuration, and is never ready: so OpenDJ, not
# PingDirectory, which is ready without a word of what its backend lacks.
if test -f "$SERVER_ROOT_DIR/config/initializing"; then
	rm -f "$SERVER_ROOT_DIR/config/initializing"
	sed -i '/^dn: ds-cfg-backend-id=[^,]*,cn=Backends,cn=config$/,/^$/s/^ds-cfg-enabled: false$/ds-cfg-enabled: true/' "$SERVER_ROOT_DIR/config/config.ldif"
fi
