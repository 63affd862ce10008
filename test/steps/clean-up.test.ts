import {expect, test} from 'vitest';
import {cleanUp} from '../../source/steps/clean-up.js';
import {failing, literalWorld, podObject, type Literals} from './literal/world.js';

const copy = '/runs/r/data/userRoot.ldif';
const remote = '/opt/out/unroot/r/userRoot.ldif';

const standWith = (literals: Literals = {}) => {
	const files = new Map([[remote, 'dn: dc=example,dc=com\n']]);
	const world = literalWorld({
		objects: [podObject('new-0', 'new')],
		pods: {'new-0': {counts: {}, files}},
		here: new Map([[copy, 'dn: dc=example,dc=com\n']]),
		...literals,
		outcomes: {
			export: {server: {pod: 'old-0'}, files: [{backend: 'userRoot', file: remote}], isEncrypted: false},
			'copy-out': {files: [{backend: 'userRoot', path: copy}]},
			...literals.outcomes,
		},
	});
	return {...world, files};
};

test.each([
	['keep', [copy]],
	['seal', [`${copy}.sealed`]],
	['shred', []],
])('by «%s», this is what lies here in the end: %o', async (copies, left) => {
	const {context, reporter, here, files} = standWith({
		answers: {copies, 'seal-passphrase-file': '/home/ada/passphrase'},
	});
	const outcome = await cleanUp.perform(context(), reporter);
	expect(here.keys().toArray()).toEqual(left);
	expect(files.keys().toArray()).toEqual([]);
	expect(failing(await cleanUp.verify(context({'clean-up': outcome})))).toEqual([]);
});

test.each([
	['a plain copy beside the sealed one', {copies: 'seal'}, {}, [copy]],
	['a copy that was to be overwritten', {copies: 'shred'}, {}, [copy]],
	['a kept copy that others may read', {copies: 'keep'}, {modes: {[copy]: 0o644}}, [copy]],
	['a kept copy that is gone', {copies: 'keep'}, {here: new Map<string, string>()}, [copy]],
	['an export that is still in the pod', {copies: 'keep'}, {lies: {left: `${remote}\n`}}, ['exports in new-0']],
])('%s is told', async (_, outcome, literals, labels) => {
	const {context, files} = standWith(literals);
	files.clear();
	expect(failing(await cleanUp.verify(context({'clean-up': outcome})))).toEqual(labels);
});

test('what a profile needs may have been carried to where it belongs', async () => {
	const values = '/runs/r/secrets/values.env';
	const {context} = standWith({outcomes: {profile: {secrets: {values: {path: values}}}}});
	expect(failing(await cleanUp.verify(context({'clean-up': {copies: 'keep'}})))).toEqual(['exports in new-0']);
});

test('a journal that names a path elsewhere has nothing removed there', async () => {
	const elsewhere = '/home/ada/data.ldif';
	const {context, reporter, here} = standWith({
		answers: {copies: 'shred'},
		here: new Map([[elsewhere, 'mine']]),
		outcomes: {'copy-out': {files: [{backend: 'userRoot', path: elsewhere}]}},
	});
	await cleanUp.perform(context(), reporter);
	expect(here.get(elsewhere)).toBe('mine');
});

test('it asks only where something lies here, and for a passphrase only where it seals', async () => {
	const ids = async (literals: Literals): Promise<readonly string[]> => {
		const questions = await cleanUp.questions(standWith(literals).context());
		return questions.map(({id}) => id);
	};

	expect(await ids({})).toEqual(['copies']);
	expect(await ids({answers: {copies: 'seal'}})).toEqual(['copies', 'seal-passphrase-file']);
	expect(await ids({outcomes: {'copy-out': {files: []}}})).toEqual([]);
	const {context} = standWith();
	expect(await cleanUp.inspect(context())).toMatchObject({
		state: 'to-do',
		facts: [{label: 'in the pod'}, {label: 'copy here', value: copy}],
	});
	expect(await cleanUp.preview(context())).toMatchObject({
		commands: [expect.stringContaining(`kubectl exec new-0 -- rm -f ${remote}`) as string],
	});
	expect(cleanUp.undo.kind).toBe('cannot');
});

test('a pod that has ended is not asked', async () => {
	const ended = {...podObject('new-0', 'new'), status: {phase: 'Succeeded'}};
	const {context, did} = standWith({objects: [ended]});
	expect(await cleanUp.verify(context({'clean-up': {copies: 'keep'}}))).toMatchObject([{label: copy}]);
	expect(did.asked).toEqual([]);
});
