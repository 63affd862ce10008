import {expect, test} from 'vitest';
import {tellable, tellableDetails} from '../../source/failure/tellable.js';

const canary = 'Zoë Kanarie';

test.each([
	['a DN', `Entry uid=${canary},ou=People,dc=example,dc=com was rejected`],
	['a DN with an escaped comma', String.raw`Entry cn=${canary}\, Jr.,ou=People,dc=example,dc=com`],
	['a DN with an apostrophe', `the name is 'cn=O'${canary},dc=example,dc=com'`],
	['a DN by OIDs', `2.5.4.3=${canary},0.9.2342.19200300.100.1.25=example`],
	['a single RDN', `uid=${canary}`],
	['a value', `mail: ${canary}@example.com`],
	['a password', `bind password ${canary} is wrong`],
	['a count with a name', `Processed ${canary} entries, imported 8`],
	['a task with a name', `Import task ${canary} scheduled to start immediately`],
	['a result code with a name', `Result Code:  32 (${canary}=no such object)`],
	['a result code with a name of plain letters', `Result Code:  32 (${canary.toLowerCase()})`],
	['a path', `${canary}: No such file or directory`],
])('%s is not told', (_, line) => {
	expect(tellable([line]).join(',').toLowerCase()).not.toContain(canary.toLowerCase());
	expect(tellableDetails([line]).join(',').toLowerCase()).not.toContain(canary.toLowerCase());
});

test.each([
	[
		'Processed 20,003 entries, imported 20000, skipped 1, rejected 3 and migrated 0 in 8 seconds',
		'Processed 20,003 entries, imported 20000, skipped 1, rejected 3 and migrated 0',
	],
	[
		'Exported 2,026 entries and skipped 0 in 1 seconds (average rate 2026.0/sec)',
		'Exported 2,026 entries and skipped 0',
	],
	['Import task 2011102617321510 scheduled to start immediately', 'Import task 2011102617321510 scheduled to start'],
	['# Result Code:  49 (invalid credentials)', 'Result Code:  49'],
	['[24/Nov/2026] category=TASK severity=ERROR msgID=9896129 msg="Entry uid=a"', 'severity=ERROR msgID=9896129'],
	["sh: can't create /opt/out/x: No space left on device", 'No space left on device'],
	['curl: (7) Failed to connect to localhost port 9999: Connection refused', 'curl: (7); Connection refused'],
])('of «%s» its kind is told', (line, told) => {
	expect(tellable([line])).toEqual([told]);
});

test('how many lines are not told is told', () => {
	expect(tellableDetails(['uid=a', 'Permission denied', '', 'uid=b'])).toEqual([
		'Permission denied',
		'3 lines were said; what may name entries is not repeated here.',
	]);
	expect(tellableDetails(['curl: (7)'])).toEqual(['curl: (7)']);
	expect(tellableDetails([])).toEqual([]);
});
