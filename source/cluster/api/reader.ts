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
import {answerFailure, likenessHash} from '../failures/api-failure.js';
import {apiRoot, kinds, type Place} from '../kinds.js';
import {createApi, type Api, type ApiRequest} from './api.js';
import {eventsFrom} from './events.js';
import {readLogs} from './logs.js';

/** Objects asked for at a time. */
const pageSize = '250';

/** Access reviews under way at a time. */
const reviewsAtOnce = 8;

/** The page was cut off because the server forgot where it was: the list begins anew. */
const expired = 410;

type Page = {
	readonly apiVersion?: string;
	readonly kind?: string;
	readonly metadata?: {readonly continue?: string};
	readonly items?: ReadonlyArray<Pick<KubernetesObject, 'metadata'>> | null;
};

const rbacName = ({group, resource}: Place): string => (group === '' ? resource : `${resource}.${group}`);

/** The first of a place's versions that this server serves. */
const versionOf = async (api: Api, place: Place): Promise<string> => {
	const [preferred, ...older] = place.versions;
	for (const version of older.length === 0 ? [] : place.versions) {
		const {status, json} = (await api.sendJson({
			method: 'GET',
			path: apiRoot(place.group, version),
			verb: 'get',
			resource: 'the list of resources',
			isNamespaced: false,
			expect: [404],
		})) as {readonly status: number; readonly json?: {readonly resources?: ReadonlyArray<{readonly name?: string}>}};
		if (status === 200 && json?.resources?.some(({name}) => name === place.resource)) {
			return version;
		}
	}

	return preferred;
};

const listPages = async (
	api: Api,
	place: Place,
	path: string,
	query: Readonly<Record<string, string>>,
): Promise<readonly KubernetesObject[] | undefined> => {
	const objects: KubernetesObject[] = [];
	let next = '';
	do {
		const {status, json} = (await api.sendJson({
			method: 'GET',
			path,
			verb: 'list',
			resource: rbacName(place),
			isNamespaced: place.isNamespaced,
			query: {...query, ...(next !== '' && {continue: next})},
			expect: [expired],
		})) as {readonly status: number; readonly json: Page};
		if (status === expired) {
			return undefined;
		}

		const apiVersion = json.apiVersion ?? 'v1';
		const kind = (json.kind ?? '').replace(/List$/v, '');
		objects.push(...(json.items ?? []).map((item): KubernetesObject => ({...item, apiVersion, kind})));
		next = json.metadata?.continue ?? '';
	} while (next !== '');

	return objects;
};

const review = async (api: Api, namespace: string, right: Right): Promise<RightReview> => {
	const {verb, group, resource, subresource, clusterWide} = right;
	const {json} = (await api.sendJson({
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
	})) as {
		readonly json: {
			readonly status?: {readonly allowed?: boolean; readonly reason?: string; readonly evaluationError?: string};
		};
	};
	const allowed = json.status?.allowed === true;
	const reason = [json.status?.reason, json.status?.evaluationError].find(Boolean);
	return {right, allowed, ...(reason && {reason})};
};

const identify = async (api: Api): Promise<ClusterIdentity> => {
	const {server, likeness} = await api.credentials();
	const {json: version} = (await api.sendJson({
		method: 'GET',
		path: '/version',
		verb: 'get',
		resource: 'the version',
		isNamespaced: false,
	})) as {readonly json: {readonly gitVersion?: string}};
	const {status, json: namespace} = (await api.sendJson({
		method: 'GET',
		path: '/api/v1/namespaces/kube-system',
		verb: 'get',
		resource: 'namespaces',
		isNamespaced: false,
		expect: [403, 404],
	})) as {readonly status: number; readonly json?: {readonly metadata?: {readonly uid?: string}}};
	return {
		uid: (status === 200 ? namespace?.metadata?.uid : undefined) ?? `server:${likenessHash(likeness)}`,
		version: version.gitVersion ?? 'unknown',
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
			(await listPages(api, kinds[kind], path, {...query, limit: pageSize})) ??
			(await listPages(api, kinds[kind], path, query)) ??
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
