import type {FaultBook} from '../faults.js';
import type {KubeObject} from '../store/object.js';
import {refusal} from './refusal.js';
import type {Target} from './target.js';

type Attributes = {
	readonly verb?: string;
	readonly group?: string;
	readonly resource?: string;
	readonly subresource?: string;
	readonly namespace?: string;
};

const isForbidden = (
	faults: FaultBook,
	{verb = '', group = '', resource = '', subresource = ''}: Attributes,
): boolean =>
	faults.take(
		'forbid',
		fault =>
			(fault.verb === '*' || fault.verb === verb) &&
			fault.resource === resource &&
			(fault.subresource ?? '') === subresource &&
			(fault.group ?? group) === group,
	) !== undefined;

/** What was done, as an authorizer names it, such as `patch apps/statefulsets` or `create /pods/exec`. */
const nameOf = ({verb, resource, subresource}: Target): string =>
	`${verb} ${resource.group}/${resource.plural}${subresource ? `/${subresource}` : ''}`;

/** Refuses a call that the faults forbid, as an authorizer would, and notes what was asked for. */
export const checkAccess = (faults: FaultBook, used: Set<string>, target: Target): void => {
	const {verb, resource, subresource, namespace, name} = target;
	used.add(nameOf(target));
	if (
		!isForbidden(faults, {
			verb,
			group: resource.group,
			resource: resource.plural,
			...(subresource && {subresource}),
		})
	) {
		return;
	}

	const subject = `${resource.plural}${resource.group === '' ? '' : `.${resource.group}`}${name ? ` "${name}"` : ''}`;
	throw refusal(
		403,
		`${subject} is forbidden: User "sandbox" cannot ${verb} resource ` +
			`"${resource.plural}${subresource ? `/${subresource}` : ''}" in API group ` +
			`"${resource.group}"${namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope'}`,
		{
			details: {kind: resource.plural, group: resource.group, ...(name && {name})},
		},
	);
};

/** Answers a SelfSubjectAccessReview or a SelfSubjectRulesReview. */
export const review = (faults: FaultBook, object: KubeObject): KubeObject => {
	if (object.kind === 'SelfSubjectRulesReview') {
		return {
			...object,
			status: {
				incomplete: false,
				nonResourceRules: [{verbs: ['*'], nonResourceURLs: ['*']}],
				resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}],
			},
		};
	}

	const {resourceAttributes} = (object.spec ?? {}) as {resourceAttributes?: Attributes};
	const denied = resourceAttributes !== undefined && isForbidden(faults, resourceAttributes);
	return {
		...object,
		status: denied
			? {allowed: false, reason: 'the sandbox was told to forbid it'}
			: {allowed: true, reason: 'the sandbox allows all'},
	};
};
