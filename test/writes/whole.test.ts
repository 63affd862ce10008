import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {stepOf} from '../../source/migration/state.js';
import {makeRig} from './rig.js';
import {podsBehind} from './writer.js';

test(
	'encrypted exports move while clients write: the last round imports all once more, and every new replica is ' +
		'filled from the first',
	async () => {
		const rig = await makeRig({entries: 20, replicas: 2});
		onTestFinished(rig.close);
		const passphrase = join(rig.folder, '..', 'passphrase');
		await writeFile(passphrase, 'a passphrase of its own\n', {mode: 0o600});
		const done = await rig.go({
			answers: {
				encryption: 'passphrase',
				'passphrase-file': passphrase,
				freeze: 'catch-up',
				'freeze-budget': '20m',
				'cut-over': 'identity',
			},
			onEvent(event) {
				if (event.type === 'step-verified' && event.step === 'replicas') {
					expect(
						rig.sandbox.pod('pingdirectory-1')?.change({
							type: 'add',
							dn: 'uid=late,ou=People,dc=example,dc=com',
							body: [
								['objectClass', 'person'],
								['uid', 'late'],
								['cn', 'late'],
								['sn', 'late'],
							],
						}),
					).toBeUndefined();
				}
			},
		});
		expect(done.ending, done.log.join('\n')).toEqual({exit: 'done'});
		expect(stepOf(done.state, 'catch-up')?.skipped).toContain('The exports are encrypted');
		const pods = podsBehind(rig.sandbox);
		expect(pods).toHaveLength(2);
		for (const pod of pods) {
			expect(pod).not.toMatch(/^pingdirectory-\d$/v);
			expect(
				rig.sandbox
					.pod(pod)
					?.entries()
					.some(({dn}) => dn.startsWith('uid=late,')),
			).toBe(true);
		}

		expect(done.log.join('\n')).toContain('is filled from');
	},
	300_000,
);
