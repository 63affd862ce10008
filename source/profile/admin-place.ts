import type {AdminApi} from './admin-api.js';
import {stringAt, type Document} from './json-text.js';

/** Where an export belongs in a profile, and what is to be known of that place. */
export type ExportPlace = {readonly file: string; readonly says?: string};

/** The version that an export names. */
export const versionOf = (api: AdminApi, document: Document): string | undefined => stringAt(document, api.version);

const numbersOf = (version: string): readonly number[] | undefined =>
	/^\d+(?:\.\d+)+/v.exec(version)?.[0].split('.').map(Number);

/** Whether a version comes before another; undefined where one of them is none. */
const isBefore = (version: string, other: string): boolean | undefined => {
	const [numbers, others] = [numbersOf(version), numbersOf(other)];
	if (!numbers || !others) {
		return undefined;
	}

	const index = others.findIndex((number, at) => number !== (numbers[at] ?? 0));
	return index !== -1 && (numbers[index] ?? 0) < (others[index] ?? 0);
};

/** Where an export of a version belongs; undefined where that is not known. */
export const exportPlaceOf = ({file, earlier}: AdminApi, version = ''): ExportPlace | undefined => {
	if (!earlier) {
		return {file};
	}

	if (isBefore(version, earlier.from) !== false) {
		return undefined;
	}

	return isBefore(version, earlier.before) ? earlier : {file};
};
