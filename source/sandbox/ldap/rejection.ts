import type {FaultBook} from '../faults.js';
import {normalDn, parentDn, valuesOf, type Entry} from './entry.js';
import type {Record} from './ldif.js';
import type {Schema} from './schema.js';

/** Why an import does not take a record. */
export type Rejection = {
	readonly reason: string;
	/**
	Whether the reader of LDIF found it, which has taken the DN off the record by then; or the backend, which has not.
	*/
	readonly by: 'backend' | 'reader';
	/** Whether the import is to say by its state that it rejected something. */
	readonly isTold: boolean;
};

/** What the schema has against an entry; `why` is the end of the sentence. */
const invalid = ({dn}: Entry, line: number, why: string): string =>
	`Entry ${dn} read from LDIF starting at line ${line} is not valid because ${why}`;

const violation = ({dn}: Entry, why: string): string =>
	`it violates the server's schema configuration:  Entry ${dn} violates the Directory Server schema ` +
	`configuration because ${why}`;

/**
Why a record cannot be taken, as a server of this lineage words it: what cannot be read and what the schema forbids is
found by the reader, what has no parent or is there already by the backend (OpenDS, LDIFReader.java and ImportContext of
the JE backend; PingDirectory 9.3 rejects the same four, «Tracking skipped and rejected entries»).
*/
export const rejectionOf = (
	record: Record,
	entries: ReadonlyMap<string, Entry>,
	baseDn: string,
	schema: Pick<Schema, 'hasClass'>,
	faults: FaultBook,
): Rejection | undefined => {
	if ('problem' in record) {
		return {reason: record.problem, by: 'reader', isTold: false};
	}

	const {entry, line} = record;
	const dn = normalDn(entry.dn);
	const fault = faults.take('reject-entries', ({dn: pattern}) => new RegExp(pattern, 'iv').test(entry.dn));
	if (fault) {
		const {
			reason = violation(
				entry,
				'it includes attribute unknownAttribute which is not allowed by any of the objectclasses defined in that entry',
			),
			isTold = false,
		} = fault;
		return {reason: invalid(entry, line, reason), by: 'reader', isTold};
	}

	const unknown = valuesOf(entry, 'objectClass').find(name => !schema.hasClass(name));
	if (unknown !== undefined) {
		return {
			reason: invalid(
				entry,
				line,
				violation(entry, `it includes objectclass ${unknown} which is not defined in the server schema`),
			),
			by: 'reader',
			isTold: false,
		};
	}

	if (valuesOf(entry, 'objectClass').length === 0) {
		return {
			reason: invalid(entry, line, violation(entry, 'it does not include a structural objectclass')),
			by: 'reader',
			isTold: false,
		};
	}

	if (entries.has(dn)) {
		return {
			reason: 'The entry exists and the import options do not allow it to be replaced',
			by: 'backend',
			isTold: false,
		};
	}

	return dn !== normalDn(baseDn) && !entries.has(normalDn(parentDn(entry.dn)))
		? {reason: `The parent entry '${parentDn(entry.dn)}' does not exist`, by: 'backend', isTold: false}
		: undefined;
};

/**
A rejected record as the reject file keeps it: the reason as a comment, then its lines; without the line of the DN where
the reader rejected it.
*/
export const rejectedText = ({reason, by}: Rejection, {lines}: Record): string =>
	[...reason.split('\n').map(line => `# ${line}`), ...lines.slice(by === 'reader' ? 1 : 0), '', ''].join('\n');
