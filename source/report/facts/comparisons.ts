import type {Json} from '../../migration/json.js';
import {stepOf, type RunState} from '../../migration/state.js';
import {listAt, numberAt, outcomeOf, textAt} from './known.js';

/** What one place held of a backend. */
export type Holding = {
	readonly place: 'Old server' | 'Copy' | 'New server';
	readonly entries?: number;
	/** The canonical digest; left out where an export is encrypted. */
	readonly digest?: string;
};

/** What the places held of one backend at one moment. */
export type Comparison = {
	readonly backend: string;
	readonly when: string;
	readonly holdings: readonly Holding[];
	/** Undefined where there is no digest to compare. */
	readonly isEqual: boolean | undefined;
};

const holding = (place: Holding['place'], entries: number | undefined, digest: string | undefined): Holding => ({
	place,
	...(entries !== undefined && {entries}),
	...(digest !== undefined && {digest}),
});

const comparison = (backend: string, when: string, holdings: readonly Holding[]): Comparison => {
	const digests = holdings.map(({digest}) => digest);
	return {
		backend,
		when,
		holdings,
		isEqual: digests.includes(undefined) ? undefined : new Set(digests).size === 1,
	};
};

const ofBackend = (files: readonly Json[], backend: string): Json | undefined =>
	files.find(file => textAt(file, 'backend') === backend);

const firstProof = (state: RunState): readonly Comparison[] => {
	const exported = listAt(outcomeOf(state, 'export'), 'files');
	const copied = listAt(outcomeOf(state, 'copy-out'), 'files');
	return listAt(outcomeOf(state, 'prove'), 'proofs').map(proof => {
		const backend = textAt(proof, 'backend') ?? '';
		const counted = numberAt(ofBackend(exported, backend), 'counted');
		const inCopy = numberAt(ofBackend(copied, backend), 'entries');
		return comparison(backend, 'after the import', [
			holding('Old server', counted, textAt(proof, 'source')),
			holding('Copy', inCopy, textAt(proof, 'copy')),
			holding('New server', numberAt(proof, 'entries'), textAt(proof, 'target')),
		]);
	});
};

/* Both sides were proved equal before the clients moved: the gate keeps what both held. */
const gateProof = (state: RunState): readonly Comparison[] =>
	listAt(outcomeOf(state, 'cut-over'), 'gate', 'proofs').map(proof => {
		const held = [numberAt(proof, 'entries'), textAt(proof, 'digest')] as const;
		return comparison(textAt(proof, 'backend') ?? '', 'under the freeze, before the clients moved', [
			holding('Old server', ...held),
			holding('New server', ...held),
		]);
	});

const wayBackProof = (state: RunState): readonly Comparison[] => {
	const step = stepOf(state, 'cut-over');
	const round = step?.notes.findLast(note => textAt(note, 'kind') === 'round' && textAt(note, 'line') === 'back');
	return step?.status === 'undone'
		? listAt(round, 'pictures').map(picture => {
				const held = [numberAt(picture, 'entries'), textAt(picture, 'digest')] as const;
				return comparison(textAt(picture, 'backend') ?? '', 'under the freeze, before the clients went back', [
					holding('New server', ...held),
					holding('Old server', ...held),
				]);
			})
		: [];
};

/** What was compared, by backend and moment: after the import, at the cut-over, and on the way back. */
export const comparisonsOf = (state: RunState): readonly Comparison[] => [
	...firstProof(state),
	...gateProof(state),
	...wayBackProof(state),
];
