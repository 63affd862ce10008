import {diffLdif} from './diff.js';
import type {Difference} from './differences.js';
import type {DigestResult} from './digest.js';
import type {LdifSource} from './passes.js';

/**
Attributes that a server may write anew whenever an entry is changed, whatever it is told: who changed it last, and
when. Nothing that an application or a password policy keys on is among them. Names in lower case. Source: RFC 4512
section 3.4; PingDirectory's control for them is «suppress operational attribute updates» (`lastmod`).
*/
export const remadeAttributes: ReadonlySet<string> = new Set(['modifytimestamp', 'modifiersname', 'ds-update-time']);

/** What it takes to make one directory what another is. */
export type Changes = {
	readonly added: number;
	readonly removed: number;
	readonly changed: number;
	/**
	Entries in which nothing differs but what servers write anew, and how many for each attribute. They are among the
	changed ones.
	*/
	readonly remade: number;
	readonly remadeAttributes: Readonly<Record<string, number>>;
	/** Entries that stand in a file more than once: no change records mend that. */
	readonly duplicates: number;
	readonly held: DigestResult;
	readonly wanted: DigestResult;
};

/** Whether an entry differs in nothing but what servers write anew. */
const isRemade = (difference: Difference): boolean =>
	difference.kind === 'differs' && difference.attributes.every(name => remadeAttributes.has(name));

/** All that differs. */
export const countOf = ({added, removed, changed}: Pick<Changes, 'added' | 'changed' | 'removed'>): number =>
	added + removed + changed;

/** Whether two directories hold the same, apart from what servers write anew. */
export const isCarried = (changes: Changes): boolean => countOf(changes) === changes.remade && changes.duplicates === 0;

/**
The change records that make what is held into what is wanted, in bounded memory: deletions from the deepest up,
additions from the top down, modifications last. An entry that was renamed is deleted and added with the same
`entryUUID`. Values go to `onText` and nowhere else.
*/
export const changesBetween = async (
	held: LdifSource,
	wanted: LdifSource,
	{
		onText,
		onDifference,
	}: {
		readonly onText: (text: string) => void | Promise<void>;
		readonly onDifference?: (difference: Difference) => void;
	},
): Promise<Changes> => {
	const attributes: Record<string, number> = {};
	let remade = 0;
	const result = await diffLdif(wanted, held, {
		onRepair: onText,
		onDifference(difference) {
			onDifference?.(difference);
			if (isRemade(difference) && difference.kind === 'differs') {
				remade += 1;
				for (const name of difference.attributes) {
					attributes[name] = (attributes[name] ?? 0) + 1;
				}
			}
		},
		names: {a: 'what is there now', b: 'what was there before'},
	});
	return {
		added: result.missing,
		removed: result.extra,
		changed: result.differing,
		remade,
		remadeAttributes: attributes,
		duplicates: result.duplicates,
		held: result.b,
		wanted: result.a,
	};
};
