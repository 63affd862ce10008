import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
	answersFile,
	freshAnswers,
	journalLines,
	onlyRun,
	outcomeOf,
	runProgram,
	temporaryHome,
	temporarySandbox,
} from './program.js';

test(
	'a setting that is missing on the new server stops the run before the cut-over, is named, and is accepted in ' +
		'so many words or mended',
	async () => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox();
		const {encryption, 'cut-over': _, ...first} = freshAnswers;
		const answers = {...first, 'profile-repository': join(home, 'profiles')};
		const applied = await runProgram({
			home,
			sandbox,
			args: ['migrate', '--answers', await answersFile(home, answers)],
		});
		expect(applied.status, applied.stdout + applied.stderr).toBe(4);
		expect(applied.stderr).toContain('The question encryption has no answer');

		const {pod} = outcomeOf(await journalLines(await onlyRun(home)), 'apply') as {readonly pod: string};
		const path = '/opt/out/instance/config/settings.dsconfig';
		const whole = sandbox.pod(pod)?.read(path)?.toString() ?? '';
		expect(whole).toContain('lockout-failure-count:5');
		sandbox.pod(pod)?.write(path, whole.replace(/ \\\n\s+--set lockout-failure-count:5/v, ''));

		const resume = async (more: Readonly<Record<string, string>>) =>
			runProgram({
				home,
				sandbox,
				args: ['resume', '--answers', await answersFile(home, {...answers, encryption, ...more})],
			});
		const setting = 'password-policy, policy-name Default Password Policy: lockout-failure-count';
		const stopped = await resume({});
		expect(stopped.status, stopped.stdout + stopped.stderr).toBe(3);
		expect(stopped.stderr).toContain(`${setting} is not on the new server`);

		const asked = await resume({});
		expect(asked.status, asked.stdout + asked.stderr).toBe(4);
		const accept = /accept-[\da-f]{8}/v.exec(asked.stderr)?.[0] ?? '';
		const accepted = await resume({'configuration-differences': accept});
		expect(accepted.status, accepted.stdout + accepted.stderr).toBe(4);
		expect(accepted.stdout).toMatch(/✓ configuration: \d+ settings are as committed .*1 differ, which you accepted/v);
		expect(accepted.stderr).toContain('The question cut-over has no answer');

		// What was accepted is that one difference: another one stops the run again.
		sandbox.pod(pod)?.write(path, whole.replace(/ \\\n\s+--set index-type:presence/v, ''));
		const again = await resume({});
		expect(again.status, again.stdout + again.stderr).not.toBe(0);
		expect(again.stdout + again.stderr).toContain('exampleLoyaltyNumber: index-type has another value');

		sandbox.pod(pod)?.write(path, whole);
	},
	180_000,
);
