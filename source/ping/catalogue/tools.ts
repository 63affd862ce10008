import {baseSources, root, type Product} from './product.js';

const tool = {
	changedPorts: [],
	steadyPorts: [],
	identityBefore: root,
	portChange: 'none',
	data: {
		what: 'nothing',
		path: undefined,
		carriedBy: 'nothing to carry',
		isLostWithVolume: false,
	},
	profile: {method: 'none', paths: [], neverCommit: []},
} as const;

/**
Images that serve the others and listen on nothing. They inherit the four port variables all the same, and so does their
`wait-for`.
*/
export const toolProducts: readonly Product[] = [
	{
		...tool,
		id: 'pingtoolkit',
		title: 'PingToolkit',
		images: ['pingtoolkit'],
		chart: {keys: ['pingtoolkit'], hasVolume: false},
		sources: [...baseSources, 'pingidentity-docker-builds 2103 pingcommon/opt/wait-for (default port)'],
	},
	{
		...tool,
		id: 'ldap-sdk-tools',
		title: 'LDAP SDK tools',
		images: ['ldap-sdk-tools'],
		data: {
			what: 'what the tools wrote',
			path: '/opt/out',
			carriedBy: 'a copy; the image declares /opt/out a volume',
			isLostWithVolume: false,
		},
		chart: {keys: ['ldap-sdk-tools'], hasVolume: false},
		sources: [
			...baseSources,
			'pingidentity-docker-builds 2103 ldap-sdk-tools/Dockerfile (VOLUME /opt/out, own entrypoint.sh)',
		],
	},
	{
		...tool,
		id: 'apache-jmeter',
		title: 'Apache JMeter',
		images: ['apache-jmeter'],
		chart: {keys: [], hasVolume: false},
		sources: baseSources,
	},
];
