import {readBatch, type Change} from '../ldap/batch.js';
import type {Entry} from '../ldap/entry.js';
import {parseLdif} from '../ldap/ldif.js';
import {refusal} from '../ldap/refusal.js';
import {value, type Start} from './boot.js';
import {filesBelow, substitute} from './staging.js';

/** What `manage-profile` takes out of a staged profile. */
export type Profile = {
	/** Files for the server's root, by their paths below it. */
	readonly files: ReadonlyMap<string, Uint8Array>;
	readonly changes: readonly Change[];
	readonly entries: readonly Entry[];
	/** Templates of sample users, by their paths. */
	readonly templates: readonly string[];
	readonly hasSetupArguments: boolean;
};

/** A variable that is not set ends the tool. */
const substituted = (text: string, start: Start, path: string): string => {
	const missing = /\$\{(?<name>\w+)\}/v.exec(substitute(text, start.variables))?.groups?.name;
	if (missing !== undefined) {
		throw refusal(`The variable ${missing} in ${path} of the server profile is not set in the environment`);
	}

	return substitute(text, start.variables);
};

/**
Reads the profile that lies in the staging folder. A variable that is not set, or a line that is no command of dsconfig,
is a Refusal with what the tool says.
*/
export const readProfile = (start: Start): Profile => {
	const {view} = start;
	const folder = value(start, 'PD_PROFILE');
	const paths = view.exists(folder) ? filesBelow(view, folder).toSorted() : [];
	const textOf = (path: string): string => substituted(view.read(`${folder}/${path}`).toString(), start, path);
	const isIn = (pattern: RegExp) => paths.filter(path => pattern.test(path));
	return {
		files: new Map(
			isIn(/^server-root\/p(?:re|ost)-setup\/./v).map(path => [
				path.replace(/^server-root\/p(?:re|ost)-setup\//v, ''),
				view.read(`${folder}/${path}`),
			]),
		),
		changes: isIn(/^dsconfig\/[^\/]+\.dsconfig$/v).flatMap(path => readBatch(textOf(path))),
		entries: isIn(/^ldif\/userRoot\/[^\/]+\.ldif$/v).flatMap(path =>
			[...parseLdif(textOf(path))].flatMap(record => ('entry' in record ? [record.entry] : [])),
		),
		templates: isIn(/^ldif\/userRoot\/[^\/]+\.template$/v).map(path => `${folder}/${path}`),
		hasSetupArguments: paths.includes('setup-arguments.txt'),
	};
};
