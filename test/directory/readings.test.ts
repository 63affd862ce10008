import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import {readAnswers} from '../../source/directory/answer.js';
import {entriesSoFar, exportCounts, importCounts} from '../../source/directory/counts.js';
import {rejectKindOf, rejectsIn} from '../../source/directory/rejects.js';
import {inOrder, isOverIn, taskIdIn} from '../../source/directory/tasks.js';

test('an answer of ldapsearch is read with folded lines, base64 and comments', () => {
	const [first, second] = readAnswers(
		[
			'# a wrapper says something',
			'dn: cn=userRoot Backend,cn=monitor',
			'objectClass: ds-backend-monitor-entry',
			'ds-backend-id: user',
			' Root',
			'ds-base-dn-entry-count: 200 dc=example,dc=com',
			'ds-base-dn-entry-count: 100 o=example.com',
			'',
			`dn:: ${Buffer.from('cn=Zoë,cn=monitor').toString('base64')}`,
			'cn: other',
			'',
		].join('\n'),
	);
	expect(first?.first('DS-Backend-ID')).toBe('userRoot');
	expect(first?.values('ds-base-dn-entry-count')).toEqual(['200 dc=example,dc=com', '100 o=example.com']);
	expect(second?.dn).toBe('cn=Zoë,cn=monitor');
});

test('text that is no entry gives no answer', () => {
	expect(readAnswers('The connection was refused\n\nResult Code: 91\n')).toEqual([]);
});

test.each([
	['Exported 2,026 entries and skipped 0 in 1 seconds (average rate 2026.0/sec)', {exported: 2026, skipped: 0}],
	[
		'[24/Nov/2026:11:30:10 +0000] severity="NOTICE" msgCount=14 message="Exported 20001 entries and skipped 3 ' +
			'in 0 seconds"',
		{exported: 20_001, skipped: 3},
	],
	['nothing of the kind', {}],
])("the export's count is read from «%s»", (line, counts) => {
	expect(exportCounts(['first', line, 'last'])).toEqual(counts);
});

test("the import's counts are those of its last word", () => {
	expect(
		importCounts([
			'Processed 1000 entries, skipped 0, rejected 0, and migrated 0 (recent rate 3703.7/sec)',
			'Processed 20003 entries, imported 20000, skipped 1, rejected 3 and migrated 0 in 8 seconds (average ' +
				'rate 2235.7/sec)',
		]),
	).toEqual({
		processed: 20_003,
		imported: 20_000,
		skipped: 1,
		rejected: 3,
	});
});

test('what is no number is no count', () => {
	expect(importCounts(['Processed , entries, imported ., skipped ,'])).toEqual({});
	expect(exportCounts(['Exported , entries and skipped ,'])).toEqual({});
});

test('progress is the newest count in the log', () => {
	expect(
		entriesSoFar([
			'Exported 1000 records and skipped 0',
			'Exported 2000 records and skipped 0',
			'Flushing data to disk',
		]),
	).toBe(2000);
	expect(entriesSoFar(['Import task 1 started execution'])).toBeUndefined();
});

test('the id of a task is read from what the tool says when it schedules it', () => {
	expect(taskIdIn(['# import-ldif: a wrapper', 'Import task 2011102617321510 scheduled to start immediately'])).toBe(
		'2011102617321510',
	);
	expect(taskIdIn(['no task here'])).toBeUndefined();
});

test('rejects are read with and without DN lines', () => {
	expect(
		rejectsIn([
			'# Entry uid=a,dc=example read from LDIF starting at line 12 is not valid because it has no schema',
			'# Unable to parse LDIF entry starting at line 40 because there is no colon',
			'# Unable to parse LDIF entry uid=c,dc=example starting at line 51 because line "sn:: ?" is not base64',
			'# Object class violation',
			'dn: uid=b,dc=example',
		]),
	).toEqual([
		{
			dn: 'uid=a,dc=example',
			reason: 'Entry uid=a,dc=example read from LDIF starting at line 12 is not valid because it has no schema',
		},
		{dn: 'at line 40', reason: 'Unable to parse LDIF entry starting at line 40 because there is no colon'},
		{
			dn: 'uid=c,dc=example',
			reason: 'Unable to parse LDIF entry uid=c,dc=example starting at line 51 because line "sn:: ?" is not base64',
		},
		{dn: 'uid=b,dc=example', reason: 'Object class violation'},
	]);
});

test.each([
	['Entry uid=a,dc=example is not valid because it has no schema', 'does not fit the schema'],
	['Unable to parse LDIF entry starting at line 40 because there is no colon', 'cannot be parsed'],
	[
		'Entry uid=a has attribute mail which is not allowed by any of its classes',
		'has an attribute that its object classes do not allow',
	],
	['Entry uid=a is missing attribute sn which is required', 'lacks a required attribute'],
	['Entry uid=a,ou=x does not have a parent entry', 'has no parent'],
	['Entry uid=a already exists', 'is there already'],
	['uid=jdoe', 'for another reason'],
])('of «%s», that it %s is told', (reason, kind) => {
	expect(rejectKindOf({dn: 'uid=a', reason})).toBe(kind);
});

test('the messages of a task are put in the order of their numbers', () => {
	expect(inOrder(['msgCount=10 last', 'msgCount=2 middle', 'msgCount=0 first'])).toEqual([
		'msgCount=0 first',
		'msgCount=2 middle',
		'msgCount=10 last',
	]);
});

test('a task that is disabled or unscheduled is pending, and not over', () => {
	const states = [
		'running',
		'disabled',
		'unscheduled',
		'waiting_on_start_time',
		'completed_with_errors',
		'stopped_by_error',
	];
	expect(states.filter(state => isOverIn(state))).toEqual(['completed_with_errors', 'stopped_by_error']);
});
