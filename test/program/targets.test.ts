import {execFileSync} from 'node:child_process';
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {runProgram, temporaryHome} from './program.js';

type Strategy = 'fresh' | 'root';
type Expected = {
	/** What is written, by its path below the folder, with lines it must hold. */
	readonly files: Readonly<Record<string, readonly string[]>>;
	/** The overlay that is built and inspected as the cluster would get it. */
	readonly overlay?: string;
	/** What still blocks where all that was written is inspected, with the object that it is found in. */
	readonly stays?: readonly string[];
};
type Target = {
	readonly old: Readonly<Record<string, string>>;
	/** What blocks before the plan. */
	readonly blocks: readonly string[];
	readonly planned: Readonly<Record<Strategy, Expected>>;
};

const objects = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: users}
spec:
  serviceName: users-cluster
  selector: {matchLabels: {app: users}}
  template:
    metadata: {labels: {app: users}}
    spec:
      containers:
      - name: pingdirectory
        image: pingidentity/pingdirectory:2102-8.2.0.1
        ports: [{containerPort: 389}, {containerPort: 636}]
        volumeMounts: [{name: out-dir, mountPath: /opt/out}]
  volumeClaimTemplates:
  - metadata: {name: out-dir}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: users}
spec:
  selector: {app: users}
  ports: [{name: ldap, port: 389}, {name: ldaps, port: 636}]
`;
const blocksObjects = ['fsgroup-missing', 'port-change-guarded', 'port-service-old', 'volume-of-root'];
const values = `global: {image: {tag: 2102-8.2.0.1}}
pingdirectory:
  enabled: true
  envs: {SERVER_PROFILE_URL: https://git.example.com/p.git}
  services:
    ldaps: {servicePort: 636, containerPort: 636}
`;
const compose = `services:
  users:
    image: pingidentity/pingdirectory:2102-8.2.0.1
    environment: {LDAPS_PORT: "636"}
    ports: ["636:636", "443:443"]
    volumes: [out:/opt/out]
volumes: {out: {}}
`;
const run = 'docker run -d --name users -p 636:636 -v out:/opt/out pingidentity/pingdirectory:2102-8.2.0.1\n';

const newSet = [
	'name: users-2109',
	'runAsUser: 9031',
	'runAsGroup: 0',
	'fsGroup: 0',
	'containerPort: 1389',
	'containerPort: 1636',
];
const rootSet = [
	'runAsUser: 0',
	'runAsGroup: 0',
	'runAsNonRoot: false',
	'name: LDAP_PORT',
	'name: LDAPS_PORT',
	'name: HTTPS_PORT',
	'name: JMX_PORT',
	'"389"',
	'"636"',
	'"443"',
	'"689"',
];
const fresh = {
	'kubernetes/users-2109/01-service-users-2109-cluster.yaml': ['clusterIP: None', 'port: 1636'],
	'kubernetes/users-2109/02-statefulset-users-2109.yaml': ['image: pingidentity/pingdirectory:2109-8.3.0.0', ...newSet],
	'kubernetes/users-2109/cut-over/01-service-users.yaml': [
		'app: users-2109',
		'port: 389, targetPort: 1389',
		'port: 636, targetPort: 1636',
	],
};
const root = {'kubernetes/objects.yaml': ['image: pingidentity/pingdirectory:2109-8.3.0.0', ...rootSet]};

const targets: Readonly<Record<string, Target>> = {
	Kubernetes: {
		old: {'objects.yaml': objects},
		blocks: blocksObjects,
		planned: {fresh: {files: fresh}, root: {files: root}},
	},
	Kustomize: {
		old: {'objects.yaml': objects, 'kustomization.yaml': 'resources: [objects.yaml]\n'},
		blocks: blocksObjects,
		planned: {
			fresh: {
				files: {
					...fresh,
					// It is planned against what Kustomize builds, in the lines that it prints.
					'kubernetes/users-2109/cut-over/01-service-users.yaml': [
						'app: users-2109',
						'port: 389\n    targetPort: 1389',
						'port: 636\n    targetPort: 1636',
					],
					'kustomize/beside/kustomization.yaml': ['kind: Kustomization'],
					'kustomize/beside/users-2109-01-service-users-2109-cluster.yaml': ['clusterIP: None'],
					'kustomize/beside/users-2109-02-statefulset-users-2109.yaml': newSet,
					'kustomize/cut-over/kustomization.yaml': ['- ../beside'],
					'kustomize/cut-over/patch-service-users.yaml': ['value: users-2109', 'value: 1636'],
				},
				// The overlays stand on the base that was given: the old server stays in them as it is, and nothing else
				// blocks.
				stays: ['fsgroup-missing', 'port-change-guarded', 'volume-of-root'].map(code => `${code} StatefulSet/users`),
			},
			root: {
				files: {
					...root,
					'kustomize/kustomization.yaml': ['kind: Kustomization'],
					'kustomize/patch-statefulset-users.yaml': ['value: pingidentity/pingdirectory:2109-8.3.0.0'],
				},
				overlay: 'kustomize',
			},
		},
	},
	'Helm values': {
		old: {'values.yaml': values},
		blocks: ['values-port-pinned'],
		planned: {
			fresh: {
				files: {
					'helm/values.yaml': [
						'tag: 2109-8.3.0.0',
						'servicePort: 636, containerPort: 1636',
						'runAsUser: 9031',
						'fsGroup: 0',
					],
				},
			},
			root: {
				files: {
					'helm/values.yaml': [
						'tag: 2109-8.3.0.0',
						'servicePort: 636, containerPort: 636',
						'runAsUser: 0',
						'runAsNonRoot: false',
						'JMX_PORT: "689"',
					],
				},
			},
		},
	},
	Compose: {
		old: {'compose.yaml': compose},
		blocks: ['bind-privileged', 'compose-port-old'],
		planned: {
			fresh: {
				files: {
					'compose/compose.yaml': [
						'user: "9031:0"',
						'["636:1636", "443:1443"]',
						'LDAPS_PORT: "1636"',
						'[out-2109:/opt/out]',
					],
					'docker/compose.sh': ['-u 9031:0 ', '-p 636:1636 ', '-p 443:1443 ', '-v out-2109:/opt/out '],
				},
			},
			root: {
				files: {
					'compose/compose.yaml': ['user: "0:0"', '["636:636", "443:443"]', 'JMX_PORT: "689"', '[out:/opt/out]'],
					'docker/compose.sh': ['-u 0:0 ', '-p 636:636 ', '-p 443:443 ', '-v out:/opt/out '],
				},
			},
		},
	},
	'docker run': {
		old: {'run.sh': run},
		blocks: ['docker-port-old'],
		planned: {
			fresh: {
				files: {
					'docker/run.sh': [
						'docker run -d --name users-2109 -p 636:1636 -v out-2109:/opt/out -u 9031:0 -e MAKELDIF_USERS=0 ' +
							'pingidentity/pingdirectory:2109-8.3.0.0\n',
					],
				},
			},
			root: {
				files: {
					'docker/run.sh': [
						'docker run -d --name users -p 636:636 -v out:/opt/out -u 0:0 -e LDAP_PORT=389 -e LDAPS_PORT=636 ' +
							'-e HTTPS_PORT=443 -e JMX_PORT=689 pingidentity/pingdirectory:2109-8.3.0.0\n',
					],
				},
			},
		},
	},
};

type Inspected = {
	readonly findings: ReadonlyArray<{
		readonly code: string;
		readonly severity: string;
		readonly where: {readonly object?: string};
	}>;
	readonly objects: number;
};

/** What `inspect` says blocks, and in which object, once each; its exit status has to say the same. */
const blockers = async (home: string, args: readonly string[], input = ''): Promise<readonly string[]> => {
	const {status, stdout, stderr} = await runProgram({
		home,
		args: ['inspect', ...args, '--output', 'json'],
		input,
	});
	expect(stderr).toBe('');
	const {findings} = JSON.parse(stdout) as Inspected;
	const found = findings
		.filter(({severity}) => severity === 'blocks')
		.map(({code, where}) => `${code} ${where.object}`);
	expect(status).toBe(found.length > 0 ? 3 : 0);
	return [...new Set(found)].toSorted();
};

const writeAll = async (folder: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
	await mkdir(folder);
	const paths = Object.keys(files).map(name => path.join(folder, name));
	for (const [index, text] of Object.values(files).entries()) {
		await writeFile(paths[index]!, text);
	}

	return paths;
};

const filesIn = async (folder: string): Promise<readonly string[]> => {
	const found = await readdir(folder, {recursive: true, withFileTypes: true});
	return found
		.filter(entry => entry.isFile())
		.map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
		.toSorted();
};

const named = (paths: readonly string[]): readonly string[] => paths.flatMap(file => ['--file', file]);

describe.each(Object.entries(targets))('%s', (_, {old, blocks, planned}) => {
	test.each(['fresh', 'root'] as const)(
		'%s: what blocks before the plan does not block what was written',
		async strategy => {
			const home = await temporaryHome();
			const given = await writeAll(path.join(home, 'old'), old);
			const before = await blockers(home, named(given));
			expect([...new Set(before.map(found => found.split(' ', 1)[0]))]).toEqual(blocks);

			const out = path.join(home, 'new');
			const plan = await runProgram({
				home,
				args: ['plan', ...named(given), '-o', out, '--strategy', strategy, '--image-tag', '2109-8.3.0.0'],
			});
			expect(plan).toMatchObject({status: 0, stderr: ''});

			const {files, overlay, stays = []} = planned[strategy];
			const written = await filesIn(out);
			expect(written).toEqual(Object.keys(files).toSorted());
			for (const [name, parts] of Object.entries(files)) {
				const text = await readFile(path.join(out, name), 'utf8');
				for (const part of parts) {
					expect(text, name).toContain(part);
				}
			}

			expect(await blockers(home, named(written.map(name => path.join(out, name))))).toEqual(stays);
			if (overlay !== undefined) {
				const built = execFileSync('kubectl', ['kustomize', path.join(out, overlay)], {encoding: 'utf8'});
				expect(built).toContain('image: pingidentity/pingdirectory:2109-8.3.0.0');
				expect(await blockers(home, ['--file', '-'], built)).toEqual([]);
			}
		},
	);
});
