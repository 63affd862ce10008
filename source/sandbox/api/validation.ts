import {isDeepStrictEqual} from 'node:util';
import type {KubeObject} from '../store/object.js';
import {groupVersion, type Resource} from '../store/resource.js';
import {refusal} from './refusal.js';

type Fields = Record<string, unknown>;

const mutableOfStatefulSets = new Set([
	'replicas',
	'ordinals',
	'template',
	'updateStrategy',
	'revisionHistoryLimit',
	'persistentVolumeClaimRetentionPolicy',
	'minReadySeconds',
]);
const statefulSetMessage =
	"updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
	"'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const nameShape = /^[0-9a-z](?:[\-.0-9a-z]*[0-9a-z])?$/v;
const workloads = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);

type Fault = {
	readonly field: string;
	readonly reason: 'Forbidden' | 'Invalid value' | 'Required value';
	readonly message: string;
};

const withoutMutable = (spec: Fields): Fields =>
	Object.fromEntries(Object.entries(spec).filter(([name]) => !mutableOfStatefulSets.has(name)));

const immutableFaults = (old: KubeObject, object: KubeObject): Fault[] => {
	const before = (old.spec ?? {}) as Fields;
	const after = (object.spec ?? {}) as Fields;
	switch (object.kind) {
		case 'Deployment': {
			return isDeepStrictEqual(before.selector, after.selector)
				? []
				: [
						{
							field: 'spec.selector',
							reason: 'Invalid value',
							message: `${JSON.stringify(after.selector)}: field is immutable`,
						},
					];
		}

		case 'Service': {
			return before.clusterIP === after.clusterIP
				? []
				: [
						{
							field: 'spec.clusterIPs[0]',
							reason: 'Invalid value',
							message: `${JSON.stringify([after.clusterIP])}: may not change once set`,
						},
					];
		}

		case 'StatefulSet': {
			return isDeepStrictEqual(withoutMutable(before), withoutMutable(after))
				? []
				: [{field: 'spec', reason: 'Forbidden', message: statefulSetMessage}];
		}

		default: {
			return [];
		}
	}
};

const shapeFaults = (object: KubeObject): Fault[] => {
	const spec = (object.spec ?? {}) as Fields;
	const template = spec.template as {metadata?: {labels?: Record<string, string>}; spec?: Fields} | undefined;
	const faults: Fault[] = nameShape.test(object.metadata.name)
		? []
		: [
				{
					field: 'metadata.name',
					reason: 'Invalid value',
					message:
						`"${object.metadata.name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric ` +
						"characters, '-' or '.', and must start and end with an alphanumeric character",
				},
			];
	if (workloads.has(object.kind)) {
		const selector = (spec.selector as {matchLabels?: Record<string, string>} | undefined)?.matchLabels;
		if (!selector) {
			faults.push({field: 'spec.selector', reason: 'Required value', message: ''});
		} else if (Object.entries(selector).some(([key, value]) => template?.metadata?.labels?.[key] !== value)) {
			faults.push({
				field: 'spec.template.metadata.labels',
				reason: 'Invalid value',
				message: `${JSON.stringify(template?.metadata?.labels ?? {})}: \`selector\` does not match template \`labels\``,
			});
		}
	}

	const podSpec = object.kind === 'Pod' ? spec : template?.spec;
	const containers = podSpec?.containers as Fields[] | undefined;
	if (podSpec && !containers?.length) {
		faults.push({field: 'spec.template.spec.containers', reason: 'Required value', message: ''});
	}

	for (const securityContext of [
		podSpec?.securityContext,
		...(containers ?? []).map(container => container.securityContext),
	]) {
		if (securityContext !== undefined && (typeof securityContext !== 'object' || securityContext === null)) {
			throw refusal(
				400,
				`${object.kind} in version "${object.apiVersion.split('/').at(-1)!}" cannot be handled as a ` +
					`${object.kind}: json: cannot unmarshal string into Go struct field .securityContext of type ` +
					'v1.SecurityContext',
			);
		}
	}

	return faults;
};

/** Refuses what an API server would refuse: names, selectors, immutable fields. Unknown fields pass. */
export const validate = (resource: Resource, old: KubeObject | undefined, object: KubeObject): void => {
	if (object.kind !== resource.kind || object.apiVersion !== groupVersion(resource)) {
		throw refusal(
			400,
			`the API version in the data (${object.apiVersion}) and kind ${object.kind} do not match the expected ` +
				`${groupVersion(resource)} ${resource.kind}`,
		);
	}

	const faults = [...shapeFaults(object), ...(old ? immutableFaults(old, object) : [])];
	if (faults.length === 0) {
		return;
	}

	const texts = faults.map(({field, reason, message}) => `${field}: ${reason}${message === '' ? '' : `: ${message}`}`);
	const {name} = object.metadata;
	throw refusal(
		422,
		`${resource.kind}${resource.group === '' ? '' : `.${resource.group}`} "${name}" is invalid: ` +
			(texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`),
		{
			details: {
				name,
				group: resource.group,
				kind: resource.kind,
				causes: faults.map(({field, reason, message}) => ({
					reason: `FieldValue${reason.split(' ', 1)[0]!}`,
					message: `${reason}: ${message}`,
					field,
				})),
			},
		},
	);
};
