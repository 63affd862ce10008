import {createHash, randomUUID} from 'node:crypto';
import type {View} from '../files/view.js';
import {normalDn, type Entry} from '../ldap/entry.js';
import {baseEntry, sampleEntries} from '../ldap/generate.js';
import {batchOf, withChanges} from '../ldap/settings.js';
import {ready, root, value, type Prepared, type Ready, type Start} from './boot.js';
import {atStart, containerFailure, inSetup} from './failure.js';
import {installServer, type InstalledBackend} from './install.js';
import {readProfile, type Profile} from './profile.js';

const banner = [
	'##################################################################################',
	'#                            GENESIS STATE FOUND',
	'##################################################################################',
];

/** Prints what the hooks have decided. */
export const tellPlan = ({machine}: Start, state: string, run: string, servers: number): void => {
	machine.log.write(
		...(state === 'GENESIS' ? banner : []),
		'##################################################################################',
		'#                      Run Plan Information',
		`#                      PD_STATE: ${state}`,
		`#                      RUN_PLAN: ${run}`,
		`#                      Number of servers available in this domain: ${servers}`,
		'##################################################################################',
	);
};

/** The same passphrase gives the same definition on every server; without one it is random. */
export const definitionOf = (passphrase: string | undefined): string =>
	passphrase === undefined ? randomUUID() : createHash('sha256').update(`definition ${passphrase}`).digest('hex');

const passphraseIn = (view: View, path: string): string | undefined =>
	view.exists(path) ? view.read(path).toString().trim() : undefined;

/**
A licence of the profile, or one that is downloaded for who accepts the agreement: nobody else is asked
(17-check-license.sh).
*/
const checkLicence = (start: Start, {files}: Profile): Ready =>
	files.has('PingDirectory.lic') || /^y(?:es)?$/iv.test(value(start, 'PING_IDENTITY_ACCEPT_EULA'))
		? ready
		: containerFailure(start, {
				why: 'You must accept the EULA by providing the environment variable PING_IDENTITY_ACCEPT_EULA=YES',
				hooks: ['17-check-license.sh', '10-start-sequence.sh'],
				exit: 10,
			});

/** Entries of the profile over the base entry, and sample users where it has a template for them. */
const firstEntries = (start: Start, {entries, templates}: Profile): readonly Entry[] => {
	const baseDn = value(start, 'USER_BASE_DN');
	const users = Number(value(start, 'MAKELDIF_USERS')) || 0;
	const samples = templates.flatMap(path => {
		start.machine.log.write(`Processing (${path}) template with ${users} users...`);
		return users > 0 ? sampleEntries(users, baseDn) : [];
	});
	const all = [baseEntry(baseDn), ...entries, ...samples];
	const byDn = new Map(all.map(entry => [normalDn(entry.dn), entry]));
	return byDn.values().toArray();
};

/** Backends beside the users', which the profile creates. */
const furtherBackends = ({changes}: Profile): readonly InstalledBackend[] =>
	changes
		.filter(({verb, kind}) => verb === 'create' && kind === 'backend')
		.map(({names, set}) => {
			const baseDn = set.find(([property]) => property === 'base-dn')?.[1] ?? '';
			return {id: names[0]?.[1] ?? '', baseDn, entries: [baseEntry(baseDn)]};
		});

/** Sets a server up with what its profile gives it, and nothing else. */
export const setup = (start: Start): Prepared => {
	const {machine, facts, view, sprint} = start;
	const service = value(start, 'K8S_STATEFUL_SET_SERVICE_NAME');
	const isKubernetes = value(start, 'ORCHESTRATION_TYPE') === 'KUBERNETES';
	if (isKubernetes && (service === '' || value(start, 'K8S_STATEFUL_SET_NAME') === '')) {
		return containerFailure(start, {
			why: 'KUBERNETES Orchestation ==> K8S_STATEFUL_SET_NAME required',
			...atStart('03-build-run-plan.sh'),
		});
	}

	const domain = isKubernetes ? start.domain(service) : undefined;
	const others = domain?.hosts ?? [];
	const isGenesis = others.length === 0 && (!isKubernetes || machine.pod.endsWith('-0'));
	if (isGenesis) {
		machine.log.write(
			`Verified that this host/ip is the only pod found in domain '${service || 'localhost'}'`,
			`We are the SEED server (${machine.pod})`,
		);
	}

	tellPlan(start, isGenesis ? 'GENESIS' : 'SETUP', 'START', others.length + 1);
	if (!view.may('/opt/out', 2)) {
		machine.log.write(`cp: can't create directory '${root}': Permission denied`);
		if (sprint === 2109) {
			machine.log.write(`/opt/entrypoint.sh: exec: line 115: ${root}/bin/start-server: not found`);
			return {exit: 127};
		}

		return containerFailure(start, {
			why: 'Error running 06-copy-product-bits.sh',
			hooks: ['01-start-server.sh'],
			exit: 1,
		});
	}

	const profile = readProfile(start);
	const licence = checkLicence(start, profile);
	if (!('ready' in licence)) {
		return licence;
	}

	// From 2109 on the check asks for the pod's own name, which is always answered (182-pre-setup.sh 2109:26).
	if (domain && !domain.hasOwn && sprint < 2109) {
		machine.log.write(
			`Unable to find this host in the domain '${service}'`,
			"This implies that the Kubernetes service isn't providing the annotations allowing for",
			'unready hosts to be discovered.',
		);
		return containerFailure(start, {
			why: 'Resolve issues with pingdirectory Kubernetes cluster service, and restart',
			...inSetup('182-pre-setup.sh'),
		});
	}

	if (!isGenesis) {
		machine.log.write(
			'PD_STATE is not GENESIS ==> Skipping Templates',
			'PD_STATE is not GENESIS ==> Will not process ldif imports',
		);
	}

	const passwordFile = value(start, 'ROOT_USER_PASSWORD_FILE');
	if (!view.exists(passwordFile)) {
		machine.log.write(
			`The file '${passwordFile}' given for --rootUserPasswordFile does not exist`,
			"Error during 'manage-profile setup'",
		);
		return containerFailure(start, {
			why: 'Error running 183-run-setup.sh',
			hooks: inSetup('').hooks.slice(1),
			exit: 10,
		});
	}

	const settings = withChanges(new Map(), profile.changes);
	const encryption = value(start, 'ENCRYPTION_PASSWORD_FILE');
	const instanceName = `${machine.pod}${service === '' ? '' : `.${service}`}`;
	installServer(view, {
		backends: [
			{
				id: 'userRoot',
				baseDn: value(start, 'USER_BASE_DN'),
				entries: isGenesis ? firstEntries(start, profile) : [baseEntry(value(start, 'USER_BASE_DN'))],
			},
			...furtherBackends(profile),
		],
		ports: {ldap: value(start, 'LDAP_PORT'), ldaps: value(start, 'LDAPS_PORT'), https: value(start, 'HTTPS_PORT')},
		instanceName,
		version: facts.version,
		rootDn: value(start, 'ROOT_USER_DN'),
		passwordFile,
		definition: definitionOf(passphraseIn(view, encryption)),
		settings: batchOf(settings),
		files: profile.files,
	});
	machine.log.write('manage-profile setup returned 0');
	return {state: isGenesis ? 'GENESIS' : 'SETUP'};
};
