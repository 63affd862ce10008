import {expect, test} from 'vitest';
import {readRuntime, type Runtime} from '../../source/directory/runtime.js';

const seen = async (stdout: string): Promise<Runtime> =>
	readRuntime(
		{
			script: async () => ({exitCode: 0, stderr: '', stdout}),
			run: async () => expect.unreachable(),
			byHand: () => 'by hand',
		},
		{pod: 'p', container: 'c'},
		'nonce',
	);

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid';
const who = 'uid 9031\ngid 9999\nwrite yes\n';

test('a port counts where something listens on it, once, whatever the protocol', async () => {
	const runtime = await seen(
		[
			`${who}${header}`,
			'   0: 00000000:0664 00000000:0000 0A 00000000:00000000 00:00000000 00000000  9031',
			'   1: 0100007F:0185 0100007F:A3B2 01 00000000:00000000 00:00000000 00000000  9031',
			'   2: 0100007F:027C 00000000:0000 06 00000000:00000000 00:00000000 00000000  9031',
			header,
			'   0: 00000000000000000000000000000000:0664 00000000000000000000000000000000:0000 0A 00000000:00000000',
			'   1: 00000000000000000000000000000000:056D 00000000000000000000000000000000:0000 0A 00000000:00000000',
		].join('\n'),
	);
	expect(runtime).toEqual({uid: 9031, gid: 9999, canWrite: true, listening: [1389, 1636]});
});

test('a volume takes a write only where that is said', async () => {
	for (const [write, canWrite] of [
		['yes', true],
		['no', false],
		['', false],
	] as const) {
		expect(await seen(`uid 0\ngid 0\nwrite ${write}\n`)).toMatchObject({uid: 0, canWrite, listening: []});
	}
});

test.each(['', 'uid \ngid 0\n', 'uid 0\ngid x\n', 'gid 0\n', 'uid -1\ngid 0\n'])(
	'a container that says «%s» has no known user',
	async stdout => {
		await expect(seen(stdout)).rejects.toMatchObject({parts: {code: 'user-unknown'}});
	},
);
