import {plainData} from '../failure/plain.js';
import {yamlText} from '../manifests/objects/print.js';

/** A result as JSON or YAML, with nothing in it that a terminal would act on. */
export const structuredText = (value: unknown, output: 'json' | 'yaml'): string => {
	const plain = plainData(value);
	return output === 'yaml' ? yamlText(plain) : `${JSON.stringify(plain, undefined, 2)}\n`;
};
