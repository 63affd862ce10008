import type {World} from './world.js';

/** Every entry of a server by its DN: its attribute lines, sorted. */
export type Answer = ReadonlyMap<string, readonly string[]>;

/** What a search asks for. */
export type Question = {
	readonly baseDn?: string;
	readonly scope?: 'base' | 'one' | 'sub';
	readonly filter?: string;
	readonly attributes?: readonly string[];
};

/** Operational attributes that a move must keep, beside all of the users'. */
export const keptAttributes = [
	'*',
	'entryUUID',
	'createTimestamp',
	'creatorsName',
	'modifyTimestamp',
	'modifiersName',
] as const;

/**
OpenLDAP's client, which the images carry beside the server: neither the program nor the server's own tools have a part
in this proof.
*/
const search =
	'LDAPTLS_REQCERT=never /opt/ask -x -LLL -o ldif-wrap=no -H "ldaps://localhost:$LDAPS_PORT" -D ' +
	'"$ROOT_USER_DN" -y "$ROOT_USER_PASSWORD_FILE" "$@" && echo "# end"';

/** Asks the server in a pod, over LDAPS, as its root user. Throws where the answer is not whole. */
export const ask = async (
	world: World,
	pod: string,
	{baseDn = 'dc=example,dc=com', scope = 'sub', filter = '(&)', attributes = keptAttributes}: Question = {},
): Promise<Answer> => {
	const {stdout, stderr} = await world.exec(pod, [
		'sh',
		'-c',
		search,
		'sh',
		'-b',
		baseDn,
		'-s',
		scope,
		filter,
		...attributes,
	]);
	if (!stdout.endsWith('# end\n')) {
		throw new Error(`the search of ${baseDn} was not answered whole: ${stderr}`);
	}

	const answer = new Map<string, readonly string[]>();
	for (const block of stdout.slice(0, -'# end\n'.length).split('\n\n')) {
		const [dn, ...lines] = block.split('\n').filter(Boolean);
		if (dn) {
			answer.set(dn, lines.toSorted());
		}
	}

	return answer;
};

/** The DNs, as searches print them, whose entries differ between two servers or are on one only. */
export const differences = (a: Answer, b: Answer): readonly string[] => {
	const dns = new Set([...a.keys(), ...b.keys()]);
	return [...dns].filter(dn => a.get(dn)?.join('\n') !== b.get(dn)?.join('\n'));
};
