import type {VariablePlace} from './variables.js';

/**
LDAP hosts without a port in an export: 389 or 636 is meant, and a server of sprint 2103 or later listens on neither.
@see pingidentity-server-profiles, commit 0b78771 (data stores of PingFederate that named hosts without a port)
*/
export const hostsWithoutPort = (path: string, text: string): readonly VariablePlace[] => {
	let isAmongHosts = false;
	return text.split('\n').flatMap((line, index): readonly VariablePlace[] => {
		if (line.includes('"hostnames": [')) {
			isAmongHosts = true;
			return [];
		}

		isAmongHosts &&= !line.includes(']');
		const host = isAmongHosts ? /^\s*"(?<host>[^"]*)",?$/v.exec(line)?.groups?.host : undefined;
		return host === undefined || /:\d+$/v.test(host)
			? []
			: [{path, line: index + 1, what: `the LDAP host ${host} without a port, which means 389 or 636`}];
	});
};
