import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {images, type KubeObject} from './cluster.js';
import {deployOld, oldWorkload} from './old-workload.js';
import {makeWorld, type World} from './world.js';

type Ending = {readonly exitCode: number; readonly reason: string};
type FailingPod = KubeObject & {
	readonly status?: {
		readonly containerStatuses?: ReadonlyArray<{
			readonly state?: {readonly terminated?: Ending};
			readonly lastState?: {readonly terminated?: Ending};
			readonly restartCount: number;
		}>;
	};
};

const endingOf = ({status}: FailingPod): Ending | undefined => {
	const container = status?.containerStatuses?.[0];
	return container?.state?.terminated ?? container?.lastState?.terminated;
};

/**
Moves the workload to the new image on the volume it has, and tells how its first container ended and what it said.
*/
const startNewOnOldVolume = async (
	world: World,
	securityContext?: Readonly<Record<string, unknown>>,
): Promise<{readonly exitCode: number | undefined; readonly log: string}> => {
	await world.scale('pingdirectory', 0);
	await world.apply(
		...oldWorkload(world.storageClassName, {image: images.new, ...(securityContext ? {securityContext} : {})}),
	);
	const pod = await world.until<FailingPod>('pod', 'pingdirectory-0', candidate => endingOf(candidate) !== undefined);
	const log = await world.kubectl(
		'logs',
		'pingdirectory-0',
		...(pod.status?.containerStatuses?.[0]?.state?.terminated ? [] : ['--previous']),
	);
	return {exitCode: endingOf(pod)?.exitCode, log};
};

const ownerOfConfiguration = async (world: World): Promise<string> => {
	const {stdout} = await world.exec('pingdirectory-0', ['stat', '-c', '%u', '/opt/out/instance/config/config.ldif']);
	return stdout;
};

const deniedWords = [
	"mkdir: can't create directory '/opt/out/container-state/': Permission denied",
	"/opt/entrypoint.sh: line 35: can't create /opt/out/container-state/current/environment_variables: " +
		'nonexistent directory',
].join('\n');

const portGuardWords = [
	'LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.',
	'   Service         Original Setting     Attempt',
	'   LDAP_PORT       389                  1389',
	'   LDAPS_PORT      636                  1636',
	'   HTTPS_PORT      443                  1443',
	'Please make any adjustments in dsconfig commands.',
	'*****',
	'CONTAINER FAILURE: Resolve the issues with your orchestration environment variables',
	'CONTAINER FAILURE: Error running 20-restart-sequence.sh',
].join('\n');

const fsGroup = {fsGroup: 9999};

describe.each(['local', 'hostPath'] as const)('the new image on an old %s volume, without any tool', volumes => {
	let world: World;

	beforeAll(async () => {
		world = await makeWorld(volumes, 1);
		await deployOld(world);
	});

	afterAll(async () => {
		await world.remove();
	});

	test('is refused the volume that root wrote', async () => {
		const {exitCode, log} = await startNewOnOldVolume(world);
		expect(log).toContain('###     user : ping (id: 9031)');
		expect(log).toContain(deniedWords);
		expect(exitCode).toBe(1);
	});

	test(
		volumes === 'local'
			? 'stops at the port guard where fsGroup opened the volume'
			: 'is refused in spite of fsGroup, which a hostPath volume ignores',
		async () => {
			const {exitCode, log} = await startNewOnOldVolume(world, fsGroup);
			if (volumes === 'local') {
				expect(log).toContain('#                      RUN_PLAN: RESTART');
				expect(log).toContain(portGuardWords);
				expect(exitCode).toBe(20);
			} else {
				expect(log).toContain(deniedWords);
				expect(exitCode).toBe(1);
			}
		},
	);

	test('starts as root with the old ports, the other way that the vendor documents', async () => {
		await world.scale('pingdirectory', 0);
		await deployOld(world, {
			image: images.new,
			securityContext: {runAsUser: 0, runAsGroup: 0},
			environment: {
				LDAP_PORT: '389',
				LDAPS_PORT: '636',
				HTTPS_PORT: '443',
				JMX_PORT: '689',
			},
		});
		expect(await world.kubectl('logs', 'pingdirectory-0')).toContain('### Warning: running container as root user');
		expect(await ownerOfConfiguration(world)).toBe('0\n');
	});

	test('starts again with the old image, its files still those of root', async () => {
		await world.scale('pingdirectory', 0);
		await deployOld(world);
		expect(await ownerOfConfiguration(world)).toBe('0\n');
	});
});
