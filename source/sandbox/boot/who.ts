import type {Credentials} from '../files/credentials.js';
import {withBits, withoutBits} from '../files/mode.js';
import {walk} from '../files/node.js';
import type {Boot} from './boot.js';

/**
Who the server runs as: images before 2103 step down to 9031:9999 unless PING_CONTAINER_PRIVILEGED is exactly `true`,
and give all below /opt but /opt/in to that user alone (pingidentity-docker-builds, tag 2102,
pingcommon/opt/bootstrap.sh, fixPermissions).
*/
export const stepDown = ({machine, facts}: Boot): Credentials => {
	const {credentials, environment, tree} = machine;
	if (
		credentials.uid !== 0 ||
		(facts.sprint ?? 2606) >= 2103 ||
		environment.get('PING_CONTAINER_PRIVILEGED') === 'true'
	) {
		return credentials;
	}

	const uid = Number(environment.get('PING_CONTAINER_UID'));
	const gid = Number(environment.get('PING_CONTAINER_GID'));
	for (const {path, root, readOnly} of tree.values()) {
		for (const {path: below, node} of readOnly ? [] : walk(root)) {
			const whole = path === '/' ? below : `${path}${below}`;
			if (/^\/opt\/(?!in(?:\/|$))./v.test(whole)) {
				Object.assign(node, {uid, gid, mode: withoutBits(node.mode, 0o077)});
			} else if (whole === '/run/secrets') {
				Object.assign(node, {mode: withBits(node.mode, 0o777)});
			}
		}
	}

	return {uid, gid, groups: credentials.groups, capabilities: new Set()};
};

/** Says who the server runs as, in the words of the sprint. */
export const sayWho = ({machine, facts}: Boot, as: Credentials): void => {
	const {uid, gid} = as;
	if ((facts.sprint ?? 0) < 2103) {
		machine.log.write(
			'### Bootstrap',
			machine.credentials.uid === 0
				? uid === 0
					? '### Pattern: privileged'
					: '### Pattern: inside-out'
				: '### Pattern: outside-in',
			...(machine.credentials.uid === uid
				? []
				: [
						'### Stepdown requested to :',
						`###     user : ping (id:${uid})`,
						`###     group: identity (id:${gid})`,
						'### Stepdown effective to:',
						`###     user : ping (id:${uid})`,
						`###     group: identity (id:${gid})`,
					]),
		);
		return;
	}

	if (uid === 0) {
		machine.log.write('### Bootstrap', '### Warning: running container as root user');
		return;
	}

	const isDefault = uid === facts.uid && gid === facts.gid;
	machine.log.write(
		isDefault
			? '### Using the default container user and group'
			: '### Using the container user and group of the orchestration',
		'### Container user and group',
		`###     user : ${uid === 9031 ? 'ping' : 'undefined user'} (id: ${uid})`,
		'###     group: ' +
			`${gid === 9999 && facts.gid === 9999 ? 'identity' : gid === 0 ? 'root' : 'undefined group'} (id: ${gid})`,
	);
};
