import {Failure} from '../failure/failure.js';
import type {DirectoryServer} from './server.js';
import {wholeNumber} from './whole-number.js';

/**
Prints the size of the reject file in bytes, how many entries it has by their DNs and by the comments before them, then
the first of those lines.
*/
const readRejectScript = `
if [ -f "$1" ]; then
	wc -c <"$1"
	grep -c '^dn:' "$1"
	grep -c -E '^# (Entry|Unable) ' "$1"
	grep -E '^(dn:|#)' "$1" | head -n 400
else
	echo 0
	echo 0
	echo 0
fi
`;

/** A rejected entry: its DN and why. User data: for the screen and for a file of mode 0600, never for the journal. */
export type Reject = {readonly dn: string; readonly reason: string};

/** Kinds of reasons, as OpenDS's tools word them (UtilityMessages.java, and the schema's messages). */
const kinds: ReadonlyArray<readonly [RegExp, string]> = [
	[/unable to parse|no colon|base64/iv, 'cannot be parsed'],
	[/already exists|duplicate/iv, 'is there already'],
	[/\bparent\b/iv, 'has no parent'],
	[
		/(?:missing|required|does not (?:have|include|contain)).*attribute|attribute.*(?:missing|required)/iv,
		'lacks a required attribute',
	],
	[/not allowed|does not allow/iv, 'has an attribute that its object classes do not allow'],
	[/schema|object ?class|syntax/iv, 'does not fit the schema'],
];

/** Why an entry was rejected, as far as it can be said without naming it. */
export const rejectKindOf = ({reason}: Reject): string =>
	kinds.find(([pattern]) => pattern.test(reason))?.[1] ?? 'for another reason';

/**
Comments with which a refusal begins, without a `dn:` line below (OpenDJ 5.0.3). Of what cannot be parsed, the DN is
named where it could be (OpenDS, UtilityMessages.java).
*/
const beginning =
	/^#\s*(?:Entry (?<dn>.+?) read from LDIF|Unable to parse LDIF entry(?: (?<parsed>.+?))?) starting at line (?<line>\d+)/v;

/**
Reads the comments and DNs of a reject file. An entry is named by its `dn:` line or, where there is none, by the comment
before it.
*/
export const rejectsIn = (lines: readonly string[]): readonly Reject[] => {
	const found: Array<{dn: string; reason: string; hasDn: boolean}> = [];
	let comments: string[] = [];
	let last: (typeof found)[number] | undefined;
	for (const line of lines) {
		const begun = beginning.exec(line);
		if (begun) {
			last = {
				dn: begun.groups?.dn ?? begun.groups?.parsed ?? `at line ${begun.groups?.line ?? '?'}`,
				reason: line.replace(/^#\s*/v, ''),
				hasDn: false,
			};
			found.push(last);
			comments = [];
		} else if (line.startsWith('dn:') && last && !last.hasDn && comments.length === 0) {
			last.dn = line.replace(/^dn::?\s*/v, '');
			last.hasDn = true;
		} else if (line.startsWith('dn:')) {
			found.push({dn: line.replace(/^dn::?\s*/v, ''), reason: comments.join(' ') || 'no reason given', hasDn: true});
			comments = [];
		} else if (line.startsWith('#')) {
			comments.push(line.replace(/^#\s*/v, ''));
		}
	}

	return found.map(({dn, reason}) => ({dn, reason}));
};

/**
Reads how many entries were rejected, and why, for the first hundred. A file that holds anything counts as one entry at
least, whatever its form.
*/
export const readRejects = async (
	server: DirectoryServer,
	rejectFile: string,
): Promise<{readonly count: number; readonly first: readonly Reject[]}> => {
	const {stdout} = await server.pods.script(server.target, readRejectScript, [rejectFile]);
	const [first, second, third, ...lines] = stdout.split('\n');
	const [bytes, byDn, byComment] = [first, second, third].map(line => wholeNumber(line?.trim()));
	if (bytes === undefined || byDn === undefined || byComment === undefined) {
		throw new Failure({
			code: 'rejects-unreadable',
			seen: `The reject file ${rejectFile} in ${server.target.pod} cannot be counted.`,
			means: 'Whether entries were rejected is not known.',
			todo: 'Look at the file, then try again.',
			byHand: server.pods.byHand(server.target, ['ls', '-l', rejectFile]),
			retryable: true,
		});
	}

	return {
		count: Math.max(byDn, byComment, bytes > 0 ? 1 : 0),
		first: rejectsIn(lines).slice(0, 100),
	};
};
