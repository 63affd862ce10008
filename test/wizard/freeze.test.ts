import {expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import {renderReport} from '../../source/report/report.js';
import {renderStatus, statusJson} from '../../source/report/status.js';
import {open, sees} from './session.js';
import {createGate, story} from './story.js';

const frozen = {
	workload: {kind: 'StatefulSet', name: 'pingdirectory'},
	mode: 'internal-only',
	servers: ['pingdirectory-0', 'pingdirectory-1'].map(pod => ({
		pod,
		container: 'pingdirectory',
		ldapsPort: 636,
		global: 'enabled',
		backends: [],
		lift: `kubectl exec ${pod} -- dsconfig set-global-configuration-prop --set writability-mode:enabled --no-prompt`,
	})),
	until: '2026-01-01T04:00:00.000Z',
} as const;

const refused = /Writes are refused since \d\d:\d\d:\d\d UTC on pingdirectory-0, pingdirectory-1/v;

/** A checklist whose second step freezes writes, and whose last one thaws them. */
const steps = (gate: {readonly wait: () => Promise<void>}) => {
	let isFirst = true;
	return story({
		strategy: {
			async perform(_, reporter) {
				await reporter.frozen(frozen);
				return {};
			},
		},
		'copy-out': {
			async perform() {
				if (isFirst) {
					isFirst = false;
					throw new Failure({
						code: 'stream-cut',
						seen: 'The stream was cut.',
						means: 'Nothing was changed.',
						todo: 'Try again.',
						byHand: 'true',
						retryable: true,
					});
				}

				await gate.wait();
				return {};
			},
		},
		prove: {
			async perform(_, reporter) {
				await reporter.thawed('pingdirectory', 'moved');
				return {};
			},
		},
	});
};

test('that writes are refused stands above every screen, in every text and in the report, for as long as they are', async () => {
	const gate = createGate();
	const {terminal, ending, engine, journal} = open(steps(gate));
	const press = (keys: string): void => {
		terminal.press(keys);
	};

	const both = async (what: string): Promise<void> => {
		await sees(terminal, what);
		const [first = '', second = ''] = terminal.text().split('\n', 2);
		expect(first).toMatch(refused);
		expect(second).toMatch(/Lift it: unroot unfreeze \S+/v);
	};

	await sees(terminal, 'Which way for pingdirectory?');
	expect(terminal.text()).not.toContain('refused');
	press('\r');
	await sees(terminal, 'Which branch?');
	press('\r');
	await both('step 3 of 5');
	press('\r');
	await both('The stream was cut.');
	expect(terminal.text()).toMatch(/Writes are refused since[\s\S]*Nothing was changed\./v);
	press('q');
	await both('Stop now?');
	expect(terminal.text()).toContain('A freeze since');

	const {state} = engine.view();
	expect(renderStatus(state, {now: '2026-01-01T00:00:00.000Z', checklist: engine.checklist}).split('\n', 2)[0]).toMatch(
		refused,
	);
	expect(statusJson(state)).toMatchObject({
		freeze: {
			pods: ['pingdirectory-0', 'pingdirectory-1'],
			until: frozen.until,
			lift: [frozen.servers[0]?.lift, frozen.servers[1]?.lift],
		},
	});
	const options = {program: '1', folder: '/r', journal: '/r/j', checklist: engine.checklist};
	expect(renderReport(journal, options).split('\n', 3).at(-1)).toMatch(refused);

	press('\u{1B}');
	await sees(terminal, 'The stream was cut.');
	press('r');
	await sees(terminal, 'Way back');
	press('\r');
	await both('Running for');
	gate.open();
	await both('Apply to ping?');
	press('ping\r');
	await both('kubectl apply');
	press('\r');
	await sees(terminal, 'Done');
	expect(terminal.text()).not.toMatch(refused);
	press('\r');
	const {summary} = await ending;
	expect(summary).not.toMatch(refused);
	const report = renderReport(journal, options);
	expect(report).toContain('## Writes refused');
	expect(report).toContain('taken by the servers that clients have moved to');
});

test('a run that is stopped while writes are refused ends with how to lift that', async () => {
	const {terminal, ending} = open(steps(createGate()));
	await sees(terminal, 'Which way for pingdirectory?');
	terminal.press('\r');
	await sees(terminal, 'Which branch?');
	terminal.press('\r');
	await sees(terminal, 'step 3 of 5');
	terminal.press('\u{3}');
	await sees(terminal, 'Stop now?');
	terminal.press('\u{3}');
	const {summary} = await ending;
	const [first = '', ...others] = summary.split('\n');
	expect(first).toMatch(refused);
	expect(others.join('\n')).toContain(`By hand: ${frozen.servers[1]?.lift}`);
});
