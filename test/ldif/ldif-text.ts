import {Buffer} from 'node:buffer';
import {Readable} from 'node:stream';

/**
Bytes as a stream of pieces of one size.
@yields Each piece.
*/
export async function* pieces(content: string | Buffer, size = 65_536): AsyncGenerator<Uint8Array> {
	const bytes = Buffer.from(content as string);
	for (let at = 0; at < bytes.length; at += size) {
		yield bytes.subarray(at, at + size);
	}
}

/** All that a generator yields. */
export const collect = async <Item>(source: AsyncIterable<Item>): Promise<readonly Item[]> =>
	Readable.from(source).toArray() as Promise<Item[]>;

/** A generator of numbers that gives the same ones for the same seed: whole numbers from 0 up to `below`. */
export const createRandom = (seed: number): ((below: number) => number) => {
	let state = seed;
	return below => {
		// A linear congruential generator; its products stay below 2^53.
		state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
		return Math.floor((state / 2 ** 32) * below);
	};
};

/** An entry before it is written: its RDNs from the top down, and its values. */
export type Sample = {
	readonly dn: ReadonlyArray<readonly [type: string, value: string]>;
	readonly values: ReadonlyArray<readonly [name: string, value: Buffer]>;
};

const words = [
	'Ada',
	'Bürger',
	"O'Hara",
	'Núñez, José',
	'x',
	'李雷',
	'#7',
	' lead',
	'tail ',
	'a=b',
	'two  spaces',
	'a+b',
	'quote"d',
	String.raw`back\slash`,
	'semi;colon',
	'<angle>',
];
const names = [
	'cn',
	'sn',
	'mail',
	'description',
	'telephoneNumber',
	'userPassword',
	'jpegPhoto',
	'entryUUID',
	'createTimestamp',
	'cn;lang-de',
	'userCertificate;binary',
	'ds-pwp-account-disabled',
];

/** A directory of so many entries, below `dc=example,dc=com`. */
export const sampleDirectory = (entries: number, random: (below: number) => number): readonly Sample[] => {
	const base = [
		['dc', 'com'],
		['dc', 'example'],
	] as const;
	const top = {
		dn: base,
		values: [
			['objectClass', Buffer.from('top')],
			['objectClass', Buffer.from('domain')],
			['dc', Buffer.from('example')],
		],
	} as const;
	return [
		top,
		...Array.from({length: entries - 1}, (_, index): Sample => {
			const isDeep = random(3) === 0;
			const values = Array.from({length: 1 + random(8)}, (): readonly [string, Buffer] => {
				const text =
					random(5) === 0
						? Buffer.from(Array.from({length: random(200)}, () => random(256)))
						: Buffer.from(words[random(words.length)]!.repeat(1 + random(3)));
				return [names[random(names.length)]!, text];
			});
			return {
				dn: [...base, ...(isDeep ? [['ou', words[random(words.length)]!] as const] : []), ['uid', `user.${index}`]],
				values: [
					['objectClass', Buffer.from('top')],
					['objectClass', Buffer.from('inetOrgPerson')],
					['uid', Buffer.from(`user.${index}`)],
					...values,
				],
			};
		}),
	];
};

/** How an entry may be written. Each choice gives other bytes and means the same. */
export type Spelling = {
	/** Columns a line has at the most; 0 for lines of any length. */
	readonly wrap?: number;
	readonly end?: '\n' | '\r\n';
	/** Base64 also where it is not needed. */
	readonly base64?: boolean;
	readonly random?: (below: number) => number;
};

const shuffled = <Item>(items: readonly Item[], random: ((below: number) => number) | undefined): readonly Item[] =>
	random
		? items
				.map(item => ({item, key: random(1_000_000)}))
				.toSorted((a, b) => a.key - b.key)
				.map(({item}) => item)
		: items;

const mixedCase = (text: string, random: ((below: number) => number) | undefined): string =>
	random
		? [...text].map(character => (random(2) === 0 ? character.toUpperCase() : character.toLowerCase())).join('')
		: text;

const dnValue = (value: string, random: ((below: number) => number) | undefined): string => {
	const plain = value.replaceAll(/^[ #]|["+,;<=>\\]| $/gv, character =>
		random?.(2) === 0 ? `\\${character.codePointAt(0)!.toString(16).padStart(2, '0')}` : `\\${character}`,
	);
	return random?.(4) === 0 && !/["\\]/v.test(value) ? `"${value}"` : plain;
};

/** The DN of a sample, spelled in one of many ways. */
export const dnOf = ({dn}: Sample, random?: (below: number) => number): string => {
	const space = (): string => (random?.(3) === 0 ? ' '.repeat(1 + random(2)) : '');
	return dn
		.toReversed()
		.map(([type, value]) => `${mixedCase(type, random)}${space()}=${space()}${dnValue(value, random)}`)
		.join(random ? `${space()},${space()}` : ',');
};

const isSafe = (value: Buffer): boolean =>
	value.every(byte => byte >= 0x20 && byte < 0x7f) &&
	![0x20, 0x3a, 0x3c].includes(value[0] ?? 0x61) &&
	value.at(-1) !== 0x20;

const lineOf = (name: string, value: Buffer, {wrap = 0, end = '\n', base64 = false, random}: Spelling): string => {
	const isPlain = isSafe(value) && (!base64 || random?.(2) === 0);
	const line = isPlain
		? `${name}:${random?.(3) === 0 ? '' : ' '}${value.toString('latin1')}`
		: `${name}:: ${value.toString('base64')}`;
	if (wrap === 0) {
		return `${line}${end}`;
	}

	const rest = line.slice(wrap).match(new RegExp(`.{1,${wrap - 1}}`, 'gv')) ?? [];
	return `${[line.slice(0, wrap), ...rest].join(`${end} `)}${end}`;
};

/** Entries as LDIF, in one of the many ways that mean the same. */
export const ldifOf = (samples: readonly Sample[], spelling: Spelling = {}): Buffer => {
	const {end = '\n', random} = spelling;
	const entries = shuffled(samples, random).map(sample => {
		const attributes = shuffled(sample.values, random).map(([name, value]) =>
			lineOf(mixedCase(name, random), value, spelling),
		);
		const comment = random?.(4) === 0 ? `# a comment${end} that is folded${end}` : '';
		return `${lineOf('dn', Buffer.from(dnOf(sample, random)), spelling)}${comment}${attributes.join('')}${end}`;
	});
	return Buffer.from(`${random?.(2) === 0 ? `version: 1${end}${end}` : ''}${entries.join('')}`, 'latin1');
};
