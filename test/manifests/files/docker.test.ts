import {describe, expect, test} from 'vitest';
import {planned, textOf} from '../reading.js';

const script = String.raw`# start the directory
docker run -d --name pd \
    -p 1636:636 -p8443:443 --publish=1389:389 \
    -e LDAPS_PORT=636 --env 'PING_CONTAINER_UID=9031' \
    -e "SERVER_PROFILE_URL=https://git.example.com/a b.git" \
    -v pd-out:/opt/out -v "$HOME/keys:/root/.ssh" \
    pingidentity/pingdirectory:2102
`;

describe('docker run', () => {
	test('fresh: user, the container side of ports, environment, volume, name and image; the rest stays', () => {
		const after = textOf(planned('fresh', {'run.txt': script}), 'docker/run.txt');
		expect(after).toBe(String.raw`# start the directory
docker run -d --name pd-2109 \
    -p 1636:1636 -p8443:1443 --publish=1389:1389 \
    -e LDAPS_PORT=1636 -e "SERVER_PROFILE_URL=https://git.example.com/a b.git" \
    -v pd-out-2109:/opt/out -v "$HOME/keys:/home/ping/.ssh" \
    -u 9031:0 \
    -e MAKELDIF_USERS=0 \
    pingidentity/pingdirectory:2109-8.3.0.0
`);
	});

	test('root: -u 0:0 and all four ports as they were', () => {
		const after = textOf(planned('root', {'run.txt': script}), 'docker/run.txt');
		expect(after).toContain('-p 1636:636 -p8443:443 --publish=1389:389 \\\n    -e LDAPS_PORT=636');
		expect(after).toContain(
			'    -u 0:0 \\\n    -e LDAP_PORT=389 \\\n    -e HTTPS_PORT=443 \\\n    -e JMX_PORT=689 \\\n    ' +
				'pingidentity/pingdirectory:2109-8.3.0.0\n',
		);
	});

	test('replaces a user that was set, and leaves what runs another image', () => {
		const after = textOf(
			planned('fresh', {'run.txt': 'docker run -u root ping/pingdirectory:2102 && docker run -p 80:443 nginx:1\n'}),
			'docker/run.txt',
		);
		expect(after).toBe(
			'docker run -u 9031:0 -e MAKELDIF_USERS=0 ping/pingdirectory:2109-8.3.0.0 && docker run -p 80:443 nginx:1\n',
		);
	});

	test('fresh: a container that reaches another by its name is led to the new one, at its new port', () => {
		const text = `docker run --name pd --network-alias ldap pingidentity/pingdirectory:2102
docker run --name pf -e LDAP=ldaps://ldap:636 -e ADMIN=https://pa:443 --link pd pingidentity/pingfederate:2102 wait-for pd:389 -- start-server
docker run pingidentity/ldap-sdk-tools:2102 ldapsearch -h pd -p 389 -b dc=pd
# docker run pingidentity/pingdirectory:2101
`;
		expect(textOf(planned('fresh', {'run.sh': text}, '2109'), 'docker/run.sh'))
			.toBe(`docker run --name pd-2109 --network-alias ldap -u 9031:0 -e MAKELDIF_USERS=0 pingidentity/pingdirectory:2109
docker run --name pf-2109 -e LDAP=ldaps://ldap:1636 -e ADMIN=https://pa:443 --link pd-2109:pd -u 9031:0 pingidentity/pingfederate:2109 wait-for pd-2109:1389 -- start-server
docker run -u 9031:0 pingidentity/ldap-sdk-tools:2109 ldapsearch -h pd-2109 -p 1389 -b dc=pd
# docker run pingidentity/pingdirectory:2101
`);
	});

	test('root: whoever reaches another by its name goes on doing so', () => {
		const text =
			'docker run --name pd pingidentity/pingdirectory:2102\ndocker run pingidentity/pingfederate:2102 ' +
			'wait-for pd:389\n';
		expect(textOf(planned('root', {'run.sh': text}, '2109'), 'docker/run.sh')).toContain(
			'pingidentity/pingfederate:2109 wait-for pd:389\n',
		);
	});

	test('writes the line from docker inspect, without what the image sets and without secrets', () => {
		const inspect = JSON.stringify(
			[
				{
					Name: '/pd',
					Config: {
						Image: 'pingidentity/pingdirectory:2102',
						User: '',
						Env: [
							'PATH=/opt:/bin',
							'LDAPS_PORT=636',
							'USER_BASE_DN=dc=example,dc=com',
							'PING_IDENTITY_PASSWORD=hunter2',
						],
						Cmd: ['start-server'],
					},
					HostConfig: {
						PortBindings: {'636/tcp': [{HostIp: '', HostPort: '1636'}]},
						Binds: ['pd-out:/opt/out:rw'],
						NetworkMode: 'ping',
						RestartPolicy: {Name: 'always'},
					},
				},
			],
			undefined,
			2,
		);
		expect(textOf(planned('fresh', {'pd.json': inspect}), 'docker/pd.sh')).toBe(String.raw`#!/bin/sh
set -eu
docker run --detach \
  --name pd-2109 \
  --network ping \
  --restart always \
  -p 1636:1636 \
  -e USER_BASE_DN=dc=example,dc=com \
  -e PING_IDENTITY_PASSWORD \
  -v pd-out-2109:/opt/out:rw \
  -u 9031:0 \
  -e MAKELDIF_USERS=0 \
  pingidentity/pingdirectory:2109-8.3.0.0
`);
	});
});
