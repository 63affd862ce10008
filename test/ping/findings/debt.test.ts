import {expect, test} from 'vitest';
import {dayAfter, daysBetween, debtOf, debtText, type Debt} from '../../../source/ping/debt.js';
import {findProblems, sortDocuments, type Finding} from '../../../source/ping/findings/index.js';

const debt: Debt = {since: '2026-06-01', by: 'ada@laptop', until: '2026-09-01', why: 'the volume is of root', run: 'r'};

const found = (text: string, today?: string): Finding | undefined =>
	findProblems({
		documents: sortDocuments([
			{
				value: {
					apiVersion: 'apps/v1',
					kind: 'StatefulSet',
					metadata: {name: 'pingdirectory', annotations: {'unroot/runs-as-root': text}},
					spec: {
						template: {
							spec: {
								containers: [{name: 'pingdirectory', image: 'pingidentity/pingdirectory:2103-8.2.0.3'}],
								securityContext: {runAsUser: 0},
							},
						},
					},
				},
			},
		]),
		...(today !== undefined && {today}),
	}).find(({code}) => code.startsWith('root-debt'));

test.each([
	['2026-08-31', 'root-debt', 'informs', 'for 91 days since 2026-06-01, 1 day left until 2026-09-01'],
	['2026-09-01', 'root-debt', 'informs', 'for 92 days since 2026-06-01, 0 days left until 2026-09-01'],
	['2026-09-11', 'root-debt-overdue', 'warns', 'for 102 days since 2026-06-01, 10 days overdue since 2026-09-01'],
	[undefined, 'root-debt', 'informs', 'since 2026-06-01, until 2026-09-01'],
])('on %s the days of a debt are counted, and it is worse when they are over', (today, code, severity, says) => {
	expect(found(debtText(debt), today)).toMatchObject({
		code,
		severity,
		seen: `runs as root ${says} (taken on by ada@laptop: the volume is of root)`,
		where: {object: 'StatefulSet/pingdirectory'},
	});
});

test.each(['', 'soon', '{"since": "2026-06-01"}', '{"since": "x", "until": "2026-09-01"}', '[]', 'null'])(
	'an annotation that says %j is no debt that could be counted',
	text => {
		expect(debtOf({'unroot/runs-as-root': text})).toBeUndefined();
		expect(found(text, '2026-09-11')).toBeUndefined();
	},
);

test('what is written is what is read, and days go over the ends of months and years', () => {
	expect(debtOf({'unroot/runs-as-root': debtText(debt)})).toEqual(debt);
	expect(dayAfter('2026-11-30', 90)).toBe('2027-02-28');
	expect(daysBetween('2026-11-30', '2027-02-28')).toBe(90);
});

test('a workload that was scaled down after its clients moved owes nothing', () => {
	const object = {
		apiVersion: 'apps/v1',
		kind: 'StatefulSet',
		metadata: {name: 'pingdirectory', annotations: {'unroot/runs-as-root': debtText(debt)}},
		spec: {
			replicas: 0,
			template: {spec: {containers: [{name: 'pingdirectory', image: 'pingidentity/pingdirectory:2103-8.2.0.3'}]}},
		},
	};
	const codes = findProblems({documents: sortDocuments([{value: object}]), today: '2027-01-01'}).map(({code}) => code);
	expect(codes.filter(code => code.startsWith('root-debt'))).toEqual([]);
});
