import {describe, expect, test} from 'vitest';
import {codesOf, folderWith} from './folder.js';

const image = 'pingidentity/pingdirectory:2102-8.2.0.1';

describe('Compose', () => {
	test.each([
		['a label of a proxy', '    labels: ["traefik.tcp.services.x.loadbalancer.server.port=636"]\n', '', '=1636'],
		['a label in a map', '    labels: {traefik.tcp.services.x.loadbalancer.server.port: 636}\n', '', '1636'],
		['an address without a port', '', '{LDAP_URL: "ldaps://users"}', 'ldaps://users:1636'],
		['a host beside its port', '', '{LDAP_HOST: users, LDAP_PORT: "389"}', 'LDAP_PORT: "1389"'],
		['an address with a port', '', '{URLS: "ldap://users:389/"}', 'ldap://users:1389/'],
	])('%s is found, and moved', async (_name, more, environment, moved) => {
		await using folder = await folderWith({
			'compose.yaml':
				`services:\n  users:\n    image: ${image}\n${more}  app:\n    image: example/app:1\n    environment: ` +
				`${environment === '' ? '{}' : environment}\n`,
		});
		const {findings} = await folder.inspect();
		expect(codesOf(findings)).toContain('compose-peer-old');
		const {written} = await folder.plan('fresh');
		expect(written['compose/compose.yaml']).toContain(moved);
	});

	test('ports are taken from the mapping: root keeps them', async () => {
		await using folder = await folderWith({
			'compose.yaml':
				'services:\n  users:\n    image: pingidentity/pingdirectory:edge\n    ports: ["1636:1636", "8443:1443"]\n',
		});
		const {written} = await folder.plan('root');
		expect(written['compose/compose.yaml']).toContain('LDAPS_PORT: "1636"');
		expect(written['compose/compose.yaml']).toContain('HTTPS_PORT: "1443"');
		expect(written['compose/compose.yaml']).not.toMatch(/"(?:389|636|443|689)"/v);
	});

	test('a secret for root alone, and several containers of a directory', async () => {
		await using folder = await folderWith({
			'compose.yaml':
				`services:\n  users:\n    image: ${image}\n    deploy: {replicas: 2}\n    secrets:\n      - source: ` +
				'root\n        mode: 0400\n      - {source: open, mode: 0444}\n      - {source: own, mode: 0400, uid: ' +
				'"9031"}\nsecrets: {root: {external: true}, open: {external: true}, own: {external: true}}\n',
		});
		const {findings} = await folder.inspect();
		expect(findings.filter(({code}) => code === 'secret-unreadable').map(({where}) => where.field)).toEqual([
			'services.users.secrets[0].mode',
		]);
		expect(codesOf(findings)).toContain('topology-of-several');
	});

	test('a finding speaks of containers, not of pods', async () => {
		await using folder = await folderWith({
			'compose.yaml': 'services: {users: {image: "pingidentity/pingdirectory:edge"}}\n',
		});
		const {findings} = await folder.inspect();
		expect(codesOf(findings)).toContain('image-sliding');
		expect(findings.map(({means, todo}) => means + todo).join(' ')).not.toMatch(/\bpods?\b/iv);
	});

	test.each([
		['a version of the new side', 'image: "pingidentity/pingdirectory:9.3.0.1-latest"', 'nothing-to-plan'],
		['a product that began with it', 'image: "acme/pingauthorize:stable"', 'nothing-to-plan'],
	])('%s is left as it is', async (_name, service, code) => {
		await using folder = await folderWith({'compose.yaml': `services: {users: {${service}}}\n`});
		await expect(folder.plan('root')).rejects.toMatchObject({parts: {code}});
	});

	test('a user that is not root is not made root', async () => {
		await using folder = await folderWith({
			'compose.yaml': `services:\n  users:\n    image: ${image}\n    user: "9031:9999"\n    ports: ["1636:1636"]\n`,
		});
		const {written, summary} = await folder.plan('root');
		expect(written['compose/compose.yaml']).toContain('user: "9031:9999"');
		expect(summary.notes.join('\n')).toContain('does not run as root');
	});

	test.each(['fresh', 'root'] as const)(
		'%s: what the script does not carry it names, and what is not looked into is told',
		async strategy => {
			await using folder = await folderWith({
				'compose.yaml': `services:
  users:
    image: ${image}
    entrypoint: ["/opt/own.sh", "-v"]
    command: start-server
    env_file: [~/.pingidentity/devops]
    cap_add: [NET_ADMIN]
    tmpfs: [/run/secrets]
    extra_hosts: ["sso.example.com:127.0.0.1"]
    ulimits: {nofile: 65535, nproc: {soft: 1, hard: 2}}
    hostname: ds1
    networks: [front, back]
    secrets: [devops]
secrets: {devops: {file: ./devops}}
networks: {front: {}, back: {}}
`,
			});
			const {summary, written} = await folder.plan(strategy);
			const script = written['docker/compose.sh'] ?? '';
			for (const flag of [
				'--env-file "$HOME/.pingidentity/devops"',
				'--entrypoint /opt/own.sh',
				'--cap-add NET_ADMIN',
				'--tmpfs /run/secrets',
				'--add-host sso.example.com:127.0.0.1',
				'--ulimit nofile=65535',
				'--ulimit nproc=1:2',
				'--hostname ds1',
				'--network front',
				':2109-8.3.0.0 -v start-server',
			]) {
				expect(script).toContain(flag);
			}

			expect(script).toContain('# Not carried from Compose: secrets, network back');
			expect(summary.notes.join('\n')).toContain('does not carry from users: secrets, network back');
			expect(summary.notes.join('\n')).toContain('reads an env_file, which was not looked into');
		},
	);
});

describe('docker run', () => {
	test('an image in a variable that the script sets is that image, and is changed where it is set', async () => {
		await using folder = await folderWith({
			'start.sh':
				`#!/bin/sh\nPD_IMAGE="${image}"\ndocker run -d --name a -p 1636:636 "$PD_IMAGE"\ndocker run -d --name b ` +
				'$PD_IMAGE\n',
		});
		const {findings, status} = await folder.inspect();
		expect(findings.find(({code}) => code === 'docker-port-old')?.where.line).toBe(3);
		expect(status).toBe(3);
		const {written} = await folder.plan('root');
		expect(written['docker/start.sh']).toContain('PD_IMAGE=pingidentity/pingdirectory:2109-8.3.0.0\n');
		expect(written['docker/start.sh']).toMatch(/-e JMX_PORT=689 "\$PD_IMAGE"$/mv);
		expect(written['docker/start.sh']).toMatch(/--name b -u 0:0 .* \$PD_IMAGE$/mv);
	});

	test('a variable that stands for options is no image', async () => {
		await using folder = await folderWith({
			'start.sh':
				'#!/bin/sh\nOPTIONS="--detach --rm"\ndocker run \\\n  ${OPTIONS} \\\n  ${MORE} \\\n  --name ds \\\n  ' +
				`-p \${PORT}:636 \\\n  ${image}\n`,
		});
		const {findings} = await folder.inspect();
		expect(findings.find(({code}) => code === 'docker-port-old')?.where.line).toBe(7);
	});

	test('an image that nobody sets is told, and is no all-clear', async () => {
		await using folder = await folderWith({
			'start.sh': '#!/bin/sh\n# starts PingDirectory\ndocker run -d --name ds -p 1636:636 "$IMAGE"\n',
		});
		const {findings} = await folder.inspect();
		expect(findings).toMatchObject([{code: 'docker-image-unknown', severity: 'warns', where: {line: 3}}]);
		await expect(folder.plan('root')).rejects.toMatchObject({
			parts: {code: 'nothing-to-plan', details: [expect.stringContaining('"$IMAGE": the image is a variable')]},
		});
	});
});

describe('What lies beside a Compose file', () => {
	const compose = (more = ''): string =>
		`services:\n  users:\n    image: \${PING_IMAGE}:\${TAG:-2102}\n    ports: ["\${OUTSIDE}:636"]\n${more}`;

	test('variables of .env are put in: the image is known, and stays written as it is but for what moves', async () => {
		await using folder = await folderWith({
			'compose.yaml': compose(),
			'.env': '# ours\nPING_IMAGE="pingidentity/pingdirectory"\nOUTSIDE=1636\n',
		});
		const {findings} = await folder.inspect();
		expect(codesOf(findings)).toEqual(expect.arrayContaining(['compose-port-old', 'side-old']));
		const {written} = await folder.plan('fresh');
		expect(written['compose/compose.yaml']).toContain('${OUTSIDE}:1636');
		expect(written['compose/compose.yaml']).toContain('image: pingidentity/pingdirectory:2109');
	});

	test('an image that is set nowhere is no all-clear', async () => {
		await using folder = await folderWith({'compose.yaml': compose()});
		const {findings, status} = await folder.inspect();
		expect(findings).toMatchObject([{code: 'compose-image-unknown', where: {line: 3}}]);
		expect(status).toBe(0);
	});

	test.each([
		['a map', 'environment: {A: b}'],
		['a list', 'environment: [A=b]'],
		['none', 'restart: always'],
	])('ports of an env_file are found, and set over it, where the environment is %s', async (_name, environment) => {
		await using folder = await folderWith({
			'compose.yaml': [
				'services:',
				'  users:',
				`    image: ${image}`,
				'    env_file: [pd.env, {path: gone.env}]',
				`    ${environment}`,
				'',
			].join('\n'),
			'pd.env': "export LDAPS_PORT='636'\nPASSWORD=secret-of-the-env-file\n",
		});
		const inspected = await folder.inspect();
		expect(codesOf(inspected.findings)).toContain('bind-privileged');
		expect(JSON.stringify(inspected)).not.toContain('secret-of-the-env-file');
		expect(JSON.stringify(inspected)).toContain('its env_file gone.env is not there');
		const fresh = await folder.plan('fresh');
		expect(fresh.written['compose/compose.yaml']).toMatch(/LDAPS_PORT(?:: "|=)1636/v);
		expect(fresh.summary.notes.join('\n')).toContain('users reads an env_file, which was not looked into: gone.env');
		const root = await folder.plan('root');
		expect(root.written['compose/compose.yaml']).toMatch(/LDAPS_PORT(?:: "|=)636/v);
		expect(JSON.stringify([fresh, root])).not.toContain('secret-of-the-env-file');
	});

	test('names of networks are names: an alias, and a port beside the one host there is', async () => {
		await using folder = await folderWith({
			'compose.yaml':
				`services:\n  users:\n    image: ${image}\n    networks: {back: {aliases: [directory]}}\n    ` +
				'stop_grace_period: 1m30s\n  app:\n    image: example/app:1\n    environment:\n      ' +
				'URL: ldaps://directory\n      HOST: directory\n      DIR_PORT: "636"\nnetworks: {back: {}}\n',
		});
		const {findings} = await folder.inspect();
		expect(findings.filter(({code}) => code === 'compose-peer-old')).toHaveLength(2);
		const {written} = await folder.plan('fresh');
		expect(written['compose/compose.yaml']).toContain('URL: ldaps://directory:1636');
		expect(written['compose/compose.yaml']).toContain('DIR_PORT: "1636"');
		expect(written['docker/compose.sh']).toContain('--network-alias directory');
		expect(written['docker/compose.sh']).toContain('--stop-timeout 90');
	});
});

describe('Lines of docker run', () => {
	test.each([
		['docker run -d --name ds $IMG:$TAG', 'side-old'],
		['docker run -d --name ds "${REGISTRY}/pingdirectory:$TAG"', 'side-old'],
		['docker run -d --name ds $NOWHERE:$TAG', 'docker-image-unknown'],
		['podman run -d --replace --name ds pingidentity/pingdirectory:2102', 'side-old'],
		['nerdctl run -d pingidentity/pingdirectory:2102', 'side-old'],
		['docker service create --name ds pingidentity/pingdirectory:2102', 'side-old'],
	])('%s is read: %s', async (line, code) => {
		await using folder = await folderWith({
			'run.sh': `#!/bin/sh\nIMG=pingidentity/pingdirectory\nREGISTRY=example.com/ping\nTAG=2102-8.2.0.1\n${line}\n`,
		});
		const {findings} = await folder.inspect();
		expect(codesOf(findings)).toContain(code);
	});

	test('a file of variables that was not looked into is named', async () => {
		await using folder = await folderWith({'run.sh': `docker run --env-file pd.env --name ds ${image}\n`});
		const {summary} = await folder.plan('fresh');
		expect(summary.notes.join('\n')).toContain('ds reads --env-file pd.env, which was not looked into');
	});
});
