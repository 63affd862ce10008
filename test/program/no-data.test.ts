import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readConnection} from '../../source/cluster/api/kubeconfig.js';
import {createPodShell} from '../../source/cluster/kubectl/pod-shell.js';
import {
	answersFile,
	environmentOf,
	freshAnswers,
	journalLines,
	onlyRun,
	runProgram,
	temporaryHome,
	temporarySandbox,
} from './program.js';

test('a directory server whose backend is disabled is not moved: the run stops before it changes anything', async () => {
	const [home, sandbox] = await Promise.all([temporaryHome(), temporarySandbox()]);
	const {KUBECONFIG: kubeconfig = ''} = await environmentOf(home, sandbox);
	const pods = createPodShell(
		await readConnection({kubeconfig, environment: {}, home, cacheFolder: join(home, 'cache')}),
	);
	await pods.run({pod: 'pingdirectory-0', container: 'pingdirectory'}, [
		'dsconfig',
		'set-backend-prop',
		'--backend-name',
		'userRoot',
		'--set',
		'enabled:false',
	]);
	const answers = await answersFile(home, {...freshAnswers, 'profile-repository': join(home, 'profiles')});
	const {status, stderr} = await runProgram({home, sandbox, args: ['migrate', '--yes', '--answers', answers]});
	expect(status, stderr).toBe(3);
	expect(stderr).toMatch(/lists userRoot \(dc=example,dc=com\), which is disabled/v);
	expect(stderr).toMatch(/dsconfig list-backends/v);

	const lines = await journalLines(await onlyRun(home));
	expect(lines.filter(({type}) => type === 'step-failed')).toMatchObject([
		{step: 'inventory', failure: {code: 'backend-unserved'}},
	]);
	expect(sandbox.objects('StatefulSet', 'identity').map(({metadata}) => metadata.name)).toEqual(['pingdirectory']);
});
