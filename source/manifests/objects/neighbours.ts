import {integerOf, listOf, mapOf} from '../../ping/fields.js';
import type {Manifest} from '../../ping/workload.js';
import {set, type Edit} from './edit.js';
import {namedByNotes} from './named-by.js';
import type {PortMove} from './port-move.js';
import {isMatchedBy, selectorEdits, type Relabelling} from './selector.js';
import {at, type Path} from './value.js';

/** A copy of an object that is to hold for the new pods. */
export type NeighbourCopy = {readonly source: Manifest; readonly edits: readonly Edit[]};

/** What else in the namespace names the old pods. */
export type Neighbours = {readonly copies: readonly NeighbourCopy[]; readonly notes: readonly string[]};

/** Edits of a selector after which it selects the new pods for certain. */
const selectNew = (path: Path, selector: unknown, relabelling: Relabelling): readonly Edit[] => {
	const edits = selectorEdits(path, selector, relabelling);
	return edits.length > 0
		? edits
		: [set(path, {matchLabels: Object.fromEntries([...relabelling.keys].map(key => [key, relabelling.name]))})];
};

const portEdits = (path: Path, ports: unknown, move: PortMove): readonly Edit[] =>
	listOf(ports).flatMap((port, index) => {
		const moved = move.get(integerOf(mapOf(port).port) ?? -1);
		return moved === undefined || mapOf(port).endPort !== undefined ? [] : [set([...path, index, 'port'], moved)];
	});

const peersEdits = (path: Path, peers: unknown, relabelling: Relabelling): readonly Edit[] =>
	listOf(peers).flatMap((peer, index) => {
		const {podSelector, namespaceSelector} = mapOf(peer);
		const isOwn =
			podSelector !== undefined && namespaceSelector === undefined && isMatchedBy(podSelector, relabelling.old);
		return isOwn ? selectorEdits([...path, index, 'podSelector'], podSelector, relabelling) : [];
	});

const policyEdits = (
	policy: Manifest,
	relabelling: Relabelling,
	move: PortMove,
): {readonly selector: readonly Edit[]; readonly rules: readonly Edit[]} => ({
	selector: selectNew(['spec', 'podSelector'], at(policy, ['spec', 'podSelector']), relabelling),
	rules: [
		...listOf(at(policy, ['spec', 'ingress'])).flatMap((rule, index) => [
			...portEdits(['spec', 'ingress', index, 'ports'], mapOf(rule).ports, move),
			...peersEdits(['spec', 'ingress', index, 'from'], mapOf(rule).from, relabelling),
		]),
		...listOf(at(policy, ['spec', 'egress'])).flatMap((rule, index) => {
			const peers = peersEdits(['spec', 'egress', index, 'to'], mapOf(rule).to, relabelling);
			return peers.length > 0
				? [...peers, ...portEdits(['spec', 'egress', index, 'ports'], mapOf(rule).ports, move)]
				: [];
		}),
	],
});

const policyOf = (policy: Manifest, relabelling: Relabelling, move: PortMove): Neighbours => {
	const {name} = policy.metadata;
	const selector = at(policy, ['spec', 'podSelector']);
	if (isMatchedBy(selector, relabelling.old)) {
		const {selector: selectorChange, rules} = policyEdits(policy, relabelling, move);
		const holdsForNew = isMatchedBy(selector, relabelling.next);
		return holdsForNew && rules.length === 0
			? {copies: [], notes: []}
			: {
					copies: [{source: policy, edits: [...selectorChange, ...rules]}],
					notes: [`NetworkPolicy ${name} names the old pods; a copy of it holds for the new ones.`],
				};
	}

	const names = listOf(at(policy, ['spec', 'egress'])).some(rule =>
		listOf(mapOf(rule).to).some(peer => {
			const {podSelector} = mapOf(peer);
			return (
				podSelector !== undefined &&
				isMatchedBy(podSelector, relabelling.old) &&
				(!isMatchedBy(podSelector, relabelling.next) || portEdits([], mapOf(rule).ports, move).length > 0)
			);
		}),
	);
	const moved = move.values().toArray().join(', ');
	return {
		copies: [],
		notes: names
			? [
					`NetworkPolicy ${name} lets its pods reach the old pods; before the cut-over it must let them reach ` +
						`${labelsText(relabelling)}${moved ? ` on ${moved}` : ''} too.`,
				]
			: [],
	};
};

const labelsText = ({keys, name}: Relabelling): string => [...keys].map(key => `${key}=${name}`).join(',');

const budgetOf = (budget: Manifest, relabelling: Relabelling): Neighbours => {
	const selector = at(budget, ['spec', 'selector']);
	const {name} = budget.metadata;
	if (selector === undefined || !isMatchedBy(selector, relabelling.old) || isMatchedBy(selector, relabelling.next)) {
		return {copies: [], notes: []};
	}

	return {
		copies: [{source: budget, edits: selectorEdits(['spec', 'selector'], selector, relabelling)}],
		notes: [
			`PodDisruptionBudget ${name} counts the old pods; a copy of it counts the new ones. While there is one ` +
				'new pod it may keep a node from being drained.',
		],
	};
};

const otherOf = (object: Manifest, workload: Manifest, relabelling: Relabelling): readonly string[] => {
	const {
		kind,
		metadata: {name},
	} = object;
	const target = mapOf(at(object, ['spec', 'scaleTargetRef'])).name ?? mapOf(at(object, ['spec', 'targetRef'])).name;
	if (/^(?:(?:Horizontal|Vertical)PodAutoscaler|ScaledObject)$/v.test(kind) && target === workload.metadata.name) {
		return [
			`${kind} ${name} scales ${workload.metadata.name}; the new workload has none of its own. A directory is ` +
				'scaled by hand after the import.',
		];
	}

	return kind === 'PodMonitor' &&
		isMatchedBy(at(object, ['spec', 'selector']), relabelling.old) &&
		!isMatchedBy(at(object, ['spec', 'selector']), relabelling.next)
		? [`PodMonitor ${name} watches the old pods by their labels; the new ones have ${labelsText(relabelling)}.`]
		: [];
};

/** Looks through the other objects of the namespace for those that name the old pods. */
export const neighboursOf = (
	workload: Manifest,
	objects: readonly Manifest[],
	relabelling: Relabelling,
	move: PortMove,
): Neighbours => {
	const named = objects.flatMap(object => namedByNotes(object, workload, relabelling, objects));
	const found = objects.map((object): Neighbours => {
		switch (object.kind) {
			case 'NetworkPolicy': {
				return policyOf(object, relabelling, move);
			}

			case 'PodDisruptionBudget': {
				return budgetOf(object, relabelling);
			}

			default: {
				return {copies: [], notes: otherOf(object, workload, relabelling)};
			}
		}
	});
	return {copies: found.flatMap(({copies}) => copies), notes: [...found.flatMap(({notes}) => notes), ...named]};
};

/** Variables whose value names a host of the old workload: the governing Service, or a pod of it. */
export const oldHostsIn = (
	environment: Readonly<Record<string, string>>,
	names: readonly string[],
): readonly string[] =>
	Object.entries(environment)
		.filter(([, value]) =>
			value
				.split(/[^\w\-.]+/v)
				.some(host =>
					host.split('.').some(label => names.includes(label.replace(/-\d+$/v, '')) || names.includes(label)),
				),
		)
		.map(([name]) => name);
