import {expect, test} from 'vitest';
import {dayAfter, debtOf} from '../../source/ping/debt.js';
import type {Sandbox} from '../../source/sandbox/sandbox.js';
import {answersFile, environmentOf, onlyRun, runProgram, temporaryHome, temporarySandbox} from './program.js';
import {keys, startProgram as startOnTerminal} from './terminal.js';
import {isDone, paneOf, walk} from './walk.js';

const imageIn = (sandbox: Sandbox): string | undefined => {
	const pod = sandbox.objects('Pod', 'identity').find(({metadata}) => metadata.name === 'pingdirectory-0');
	return (pod?.spec as {readonly containers: ReadonlyArray<{readonly image: string}>} | undefined)?.containers[0]
		?.image;
};

const workloadIn = (sandbox: Sandbox) =>
	sandbox.objects('StatefulSet', 'identity').find(({metadata}) => metadata.name === 'pingdirectory');

const today = new Date().toISOString().slice(0, 10);
const rootAnswers = {strategy: 'root', image: '2103-8.2.0.3', freeze: 'open'};

test(
	'as root nothing restarts before the namespace was typed; what runs on as root says so, is counted, and can be ' +
		'paid',
	async context => {
		const home = await temporaryHome();
		const sandbox = await temporarySandbox({entries: 30});
		const file = await answersFile(home, rootAnswers);

		// Without a terminal: --yes takes what is recommended, and the word is not.
		const unasked = await runProgram({home, sandbox, args: ['migrate', '--yes', '--answers', file]});
		expect(unasked.status, unasked.stdout + unasked.stderr).toBe(4);
		expect(unasked.stderr).toContain('The question restart has no answer');
		expect(imageIn(sandbox)).toContain('2102');
		const folder = await onlyRun(home);
		const wrong = await answersFile(home, {restart: 'other'});
		const refused = await runProgram({home, sandbox, args: ['resume', folder, '--yes', '--answers', wrong]});
		expect(refused.status, refused.stdout + refused.stderr).toBe(2);
		expect(imageIn(sandbox)).toContain('2102');
		expect(debtOf(workloadIn(sandbox)?.metadata.annotations)).toBeUndefined();

		// In the wizard: Enter alone, and another word, restart nothing.
		const environment = (await environmentOf(home, sandbox)) as Readonly<Record<string, string>>;
		const terminal = startOnTerminal(['resume', folder], {onTestFinished: context.onTestFinished, environment});
		const fence = await walk(terminal, ({text}) => text.includes('Type the name of the namespace to restart'));
		expect(paneOf(fence)).toContain('the old template, for as long as the old image can be pulled');
		terminal.press(keys.enter);
		await terminal.until(({text}) => text.includes('«» was typed'));
		terminal.press('identit');
		await terminal.until(({text}) => text.includes('❯ identit'));
		terminal.press(keys.enter);
		await terminal.until(({text}) => text.includes('«identit» was typed'));
		terminal.press('y');
		await terminal.until(({text}) => text.includes('❯ identity'));
		expect(imageIn(sandbox)).toContain('2102');
		terminal.press(keys.enter);
		await walk(terminal, isDone);
		terminal.press(keys.enter);
		expect(await terminal.ended).toBe(0);
		expect(imageIn(sandbox)).toContain('2103');

		// The debt stands on the workload, and is counted.
		expect(debtOf(workloadIn(sandbox)?.metadata.annotations)).toMatchObject({
			since: today,
			until: dayAfter(today, 90),
			why: 'A fresh deployment is planned for later.',
			by: expect.stringContaining('@') as string,
		});
		const inspected = await runProgram({
			home,
			sandbox,
			args: ['inspect', '-n', 'identity', '--workload', 'pingdirectory'],
		});
		expect(inspected.stdout.replaceAll(/\s+/gv, ' ')).toMatch(
			/^statefulset\/pingdirectory: pingdirectory 8\.2\.0\.3, 2103 or later, 1 replica, runs as 0:0/v,
		);
		expect(inspected.stdout.replaceAll(/\s+/gv, ' ')).toContain(
			`root-debt seen runs as root for 0 days since ${today}, 90 days left until ${dayAfter(today, 90)}`,
		);
		const listed = await runProgram({home, sandbox, args: ['workloads', '-n', 'identity']});
		expect(listed.stdout).toContain(`runs as root until ${dayAfter(today, 90)}`);

		// It is paid by a fresh deployment.
		const paying = await answersFile(home, {image: '2103-8.2.0.3', 'cut-over': 'identity'});
		const paid = await runProgram({
			home,
			sandbox,
			args: ['migrate', '--yes', '--workload', 'statefulset/pingdirectory', '--strategy', 'fresh', '--answers', paying],
		});
		expect(paid.status, paid.stdout + paid.stderr).toBe(0);
		const after = await runProgram({home, sandbox, args: ['workloads', '-n', 'identity', '-o', 'json']});
		expect(JSON.parse(after.stdout)).toMatchObject([
			{name: 'pingdirectory', replicas: 0, move: {kind: 'moved'}},
			{name: expect.stringMatching(/^pingdirectory-/v) as string, move: {kind: 'successor', of: 'pingdirectory'}},
		]);
		const clean = await runProgram({home, sandbox, args: ['inspect', '-n', 'identity', '--severity', 'blocks']});
		expect(clean.status, clean.stdout).toBe(0);
	},
	150_000,
);
