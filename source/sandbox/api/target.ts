import {findResource, type Resource} from '../store/resource.js';

/** What a request is about, in the terms of RBAC. */
export type Target = {
	readonly verb: 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';
	readonly resource: Resource;
	readonly namespace?: string;
	readonly name?: string;
	readonly subresource?: string;
};

const verbs: Readonly<Record<string, Target['verb']>> = {
	DELETE: 'delete',
	GET: 'get',
	PATCH: 'patch',
	POST: 'create',
	PUT: 'update',
};

/** What a verb is called where a collection is meant. */
const collectionVerbs: Readonly<Partial<Record<Target['verb'], Target['verb']>>> = {
	delete: 'deletecollection',
	get: 'list',
};

const splitPath = (pathname: string): {group: string; version: string; rest: string[]} | undefined => {
	const parts = pathname
		.split('/')
		.filter(Boolean)
		.map(part => decodeURIComponent(part));
	if (parts[0] === 'api' && parts.length > 2) {
		return {group: '', version: parts[1]!, rest: parts.slice(2)};
	}

	return parts[0] === 'apis' && parts.length > 3
		? {group: parts[1]!, version: parts[2]!, rest: parts.slice(3)}
		: undefined;
};

/** Reads method and path of a request. Undefined where no object of the API is meant. */
export const targetOf = (method: string, url: URL): Target | undefined => {
	const path = splitPath(url.pathname);
	if (!path) {
		return undefined;
	}

	const {group, version, rest} = path;
	const isInNamespace =
		rest[0] === 'namespaces' && rest.length > 2 && findResource(group, version, rest[2]!) !== undefined;
	const [plural, name, subresource] = isInNamespace ? rest.slice(2) : rest;
	const resource = findResource(group, version, plural ?? '');
	const verb = verbs[method];
	if (!resource || !verb) {
		return undefined;
	}

	const isWatch = url.searchParams.get('watch') === 'true' || url.searchParams.get('watch') === '1';
	return {
		verb: isWatch && verb === 'get' ? 'watch' : name === undefined ? (collectionVerbs[verb] ?? verb) : verb,
		resource,
		...(isInNamespace && {namespace: rest[1]!}),
		...(name !== undefined && {name}),
		...(subresource !== undefined && {subresource}),
	};
};
