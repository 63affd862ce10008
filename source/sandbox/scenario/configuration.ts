/** A licence that opens nothing. */
export const licence = 'Product=PingDirectory\nVersion=8.2\nID=sandbox\nSignature=none\n';

/** Schema of the operator's own, without which some of the old entries are refused. */
export const customSchema =
	'dn: cn=schema\nobjectClass: top\nobjectClass: ldapSubentry\nobjectClass: subschema\ncn: ' +
	"schema\nattributeTypes: ( 1.3.6.1.4.1.99999.1.1 NAME 'exampleLoyaltyNumber' SYNTAX " +
	"1.3.6.1.4.1.1466.115.121.1.15 X-ORIGIN 'example.com' )\nobjectClasses: ( 1.3.6.1.4.1.99999.2.1 NAME " +
	"'exampleCustomer' SUP top AUXILIARY MAY exampleLoyaltyNumber X-ORIGIN 'example.com' )\n";

/** What was set by hand on the old servers over the years, and is in no manifest. */
export const oldSettings = (
	instanceName: string,
	further: ReadonlyArray<{readonly id: string; readonly baseDn: string}>,
): string => String.raw`dsconfig create-external-server \
    --server-name peer \
    --type ping-identity-ds \
    --set server-host-name:${instanceName} \
    --set server-port:636 \
    --set connection-security:ssl

dsconfig set-log-publisher-prop \
    --publisher-name "File-Based Access Logger" \
    --set log-file:/opt/out/instance/logs/access

dsconfig set-backend-prop \
    --backend-name userRoot \
    --set db-cache-percent:25

dsconfig create-local-db-index \
    --backend-name userRoot \
    --index-name exampleLoyaltyNumber \
    --set index-type:equality \
    --set index-type:presence

dsconfig set-password-policy-prop \
    --policy-name "Default Password Policy" \
    --set "default-password-storage-scheme:Salted 512-bit SHA-2" \
    --set "lockout-failure-count:5"
${further
	.map(
		({id, baseDn}) => String.raw`
dsconfig create-backend \
    --backend-name ${id} \
    --type local-db \
    --set enabled:true \
    --set base-dn:${baseDn}
`,
	)
	.join('')}`;
