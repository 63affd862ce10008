import {valuesOf} from '../ldap/entry.js';
import {parseLdif} from '../ldap/ldif.js';
import type {Program} from '../pods/machine.js';
import {connect} from './connection.js';
import {readToolOptions} from './options.js';

/** `status`: what runs and how many entries there are. */
export const status: Program = async call => {
	const options = await readToolOptions(call, {flags: ['fullVersion'], values: []});
	if (!options) {
		return 1;
	}

	const server = await connect(call, options);
	if (typeof server === 'number') {
		return server;
	}

	const {ports, backends} = server;
	await call.write(
		[
			'          --- Server Status ---',
			'Server Run Status:   Started',
			`Instance Name:       ${server.instanceName}`,
			`Version:             Ping Identity Directory Server ${server.version}`,
			'',
			'          --- Connection Handlers ---',
			'Address:Port : Protocol : State',
			'-------------:----------:--------',
			...[
				[ports.ldap, 'LDAP'],
				[ports.ldaps, 'LDAPS'],
				[ports.https, 'HTTPS'],
			].map(([port, protocol]) => `${`0.0.0.0:${String(port)}`.padEnd(13)}: ${String(protocol).padEnd(9)}: Enabled`),
			'',
			'          --- Local DB Backends ---',
			'Base DN           : Backend ID : Entries',
			'------------------:------------:--------',
			...backends
				.filter(backend => backend.isEnabled())
				.map(({id, baseDn, entries}) => `${baseDn} : ${id}   : ${entries.size}`),
			'',
			'          --- Mirrored Subtrees ---',
			'None',
			'',
		].join('\n'),
	);
	return 0;
};

/** `validate-ldif`: whether the entries of a file could be imported. */
export const validateLdif: Program = async call => {
	const options = await readToolOptions(call, {
		flags: ['isCompressed', 'ignoreMissingSuperiorObjectClasses'],
		values: ['ldifFile', 'rejectFile'],
		short: {l: 'ldifFile', R: 'rejectFile'},
	});
	const file = options?.value('ldifFile');
	if (!options || file === undefined) {
		return 1;
	}

	let valid = 0;
	const problems: string[] = [];
	for (const record of parseLdif(call.view.read(file).toString())) {
		if ('entry' in record && valuesOf(record.entry, 'objectClass').length > 0) {
			valid++;
		} else {
			problems.push(
				'problem' in record ? record.problem : `Entry ${record.entry.dn} does not include a structural objectclass`,
			);
		}
	}

	const rejectFile = options.value('rejectFile');
	if (rejectFile !== undefined) {
		call.view.write(rejectFile, problems.map(problem => `# ${problem}\n\n`).join(''));
	}

	await call.write(
		`Finished validating ${valid + problems.length} entries.  ` +
			`${problems.length === 0 ? 'No errors were encountered' : `${problems.length} of them are malformed`}\n`,
	);
	return problems.length === 0 ? 0 : 1;
};

/** `encryption-settings list`: the definition that setup made. */
export const encryptionSettings: Program = async call => {
	const {directory} = call.machine;
	if (!directory || call.args[0] !== 'list') {
		await call.writeError('The sub-command list is what is known here\n');
		return 1;
	}

	await call.write(
		`Encryption Settings Definition ID:  ${directory.key.id}\nPreferred for New Encryption:  true\nCipher ` +
			'Transformation:  AES/CBC/PKCS5Padding\nKey Length (bits):  256\n',
	);
	return 0;
};

/** `manage-certificates list-certificates`: the certificate that setup made for this server alone. */
export const manageCertificates: Program = async call => {
	const {directory} = call.machine;
	const store = call.args[call.args.indexOf('--keystore') + 1] ?? '';
	if (!directory || call.args[0] !== 'list-certificates' || !call.view.exists(store)) {
		await call.writeError('There is no such key store\n');
		return 1;
	}

	await call.write(
		[
			'Alias:  server-cert (Certificate 1 of 1 in a chain)',
			`Subject DN:  CN=${directory.instanceName},O=Ping Identity Self-Signed Certificate`,
			'Validity Start Time:  Thursday, January 1, 2026 at 12:00:00 AM Coordinated Universal Time',
			'Validity End Time:  Tuesday, December 31, 2047 at 12:00:00 AM Coordinated Universal Time',
			'',
		].join('\n'),
	);
	return 0;
};
