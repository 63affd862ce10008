import {chmod, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {ask, differences} from './ask.js';
import {images} from './cluster.js';
import {configure, settingsOn, wantedSettings, type Pod} from './configuration.js';
import {withLoadedWorld} from './loaded-world.js';
import {newPodOf, selectorOf} from './new-pod.js';
import {prepareRun, type ProgramRun} from './program.js';
import type {World} from './world.js';

const limit = 'size-limit';

describe('a profile out of which one setting was taken', () => {
	const loaded = withLoadedWorld({volumes: 3, entries: 2000, prepare: configure});
	let run: ProgramRun;

	test('is found out by the proof of the configuration, and clients stay where they are', async () => {
		const {world, before} = loaded();
		run = await prepareRun(world, 'fresh', {'profile-delivery': 'claim'});
		const stopped = await run.migrate();
		expect(stopped.exitCode, `${stopped.stdout}${stopped.stderr}`).toBe(4);
		expect(`${stopped.stdout}${stopped.stderr}`).toContain('profile-claim');
		await fillClaim(world, join(run.folder, 'server-profiles'), limit);
		await run.answer({'profile-claim': 'profile'});
		const {exitCode, stdout, stderr} = await run.resume();
		expect(exitCode, `${stdout}${stderr}`).toBe(3);
		expect(`${stdout}${stderr}`).toContain(`global-configuration: ${limit} is not on the new server`);
		const pod = await newPodOf(world);
		expect(await settingsOn(world, pod)).toEqual(wantedSettings.filter(dn => dn !== 'dn: cn=config'));
		expect(await selectorOf(world)).toBe('pingdirectory');
		expect(differences(before, await ask(world, 'pingdirectory-0'))).toEqual([]);
	});

	test('holds once the setting is made on the new server', async () => {
		const {world, before} = loaded();
		const pod = await newPodOf(world);
		const set = await world.exec(pod, ['dsconfig', 'set-global-configuration-prop', '--set', `${limit}:2345`]);
		expect(set.exitCode, set.stderr).toBe(0);
		await run.answer({'profile-claim': 'profile', 'configuration-differences': 'look-again'});
		const {exitCode, stdout, stderr} = await run.resume();
		expect(exitCode, `${stdout}${stderr}`).toBe(0);
		expect(await settingsOn(world, pod)).toEqual(wantedSettings);
		expect(differences(before, await ask(world, pod))).toEqual([]);
	});
});

/** Fills a claim with the committed profile, but for the lines of its batch that name a setting. */
const fillClaim = async (world: World, repository: string, setting: string): Promise<void> => {
	const {stdout: branch} = await execa('git', [
		'-C',
		repository,
		'for-each-ref',
		'--sort=-committerdate',
		'--count=1',
		'--format=%(refname)',
		'refs/heads',
	]);
	const copy = await mkdtemp(join(tmpdir(), 'unroot-e2e-'));
	// The archive gives the claim the mode of this folder, and the new server does not run as root.
	await chmod(copy, 0o755);
	// The branch has the profile in a folder that is called like the workload.
	const whole = await execa('git', ['-C', repository, 'archive', `${branch}:pingdirectory`], {encoding: 'buffer'});
	await execa('tar', ['-C', copy, '-xf', '-'], {input: whole.stdout});
	const batch = join(copy, 'pd.profile/dsconfig/00-config.dsconfig');
	const text = await readFile(batch, 'utf8');
	const lines = text.split('\n');
	const kept = lines.filter(line => !line.includes(setting));
	expect(lines.length - kept.length).toBe(1);
	await writeFile(batch, kept.join('\n'));
	const {stdout: archive} = await execa('tar', ['-C', copy, '-cf', '-', '.'], {encoding: 'buffer'});
	await world.apply(
		{
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: {name: 'profile'},
			spec: {
				accessModes: ['ReadWriteOnce'],
				resources: {requests: {storage: '1Gi'}},
				...(world.storageClassName === undefined ? {} : {storageClassName: world.storageClassName}),
			},
		},
		{
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: {name: 'fill'},
			spec: {
				terminationGracePeriodSeconds: 0,
				containers: [
					{
						name: 'pingdirectory',
						image: images.old,
						imagePullPolicy: 'IfNotPresent',
						command: ['sleep', '3600'],
						volumeMounts: [{name: 'profile', mountPath: '/profile'}],
					},
				],
				volumes: [{name: 'profile', persistentVolumeClaim: {claimName: 'profile'}}],
			},
		},
	);
	await world.until<Pod>(
		'pod',
		'fill',
		({status}) => status?.conditions?.some(one => one.type === 'Ready' && one.status === 'True') ?? false,
	);
	const filled = await world.exec('fill', ['tar', '-C', '/profile', '-xf', '-'], archive);
	expect(filled.exitCode, filled.stderr).toBe(0);
	await world.kubectl('delete', 'pod', 'fill');
};
