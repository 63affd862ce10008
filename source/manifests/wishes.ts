import {catalogue} from '../ping/catalogue/index.js';
import {newPorts as imagePorts, portVariables} from '../ping/ports.js';
import type {PortVariable} from '../ping/workload.js';
import type {Wish} from './objects/environment.js';
import type {Decisions} from './strategy.js';

/**
Products that make sample users at their first start where MAKELDIF_USERS says so: helm-charts, values.yaml,
pingdirectory.envs.
*/
const makesUsers = new Set(['pingdirectory']);

/** The port variables of a product whose defaults changed; all four where the product is not known. */
export const changedPortsOf = (product: string): readonly PortVariable[] =>
	catalogue.find(({id}) => id === product)?.changedPorts ?? portVariables;

/**
The environment of a new server: its own ports where their default changed and names, no sample users, and the profile
that was decided on.
*/
export const freshWishes = (
	{newPorts, newName, profile, mounted, furtherBaseDns = []}: Decisions,
	product: string,
	headless: string | undefined,
): readonly Wish[] => [
	...changedPortsOf(product).map((name): Wish => ({
		name,
		value: String(newPorts[name]),
		when: newPorts[name] === imagePorts[name] ? 'wherever-set' : 'always',
	})),
	...(makesUsers.has(product) ? [{name: 'MAKELDIF_USERS', value: '0', when: 'always'} as const] : []),
	...(headless === undefined
		? []
		: [
				{name: 'K8S_STATEFUL_SET_NAME', value: newName, when: 'wherever-set'} as const,
				{name: 'K8S_STATEFUL_SET_SERVICE_NAME', value: headless, when: 'wherever-set'} as const,
			]),
	// Images before 2204 do not know it; the step that adds replicas sees what is not replicated, and joins it.
	...(furtherBaseDns.length > 0
		? [{name: 'REPLICATION_BASE_DNS', value: furtherBaseDns.join(';'), when: 'always'} as const]
		: []),
	// One that starts with others at a time begins a directory of its own where it lost its volume.
	{name: 'PARALLEL_POD_MANAGEMENT_POLICY', value: 'false', when: 'wherever-set'} as const,
	...(profile
		? [
				{name: 'SERVER_PROFILE_URL', value: profile.url, when: 'always'} as const,
				{name: 'SERVER_PROFILE_BRANCH', value: profile.branch, when: 'always'} as const,
				{name: 'SERVER_PROFILE_PATH', value: profile.path, when: 'always'} as const,
			]
		: []),
	// A clone would be laid over what is mounted, and the same configuration would come twice.
	...(mounted ? [{name: 'SERVER_PROFILE_URL', value: '', when: 'wherever-set'} as const] : []),
];

/**
The environment of a server that goes on as root: all four ports as they were, since the image's defaults have moved.
*/
export const rootWishes = ({oldPorts}: Decisions, product: string): readonly Wish[] =>
	changedPortsOf(product).map(name => ({name, value: String(oldPorts[name]), when: 'always'}));
