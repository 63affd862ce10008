import {mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {expect, test, type TestContext} from 'vitest';
import {startSandbox, type Sandbox} from '../../source/sandbox/sandbox.js';
import {checklist} from '../../source/steps/index.js';
import {recordingOf, wordsOf, type Picture} from '../../tools/recording.js';
import {inherited} from './inherited.js';
import {keys, startProgram, type Frame} from './terminal.js';
import {isDone, keysOf, walk} from './walk.js';

type Place = Pick<TestContext, 'onTestFinished'> & {
	readonly sandbox: Sandbox;
	readonly environment: Readonly<Record<string, string>>;
	readonly runs: string;
};

/** A cluster, and a machine of its own for the operator: home, state and kubeconfig. */
const settle = async ({onTestFinished}: TestContext): Promise<Place> => {
	const home = await mkdtemp(join(tmpdir(), 'unroot-program-'));
	onTestFinished(async () => rm(home, {recursive: true, force: true}));
	const sandbox = await startSandbox({entries: 150});
	onTestFinished(sandbox.close);
	await writeFile(join(home, 'kubeconfig'), sandbox.kubeconfig, {mode: 0o600});
	await writeFile(join(home, '.gitconfig'), '[user]\n\tname = Op Erator\n\temail = operator@example.com\n');
	return {
		onTestFinished,
		sandbox,
		environment: {
			...inherited,
			HOME: home,
			TERM: 'xterm-256color',
			KUBECONFIG: join(home, 'kubeconfig'),
			XDG_STATE_HOME: join(home, 'state'),
		},
		runs: join(home, 'state', 'unroot', 'runs'),
	};
};

const migrate = ['migrate', '--context', 'sandbox', '--namespace', 'identity'] as const;

const journalOf = async ({
	runs,
}: Place): Promise<{
	readonly run: string;
	readonly events: ReadonlyArray<{readonly type: string; readonly step?: string}>;
}> => {
	const [run = ''] = await readdir(runs);
	const text = await readFile(join(runs, run, 'journal.jsonl'), 'utf8');
	return {
		run,
		events: text
			.trim()
			.split('\n')
			.map(line => JSON.parse(line) as {readonly type: string; readonly step?: string}),
	};
};

/** Pods that a Service sends to, by the labels it selects. */
const behind = ({sandbox}: Place, name: string): readonly string[] => {
	const service = sandbox.objects('Service', 'identity').find(({metadata}) => metadata.name === name) as
		| {readonly spec?: {readonly selector?: Readonly<Record<string, string>>}}
		| undefined;
	const selector = Object.entries(service?.spec?.selector ?? {none: 'none'});
	return sandbox
		.objects('Pod', 'identity')
		.filter(({metadata}) => selector.every(([label, value]) => metadata.labels?.[label] === value))
		.map(({metadata}) => metadata.name);
};

/** What holds of every frame of the wizard. */
const expectWellFormed = (frame: Frame, rows: number): void => {
	if (!frame.isWizard || frame.text.trim() === '') {
		return;
	}

	expect(frame.isWrapped, frame.text).toBe(false);
	// While writes are refused, that stands above all else.
	const head = frame.rows[0]?.startsWith('! Writes are refused') ? 2 : 0;
	expect(frame.rows[head], frame.text).toMatch(/^unroot {2}/v);
	expect(frame.rows[rows - 1], frame.text).toBe('');
	expect(frame.rows[rows - 2], frame.text).toMatch(/(?:stop|leave|go on)/v);
	expect(frame.text).toMatch(/^[\-–▸○◐◑✓✗]{12,}(?: |$)/mv);
};

/** Moments of a migration that the readme's recording shows, before its end. */
const recorded = [
	/2\/\d{2} Inventory[\s\S]*\nEnter go on/v,
	/How is pingdirectory to be migrated\?/v,
	/\d\/\d{2} Preview[\s\S]*\nEnter (?:start|accept)/v,
	/\d\/\d{2} Catch up[\s\S]*\nEnter accept/v,
	/Type the name of the namespace to move the clients/v,
] as const;
const recordingFile = fileURLToPath(new URL('../../docs/wizard.svg', import.meta.url));

const ofAnyDay = (words: string): string =>
	words
		.replaceAll(/\b[\da-f]{6,}\b/gv, 'HEX')
		.replaceAll(/\d{8}-\d{4}-[\da-f]{4}/gv, 'RUN')
		.replaceAll(/(?<!\d)\d{1,3}(?:\.\d)? (?:s|min)\b(?: \d{1,2} s\b)?/gv, 'TIME')
		.replaceAll(/\d{1,9}/gv, '0');

/** Until the last of the run, on a machine with much else to do. */
const long = 240_000;

test.concurrent(
	'a whole migration by keys alone, at 80x24, ends with the new pods behind the Service and the summary on the ' +
		'terminal',
	async context => {
		const place = await settle(context);
		const before = behind(place, 'pingdirectory');
		expect(before).toEqual(['pingdirectory-0']);
		const frames: Frame[] = [];
		const terminal = startProgram(migrate, {
			...place,
			onFrame(frame) {
				frames.push(frame);
			},
		});
		const pictures: Picture[] = [];
		for (const shows of recorded) {
			await walk(terminal, ({text}) => shows.test(text));
			pictures.push(terminal.picture());
		}

		await walk(terminal, isDone);
		pictures.push(terminal.picture());
		terminal.press(keys.enter);
		expect(await terminal.ended).toBe(0);

		const recording = recordingOf('unroot moves a PingDirectory', pictures);
		if (process.env.UNROOT_RECORD === 'yes') {
			await writeFile(recordingFile, recording);
		}

		// Times, names of runs and digests are of the day; all else is as the readme's recording shows it.
		expect(wordsOf(recording).map(words => ofAnyDay(words))).toEqual(
			wordsOf(await readFile(recordingFile, 'utf8')).map(words => ofAnyDay(words)),
		);

		const said = terminal.scrollback();
		const {run} = await journalOf(place);
		expect(said).toContain(`: ${checklist.length} steps, `);
		expect(said).toMatch(/Done in .* steps, (?<checks>\d+) of \k<checks> checks hold\./v);
		expect(said).toContain(`unroot rollback ${run}`);
		const after = behind(place, 'pingdirectory');
		expect(after).toHaveLength(1);
		expect(after).not.toEqual(before);

		expect(frames.filter(({isWizard}) => isWizard).length).toBeGreaterThan(50);
		expect(
			frames.some(({text}) =>
				/1 Fresh deployment {2}recommended[\s\S]*2 Run as root[\s\S]*Why {7}A new StatefulSet/v.test(text),
			),
		).toBe(true);
		// The inventory waits, with what blocks first.
		expect(frames.some(({text}) => /2\/\d{2} Inventory[\s\S]*✗ fsgroup-missing[\s\S]*\nEnter go on/v.test(text))).toBe(
			true,
		);
		// The proof stands above the word.
		expect(
			frames.some(({text}) =>
				/userRoot, entries +\d+ on[\s\S]*userRoot, digest[\s\S]*Type the name of the namespace to move the clients/v.test(
					text,
				),
			),
		).toBe(true);
		for (const frame of frames) {
			expectWellFormed(frame, 24);
		}
	},
	long,
);

test.concurrent(
	'a migration that is killed in the middle goes on in another terminal, by keys alone',
	async context => {
		const place = await settle(context);
		const first = startProgram(migrate, {...place, columns: 100});
		await walk(first, frame => /^✓ Copy out/mv.test(frame.text));
		first.kill('SIGKILL');
		await first.ended;
		const before = await journalOf(place);
		expect(before.events.map(({type}) => type)).not.toContain('run-finished');

		const second = startProgram(['resume'], place);
		await walk(second, isDone);
		second.press(keys.enter);
		expect(await second.ended).toBe(0);
		const {run, events} = await journalOf(place);
		expect(run).toBe(before.run);
		expect(events.filter(({type, step}) => type === 'step-performed' && step === 'export')).toHaveLength(1);
		expect(events.at(-1)?.type).toBe('run-finished');
		expect(behind(place, 'pingdirectory')).not.toContain('pingdirectory-0');
	},
	long,
);

test.concurrent(
	'Ctrl-C asks first; what is said then ends with 130, and the run can be gone on with',
	async context => {
		const place = await settle(context);
		const terminal = startProgram(migrate, place);
		await terminal.until(frame => keysOf(frame).startsWith('Enter go on'));
		terminal.press('\u{3}');
		await terminal.until(frame => frame.text.includes('unroot resume'));
		terminal.press('\u{3}');
		expect(await terminal.ended).toBe(130);
		const {events} = await journalOf(place);
		expect(events[0]?.type).toBe('run-opened');
	},
	long,
);
