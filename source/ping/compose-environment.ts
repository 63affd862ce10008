import {fieldOf, listOf, mapOf, textOf} from './fields.js';

/** What lies beside a Compose file and is part of it. */
export type ComposeSurroundings = {
	/** The variables of its `.env`. */
	readonly variables: Readonly<Record<string, string>>;
	/** The variables of each `env_file` that was read, by the path it is named by. */
	readonly envFiles: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/**
A line of an env file: `NAME=value`, with or without `export` and quotes (Docker documentation, «Syntax for .env»).
*/
const assignment = /^\s*(?:export\s+)?(?<name>[A-Z_a-z]\w*)\s*=(?<value>.*)$/v;

const unquoted = (value: string): string =>
	/^"(?<double>(?:[^"\\]|\\.)*)"/v.exec(value)?.groups?.double?.replaceAll(/\\(?<one>.)/gv, '$<one>') ??
	/^'(?<single>[^']*)'/v.exec(value)?.groups?.single ??
	value.replace(/\s\u{23}.*$/v, '').trim();

/** The variables of an env file. */
export const readEnvFile = (text: string): Readonly<Record<string, string>> =>
	Object.fromEntries(
		text.split(/\r?\n/v).flatMap(line => {
			const {name, value = ''} = assignment.exec(line)?.groups ?? {};
			return name === undefined ? [] : [[name, unquoted(value.trim())] as const];
		}),
	);

/** The env files of a service, as it names them. */
export const envFilesOf = (service: unknown): readonly string[] => {
	const named = mapOf(service).env_file;
	const all = typeof named === 'string' ? [named] : listOf(named);
	return all.map(entry => textOf(entry) ?? textOf(fieldOf(entry, 'path')) ?? '').filter(Boolean);
};

const reference =
	/\$(?:(?<dollar>\$)|(?<bare>[A-Z_a-z]\w*)|\{(?<braced>[A-Z_a-z]\w*)(?:(?<how>:?[+\-?])(?<word>[^\}]*))?\})/gv;

/** A text of a Compose file with the variables put in that are known; defaults stand in for those that are not. */
export const interpolate = (text: string, variables: Readonly<Record<string, string>>): string =>
	text.includes('$')
		? text.replaceAll(reference, (whole, ...rest: readonly unknown[]) => {
				const {bare, braced, how, word = ''} = rest.at(-1) as Readonly<Record<string, string | undefined>>;
				const value = variables[bare ?? braced ?? ''];
				const isSet = value !== undefined && (value !== '' || how?.startsWith(':') !== true);
				return how?.endsWith('-') === true && !isSet ? word : isSet && how?.endsWith('+') !== true ? value : whole;
			})
		: text;

const interpolated = (value: unknown, variables: Readonly<Record<string, string>>): unknown => {
	if (typeof value === 'string') {
		return interpolate(value, variables);
	}

	if (Array.isArray(value)) {
		return value.map(item => interpolated(item, variables));
	}

	return typeof value === 'object' && value !== null
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item, variables)]))
		: value;
};

/** The variables of a service's env files, those of a later one before those of an earlier one. */
export const variablesOfEnvFiles = (
	service: unknown,
	{envFiles}: ComposeSurroundings,
): Readonly<Record<string, string>> =>
	Object.fromEntries(envFilesOf(service).flatMap(file => Object.entries(envFiles[file] ?? {})));

/** What the service itself sets wins over its env files. */
const withEnvFiles = (service: unknown, surroundings: ComposeSurroundings): unknown => {
	const found = variablesOfEnvFiles(service, surroundings);
	const {environment, ...rest} = mapOf(service);
	if (Object.keys(found).length === 0) {
		return service;
	}

	const own = new Set(listOf(environment).map(entry => (textOf(entry) ?? '').split('=', 1)[0]));
	return {
		...rest,
		environment: Array.isArray(environment)
			? [
					...listOf(environment),
					...Object.entries(found)
						.filter(([name]) => !own.has(name))
						.map(([name, value]) => `${name}=${value}`),
				]
			: {...found, ...mapOf(environment)},
	};
};

/**
A Compose file as Compose reads it: with the variables of `.env` and of its env files. The order of its fields
stays.
*/
export const resolveCompose = (compose: unknown, surroundings: ComposeSurroundings | undefined): unknown => {
	if (!surroundings) {
		return compose;
	}

	const whole = mapOf(interpolated(compose, surroundings.variables));
	return {
		...whole,
		services: Object.fromEntries(
			Object.entries(mapOf(whole.services)).map(([name, service]) => [name, withEnvFiles(service, surroundings)]),
		),
	};
};
