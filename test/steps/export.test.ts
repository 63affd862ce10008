import {expect, test} from 'vitest';
import {exportData} from '../../source/steps/export/index.js';
import {fingerprintOf} from './literal/here.js';
import type {Pod} from './literal/pod.js';
import {failing, literalWorld, podObject, twoEntries, type Literals} from './literal/world.js';

const remote = '/opt/out/unroot/r/userRoot.ldif';

type Held = {readonly log?: string; readonly makes?: string | null; readonly pod?: Partial<Pod>} & Pick<
	Literals,
	'answers' | 'lies' | 'notes' | 'outcomes'
>;

const standWith = ({
	log = 'Export task 7 scheduled to start immediately\nExported 2 entries and skipped 0 in 1 seconds',
	makes = twoEntries,
	pod = {},
	...rest
}: Held = {}) => {
	const files = new Map<string, string>();
	const world = literalWorld({
		objects: [podObject('old-0', 'old')],
		pods: {
			'old-0': {
				counts: {userRoot: '2'},
				files,
				tool: () => ({log, ...(makes !== null && {makes: [remote, makes] as const})}),
				...pod,
			},
		},
		answers: {freeze: 'catch-up', encryption: 'none'},
		...rest,
	});
	return {...world, files};
};

test('a backend is exported into the volume, and tool and file agree', async () => {
	const {context, reporter, did} = standWith();
	const outcome = await exportData.perform(context(), reporter);
	expect(outcome).toEqual({
		server: {pod: 'old-0', container: 'pingdirectory', ldapsPort: 636},
		isEncrypted: false,
		files: [{backend: 'userRoot', file: remote, ...fingerprintOf(twoEntries), exported: 2, counted: 2}],
	});
	expect(did.notes).toEqual([{kind: 'export', backend: 'userRoot'}]);
	expect(failing(await exportData.verify(context({export: outcome})))).toEqual([]);
});

const file = {backend: 'userRoot', file: remote, ...fingerprintOf(twoEntries), exported: 2, counted: 2};

test.each([
	['all agree', {}, {}, []],
	['the file has fewer entries', {}, {lies: {count: '1'}}, ['entries of userRoot']],
	['nobody can count the file', {}, {lies: {count: 'none'}}, ['entries of userRoot']],
	['the tool counted more', {exported: 3}, {}, ['entries of userRoot']],
	['there is no entry', {exported: 0, counted: 0}, {lies: {count: '0'}}, ['entries of userRoot']],
	['the monitor counted fewer, while clients write', {counted: 1}, {}, []],
	['the monitor counted fewer, under freeze', {counted: 1}, {answers: {freeze: 'freeze'}}, ['entries of userRoot']],
	['the file was changed', {sha256: 'other'}, {}, ['export of userRoot']],
	['the file was cut', {bytes: 1}, {}, ['export of userRoot']],
])('where %s, what does not hold is told', async (_, changes, held, labels) => {
	const {context, files} = standWith(held);
	files.set(remote, twoEntries);
	const exported = {server: {pod: 'old-0'}, isEncrypted: false, files: [{...file, ...changes}]};
	expect(failing(await exportData.verify(context({export: exported})))).toEqual(labels);
});

test('an export that is gone from the pod does not hold', async () => {
	const {context} = standWith();
	const exported = {server: {pod: 'old-0'}, isEncrypted: false, files: [file]};
	expect(failing(await exportData.verify(context({export: exported})))).toEqual([
		'export of userRoot',
		'entries of userRoot',
	]);
});

test('a tool that ends well and leaves no file has exported nothing', async () => {
	const {context, reporter, did} = standWith({makes: null});
	await expect(exportData.perform(context(), reporter)).rejects.toMatchObject({
		parts: {code: 'no-export-file', retryable: true},
	});
	expect(did.notes.at(-1)).toEqual({kind: 'export-failed', backend: 'userRoot'});
});

test('an encrypted export that nobody counted is not used, unless the server calls its task whole', async () => {
	const answers = {freeze: 'catch-up', encryption: 'passphrase', 'passphrase-file': '/home/ada/passphrase'};
	const uncounted = standWith({log: 'nothing', answers});
	uncounted.here.set('/home/ada/passphrase', 'correct horse\n');
	await expect(exportData.perform(uncounted.context(), uncounted.reporter)).rejects.toMatchObject({
		parts: {code: 'export-uncounted', retryable: true},
	});
	const whole = standWith({log: 'Export task 7 scheduled to start immediately', answers});
	whole.here.set('/home/ada/passphrase', 'correct horse\n');
	expect(await exportData.perform(whole.context(), whole.reporter)).toMatchObject({
		isEncrypted: true,
		files: [{exported: 2, counted: 2}],
	});
	expect(whole.files.get('/opt/out/unroot/r/passphrase')).toContain('correct horse');
});

test('a passphrase file that is gone stops it before anything is exported', async () => {
	const {context, reporter, did} = standWith({
		answers: {encryption: 'passphrase', freeze: 'catch-up', 'passphrase-file': '/home/ada/gone'},
	});
	await expect(exportData.perform(context(), reporter)).rejects.toMatchObject({parts: {code: 'passphrase-missing'}});
	expect(did.asked).not.toContain('old-0 job');
});

test('a container without export-ldif is told', async () => {
	const {context} = standWith({lies: {help: 'sh: export-ldif: not found'}});
	await expect(exportData.inspect(context())).rejects.toMatchObject({parts: {code: 'no-export-tool'}});
});

test.each([
	['too little room', 'overlay 1000 999 1 99% /\n100 /opt/out/instance/db\n', 'no-space-in-pod'],
	['room for the databases, and no more', 'overlay 1000 1 100 1% /\n100 /opt/out/instance/db\n', 'no-space-in-pod'],
])('%s on the volume is told before anything is exported', async (_, space, code) => {
	const {context} = standWith({lies: {space}});
	expect(await exportData.inspect(context())).toMatchObject({state: 'blocked', failure: {code, exit: 'blocked'}});
});

test.each(['', 'df: /opt/out: not there\n', 'overlay 1000 1 100 1% /\n'])(
	'a volume of which «%s» is said has no known room',
	async space => {
		const {context} = standWith({lies: {space}});
		await expect(exportData.inspect(context())).rejects.toMatchObject({parts: {code: 'space-unknown'}});
	},
);

test('it tells what there is, asks how it is kept and when it freezes, and names its commands', async () => {
	const {context} = standWith();
	expect(await exportData.inspect(context())).toMatchObject({
		state: 'to-do',
		facts: [
			{label: 'backend userRoot'},
			{label: 'space'},
			{label: 'export-ldif', value: 'can run as a task of the server'},
		],
	});
	const ids = async (answers: Readonly<Record<string, string>>): Promise<readonly string[]> => {
		const questions = await exportData.questions(standWith({answers}).context());
		return questions.map(({id}) => id);
	};

	expect(await ids({})).toEqual(['encryption', 'freeze']);
	expect(await ids({encryption: 'passphrase'})).toEqual(['encryption', 'passphrase-file', 'freeze']);
	const asRoot = await exportData.questions(context({strategy: {strategy: 'root'}}));
	expect(asRoot.map(({id}) => id)).toEqual(['encryption']);
	const {commands, wayBack} = await exportData.preview(context());
	expect(commands).toEqual([
		expect.stringContaining(`export-ldif --backendID userRoot --ldifFile ${remote}`) as string,
	]);
	expect(wayBack).not.toContain('freeze');
	expect(
		await exportData.inspect(
			context({inventory: {workload: {product: 'pingfederate', name: 'old', pods: [], ports: {}}}}),
		),
	).toMatchObject({state: 'not-needed'});
});

test('undoing it removes the export, also one that was only begun, and says what rm left', async () => {
	const {undo} = exportData;
	if (undo.kind !== 'can') {
		expect.unreachable();
	}

	const {context, reporter, files} = standWith({notes: [{kind: 'export', backend: 'userRoot'}]});
	files.set(remote, twoEntries);
	expect(failing(await undo.run(context(), reporter))).toEqual([]);
	expect(files.has(remote)).toBe(false);
	const lying = standWith({notes: [{kind: 'export', backend: 'userRoot'}], lies: {remove: `left ${remote}\nlooked\n`}});
	expect(failing(await undo.run(lying.context(), lying.reporter))).toEqual(['export on the old volume']);
});
