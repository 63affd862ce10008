import type {
	Clock,
	ClusterEvent,
	ClusterIdentity,
	ClusterReader,
	KubernetesObject,
	Kind,
	Right,
	RightReview,
} from '../../migration/world.js';
import type {Connection} from '../connection.js';
import {answerFailure, endlessFailure, likenessHash} from '../failures/api-failure.js';
import {apiRoot, kinds, type KindPlace} from '../kinds.js';
import {createApi, type Api, type ApiRequest} from './api.js';
import {eventsFrom} from './events.js';
import {isRecord} from './kubeconfig-files.js';
import {readLogs} from './logs.js';
import {stringOf} from './plain-credentials.js';

/** Objects asked for at a time. */
const pageSize = '250';

/** Access reviews under way at a time. */
const reviewsAtOnce = 8;

/** The page was cut off because the server forgot where it was: the list begins anew. */
const expired = 410;

const rbacName = ({group, resource}: KindPlace): string => (group === '' ? resource : `${resource}.${group}`);

/** The first of a place's versions that this server serves. */
const versionOf = async (api: Api, place: KindPlace): Promise<string> => {
	const [preferred, ...older] = place.versions;
	for (const version of older.length === 0 ? [] : place.versions) {
		const {status, json} = await api.sendJson({
			method: 'GET',
			path: apiRoot(place.group, version),
			verb: 'get',
			resource: 'the list of resources',
			isNamespaced: false,
			expect: [404],
		});
		const resources: readonly unknown[] = Array.isArray(json?.resources) ? json.resources : [];
		if (status === 200 && resources.some(one => isRecord(one) && one.name === place.resource)) {
			return version;
		}
	}

	return preferred;
};

/** An object has a name: what has none is not of Kubernetes. */
const isObject = (value: unknown): value is KubernetesObject =>
	isRecord(value) && isRecord(value.metadata) && typeof value.metadata.name === 'string';

/** More pages than any namespace fills. */
const mostPages = 1000;

const listPages = async (
	api: Api,
	connection: Connection,
	place: KindPlace,
	path: string,
	query: Readonly<Record<string, string>>,
): Promise<readonly KubernetesObject[] | undefined> => {
	const call: ApiRequest = {
		method: 'GET',
		path,
		verb: 'list',
		resource: rbacName(place),
		isNamespaced: place.isNamespaced,
		expect: [expired],
	};
	const objects: KubernetesObject[] = [];
	const places = new Set<string>();
	for (let next = '', pages = 0; pages < mostPages; pages++) {
		const {status, json} = await api.sendJson({...call, query: {...query, ...(next !== '' && {continue: next})}});
		if (status === expired) {
			return undefined;
		}

		const items = json?.items ?? [];
		if (!Array.isArray(items) || !items.every(item => isObject(item))) {
			throw api.misfit(call);
		}

		const apiVersion = stringOf(json?.apiVersion) || 'v1';
		const kind = stringOf(json?.kind).replace(/List$/v, '');
		objects.push(...items.map((item): KubernetesObject => ({...item, apiVersion, kind})));
		next = isRecord(json?.metadata) ? stringOf(json.metadata.continue) : '';
		if (next === '') {
			return objects;
		}

		if (places.has(next)) {
			throw endlessFailure(connection, call, pages + 1);
		}

		places.add(next);
	}

	throw endlessFailure(connection, call, mostPages);
};

const review = async (api: Api, namespace: string, right: Right): Promise<RightReview> => {
	const {verb, group, resource, subresource, clusterWide} = right;
	const {json} = await api.sendJson({
		method: 'POST',
		path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
		verb: 'create',
		resource: 'selfsubjectaccessreviews.authorization.k8s.io',
		isNamespaced: false,
		body: {
			apiVersion: 'authorization.k8s.io/v1',
			kind: 'SelfSubjectAccessReview',
			spec: {
				resourceAttributes: {
					verb,
					group,
					resource,
					...(subresource && {subresource}),
					...(!clusterWide && {namespace}),
				},
			},
		},
	});
	const status = isRecord(json?.status) ? json.status : {};
	const allowed = status.allowed === true;
	const reason = [status.reason, status.evaluationError].map(text => stringOf(text)).find(Boolean);
	return {right, allowed, ...(reason && {reason})};
};

const identify = async (api: Api): Promise<ClusterIdentity> => {
	const {server, likeness} = await api.credentials();
	const {json: version} = await api.sendJson({
		method: 'GET',
		path: '/version',
		verb: 'get',
		resource: 'the version',
		isNamespaced: false,
	});
	const {status, json: namespace} = await api.sendJson({
		method: 'GET',
		path: '/api/v1/namespaces/kube-system',
		verb: 'get',
		resource: 'namespaces',
		isNamespaced: false,
		expect: [403, 404],
	});
	const uid = status === 200 && isRecord(namespace?.metadata) ? stringOf(namespace.metadata.uid) : '';
	return {
		uid: uid || `server:${likenessHash(likeness)}`,
		version: stringOf(version?.gitVersion) || 'unknown',
		server,
	};
};

/**
Reads the cluster through its API. Answers are handed on as the server gave them. Where the UID of kube-system may not
be read, the identity's `uid` begins with `server:` and stands for the API server's address and certificate authority.
*/
export const createReader = (connection: Connection, clock: Clock): ClusterReader => {
	const {namespace} = connection;
	const api = createApi(connection, clock);
	const versions = new Map<Kind, Promise<string>>();

	const pathOf = async (kind: Kind): Promise<string> => {
		const place = kinds[kind];
		const version = versions.get(kind) ?? versionOf(api, place);
		versions.set(kind, version);
		try {
			const below = place.isNamespaced ? `namespaces/${encodeURIComponent(namespace)}/` : '';
			return `${apiRoot(place.group, await version)}/${below}${place.resource}`;
		} catch (error) {
			versions.delete(kind);
			throw error;
		}
	};

	const list = async (kind: Kind, query: Readonly<Record<string, string>>): Promise<readonly KubernetesObject[]> => {
		const path = await pathOf(kind);
		return (
			(await listPages(api, connection, kinds[kind], path, {...query, limit: pageSize})) ??
			(await listPages(api, connection, kinds[kind], path, query)) ??
			[]
		);
	};

	return {
		identity: async () => identify(api),
		list: async (kind, {labelSelector} = {}) => list(kind, labelSelector ? {labelSelector} : {}),
		async get(kind, name) {
			const place = kinds[kind];
			const path = await pathOf(kind);
			const call: ApiRequest = {
				method: 'GET',
				path: `${path}/${encodeURIComponent(name)}`,
				verb: 'get',
				resource: rbacName(place),
				isNamespaced: place.isNamespaced,
				expect: [404],
			};
			const {status, json} = await api.sendJson(call);
			if (json === undefined) {
				throw answerFailure(connection, call, status, '');
			}

			if (status !== 404 && !isObject(json)) {
				throw api.misfit(call);
			}

			return status === 404 ? undefined : (json as KubernetesObject);
		},
		async mayI(rights) {
			const reviews: RightReview[] = [];
			for (let first = 0; first < rights.length; first += reviewsAtOnce) {
				reviews.push(
					...(await Promise.all(
						rights.slice(first, first + reviewsAtOnce).map(async right => review(api, namespace, right)),
					)),
				);
			}

			return reviews;
		},
		logs: async (pod, options = {}) => readLogs(api, connection, pod, options),
		async events(object): Promise<readonly ClusterEvent[]> {
			return eventsFrom(await list('Event', {fieldSelector: `involvedObject.name=${object}`}));
		},
	};
};
