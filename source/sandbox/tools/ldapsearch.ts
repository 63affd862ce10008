import {isBelow, isOperational, normalDn, parentDn, type Entry} from '../ldap/entry.js';
import {parseFilter} from '../ldap/filter.js';
import {formatEntry} from '../ldap/ldif.js';
import type {Program} from '../pods/machine.js';
import {connect, ldapResult} from './connection.js';
import {readToolOptions, toolHelp, type ToolUsage} from './options.js';
import {searchedEntries} from './search-bases.js';

const usage: ToolUsage = {
	flags: [
		'terse',
		'dontWrap',
		'countEntries',
		'dryRun',
		'matchingEntryCountControl',
		'typesOnly',
		'suppressBase64EncodedValueComments',
	],
	values: [
		'baseDN',
		'scope',
		'searchScope',
		'sizeLimit',
		'timeLimitSeconds',
		'filter',
		'requestedAttribute',
		'wrapColumn',
		'outputFormat',
		'outputFile',
	],
	short: {
		A: 'typesOnly',
		b: 'baseDN',
		f: 'filterFile',
		s: 'scope',
		T: 'dontWrap',
		t: 'terse',
		z: 'sizeLimit',
	},
};

const isInScope = (dn: string, base: string, scope: string): boolean => {
	switch (scope) {
		case 'base': {
			return dn === base;
		}

		case 'one': {
			return normalDn(parentDn(dn)) === base && dn !== base;
		}

		case 'subordinates': {
			return dn !== base && isBelow(dn, base);
		}

		default: {
			return isBelow(dn, base);
		}
	}
};

const shown = (entry: Entry, wanted: readonly string[]): Entry => {
	const names = new Set(wanted.map(name => name.toLowerCase()));
	const allUser = names.size === 0 || names.has('*');
	return {
		...entry,
		attributes: entry.attributes.filter(
			([name]) => names.has(name.toLowerCase()) || (isOperational(name) ? names.has('+') : allUser),
		),
	};
};

/** `ldapsearch`: base, one and sub searches over user data, monitor, tasks and the root DSE. */
export const ldapsearch: Program = async call => {
	const options = await readToolOptions(call, usage);
	if (!options) {
		return 89;
	}

	if (options.has('help')) {
		await call.write(toolHelp(call, 'Process one or more searches in an LDAP directory server.', usage));
		return 0;
	}

	const server = await connect(call, options);
	if (typeof server === 'number') {
		return server;
	}

	const fromOption = options.value('filter');
	const filter = fromOption ?? options.rest[0] ?? '(objectClass=*)';
	const wanted = [
		...options.values('requestedAttribute'),
		...(fromOption === undefined ? options.rest.slice(1) : options.rest),
	];
	const test = filter === '(&)' ? () => true : parseFilter(filter);
	if (!test) {
		return ldapResult(call, 87, 'filter error', `Unable to parse '${filter}' as a search filter`);
	}

	const base = options.value('baseDN') ?? '';
	const normalBase = normalDn(base);
	const entries = [...searchedEntries(server, base)];
	if (entries.every(entry => normalDn(entry.dn) !== normalBase)) {
		return ldapResult(call, 32, 'no such object', `The entry '${base}' does not exist`);
	}

	const scope = options.value('scope') ?? options.value('searchScope') ?? 'sub';
	const found = entries.filter(entry => isInScope(normalDn(entry.dn), normalBase, scope) && test(entry));
	const limit = Number(options.value('sizeLimit') ?? 0);
	const given = limit > 0 ? found.slice(0, limit) : found;
	const width = options.has('dontWrap') ? 0 : Number(options.value('wrapColumn') ?? 80);
	for (let at = 0; at < given.length; at += 200) {
		await call.write(
			given
				.slice(at, at + 200)
				.map(entry => formatEntry(shown(entry, wanted), width))
				.join(''),
		);
	}

	const isCut = given.length < found.length;
	if (!options.has('terse')) {
		await call.write(
			`# Result Code:  ${isCut ? '4 (size limit exceeded)' : '0 (success)'}\n# Number of Entries Returned:  ` +
				`${given.length}\n`,
		);
	}

	return isCut ? 4 : 0;
};
