import {
	baseSources,
	neverCommit,
	root,
	type Product,
} from './product.js';

const restartKeepsBits = 'pingidentity-docker-builds 2103 pingcommon/opt/staging/hooks (on RESTART neither bits nor profile are copied again)';

/** PingFederate, PingAccess and the products beside them. */
export const accessProducts: readonly Product[] = [
	{
		id: 'pingfederate',
		title: 'PingFederate',
		images: ['pingfederate'],
		changedPorts: [],
		steadyPorts: [
			{port: 9999, what: 'administration', variable: 'PF_ADMIN_PORT'},
			{port: 9031, what: 'engine', variable: 'PF_ENGINE_PORT'},
			{port: 9030, what: 'debug'},
			{port: 7600, what: 'cluster'},
			{port: 7700, what: 'cluster failure detection'},
		],
		identityBefore: root,
		portChange: 'none',
		data: {
			what: 'configuration encrypted with pf.jwk, and grants and sessions where no external database holds them', path: '/opt/out/instance/server/default/data',
			carriedBy: 'the bulk export together with the pf.jwk it was made under', isLostWithVolume: true,
		},
		profile: {
			method: 'bulk-export',
			paths: ['env_vars', 'instance/bulk-config/data.json.subst', 'instance/server/default/conf/', 'instance/server/default/deploy/', 'instance/bin/run.properties.subst', 'instance/bin/ldap.properties', 'instance/bin/jvm-memory.options'],
			neverCommit: [...neverCommit, 'pf.jwk', 'data.zip'],
			license: 'instance/server/default/conf/pingfederate.lic',
		},
		chart: {keys: ['pingfederate-admin', 'pingfederate-engine'], hasVolume: false},
		sources: [...baseSources, 'pingidentity-devops-getting-started 2506 docs/how-to/buildPingFederateProfile.md', restartKeepsBits],
	},
	{
		id: 'pingaccess',
		title: 'PingAccess',
		images: ['pingaccess'],
		changedPorts: ['HTTPS_PORT'],
		steadyPorts: [{port: 9000, what: 'administration'}, {port: 3000, what: 'engine'}, {port: 9090, what: 'cluster'}],
		identityBefore: root,
		portChange: 'follows',
		data: {
			what: 'configuration encrypted with pa.jwk; the administrator\'s password is in its database alone', path: '/opt/out/instance/data/PingAccess.mv.db',
			carriedBy: 'the configuration export together with the pa.jwk of the same instance; without the pair the import is skipped silently', isLostWithVolume: true,
		},
		profile: {
			method: 'config-export',
			paths: ['env_vars', 'instance/data/start-up-deployer/data.json.subst', 'instance/conf/run.properties.subst'],
			neverCommit: [...neverCommit, 'pa.jwk', 'PingAccess.mv.db'],
			license: 'instance/conf/pingaccess.lic',
		},
		chart: {keys: ['pingaccess-admin', 'pingaccess-engine'], hasVolume: true, since: '0.5.2'},
		sources: [...baseSources, 'pingidentity-docker-builds 2103 pingaccess/opt/staging/hooks/81-after-start-process.sh and 51-add-engine.sh', restartKeepsBits],
	},
	{
		id: 'pingcentral',
		title: 'PingCentral',
		images: ['pingcentral'],
		changedPorts: [],
		steadyPorts: [{port: 9022, what: 'console', variable: 'PING_CENTRAL_SERVER_PORT'}],
		identityBefore: root,
		portChange: 'none',
		data: {
			what: 'its database, and the key the database is encrypted with', path: '/opt/out/instance/h2-data',
			carriedBy: 'a copy of the database together with pingcentral.jwk; an external database needs the key alone', isLostWithVolume: true,
		},
		profile: {
			method: 'by-hand', paths: ['instance/conf/application.properties.subst'], neverCommit: [...neverCommit, 'pingcentral.jwk', 'h2-data/*'], license: 'instance/conf/pingcentral.lic',
		},
		chart: {keys: ['pingcentral'], hasVolume: false},
		sources: [...baseSources, 'pingidentity-devops-getting-started 2506 30-helm/pingcentral-external-mysql-db', 'pingidentity-devops-getting-started 2103 docs/deployment/deployPingCentral.md (user: root as a workaround)'],
	},
	{
		id: 'pingdelegator',
		title: 'PingDelegator',
		images: ['pingdelegator'],
		changedPorts: [],
		steadyPorts: [{port: 6080, what: 'HTTP', variable: 'PD_DELEGATOR_HTTP_PORT'}, {port: 6443, what: 'HTTPS', variable: 'PD_DELEGATOR_HTTPS_PORT'}],
		identityBefore: {uid: 100, gid: 101},
		portChange: 'none',
		data: {
			what: 'nothing', path: undefined, carriedBy: 'its environment', isLostWithVolume: false,
		},
		profile: {method: 'by-hand', paths: ['hooks/50-before-post-start.sh'], neverCommit: [...neverCommit, '.sec/nginx.key']},
		chart: {keys: ['pingdelegator'], hasVolume: false},
		sources: [...baseSources, 'pingidentity-docker-builds 2102 pingdelegator/Dockerfile (100:101, never root)'],
	},
	{
		id: 'pingdataconsole',
		title: 'PingDataConsole',
		images: ['pingdataconsole'],
		changedPorts: [],
		steadyPorts: [{port: 8080, what: 'HTTP'}, {port: 8443, what: 'HTTPS', variable: 'HTTPS_PORT'}],
		identityBefore: root,
		portChange: 'none',
		data: {
			what: 'nothing', path: undefined, carriedBy: 'its server profile', isLostWithVolume: false,
		},
		profile: {method: 'by-hand', paths: ['instance/webapps/console/WEB-INF/classes/application.yml.subst'], neverCommit},
		chart: {keys: ['pingdataconsole'], hasVolume: false},
		sources: [...baseSources, 'pingidentity-docker-builds 2102 pingdataconsole/Dockerfile (own HTTPS_PORT)'],
	},
	{
		id: 'pingintelligence',
		title: 'PingIntelligence ASE',
		images: ['pingintelligence'],
		changedPorts: [],
		steadyPorts: [{port: 8000, what: 'HTTP'}, {port: 8443, what: 'HTTPS'}, {port: 8010, what: 'administration'}, {port: 8020, what: 'cluster'}],
		identityBefore: root,
		portChange: 'none',
		data: {
			what: 'its configuration', path: '/opt/out/instance/config', carriedBy: 'its server profile', isLostWithVolume: false,
		},
		profile: {
			method: 'by-hand', paths: ['instance/config/'], neverCommit, license: 'instance/config/PingIntelligence.lic',
		},
		chart: {
			keys: ['pingintelligence'], hasVolume: false, since: '0.9.3', until: '0.11.10',
		},
		sources: [...baseSources, 'helm-charts 0.9.3 and 0.11.10 charts/ping-devops/values.yaml (block added, removed)'],
	},
];
