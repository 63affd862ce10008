import type {JsonObject} from '../store/object.js';
import {groupVersion, resources, type Resource} from '../store/resource.js';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const groupVersions = [...new Set(resources.map(resource => groupVersion(resource)))];

const served = (text: string): Resource[] => resources.filter(resource => groupVersion(resource) === text);

const preferred = (text: string): JsonObject => ({groupVersion: text, version: text.split('/').at(-1)!});

const resourceList = (text: string): JsonObject => ({
	kind: 'APIResourceList',
	apiVersion: 'v1',
	groupVersion: text,
	resources: served(text).flatMap(resource => [
		{
			name: resource.plural,
			singularName: resource.kind.toLowerCase(),
			namespaced: resource.namespaced,
			kind: resource.kind,
			verbs: resource.isReview ? ['create'] : verbs,
			...(resource.shortNames.length > 0 && {shortNames: [...resource.shortNames]}),
			...(resource.categories.length > 0 && {categories: [...resource.categories]}),
		},
		...resource.subresources.map(subresource => ({
			name: `${resource.plural}/${subresource}`,
			singularName: '',
			namespaced: resource.namespaced,
			...(subresource === 'scale'
				? {group: 'autoscaling', version: 'v1', kind: 'Scale'}
				: {kind: subresource === 'exec' ? 'PodExecOptions' : resource.kind}),
			verbs: subresource === 'exec' ? ['create', 'get'] : subresource === 'log' ? ['get'] : ['get', 'patch', 'update'],
		})),
	]),
});

/** Answers of the paths that say what the server can do. kubectl picks its own version by `/version`. */
export const discovery: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
	[
		'/version',
		{
			major: '1',
			minor: '32',
			gitVersion: 'v1.32.0-sandbox',
			gitCommit: '',
			gitTreeState: 'clean',
			buildDate: '2024-12-11T00:00:00Z',
			goVersion: 'go1.23.3',
			compiler: 'gc',
			platform: 'linux/amd64',
		},
	],
	['/api', {kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: []}],
	[
		'/apis',
		{
			kind: 'APIGroupList',
			apiVersion: 'v1',
			groups: groupVersions
				.filter(text => text.includes('/'))
				.map(text => ({name: text.split('/', 1)[0]!, versions: [preferred(text)], preferredVersion: preferred(text)})),
		},
	],
	...groupVersions.map(text => [text.includes('/') ? `/apis/${text}` : `/api/${text}`, resourceList(text)] as const),
	[
		'/openapi/v3',
		{
			paths: Object.fromEntries(
				groupVersions.map(text => {
					const path = text.includes('/') ? `apis/${text}` : `api/${text}`;
					return [path, {serverRelativeURL: `/openapi/v3/${path}?hash=sandbox`}];
				}),
			),
		},
	],
	...groupVersions.map(text => [`/openapi/v3/${text.includes('/') ? 'apis' : 'api'}/${text}`, openApi(text)] as const),
]);

/** Enough of a schema for kubectl to see that the server validates fields itself. */
function openApi(text: string): JsonObject {
	return {
		openapi: '3.0.0',
		info: {title: 'Kubernetes', version: 'v1.32.0-sandbox'},
		components: {schemas: {}},
		paths: Object.fromEntries(
			served(text).map(resource => [
				[
					text.includes('/') ? '/apis' : '/api',
					text,
					...(resource.namespaced ? ['namespaces', '{namespace}'] : []),
					resource.plural,
					'{name}',
				].join('/'),
				{
					patch: {
						operationId: `patch${resource.kind}`,
						parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
							name,
							in: 'query',
							schema: {type: name === 'force' ? 'boolean' : 'string'},
						})),
						responses: {200: {description: 'OK'}},
						'x-kubernetes-action': 'patch',
						'x-kubernetes-group-version-kind': {group: resource.group, version: resource.version, kind: resource.kind},
					},
				},
			]),
		),
	};
}
