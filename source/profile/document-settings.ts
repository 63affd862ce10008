import {plainKeys, wordsOfItem} from './document-names.js';
import {membersOf, readDocument, wordOf, type Document} from './json-text.js';
import type {Settings} from './settings.js';
import {variable} from './substitute.js';

/** A number that became a variable: it stands without quotes, alone on its line but for its key. */
const bareVariable = /^(?<before>\t*(?:"(?:[^"\\]|\\.)*": )?)(?<name>\$\{\w+\})(?<after>,?)$/gmv;

/** A document with variables, as JSON again. */
const asJson = (text: string): string => text.replaceAll(bareVariable, '$<before>"$<name>"$<after>');

/** A list whose members are plain values is one setting with several values. */
const isPlainList = (node: Document): boolean =>
	Array.isArray(node) &&
	(node as readonly Document[]).every(item => typeof item !== 'object' || wordOf(item) !== undefined);

/** A value of the document; a dollar stands in it as a variable of its own, for envsubst. */
const plainText = (node: Document): string =>
	(wordOf(node) ?? JSON.stringify(node)).replaceAll(variable('DOLLAR'), () => '$');

type Found = readonly [setting: string, values: readonly string[]];

const settingsIn = (node: Document, way: readonly string[]): readonly Found[] => {
	const here = way.join(': ');
	if (isPlainList(node)) {
		return [[here, (node as readonly Document[]).map(item => plainText(item)).toSorted()]];
	}

	if (Array.isArray(node)) {
		return (node as readonly Document[]).flatMap((item, index) =>
			settingsIn(item, [...way, wordsOfItem(item, index).join(' ')]),
		);
	}

	const members = membersOf(node);
	return members
		? Object.entries(members).flatMap(([key, value]) => settingsIn(value, plainKeys.has(key) ? way : [...way, key]))
		: [[here, [plainText(node)]]];
};

/**
The settings of an export with variables in place of its secrets, each by the way that leads to it: `/dataStores:
LDAP-1: hostnames`. `without` is the path of what tells the version that made the export.
*/
export const documentSettings = (text: string, without: readonly string[]): Settings => {
	const settings = new Map<string, readonly string[]>();
	for (const [setting, values] of settingsIn(readDocument(asJson(text)), [])) {
		if (setting !== without.join(': ')) {
			settings.set(setting, [...(settings.get(setting) ?? []), ...values].toSorted());
		}
	}

	return settings;
};
