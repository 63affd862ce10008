import {expect, test} from 'vitest';
import {debtAnnotation, debtOf, debtText} from '../../../source/ping/debt.js';
import {takeBackDebt, takeOnDebt} from '../../../source/steps/debt/annotation.js';
import {literalWorld, outcomesBefore} from '../literal/world.js';

const earlier = debtText({since: '2020-06-01', by: 'ada@laptop', until: '2020-09-01', why: 'the volume', run: 'other'});

test.each([
	[undefined, undefined],
	[earlier, earlier],
	['of another tool', 'of another tool'],
])('%s: what the workload said before a run is back after its rollback', async (before, after) => {
	const metadata = {name: 'old', annotations: before === undefined ? {} : {[debtAnnotation]: before}};
	const {objects, context} = literalWorld({
		objects: [{apiVersion: 'apps/v1', kind: 'StatefulSet', metadata}],
		outcomes: {...outcomesBefore, strategy: {...outcomesBefore.strategy, strategy: 'root'}},
	});
	const said = () => objects.get('StatefulSet/old')?.metadata.annotations;
	// It is put off twice: the second time what stands there is of this run.
	for (const until of ['2099-01-01', '2099-02-01']) {
		await takeOnDebt({...context(), answers: {'root-until': until, 'root-why': 'later'}});
		expect(debtOf(said())).toMatchObject({until, ...(before === earlier && {since: '2020-06-01'})});
	}

	await takeBackDebt(context());
	expect(said()?.[debtAnnotation]).toBe(after);
});

test('what another run wrote meanwhile stays', async () => {
	const metadata = {name: 'old', annotations: {[debtAnnotation]: earlier}};
	const {objects, context} = literalWorld({
		objects: [{apiVersion: 'apps/v1', kind: 'StatefulSet', metadata}],
		outcomes: outcomesBefore,
	});
	await takeBackDebt(context());
	expect(objects.get('StatefulSet/old')?.metadata.annotations).toEqual({[debtAnnotation]: earlier});
});
