import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {readSettings, type Settings} from './settings.js';
import {decoded, type ProfileTree} from './tree.js';

/**
A setting that is not the same on both sides; undefined where a side does not have it. Values may be secret in an
environment, so none is kept.
*/
export type SettingDifference = {readonly setting: string; readonly what: 'missing' | 'unexpected' | 'other'};

/** What a comparison of configurations gave. */
export type Comparison = {
	/** Settings, definitions and files that are the same. */
	readonly same: number;
	/** Settings that were meant to change, each with the variable in its value. */
	readonly planned: ReadonlyArray<{readonly setting: string; readonly variable: string}>;
	/** Settings whose value is a variable of the profile that is not known here: their presence was compared alone. */
	readonly byVariable: readonly string[];
	readonly differences: readonly SettingDifference[];
};

/** Files of a profile that differ with every generation, or that only its own tool reads. */
const isAside = (path: string): boolean =>
	/^(?:pd\.profile\/)?(?:misc-files\/README|variables-ignore\.txt|ldif\/.*)$/v.test(path);

const isBatch = (path: string): boolean => /(?:^|\/)dsconfig\/[^\/]+\.dsconfig$/v.test(path);

const isSchema = (path: string): boolean => /\/config\/schema\/[^\/]+\.ldif$/v.test(path);

const definitionKinds = new Set([
	'attributetypes',
	'objectclasses',
	'nameforms',
	'ditcontentrules',
	'ditstructurerules',
	'matchingruleuse',
	'ldapsyntaxes',
]);

/** Definitions of a schema file by their identifiers, whatever their order and spacing. */
const definitionsIn = (text: string): ReadonlyArray<readonly [name: string, values: readonly string[]]> =>
	text
		.replaceAll(/\r?\n /gv, '')
		.split(/\r?\n/v)
		.flatMap((line): ReadonlyArray<readonly [string, readonly string[]]> => {
			const {
				kind = '',
				encoded,
				value = '',
			} = /^(?<kind>[A-Za-z]+):(?<encoded>:?)(?<value>.*)$/v.exec(line)?.groups ?? {};
			const definition = (encoded === ':' ? Buffer.from(value, 'base64').toString('utf8') : value)
				.replaceAll(/\s+/gv, ' ')
				.trim();
			return definitionKinds.has(kind.toLowerCase())
				? [[`schema, ${kind} ${definition.split(' ', 2)[1] ?? definition}`, [definition]]]
				: [];
		});

/** A configuration in its parts: settings, definitions of the schema, and other files by their hash. */
const partsOf = (tree: ProfileTree): Settings => {
	const files = [...tree].filter(([path]) => !isAside(path)).toSorted(([one], [other]) => (one < other ? -1 : 1));
	const texts = files.map(([path, bytes]) => ({path, bytes, text: decoded(bytes)}));
	const batches = texts.filter(({path}) => isBatch(path)).map(({text = ''}) => text);
	return new Map([
		...readSettings(batches),
		...texts.filter(({path}) => isSchema(path)).flatMap(({text = ''}) => definitionsIn(text)),
		...texts
			.filter(({path}) => !isBatch(path) && !isSchema(path))
			.map(({path, bytes}) => [`file ${path}`, [createHash('sha256').update(bytes).digest('hex')]] as const),
	]);
};

const variable = /\$\{(?<name>\w+)\}/gv;

/** Whether a value of the profile, variables and all, comes to a value of a server. */
const comesTo = (wanted: string, value: string, variables: Readonly<Record<string, string>>): boolean => {
	const text = wanted.replaceAll(variable, (whole, name: string) => variables[name] ?? whole);
	const pattern = text
		.split(/\$\{\w+\}/v)
		.map(part => part.replaceAll(/[$\(\)*+.\/?\[\\\]^\{\|\}]/gv, String.raw`\$&`))
		.join('.+');
	return new RegExp(`^${pattern}$`, 'sv').test(value);
};

const isUnknown = (wanted: string, variables: Readonly<Record<string, string>>): boolean =>
	wanted.matchAll(variable).some(({groups}) => variables[groups?.name ?? ''] === undefined);

/**
Compares settings that were committed with those of a server, read in the same way. A variable is put in where its value
is known, and stands for any value where it is not.
*/
export const compareSettings = (
	wanted: Settings,
	found: Settings,
	variables: Readonly<Record<string, string>>,
): Comparison => {
	const byVariable: string[] = [];
	const planned: Array<{readonly setting: string; readonly variable: string}> = [];
	const differences: SettingDifference[] = [];
	let same = 0;
	for (const [setting, values] of wanted) {
		const there = found.get(setting);
		if (!there) {
			differences.push({setting, what: 'missing'});
			continue;
		}

		const isSame =
			there.length === values.length &&
			values.every(value => there.some(one => comesTo(value, one, variables) || one === value));
		if (!isSame) {
			differences.push({setting, what: 'other'});
			continue;
		}

		same++;
		const known = values
			.flatMap(value => value.matchAll(variable).toArray())
			.map(({groups}) => groups?.name ?? '')
			.find(name => variables[name] !== undefined);
		if (known !== undefined) {
			planned.push({setting, variable: known});
		}

		if (values.some(value => isUnknown(value, variables) && !there.includes(value))) {
			byVariable.push(setting);
		}
	}

	for (const setting of found.keys().filter(one => !wanted.has(one))) {
		differences.push({setting, what: 'unexpected'});
	}

	return {same, planned, byVariable, differences};
};

/** Compares the profile that was committed with one that was generated from a server and cleaned in the same way. */
export const compareProfiles = (
	committed: ProfileTree,
	generated: ProfileTree,
	variables: Readonly<Record<string, string>>,
): Comparison => compareSettings(partsOf(committed), partsOf(generated), variables);
