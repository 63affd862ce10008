import {portVariables} from '../ports.js';
import {baseSources, neverInImage, root, type Product} from './product.js';

/** The structure that PingDirectory and its relatives share. */
const profilePaths = [
	'env_vars',
	'hooks/*.sh',
	'instance/',
	'extensions/*.remote.list',
	'pd.profile/variables-ignore.txt',
	'pd.profile/dsconfig/*.dsconfig',
	'pd.profile/ldif/<backend>/*.ldif',
	'pd.profile/misc-files/',
	'pd.profile/server-root/pre-setup/',
	'pd.profile/server-root/post-setup/',
	'pd.profile/server-sdk-extensions/*.zip',
];
const neverCommitData = [
	...neverInImage,
	'setup-arguments.txt',
	'encryption-settings-db*',
	'tools.properties',
	'ldif/userRoot/*.ldif',
];
const license = 'pd.profile/server-root/pre-setup/PingDirectory.lic';

const relative = {
	changedPorts: portVariables,
	identityBefore: root,
	newestBefore: '8.2.0.2',
	portChange: 'silent',
	profile: {
		method: 'generate-profile',
		paths: profilePaths,
		neverCommit: neverCommitData,
		license,
	},
} as const;
const guard =
	'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks/pingdata.lib.sh:347-370, ' +
	'generateSetupArguments (port guard)';
const noGuard =
	'pingidentity-docker-builds 2103 pingdatacommon/opt/staging/hooks (20-restart-sequence.sh does not call the ' +
	'port guard)';

/** PingDirectory and its relatives, which share their set-up and their ports. */
export const directoryProducts: readonly Product[] = [
	{
		...relative,
		id: 'pingdirectory',
		title: 'PingDirectory',
		images: ['pingdirectory'],
		steadyPorts: [{port: 8989, what: 'replication', variable: 'REPLICATION_PORT'}],
		portChange: 'guarded',
		data: {
			what: 'the entries of its backends',
			path: '/opt/out/instance/db',
			carriedBy: 'export-ldif and import-ldif',
			isLostWithVolume: true,
		},
		chart: {keys: ['pingdirectory'], hasVolume: true},
		sources: [...baseSources, guard, 'helm-charts 0.12.0 charts/ping-devops/values.yaml (volume)'],
	},
	{
		...relative,
		id: 'pingdirectoryproxy',
		title: 'PingDirectoryProxy',
		images: ['pingdirectoryproxy'],
		steadyPorts: [],
		data: {
			what: 'its configuration',
			path: '/opt/out/instance/config',
			carriedBy: 'its server profile',
			isLostWithVolume: false,
		},
		chart: {keys: ['pingdirectoryproxy'], hasVolume: true},
		sources: [...baseSources, noGuard],
	},
	{
		...relative,
		id: 'pingdatasync',
		title: 'PingDataSync',
		images: ['pingdatasync'],
		steadyPorts: [],
		data: {
			what: 'the position of the synchronisation',
			path: '/opt/out/instance/config/sync-state.ldif',
			carriedBy: 'a copy of sync-state.ldif while it is stopped',
			isLostWithVolume: true,
		},
		chart: {keys: ['pingdatasync'], hasVolume: true, since: '0.9.0'},
		sources: [...baseSources, noGuard, 'helm-charts docs/release-notes/previousReleases.md:330 (sync-state.ldif)'],
	},
	{
		...relative,
		id: 'pingdatagovernance',
		title: 'PingDataGovernance',
		images: ['pingdatagovernance'],
		steadyPorts: [],
		data: {
			what: 'its configuration',
			path: '/opt/out/instance/config',
			carriedBy: 'its server profile',
			isLostWithVolume: false,
		},
		profile: {...relative.profile, license: 'pd.profile/server-root/pre-setup/PingDataGovernance.lic'},
		chart: {keys: ['pingdatagovernance'], hasVolume: false, until: '0.9.9'},
		sources: [...baseSources, noGuard, 'helm-charts 0.9.9 charts/ping-devops/values.yaml (block removed)'],
	},
	{
		...relative,
		id: 'pingdatagovernancepap',
		title: 'PingDataGovernance PAP',
		images: ['pingdatagovernancepap'],
		changedPorts: ['HTTPS_PORT'],
		steadyPorts: [{port: 8444, what: 'administration and health', variable: 'PING_ADMIN_PORT'}],
		portChange: 'follows',
		data: {
			what: 'policies',
			path: '/opt/out',
			carriedBy: 'an export of the policies in its console',
			isLostWithVolume: true,
		},
		profile: {...relative.profile, method: 'by-hand', license: 'PingDataGovernance.lic'},
		chart: {keys: ['pingdatagovernancepap'], hasVolume: false, until: '0.9.9'},
		sources: baseSources,
	},
	{
		...relative,
		id: 'pingauthorize',
		title: 'PingAuthorize',
		images: ['pingauthorize'],
		firstSprint: '2103',
		steadyPorts: [],
		data: {
			what: 'its configuration',
			path: '/opt/out/instance/config',
			carriedBy: 'its server profile',
			isLostWithVolume: false,
		},
		profile: {...relative.profile, license: 'pd.profile/server-root/pre-setup/PingAuthorize.lic'},
		chart: {keys: ['pingauthorize'], hasVolume: false},
		sources: [...baseSources, noGuard, 'pingidentity-docker-builds 2103 pingauthorize/Dockerfile (no earlier image)'],
	},
	{
		...relative,
		id: 'pingauthorizepap',
		title: 'PingAuthorize PAP',
		images: ['pingauthorizepap'],
		firstSprint: '2103',
		changedPorts: ['HTTPS_PORT'],
		steadyPorts: [{port: 8444, what: 'administration and health', variable: 'PING_ADMIN_PORT'}],
		portChange: 'follows',
		data: {
			what: 'policies',
			path: '/opt/out',
			carriedBy: 'an export of the policies in its console',
			isLostWithVolume: true,
		},
		profile: {...relative.profile, method: 'by-hand', license: 'PingAuthorize.lic'},
		chart: {keys: ['pingauthorizepap'], hasVolume: false},
		sources: baseSources,
	},
];
