# Sourced by entrypoint.sh on a first start: copies the server that the image carries to the volume and makes it this one's.

test "$USER_BASE_DN" = dc=example,dc=com || container_failure 10 'This image serves USER_BASE_DN=dc=example,dc=com only' 'Error running 10-start-sequence.sh'
cp -Rp "$SERVER_BITS_DIR" "$SERVER_ROOT_DIR" || container_failure 10 "Unable to copy $SERVER_BITS_DIR" 'Error running 10-start-sequence.sh'
mkdir -p "$SERVER_ROOT_DIR/logs" "$SERVER_ROOT_DIR/tmp" "$SERVER_ROOT_DIR/config/encryption-settings"
# What the profile has for the server's folder, schema files above all; post-start.sh runs its batches once the server can take them.
for part in pre-setup post-setup; do
	test ! -d "$PD_PROFILE/server-root/$part" || cp -Rp "$PD_PROFILE/server-root/$part/." "$SERVER_ROOT_DIR/" ||
		container_failure 183 "Unable to copy $PD_PROFILE/server-root/$part" 'Error running 183-run-setup.sh'
done

cat >"$SERVER_ROOT_DIR/config/.manage-profile-setup-arguments.txt" <<ARGUMENTS
--verbose
--acceptLicense
--skipPortCheck
--instanceName $(hostname)
--location $LOCATION
--ldapPort $LDAP_PORT
--ldapsPort $LDAPS_PORT
--httpsPort $HTTPS_PORT
--maxHeapSize $MAX_HEAP_SIZE
--rootUserDN $ROOT_USER_DN
--baseDN $USER_BASE_DN
--addBaseEntry
ARGUMENTS

cat >"$SERVER_ROOT_DIR/config/tools.properties" <<PROPERTIES
hostname=localhost
port=$LDAPS_PORT
useSSL=true
useStartTLS=false
trustAll=true
bindDN=$ROOT_USER_DN
bindPasswordFile=$ROOT_USER_PASSWORD_FILE
adminUID=
adminPasswordFile=$ADMIN_USER_PASSWORD_FILE
suppressPropertiesFileComment=true
PROPERTIES

(
	umask 077
	openssl rand -hex 32 >"$SERVER_ROOT_DIR/config/encryption-settings/encryption-settings-db"
	openssl rand -hex 8 >"$SERVER_ROOT_DIR/config/encryption-settings.pin"
)

# The root user's password, as OpenDJ stores it: SHA-512 of password and salt, then the salt.
salt=$(openssl rand -hex 4)
hash=$( (
	printf '%s%s' "$(cat "$ROOT_USER_PASSWORD_FILE")" "$salt" | openssl dgst -sha512 -binary
	printf %s "$salt"
) | openssl base64 -A)
sed -i \
	-e "s/^ds-cfg-listen-port: 21389$/ds-cfg-listen-port: $LDAP_PORT/" \
	-e "s/^ds-cfg-listen-port: 21636$/ds-cfg-listen-port: $LDAPS_PORT/" \
	-e "s/^ds-cfg-listen-port: 21443$/ds-cfg-listen-port: $HTTPS_PORT/" \
	-e "s/^ds-cfg-listen-port: 21689$/ds-cfg-listen-port: $JMX_PORT/" \
	-e "s/^ds-cfg-alternate-bind-dn: cn=administrator$/ds-cfg-alternate-bind-dn: $ROOT_USER_DN/" \
	-e "s|^userPassword: {SSHA512}.*|userPassword: {SSHA512}$hash|" \
	"$SERVER_ROOT_DIR/config/config.ldif"

cp "$SERVER_ROOT_DIR/config/config.ldif" "$SERVER_ROOT_DIR/config/config-postSetup.ldif"

if test "$pd_state" != GENESIS; then
	echo 'PD_STATE is not GENESIS ==> Skipping Templates'
	echo 'PD_STATE is not GENESIS ==> Will not process ldif imports'
elif test "${MAKELDIF_USERS:-0}" -gt 0; then
	template="$SERVER_ROOT_DIR/config/MakeLDIF/example.template"
	echo "Processing ($template) template with $MAKELDIF_USERS users..."
	sed -i "s/^define numusers=.*/define numusers=$MAKELDIF_USERS/" "$template"
	OPENDJ_JAVA_ARGS="-Xmx$MAX_HEAP_SIZE -XX:+UseSerialGC -XX:TieredStopAtLevel=1" "$SERVER_ROOT_DIR/opendj/import-ldif" --offline --noPropertiesFile \
		--backendID userRoot --templateFile "$template" || container_failure 10 'Unable to import generated users' 'Error running 10-start-sequence.sh'
fi
