import {expect, test} from 'vitest';
import {Failure} from '../../source/failure/failure.js';
import type {CommandResult, CopyReceipt, Files, Transfer} from '../../source/migration/world.js';
import {pingAccessApi, pingFederateApi, type AdminApi} from '../../source/profile/admin-api.js';
import {fetchArchive, fetchExport, type AdminCall} from '../../source/profile/admin-export.js';
import {makeBareMachine, runScript} from '../sandbox/run-script.js';

const never = async (): Promise<never> => {
	throw new Error('is not to be called');
};

const password = String.raw`a "quoted" pass\word $HOME`;

type Script = {readonly script: string; readonly parameters: readonly string[]; readonly input: string};

/** An administration node that answers with these lines, or with what a container of the sandbox says. */
const nodeThat = (
	answer: (script: Script) => Promise<CommandResult>,
	api: AdminApi = pingFederateApi,
): {readonly call: AdminCall; readonly scripts: Script[]; readonly shredded: string[]} => {
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
		transfer: {
			copyOut: never,
			copyIn: never,
			fingerprint: never,
			partialFiles: path => [`${path}.half`],
		} satisfies Transfer,
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
	expect(scripts.at(-1)).toMatchObject({
		script: expect.stringContaining('rm -rf "$1"') as string,
		parameters: ['/tmp/unroot-r'],
	});
	expect(shredded).toEqual(['/runs/r/secrets/export.json', '/runs/r/secrets/export.json.half']);
});

/** A pod that answers the first script and is gone for the others. */
const goneAfter = (stdout: string) => {
	let isFirst = true;
	return async (): Promise<CommandResult> => {
		if (isFirst) {
			isFirst = false;
			return {exitCode: 0, stdout, stderr: ''};
		}

		throw new Failure({
			code: 'pod-gone',
			seen: 'The pod admin-0 is gone.',
			means: 'It cannot be asked.',
			todo: 'Wait for it.',
			byHand: 'kubectl get pods',
		});
	};
};

const receipt: CopyReceipt = {
	bytes: 4,
	sha256: 'abc',
	ranges: 1,
	retried: 0,
	resumedFrom: 0,
	seconds: 0,
};

test('what cannot be removed any more does not hide why it failed, and is told beside it', async () => {
	const {call, shredded} = nodeThat(goneAfter('curl 0\nhttp 401\n'));
	await expect(fetchExport(call)).rejects.toMatchObject({
		parts: {
			code: 'admin-password-refused',
			retryable: true,
			details: ['/tmp/unroot-r in admin-0 could not be removed: The pod admin-0 is gone.'],
		},
	});
	expect(shredded).toHaveLength(2);
});

test('an export that was read is not passed on while it still lies in the pod', async () => {
	const {call} = nodeThat(goneAfter('curl 0\nhttp 200\n'));
	const text = new TextEncoder().encode('{"metadata": {}, "operations": []}');
	await expect(
		fetchExport({
			...call,
			transfer: {...call.transfer, copyOut: async () => receipt},
			files: {...call.files, readBytes: async () => text},
		}),
	).rejects.toMatchObject({parts: {code: 'export-left', retryable: true}});
});

test.each([
	['{"version": "4.3.1.2", "data": {}}', 'names the version «4.3.1.2»'],
	['{"version": 6, "data": {}}', 'names no version'],
])('an export of PingAccess whose place is not known, such as %s, is told and not kept', async (text, seen) => {
	const {call, shredded} = nodeThat(
		async () => ({exitCode: 0, stdout: 'curl 0\nhttp 200\n', stderr: ''}),
		pingAccessApi,
	);
	await expect(
		fetchExport({
			...call,
			transfer: {...call.transfer, copyOut: async () => receipt},
			files: {...call.files, readBytes: async () => new TextEncoder().encode(text)},
		}),
	).rejects.toMatchObject({parts: {code: 'export-version', seen: expect.stringContaining(seen) as string}});
	expect(shredded).toContain('/runs/r/secrets/export.json');
});

test.each([
	['PK\u{3}\u{4}zip', undefined, ['/runs/r/data/data.zip.half']],
	['{"resultId": "error"}', 'not-an-export', ['/runs/r/data/data.zip', '/runs/r/data/data.zip.half']],
	['', 'not-an-export', ['/runs/r/data/data.zip', '/runs/r/data/data.zip.half']],
])('an archive that begins with «%s» is kept only where it is one', async (content, code, gone) => {
	const {call, scripts, shredded} = nodeThat(async () => ({exitCode: 0, stdout: 'curl 0\nhttp 200\n', stderr: ''}));
	const {archive} = pingFederateApi;
	const fetched = fetchArchive(
		{
			...call,
			transfer: {...call.transfer, copyOut: async () => receipt},
			files: {
				...call.files,
				async *stream() {
					yield new TextEncoder().encode(content);
				},
			},
		},
		archive!,
		'/runs/r/data/data.zip',
	);
	await (code === undefined
		? expect(fetched).resolves.toEqual({bytes: 4, sha256: 'abc'})
		: expect(fetched).rejects.toMatchObject({parts: {code}}));
	expect(shredded).toEqual(gone);
	expect(scripts[0]?.parameters[4]).toBe('/pf-admin-api/v1/configArchive/export');
	expect(scripts.at(-1)?.parameters).toEqual(['/tmp/unroot-r']);
});

test('the password goes through standard input alone, quoted as curl reads it', async () => {
	const {call, scripts} = nodeThat(async () => ({exitCode: 0, stdout: 'curl 0\nhttp 401\n', stderr: ''}));
	await expect(fetchExport(call)).rejects.toThrow();
	expect(scripts[0]?.input).toBe(String.raw`user = "administrator:a \"quoted\" pass\\word $HOME"` + '\n');
	expect(JSON.stringify(scripts.map(({script, parameters}) => ({script, parameters})))).not.toContain('quoted');
});

test.each([
	['no password', pingFederateApi, 'pingfederate', (one: Script): Script => ({...one, input: ''}), 'http 401'],
	[
		'no header of PingFederate',
		pingFederateApi,
		'pingfederate',
		(one: Script): Script => ({...one, parameters: one.parameters.with(3, 'Accept: */*')}),
		'http 403',
	],
	[
		'no header of PingAccess',
		pingAccessApi,
		'pingaccess',
		(one: Script): Script => ({...one, parameters: one.parameters.with(3, 'Accept: */*')}),
		'http 400',
	],
	[
		'another port',
		pingAccessApi,
		'pingaccess',
		(one: Script): Script => ({...one, parameters: one.parameters.with(2, '9001')}),
		'http 000',
	],
	['all as it should be', pingAccessApi, 'pingaccess', (one: Script): Script => one, 'http 500'],
])(
	'a node of the sandbox that is asked with %s answers as the products do',
	async (_what, api, image, change, answer) => {
		const machine = makeBareMachine(`pingidentity/${image}:2102`);
		let first = '';
		const {call} = nodeThat(async one => {
			const {script, parameters, input} = change(one);
			const {status, stdout, stderr} = await runScript(
				machine,
				`export PING_IDENTITY_PASSWORD='${password}'\n${script}`,
				parameters,
				input,
			);
			first ||= stdout;
			return {exitCode: status, stdout, stderr};
		}, api);
		await expect(fetchExport(call)).rejects.toThrow();
		expect(first).toContain(answer);
	},
);
