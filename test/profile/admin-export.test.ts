import {expect, test} from 'vitest';
import type {CommandResult, Files, Transfer} from '../../source/migration/world.js';
import {pingAccessApi, pingFederateApi, type AdminApi} from '../../source/profile/admin-api.js';
import {fetchExport, type AdminCall} from '../../source/profile/admin-export.js';
import {makeBareMachine, runScript} from '../sandbox/run-script.js';

const never = async (): Promise<never> => {
	throw new Error('is not to be called');
};

const password = String.raw`a "quoted" pass\word $HOME`;

type Script = {readonly script: string; readonly parameters: readonly string[]; readonly input: string};

/** An administration node that answers with these lines, or with what a container of the sandbox says. */
const nodeThat = (answer: (script: Script) => Promise<CommandResult>, api: AdminApi = pingFederateApi): {readonly call: AdminCall; readonly scripts: Script[]; readonly shredded: string[]} => {
	const scripts: Script[] = [];
	const shredded: string[] = [];
	const call: AdminCall = {
		api,
		target: {pod: 'admin-0', container: 'admin'},
		user: api.user,
		password,
		folder: '/runs/r/secrets',
		run: 'r',
		pods: {
			run: never,
			async script(_target, script, parameters = [], {input = ''} = {}) {
				scripts.push({script, parameters, input});
				return answer({script, parameters, input});
			},
			byHand: (_target, words) => words.join(' '),
		},
		transfer: {copyOut: never, copyIn: never, fingerprint: never} satisfies Transfer,
		files: {
			async shred(path: string) {
				shredded.push(path);
			},
		} as unknown as Files,
	};
	return {call, scripts, shredded};
};

test.each([
	['curl 0\nhttp 401\n', 'admin-password-refused'],
	['curl 0\nhttp 403\n', 'admin-api-refused'],
	['curl 0\nhttp 400\n', 'admin-api-refused'],
	['curl 0\nhttp 503\n', 'admin-api-failed'],
	['curl 7\nhttp 000\n', 'admin-api-unreachable'],
	['curl 28\nhttp 200\n', 'admin-api-unreachable'],
	['no curl\n', 'no-curl-in-pod'],
	['', 'admin-api-unreachable'],
])('«%j» is no export: %s, and nothing is left in the pod or here', async (stdout, code) => {
	const {call, scripts, shredded} = nodeThat(async () => ({exitCode: 0, stdout, stderr: ''}));
	await expect(fetchExport(call)).rejects.toMatchObject({parts: {code, retryable: true}});
	expect(scripts.at(-1)).toMatchObject({script: expect.stringContaining('rm -rf "$1"') as string, parameters: ['/tmp/unroot-r']});
	expect(shredded).toContain('/runs/r/secrets/export.json');
});

test('the password goes through standard input alone, quoted as curl reads it', async () => {
	const {call, scripts} = nodeThat(async () => ({exitCode: 0, stdout: 'curl 0\nhttp 401\n', stderr: ''}));
	await expect(fetchExport(call)).rejects.toThrow();
	expect(scripts[0]?.input).toBe(String.raw`user = "administrator:a \"quoted\" pass\\word $HOME"` + '\n');
	expect(JSON.stringify(scripts.map(({script, parameters}) => ({script, parameters})))).not.toContain('quoted');
});

test.each([
	['no password', pingFederateApi, 'pingfederate', (one: Script): Script => ({...one, input: ''}), 'http 401'],
	['no header of PingFederate', pingFederateApi, 'pingfederate', (one: Script): Script => ({...one, parameters: one.parameters.with(3, 'Accept: */*')}), 'http 403'],
	['no header of PingAccess', pingAccessApi, 'pingaccess', (one: Script): Script => ({...one, parameters: one.parameters.with(3, 'Accept: */*')}), 'http 400'],
	['another port', pingAccessApi, 'pingaccess', (one: Script): Script => ({...one, parameters: one.parameters.with(2, '9001')}), 'http 000'],
	['all as it should be', pingAccessApi, 'pingaccess', (one: Script): Script => one, 'http 500'],
])('a node of the sandbox that is asked with %s answers as the products do', async (_what, api, image, change, answer) => {
	const machine = makeBareMachine(`pingidentity/${image}:2102`);
	let first = '';
	const {call} = nodeThat(async one => {
		const {script, parameters, input} = change(one);
		const {status, stdout, stderr} = await runScript(machine, `export PING_IDENTITY_PASSWORD='${password}'\n${script}`, parameters, input);
		first ||= stdout;
		return {exitCode: status, stdout, stderr};
	}, api);
	await expect(fetchExport(call)).rejects.toThrow();
	expect(first).toContain(answer);
});
