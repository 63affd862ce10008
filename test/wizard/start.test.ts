import {expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import type {StartOptions} from '../../source/wizard/start/choice.js';
import {runStartMenu} from '../../source/wizard/start/index.js';
import {createTerminal, keys} from './terminal.js';

const open = (changes: Partial<StartOptions> = {}) => {
	const terminal = createTerminal(80, 24);
	const choice = runStartMenu({
		...terminal,
		colour: false,
		ascii: false,
		screenReader: false,
		program: '0.1.0',
		runs: [],
		contexts: async () => [
			{name: 'production', cluster: 'prod.example', isCurrent: false},
			{name: 'staging', cluster: 'staging.example', isCurrent: true},
		],
		namespaces: async () => [{name: 'default'}, {name: 'ping', says: '1 Ping workload.'}, {name: 'ping-two'}],
		...changes,
	});
	const sees = async (what: string): Promise<void> => expect.poll(terminal.text).toContain(what);
	return {...terminal, choice, sees};
};

test('a migration is started in a context and a namespace, the current context first', async () => {
	const {press, sees, choice} = open();
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('❯ staging');
	await sees('the current context');
	press(keys.down);
	await sees('❯ production');
	press(keys.enter);
	await sees('Which namespace of production?');
	press('two');
	await sees('❯ ping-two');
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'migrate', context: 'production', namespace: 'ping-two'});
});

test('a run that stopped is offered first, with its place, its step and its age', async () => {
	const {press, sees, text, choice} = open({
		runs: [
			{
				run: 'run-1',
				context: 'staging',
				namespace: 'ping',
				mode: 'migrate',
				step: 'Copy out',
				ageSeconds: 7200,
			},
		],
	});
	await sees('❯ Go on with run-1');
	expect(text().replaceAll(/\s+/gv, ' ')).toContain(
		'In namespace ping, context staging. It stopped at «Copy out», 2 h ago.',
	);
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'resume', run: 'run-1'});
});

test('the sandbox needs no place', async () => {
	const {press, sees, choice} = open();
	await sees('Rehearse on the sandbox');
	press(keys.up);
	await sees('❯ Rehearse on the sandbox');
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'rehearse-sandbox'});
});

test('a namespace that cannot be listed can be named', async () => {
	const {press, sees, choice} = open({namespaces: async () => []});
	await sees('Start a migration');
	press(keys.down);
	await sees('❯ Rehearse on staging');
	press(keys.enter);
	await sees('do you rehearse on?');
	press(keys.enter);
	await sees('Type the name of the namespace.');
	press('hidden');
	await sees('❯ Use «hidden»');
	press(keys.enter);
	await expect(choice).resolves.toEqual({kind: 'rehearse', context: 'staging', namespace: 'hidden'});
});

test('a failure is shown in its four parts, and Esc goes back', async () => {
	const {press, sees, choice} = open({
		async contexts() {
			throw new Failure({
				code: 'kubeconfig',
				seen: 'The kubeconfig does not parse.',
				means: 'No cluster is known.',
				todo: 'Mend it.',
				byHand: 'kubectl config view',
			});
		},
	});
	await sees('❯ Start a migration');
	press(keys.enter);
	await sees('✗ The kubeconfig does not parse.');
	await sees('$ kubectl config view');
	press(keys.escape);
	await sees('❯ Start a migration');
	press(keys.interrupt);
	await expect(choice).resolves.toEqual({kind: 'quit'});
});
