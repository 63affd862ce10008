import {mentionsOf} from '../mentions.js';
import {newPortOf} from '../ports.js';
import type {ProfileText, Rule, SeenInText} from './finding.js';

/** What is said of files of a server profile. */
export const profileRules = {
	'profile-setup-arguments': {
		severity: 'blocks',
		means:
			"The image makes this file itself. A committed one brings the old server's ports with it and switches " +
			'the port guard off: the server tries the old ports as a user that cannot bind them.',
		todo: 'Remove setup-arguments.txt from the profile.',
		source:
			'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh ' +
			'(generateSetupArguments only where the file is absent); pingidentity-devops-getting-started 2506 ' +
			'docs/how-to/buildPingDirectoryProfile.md',
	},
	'profile-env-vars-port': {
		severity: 'blocks',
		means:
			'env_vars is read after the environment of the container and wins over it: no manifest can change this port.',
		todo: 'Remove the line.',
		source: 'pingidentity-docker-builds 2103 pingcommon/opt/staging/hooks (env_vars is sourced last)',
	},
	'profile-dsconfig-port': {
		severity: 'blocks',
		means: 'The configuration sets the port of the old server again, after set-up has chosen the new one.',
		todo: 'Write the variable LDAPS_PORT (or its like) instead of the number, or remove the line.',
		source:
			'pingidentity-server-profiles 2102 ' +
			'perf-testing/pingdatagovernance/pd.profile/dsconfig/00-config.dsconfig (generated, with server-port:636)',
	},
	'profile-old-address': {
		severity: 'warns',
		means:
			'The address names a port of the old days. It goes on working only as long as a Service maps it to the new one.',
		todo:
			'Write the variable PD_ENGINE_PRIVATE_PORT_LDAPS (or its like) instead of the number, or keep the ' +
			"Service's port.",
		source: 'pingidentity-server-profiles 0b78771 and 83c1dcc',
	},
	'profile-topology-port': {
		severity: 'blocks',
		means:
			'The file tells every server where the others listen. The new ones do not listen there, so they find nobody.',
		todo: 'Write the new port: 389 becomes 1389, 636 becomes 1636, 443 becomes 1443, 689 becomes 1689.',
		source:
			'pingidentity-server-profiles 2102 and 2103 dsreplication-timing/instance/etc/topology.json (8881aab ' +
			'changed the ports)',
	},
	'profile-host-without-port': {
		severity: 'warns',
		means: 'A data store without a port uses 389 or 636.',
		todo: 'Write host and port, as the variables PD_ENGINE_PRIVATE_HOSTNAME and PD_ENGINE_PRIVATE_PORT_LDAP.',
		source: 'pingidentity-server-profiles 0b78771',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof profileRules;
type Found = ReadonlyArray<SeenInText<Code>>;

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

const baseName = (file: string): string => (file.split(/[\/\\]/v).at(-1) ?? file).replace(/\.subst$/v, '');

const eachLine = (
	text: string,
	look: (line: string) => readonly string[],
): ReadonlyArray<{readonly line: number; readonly seen: string}> =>
	text
		.split('\n')
		.flatMap((content, index) =>
			/^\s*#/v.test(content) || !/389|636|443|689/v.test(content)
				? []
				: look(content).map(seen => ({line: index + 1, seen})),
		);

const setupArguments = (file: string, text: string): Found => {
	const ports = mentionsOf(text).filter(({words}) => words.startsWith('--'));
	const [first] = ports;
	return [
		{
			code: 'profile-setup-arguments',
			file,
			line: first ? lineAt(text, text.indexOf(first.words)) : 1,
			seen: ports.length > 0 ? ports.map(({words}) => words).join(', ') : 'setup-arguments.txt is in the profile',
			...(ports.length === 0 && {severity: 'warns'}),
		},
	];
};

const ofCode = (code: Code, file: string, text: string, look: (line: string) => readonly string[]): Found =>
	eachLine(text, look).map(({line, seen}) => ({
		code,
		file,
		line,
		seen,
	}));

const addresses = (line: string): readonly string[] =>
	mentionsOf(line)
		.filter(({host}) => host !== undefined && !/^(?:[a-z]+-)*port$/v.test(host))
		.map(({words, newPort}) => `${words} (new: ${newPort})`);

/** A file name is all there is to tell a profile's files by. */
const inFile = ({file, text}: ProfileText): Found => {
	const name = baseName(file);
	if (name === 'setup-arguments.txt') {
		return setupArguments(file, text);
	}

	if (/^env[\-_]vars$/v.test(name)) {
		return [
			...ofCode(
				'profile-env-vars-port',
				file,
				text,
				line =>
					/^\s*(?:export\s+)?(?<set>(?:LDAP|LDAPS|HTTPS|JMX)_PORT=["']?(?:389|636|443|689)["']?)(?:\s|;|$)/v
						.exec(line)
						?.groups?.set?.split('\n') ?? [],
			),
			...ofCode('profile-old-address', file, text, addresses),
		];
	}

	if (name.endsWith('.dsconfig')) {
		return [
			...ofCode('profile-dsconfig-port', file, text, line =>
				mentionsOf(line)
					.filter(({words}) => /^(?:[a-z]+-)+port:/v.test(words))
					.map(({words, port}) => `${words} (new: ${newPortOf(port)})`),
			),
			...ofCode('profile-old-address', file, text, addresses),
		];
	}

	if (name === 'topology.json') {
		return text
			.matchAll(/"\w{0,20}[Pp]ort"\s{0,10}:\s{0,10}"?(?<port>389|636|443|689)(?!\d)/gv)
			.map(({index, 0: words, groups}): SeenInText<Code> => ({
				code: 'profile-topology-port',
				file,
				line: lineAt(text, index),
				seen: `${words} (new: ${newPortOf(Number(groups?.port))})`,
			}))
			.toArray();
	}

	const isDataStore = name === 'data.json';
	return [
		...ofCode('profile-old-address', file, text, addresses),
		...(isDataStore
			? text
					.matchAll(/"hostnames"\s{0,20}:\s{0,20}\[\s{0,200}"(?<host>[^\s":]{1,253})"/gv)
					.map(({index, groups}): SeenInText<Code> => ({
						code: 'profile-host-without-port',
						file,
						line: lineAt(text, index),
						seen: `hostnames: ${groups?.host}`,
					}))
					.filter(({seen}) => !seen.includes('${') || !seen.includes('PORT'))
					.toArray()
			: []),
	];
};

/** Findings about files of a server profile. */
export const profileFindings = (texts: readonly ProfileText[]): Found => texts.flatMap(text => inFile(text));
