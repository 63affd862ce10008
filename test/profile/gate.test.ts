import {Buffer} from 'node:buffer';
import {gzipSync} from 'node:zlib';
import {zipSync} from 'fflate';
import {expect, test} from 'vitest';
import {heldBack} from '../../source/profile/held-back.js';
import {findLeaks} from '../../source/profile/secrets.js';

/** Stands for a secret: in no case may it be let through, nor be told. */
const canary = 'kestrel4Q9x7Zv2';

/** One that a person would choose: nothing of its form tells. */
const word = 'opensesame';

const bytes = (content: string | Uint8Array): Uint8Array =>
	typeof content === 'string' ? new TextEncoder().encode(content) : content;

const leaksOf = (path: string, content: string | Uint8Array) => findLeaks(new Map([[path, bytes(content)]]));

const batch = 'pd.profile/dsconfig/20-settings.dsconfig';
const variables = 'env_vars';
const json = 'instance/data/settings.json';
const xml = 'instance/conf/settings.xml';
const yaml = 'instance/webapps/console/WEB-INF/classes/application.yml';
const properties = 'instance/conf/run.properties';
const hook = 'hooks/80-post-start.sh.post';
const ldif = 'pd.profile/ldif/dataset/10-more.ldif';

const utf16 = (text: string, isBig: boolean): Uint8Array => {
	const little = Buffer.from(`\u{FEFF}${text}`, 'utf16le');
	return isBig ? little.swap16() : little;
};

const person = `dn: uid=x,dc=example,dc=com\nobjectClass: inetOrgPerson\nsn: ${canary}\n`;

test.each<readonly [path: string, content: string | Uint8Array]>([
	// Batches of dsconfig.
	[batch, `dsconfig set-root-dn-user-prop --user-name a --set password:${word}`],
	[batch, `dsconfig set-root-dn-user-prop --user-name a --set=password:${word}`],
	[batch, `dsconfig set-root-dn-user-prop --user-name a --set "PASSWORD: ${word}"`],
	[batch, `dsconfig set-root-dn-user-prop --user-name a \\\n    --set \\\n    'password:${word}'`],
	[batch, `set-external-server-prop --server-name a --add bind-password:${word}`],
	[batch, `dsconfig create-external-server --set client-secret:${word}`],
	[batch, `dsconfig create-external-server --set shared-secret:${word}`],
	[batch, `dsconfig create-external-server --set access-token:${word}`],
	[batch, `dsconfig create-external-server --set aws-secret-access-key:${word}`],
	[batch, `dsconfig create-external-server --set api-key:${word}`],
	[batch, `dsconfig create-key-manager-provider --set private-key-pin:${word}`],
	[batch, `dsconfig create-key-manager-provider --set key-store-pin:1234`],
	[batch, `dsconfig create-x --set password:\${A}${word}`],
	[batch, `dsconfig create-x --set password:${word}\${A}`],
	[batch, `dsconfig create-x --set password:\${A:-${word}}`],
	[batch, `dsconfig create-x --set password:\${DOLLAR}${word}`],
	[batch, `dsconfig create-x --set extension-argument:password=${word}`],
	[batch, `dsconfig create-x --set passphrase=${word}`],
	[batch, `dsconfig create-x --set unheard-of:${canary}`],
	[batch, `dsconfig create-x --set description:${canary}`],
	[batch, `dsconfig create-x --set base-url:https://user:${word}@example.com/`],
	[batch, `# dsconfig set-root-dn-user-prop --set password:${word}`],
	[batch, `dsconfig set-x --bindPassword ${word}`],
	[batch, `ldapmodify --trustStorePassword=${word}`],
	[batch, `--keyStorePin\n${canary}`],
	[batch, `encryption-settings import --passphrase ${word}`],
	// Variables.
	[variables, `ROOT_USER_PASSWORD=${word}`],
	[variables, `export LDAP_PWD="${word}"`],
	[variables, `DB_PASS='${word}'`],
	[variables, `ROOT_PW=${word}`],
	[variables, `PING_IDENTITY_PASSWORD_2=${word}`],
	[variables, `OLD_PASSWORD_BACKUP=${word}`],
	[variables, `AWS_SECRET_ACCESS_KEY=${word}`],
	[variables, `PING_IDENTITY_DEVOPS_KEY=${word}`],
	[variables, `VAULT_TOKEN=${word}`],
	[variables, `export ADMIN_PASSWORD=\${ADMIN_PASSWORD:=${word}}`],
	[variables, `JAVA_OPTS="-Dpassword=${word}"`],
	[variables, `SOMETHING=${canary}`],
	[variables, `SERVER_PROFILE_URL=https://me:${word}@git.example.com/p.git`],
	[variables, `DB_URL=jdbc:mysql://db/x?user=a&password=${word}`],
	[variables, `#ROOT_PASSWORD=${word}`],
	[variables, canary],
	// Properties, XML, YAML, JSON.
	[properties, `spring.datasource.password = ${word}`],
	[properties, `pa.jdbc.filepassword: ${word}`],
	[properties, `admin.pin=123456`],
	[properties, `a.b=\\\n  ${canary}`],
	[properties, `note=OBF:AES:abc:def`],
	[xml, `<user name="a" password="${word}"/>`],
	[xml, `<config><password>${word}</password></config>`],
	[xml, `<config><bindPassword><![CDATA[${word}]]></bindPassword></config>`],
	[xml, `<property name="password" value="${word}"/>`],
	[xml, `<property name="apiKey"><value>${word}</value></property>`],
	[xml, `<init-param><param-name>clientSecret</param-name><param-value>${word}</param-value></init-param>`],
	[xml, `<a><!-- <password>${word}</password> --></a>`],
	[xml, `<dsml:attr xmlns:dsml="x" name="userPassword"><dsml:value>${word}</dsml:value></dsml:attr>`],
	[xml, `password ${canary}`],
	[yaml, `clientSecret: ${word}`],
	[yaml, `ldap:\n  bind-password: "${word}"`],
	[yaml, `passwords:\n  - ${word}\n  - other`],
	[yaml, `password: >-\n  ${word}`],
	[yaml, `env:\n  - name: DB_PASSWORD\n    value: ${word}`],
	[yaml, `a: {password: ${word}}`],
	[json, `{"password": ["${word}"]}`],
	[json, `{"password": {"value": "${word}"}}`],
	[json, `{"a": {"accessToken": "${word}"}}`],
	[json, `{"refresh_token":"${word}"}`],
	[json, `{"pin": 1234}`],
	[json, `{"password": "\${PW:-${word}}"}`],
	[json, `{"password": "${word}", "password": "\${PW}"}`],
	[json, `{"fields": [{"name": "Client Secret", "value": "${word}"}]}`],
	[json, `{"value": "${word}", "name": "Password"}`],
	[json, `{"keys": [{"kty": "oct", "k": "${word}"}]}`],
	[json, String.raw`{"jwks": "{\"keys\": [{\"kty\": \"RSA\", \"d\": \"${word}\"}]}"}`],
	[json, `{"url": "jdbc:oracle://h/x?user=a;password=${word}"}`],
	[json, String.raw`{"u\u0070": 1, "pass\u0077ord": "${word}"}`],
	[json, `{"note": "${canary}"}`],
	[json, `{"password": "${word}"`],
	[json, `{"note": "$2b$12$abcdefghijklmnopqrstuv"}`],
	// Scripts and text.
	[hook, `ROOT_PASSWORD=${word}`],
	[hook, `ldapsearch --bindPassword ${word} -b x`],
	[hook, `ldapsearch -D cn=admin -w ${word} -b x`],
	[hook, `curl -u admin:${word} https://localhost`],
	[hook, `curl -H "Authorization: Bearer ${canary}" https://localhost`],
	['misc-files/README.md', `Log in as admin, password: ${canary}`],
	['misc-files/notes.txt', `the word is ${canary}`],
	['misc-files/notes.txt', `$6$salt$abcdefghijklmnop`],
	// What is no text of a kind that is known.
	['misc-files/root-user-password.txt', word],
	['pd.profile/server-root/pre-setup/config/keystore-pin', word],
	['pd.profile/server-root/pre-setup/config/server.der', Buffer.from([0x30, 0x82, 0, 1])],
	['pd.profile/server-root/pre-setup/config/keystore.bcfks', Buffer.from([0x30, 0])],
	['pd.profile/server-root/pre-setup/config/store.jceks', word],
	['pd.profile/server-root/pre-setup/config/server.pem', word],
	['pd.profile/server-root/pre-setup/config/id_rsa', word],
	['misc-files/data.sqlite', `SQLite format 3\0${word}`],
	['misc-files/bundle.zip', zipSync({'users.ldif': bytes(person)})],
	['misc-files/archive.tar.gz', gzipSync(person)],
	['instance/server/default/deploy/kit.jar', zipSync({'users.ldif': bytes(person)})],
	['instance/server/default/deploy/kit.jar', zipSync({'a.properties': bytes(`password=${word}`)})],
	['instance/server/default/deploy/kit.jar', word],
	['pd.profile/dsconfig/.20-settings.dsconfig.swp', `b0VIM ${canary}`],
	['pd.profile/dsconfig/.20-settings.dsconfig.un~', canary],
	['pd.profile/dsconfig/20-settings.dsconfig~', `dsconfig set-x --set enabled:true`],
	['pd.profile/dsconfig/#20-settings.dsconfig#', `dsconfig set-x --set enabled:true`],
	['pd.profile/dsconfig/20-settings.dsconfig.orig', `dsconfig set-x --set enabled:true`],
	// Entries.
	[ldif, person],
	[ldif, utf16(person, false)],
	[ldif, utf16(person, true)],
	[ldif, Buffer.from(person.replace('uid=x', 'uid=\u{E9}'), 'latin1')],
	[ldif, `dn : uid=x,dc=y\nobjectClass: inetOrgPerson\ncn: ${word}`],
	[ldif, `dn: uid=x,dc=y\nobjectClass: 2.16.840.1.113730.3.2.2\nmail: ${word}`],
	[ldif, `dn: uid=x,dc=y\nobjectClass: custom\nds-pwp-reset-token: ${word}`],
	[ldif, `dn: uid=x,dc=y\nobjectClass:: aW5ldE9yZ1BlcnNvbg==\nmail: ${word}`],
	[ldif, `dn: uid=x,dc=y\nchangetype: modify\nreplace: mail\nmail: ${word}`],
	['pd.profile/ldif/dataset/10-more.ldif.gz', gzipSync(person)],
	['pd.profile/ldif/userRoot/users.ldif.bz2', word],
	['pd.profile/ldif/userRoot/users.ldif.encrypted', word],
	['misc-files/users.csv', `uid,mail\nx,${word}`],
])('%s with «%s» is held back', (path, content) => {
	const leaks = leaksOf(path, content);
	expect(leaks.map(leak => leak.path)).toContain(path);
	for (const secret of [canary, word]) {
		expect(JSON.stringify(leaks)).not.toContain(secret);
	}
});

/** The beginning of a certificate's DER: a sequence of a sequence that begins with a version and a number. */
const certificate = Buffer.from([0x30, 0x0c, 0x30, 0x0a, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x03, 1, 2, 3]);
const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2]);
const pem = (kind: string, der: Uint8Array): string =>
	`-----BEGIN ${kind}-----\n${Buffer.from(der).toString('base64')}\n-----END ${kind}-----\n`;

test.each<readonly [path: string, content: string | Uint8Array]>([
	// Places to be filled in, and variables of every kind.
	[xml, `<a><!-- <S3_PING access_key="[...]" secret_access_key="[your secret]"/> --></a>`],
	[`${xml}.subst`, '<S3_PING access_key="$DISCOVERY_S3_ACCESS_KEY" secret_access_key="$DISCOVERY_S3_SECRET_KEY"/>'],
	['instance/bin/ldap.properties.subst', 'ldap.password=${_DOLLAR_}{LDAP_PASSWORD_OBFUSCATED}'],
	[hook, 'OBFUSCATED_PASSWORD="${OBFUSCATED_PASSWORD:8}"\nMASTER_KEY="${BACKUP_URL}/${folder}/pf.jwk"'],
	[hook, '# MASTER_KEY="${BACKUP_URL}/pf.jwk"'],
	// Names of things that are about secrets.
	[xml, `<item name="urn:ietf:params:oauth:token-type:access_token">urn:x</item>`],
	[xml, '<item name="urn:oasis:names:tc:SAML:2.0:ac:classes:Password">2</item>'],
	[xml, '<item name="hashedSecret">pf-oauth-client-hashed-secret</item>'],
	[xml, '<map name="access-token-management-plugin-sequence"><item name="jwt">1</item></map>'],
	[xml, '<item name="access-token-management-plugins-default">jwt</item>'],
	[xml, '<item name="UserPass">org.example.domain.SimpleValidator</item>'],
	[xml, '<item name="InvalidTokenResponseFaultString">The token is not valid.</item>'],
	[xml, '<group policyId="web" idTokenLife="5"/>'],
	// What looks random and is public.
	[xml, '<Console name="SecurityAudit2Console4SIEM"><ref ref="SecurityAudit2Console4SIEM"/></Console>'],
	[xml, '<Field name="Certificate">a1b2c3d4e5f6g7h8i9j0k1l2m</Field>'],
	[xml, '<list><ListItem>a1b2c3d4e5f6g7h8i9j0k1l2m</ListItem></list>'],
	[xml, `<Base64EncodedCert>${certificate.toString('base64')}</Base64EncodedCert>`],
	[json, `{"certificateHash": {"algorithm": "SHA1", "hexValue": "${'0a1b'.repeat(10)}"}}`],
	['instance/server/default/deploy/kit/a.jsp', '// HTTP Basic Authentication, of three'],
	// Kinds of files.
	['DISCLAIMER', 'Without warranty.\n'],
	['extensions/autoinstall.list', 'some-plugin\n'],
	['hooks/82-site.sh.disabled', 'echo on\n'],
	['instance/server/default/conf/template/assets/images/logo.png', picture],
	['instance/conf/tls/server.crt', pem('CERTIFICATE', certificate)],
	['instance/conf/tls/server.cer', certificate],
	['instance/data/.gitkeep', ''],
	['instance/conf/driver.jar', zipSync({'org/example/db/A.class': Buffer.from([0xca, 0xfe, 0xba, 0xbe])})],
	['instance/server/default/deploy/a.war/WEB-INF/classes/A.class', Buffer.from([0xca, 0xfe, 0xba, 0xbe])],
	[
		'instance/server/default/deploy/kit.jar',
		zipSync({'a.properties': bytes('CLIENT_KEY=use_base64_key\nNMTOKEN = \\\n  one of them\n')}),
	],
	// A comment in the midst of a command that goes on.
	[batch, `dsconfig set-x \\\n    # --set 'extension-argument:filter=country eq 1' \\\n    --set enabled:true`],
])('%s with «%s» is let through', (path, content) => {
	expect(leaksOf(path, content)).toEqual([]);
});

test.each<readonly [path: string, content: string | Uint8Array]>([
	['a.png', Buffer.concat([picture, Buffer.from(`-----BEGIN PRIVATE KEY-----${canary}`)])],
	['a.png', word],
	['a.class', Buffer.from([0xca, 0xfe, 0xba, 0xbe])],
	['server.crt', pem('CERTIFICATE', certificate) + pem('PRIVATE KEY', certificate)],
	['server.crt', pem('CERTIFICATE', Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00]))],
	['server.crt', pem('CERTIFICATE', Buffer.concat([certificate, Buffer.from(canary)]))],
	['server.der', Buffer.concat([certificate, Buffer.from(canary)])],
	['instance/data/.gitkeep', word],
	[`${xml}.subst`, `<a password="$${word}"/>`],
	[hook, `MASTER_KEY="${word}/a.jwk"`],
	[hook, `PASSWORD="\${PASSWORD/a/${word}}"`],
	[xml, `<item name="token-default">${word}</item>`],
	[xml, `<passwords><item name="a">${word}</item></passwords>`],
	[xml, `<Field name="Certificate">${canary}</Field>`],
	[batch, `dsconfig set-x \\\n    # --set password:${word} \\\n    --set enabled:true`],
	['hooks/a.sh', `curl -H "Authorization: Basic ${Buffer.from('admin:opensesame').toString('base64')}" x`],
])('%s with «%s» is held back all the same', (path, content) => {
	expect(leaksOf(path, content)).toHaveLength(1);
});

/** A profile of PingDirectory as its operators write them, in small. */
const directoryProfile: Readonly<Record<string, string>> = {
	'README.md': '# Our directory\n\nThe password of the administrator comes from a Secret; see `env_vars`.\n',
	env_vars: `# Settings of this site
export LOCATION=\${LOCATION:=paris}
MAX_HEAP_SIZE=2g
USER_BASE_DN="dc=example,dc=com"
ROOT_USER_PASSWORD_FILE=/run/secrets/root-user-password
PD_ENGINE_PUBLIC_HOSTNAME=ldap.example.com
TLS_PROTOCOLS="TLSv1.2 TLSv1.3"
`,
	'hooks/20-restart-sequence.sh.pre': `#!/usr/bin/env sh
. "\${HOOKS_DIR}/pingcommon.lib.sh"
_password=$(cat "\${ROOT_USER_PASSWORD_FILE}")
if test -f "\${SERVER_ROOT_DIR}/config/server.uuid"; then
    ldapsearch --bindPasswordFile "\${ROOT_USER_PASSWORD_FILE}" --baseDN "" --searchScope base "(&)" 1.1
fi
`,
	'pd.profile/variables-ignore.txt': '# Files without variables\nmisc-files/README\n',
	'pd.profile/misc-files/README': 'This profile was created with manage-profile generate-profile by user root.\n',
	'pd.profile/dsconfig/00-config.dsconfig':
		String.raw`# Configuration changes to bring source (config-postSetup.gz) to target (config.ldif)

dsconfig set-global-configuration-prop --set "instance-name:${'$'}{PING_INSTANCE_NAME}" --set location:Docker \
    --set lookthrough-limit:50000
dsconfig set-password-policy-prop --policy-name "Default Password Policy" \
    --set "default-password-storage-scheme:Salted 512-bit SHA-2" --set max-password-age:90d \
    --set password-history-count:5 --set "password-expiration-warning-interval:5 d" \
    --set allow-user-password-changes:true --set "password-validator:Length-Based Password Validator"
dsconfig create-external-server --server-name upstream --type ping-identity-ds \
    --set server-host-name:ds2.example.com --set server-port:1636 --set connection-security:ssl \
    --set "bind-dn:cn=proxy user,cn=Root DNs,cn=config" --set "password:${'$'}{PROXY_PASSWORD}"
dsconfig create-local-db-index --backend-name userRoot --index-name mail --set index-type:equality
dsconfig set-access-control-handler-prop \
    --add 'global-aci:(targetattr="userPassword || authPassword")(version 3.0; acl "No passwords"; deny (read) userdn="ldap:///anyone";)'
dsconfig create-constructed-virtual-attribute --attribute-name "Full Name" --set attribute-type:displayName \
    --set "value-pattern:{givenName} {sn}" --set "filter:(objectClass=person)" --set enabled:true
dsconfig create-plugin --plugin-name "Purge Sessions" --type purge-expired-data --set datetime-attribute:accessGrantExpires \
    --set "polling-interval:20 s" --set max-updates-per-second:100 --set 'expiration-offset:2 w'
dsconfig set-log-publisher-prop --publisher-name "File-Based Access Logger" --set log-file:logs/access \
    --set "log-field-behavior:..."
`.replace(' \\\n    --set "log-field-behavior:..."', ''),
	'pd.profile/ldif/dataset/00-structure.ldif': `dn: dc=example,dc=com
objectClass: top
objectClass: domain
dc: example
aci: (targetattr="*")(version 3.0; acl "Read"; allow (read,search) userdn="ldap:///self";)

dn: ou=People,dc=example,dc=com
objectClass: top
objectClass: organizationalUnit
ou: People
`,
	'pd.profile/server-root/pre-setup/config/schema/77-site.ldif': `dn: cn=schema
objectClass: top
objectClass: ldapSubentry
objectClass: subschema
cn: schema
attributeTypes: ( 1.3.6.1.4.1.32473.1.1 NAME 'costCentre'
  DESC 'Where it is paid' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 X-ORIGIN 'site' )
objectClasses: ( 1.3.6.1.4.1.32473.2.1 NAME 'siteUser' SUP top AUXILIARY MAY ( costCentre $ userPassword ) )
`,
};

/** The same of PingFederate and PingAccess. */
const administrationProfile: Readonly<Record<string, string>> = {
	'instance/bulk-config/data.json.subst': JSON.stringify(
		{
			metadata: {pfVersion: '12.1.0.5'},
			operations: [
				{
					resourceType: '/dataStores',
					operationType: 'SAVE',
					items: [
						{
							type: 'LDAP',
							id: 'LDAP-0A1B2C3D4E5F60718293A4B5C6D7E8F901234567',
							hostnames: ['${PD_ENGINE_PRIVATE_HOSTNAME}:${PD_ENGINE_PRIVATE_PORT_LDAPS}'],
							userDN: 'cn=pingfederate',
							password: '${PF_EXPORT_DATASTORES_LDAP_PASSWORD}',
						},
					],
				},
				{
					resourceType: '/oauth/accessTokenManagers',
					items: [
						{
							id: 'jwt',
							pluginDescriptorRef: {
								id: 'com.pingidentity.pf.access.token.management.plugins.JwtBearerAccessTokenManagementPlugin',
							},
							configuration: {
								fields: [
									{name: 'Token Lifetime', value: '120'},
									{name: 'Use Centralized Signing Key', value: 'true'},
								],
							},
						},
					],
				},
				{
					resourceType: '/oauth/clients',
					items: [
						{
							clientId: 'web',
							grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
							clientAuth: {type: 'SECRET', encryptedSecret: '', secret: '${WEB_SECRET}'},
							tokenEndpointAuthMethod: 'client_secret_basic',
							refreshTokenRollingGracePeriod: 60,
						},
					],
				},
			],
		},
		undefined,
		2,
	),
	'instance/data/start-up-deployer/data.json.subst': `{
  "version": "6.2.1.0",
  "data": {
    "webSessions": [{"id": 1, "name": "session", "cookieType": "Signed", "sessionTimeoutInMinutes": 60,
      "clientCredentials": {"clientId": "pa", "clientSecret": {"value": "\${PA_CLIENT_SECRET}"}}}],
    "virtualhosts": [{"id": 1, "host": "*", "port": \${PA_PORT}, "keyPairId": 0}]
  }
}
`,
	'instance/conf/run.properties.subst': `pa.operational.mode=\${OPERATIONAL_MODE}
admin.header.X-XSS-Protection=1; mode=block
pa.default.session.cookie.size.threshold=4093
pa.jdbc.password=\${PA_JDBC_PASSWORD}
`,
	'instance/server/default/conf/META-INF/hivemodule.xml': `<?xml version="1.0"?>
<!-- Where the implementations stand -->
<module id="org.sourceid.saml20" version="1.0.0">
  <service-point id="AccessGrantManager" interface="com.pingidentity.sdk.accessgrant.AccessGrantManager">
    <invoke-factory><construct class="org.sourceid.oauth20.token.AccessGrantManagerLDAPPingDirectoryImpl"/></invoke-factory>
  </service-point>
</module>
`,
	'instance/server/default/conf/template/login.html':
		'<form method="POST"><label>$templateMessages.getMessage("password")</label><input type="password" ' +
		'name="pf.pass"/></form>\n',
	'instance/server/default/conf/language-packs/login.properties':
		'password=Password\nforgot-password=Forgot your password?\n',
	'instance/conf/jvm-memory.options': '# Memory\n-Xms512m\n-XX:+UseParallelGC\n',
	'instance/conf/log4j2.xml':
		'<Configuration status="WARN"><Appenders><Console name="out"><PatternLayout pattern="%d{ISO8601} %-5p ' +
		'%m%n"/></Console></Appenders></Configuration>\n',
	'instance/webapps/console/WEB-INF/classes/application.yml.subst':
		'ldap:\n  hostname: ${PD_HOST}\n  password: ${PD_PASSWORD}\nserver:\n  port: 8443\n',
	'extensions/site.remote.list': 'https://extensions.example.com/ds-plugin/latest/extension.zip\n',
};

test.each([
	['PingDirectory', directoryProfile],
	['an administration node', administrationProfile],
])('all of a profile of %s that has no secret is let through, by the scanner too', async (_what, files) => {
	const tree = new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]));
	expect(await heldBack(tree)).toEqual([]);
});

test('a manifest that carries a profile without secrets is let through, and one with a secret is not', () => {
	const carrying = (value: string): string =>
		'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: profile\ndata:\n  data.json.subst: |\n    {\n      ' +
		`"encryptedPassword": "${value}",\n      "port": 1\n    }\n`;
	expect(leaksOf('01-configmap-profile.yaml', carrying('${PF_EXPORT_PASSWORD}'))).toEqual([]);
	expect(leaksOf('01-configmap-profile.yaml', carrying(word)).map(({line}) => line)).toEqual([8]);
});

test('an archive of Java is let in where it holds what such an archive is made of', () => {
	const kit = zipSync({
		'META-INF/MANIFEST.MF': bytes('Manifest-Version: 1.0\n'),
		'com/example/Kit.class': Buffer.from([0xca, 0xfe, 0xba, 0xbe]),
		'com/example/messages.properties': bytes('title=Sign on\n'),
	});
	expect(leaksOf('instance/server/default/deploy/kit.jar', kit)).toEqual([]);
	expect(leaksOf('misc-files/kit.jar', kit)).toHaveLength(1);
});

test('what is let in by name is let through: a file as a whole, or a field of it alone', () => {
	const text = `dsconfig set-a --set unheard-of:${canary}\ndsconfig set-b --set password:${word}\n`;
	const tree = new Map([[batch, bytes(text)]]);
	const names = findLeaks(tree).map(({name}) => name);
	expect(names).toEqual([`${batch}#unheard-of`, `${batch}#password`]);
	expect(findLeaks(tree, new Set([`${batch}#unheard-of`])).map(({line}) => line)).toEqual([2]);
	expect(findLeaks(tree, new Set([batch]))).toEqual([]);
});

test('the scanner adds what it knows of other services, and what it found is not told', async () => {
	const token = ['npm', 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgHiJ'].join('_');
	const held = await heldBack(
		new Map([['hooks/10-site.sh', bytes(`echo //registry.npmjs.org/:_authToken=${token}\n`)]]),
	);
	expect(held).toHaveLength(1);
	expect(held[0]).toMatchObject({path: 'hooks/10-site.sh', line: 1});
	expect(JSON.stringify(held)).not.toContain(token);
});
