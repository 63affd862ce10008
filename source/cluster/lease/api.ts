import type {Api, ApiRequest} from '../api/api.js';
import type {Connection} from '../connection.js';
import {leaseObject, recordFrom, type LeaseHolder, type LeaseRecord} from './record.js';

/** Requests about one Lease. A conflict is handed back: somebody else was faster. */
export type LeaseApi = {
	readonly read: () => Promise<LeaseRecord | undefined>;
	/** Writes who holds it; undefined where somebody else was faster. */
	readonly write: (holder: LeaseHolder, now: Date, before: LeaseRecord | undefined) => Promise<LeaseRecord | undefined>;
	readonly remove: (record: LeaseRecord) => Promise<void>;
};

const notFound = 404;
const conflict = 409;

/** Opens one Lease of the connection's namespace. */
export const leaseApi = (api: Api, {namespace}: Connection, name: string): LeaseApi => {
	const folder = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
	const call = (method: ApiRequest['method'], verb: string, rest: Partial<ApiRequest>): ApiRequest => ({
		method,
		path: `${folder}/${encodeURIComponent(name)}`,
		verb,
		resource: 'leases.coordination.k8s.io',
		isNamespaced: true,
		...rest,
	});
	return {
		async read() {
			const {status, json} = await api.sendJson(call('GET', 'get', {expect: [notFound]}));
			return status === notFound ? undefined : recordFrom(json);
		},
		async write(holder, now, before) {
			const body = leaseObject(name, holder, now, before?.resourceVersion);
			const {status, json} = await api.sendJson(
				before
					? call('PUT', 'update', {body, expect: [conflict, notFound]})
					: call('POST', 'create', {body, path: folder, expect: [conflict]}),
			);
			return status === conflict || status === notFound ? undefined : recordFrom(json);
		},
		async remove({uid, resourceVersion}) {
			await api.sendJson(
				call('DELETE', 'delete', {
					body: {apiVersion: 'v1', kind: 'DeleteOptions', preconditions: {uid, resourceVersion}},
					expect: [conflict, notFound],
				}),
			);
		},
	};
};
