import {root, value, type Prepared, type Start} from './boot.js';
import {containerFailure} from './failure.js';
import {setupPorts} from './install.js';
import {readProfile} from './profile.js';
import {tellPlan} from './setup.js';

const kept = `${root}/config/.manage-profile-setup-arguments.txt`;

const replaced = ({machine}: Start): Prepared => {
	machine.log.write('  manage-profile replace-profile returned 0');
	return {state: 'UPDATE'};
};

/** Sets the server up with other ports, as replace-profile does where nothing stops it. */
const changePorts = (start: Start): void => {
	const ports = {ldapPort: 'LDAP_PORT', ldapsPort: 'LDAPS_PORT', httpsPort: 'HTTPS_PORT'};
	const text = Object.entries(ports).reduce(
		(before, [option, name]) =>
			before.replace(new RegExp(String.raw`--${option} \d*`, 'v'), () => `--${option} ${value(start, name)}`),
		start.view.read(kept).toString(),
	);
	start.view.write(kept, text);
};

/**
Restarts on a volume with a server on it. Ports may not change, unless the profile has setup arguments; 2109 runs
replace-profile in spite of its guard, and hangs.
*/
export const restart = (start: Start): Prepared => {
	const {machine, view, sprint} = start;
	tellPlan(start, 'UPDATE', 'RESTART', 1);
	machine.log.write('Restarting container');
	const original = setupPorts(view.read(kept).toString());
	const rows = [
		['LDAP_PORT', original.ldap],
		['LDAPS_PORT', original.ldaps],
		['HTTPS_PORT', original.https],
	] as const;
	if (readProfile(start).hasSetupArguments || rows.every(([name, port]) => port === value(start, name))) {
		return replaced(start);
	}

	machine.log.write(
		'*****',
		'LDAP/LDAPS/HTTPS ports from original settings may not be changed on restart.',
		'   Service         Original Setting     Attempt',
		...rows.map(([name, port]) => `   ${name.padEnd(15)} ${port.padEnd(20)} ${value(start, name)}`),
		'Please make any adjustments in dsconfig commands.',
		'*****',
	);
	const failed = containerFailure(start, {
		why: 'Resolve the issues with your orchestration environment variables',
		hooks: ['20-restart-sequence.sh'],
		exit: 20,
	});
	if (sprint === 2109) {
		changePorts(start);
		replaced(start);
	}

	return failed;
};
