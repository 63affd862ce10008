import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {moveMapping} from '../../../source/manifests/files/compose/ports.js';
import {changedLines, planned, textOf} from '../reading.js';

const stack = `version: "2.4"
x-common: &common
  restart: unless-stopped
  networks: [ping]
services:
  directory:
    <<: *common
    image: $REGISTRY/pingdirectory:$TAG   # one tag for all
    environment:
      SERVER_PROFILE_URL: https://git.example.com/p.git
      LDAPS_PORT: 636
      PING_CONTAINER_PRIVILEGED: "true"
    ports:
      - "1636:636"
      - 127.0.0.1:1443:443/tcp
      - target: 389
        published: 1389
      - "9000:9000"
    expose: ["689"]
    volumes:
      - directory-out:/opt/out
      - ./keys:/root/.ssh:ro
    healthcheck:
      test: ldapsearch -p 389 -b ""
  federate:
    <<: *common
    image: pingidentity/pingfederate:2102
    command: wait-for directory:389 -t 900 -- entrypoint.sh start-server
    environment:
      - LDAP_URL=ldaps://directory:636
      - PD_ENGINE_PRIVATE_PORT_LDAP=389
      - ADMIN=https://elsewhere:443
    ports: ["9031:9031"]
  load:
    image: pingidentity/ldap-sdk-tools:2102
    entrypoint: ["authrate", "-h", "directory", "-p", "389", "--numThreads", "443"]
volumes:
  directory-out:
    driver: local
networks:
  ping:
`;

describe('a Compose file', () => {
	test('fresh: only the container side of ports moves, volumes get new names, peers the new port', () => {
		const after = textOf(planned('fresh', {'stack/compose.yaml': stack}), 'compose/compose.yaml');
		expect(changedLines(stack, after)).toEqual({
			gone: [
				'    image: $REGISTRY/pingdirectory:$TAG   # one tag for all',
				'      LDAPS_PORT: 636',
				'      PING_CONTAINER_PRIVILEGED: "true"',
				'      - "1636:636"',
				'      - 127.0.0.1:1443:443/tcp',
				'      - target: 389',
				'    expose: ["689"]',
				'      - directory-out:/opt/out',
				'      - ./keys:/root/.ssh:ro',
				'      test: ldapsearch -p 389 -b ""',
				'    image: pingidentity/pingfederate:2102',
				'    command: wait-for directory:389 -t 900 -- entrypoint.sh start-server',
				'      - LDAP_URL=ldaps://directory:636',
				'      - PD_ENGINE_PRIVATE_PORT_LDAP=389',
				'    image: pingidentity/ldap-sdk-tools:2102',
				'    entrypoint: ["authrate", "-h", "directory", "-p", "389", "--numThreads", "443"]',
			],
			come: [
				'    image: $REGISTRY/pingdirectory:2109-8.3.0.0   # one tag for all',
				'      LDAPS_PORT: "1636"',
				'      MAKELDIF_USERS: "0"',
				'      - "1636:1636"',
				'      - 127.0.0.1:1443:1443/tcp',
				'      - target: 1389',
				'    expose: ["1689"]',
				'      - directory-out-2109:/opt/out',
				'      - ./keys:/home/ping/.ssh:ro',
				'      test: ldapsearch -p 1389 -b ""',
				'    user: "9031:0"',
				'    image: pingidentity/pingfederate:2109',
				'    command: wait-for directory:1389 -t 900 -- entrypoint.sh start-server',
				'      - LDAP_URL=ldaps://directory:1636',
				'      - PD_ENGINE_PRIVATE_PORT_LDAP=1389',
				'    user: "9031:0"',
				'    image: pingidentity/ldap-sdk-tools:2109',
				'    entrypoint: ["authrate", "-h", "directory", "-p", "1389", "--numThreads", "443"]',
				'    user: "9031:0"',
				'  directory-out-2109:',
				'    driver: local',
			].filter(line => !stack.split('\n').includes(line)),
		});
		expect(parse(after)).toMatchObject({
			volumes: {'directory-out': {driver: 'local'}, 'directory-out-2109': {driver: 'local'}},
		});
	});

	test('root: user 0:0 and the four original ports; ports, volumes and peers stay', () => {
		const after = textOf(planned('root', {'compose.yaml': stack}), 'compose/compose.yaml');
		expect(changedLines(stack, after).gone.filter(line => !/image:|PING_CONTAINER/v.test(line))).toEqual([
			'      LDAPS_PORT: 636',
		]);
		expect(parse(after)).toMatchObject({
			services: {
				directory: {
					user: '0:0',
					environment: {
						LDAP_PORT: '389',
						LDAPS_PORT: '636',
						HTTPS_PORT: '443',
						JMX_PORT: '689',
					},
				},
				federate: {user: '0:0', command: 'wait-for directory:389 -t 900 -- entrypoint.sh start-server'},
			},
		});
	});

	test.each([
		['636', '1636'],
		['1636:636', '1636:1636'],
		['127.0.0.1:1636:636/tcp', '127.0.0.1:1636:1636/tcp'],
		['[::1]:1636:636', '[::1]:1636:1636'],
		['$PORT:636', '$PORT:1636'],
		['636:9999', undefined],
		['630-640:630-640', undefined],
		['8636:8636', undefined],
	])('maps %s to %s', (before, after) => {
		expect(moveMapping(before, new Map([[636, 1636]]))).toBe(after);
	});

	test('tells of ranges, folders of the host and volumes without a name', () => {
		const {notes} = planned('fresh', {
			'c.yaml':
				'services:\n  pd:\n    image: pingidentity/pingdirectory:2102\n    ports: ["380-390:380-390"]\n    ' +
				'volumes: ["./out:/opt/out", "/opt/out/logs"]\n',
		});
		expect(notes.join('\n')).toContain('pd maps the range 380-390:380-390');
		expect(notes.join('\n')).toContain('the folder ./out of the host');
		expect(notes.join('\n')).toContain('--renew-anon-volumes');
	});

	test('gives the docker run line of each service, with secrets by name only', () => {
		const plan = planned('fresh', {
			'c.yaml':
				'services:\n  pd:\n    image: pingidentity/pingdirectory:2102\n    environment: ' +
				'{PING_IDENTITY_PASSWORD: hunter2, A: "b c"}\n    ports: ["1636:636"]\n    volumes: ["out:/opt/out"]\n',
		});
		const line = textOf(plan, 'docker/c.sh');
		expect(line).toContain('docker run --detach \\\n  --name pd \\\n  -u 9031:0 \\\n  -p 1636:1636 \\\n');
		expect(line).toContain("-e PING_IDENTITY_PASSWORD \\\n  -e 'A=b c' \\\n");
		expect(line).toContain('-v out-2109:/opt/out \\\n  pingidentity/pingdirectory:2109-8.3.0.0\n');
		expect(line).not.toContain('hunter2');
	});
});
