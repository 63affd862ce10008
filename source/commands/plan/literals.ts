import type {FilesPlan} from '../../manifests/files/plan-files.js';
import {withoutSecrets, type NamedSecret} from '../../manifests/secrets/documents.js';
import type {ManifestFile} from '../../manifests/strategy.js';

/** The variable that a Compose file reads a value from: it stops where that is not set. */
const variableOf = ({name}: NamedSecret): string => `\${${name.replaceAll(/\W/gv, '_').toUpperCase()}:?}`;

const isCompose = ({name}: ManifestFile): boolean => name.startsWith('compose/');

/**
A plan without the secrets that stand in the clear in what it was made from. A Compose file reads them from variables of
the environment, manifests refer to a Secret already; elsewhere they are left out. What was left out is said.
*/
export const withoutLiterals = (plan: FilesPlan, secrets: readonly NamedSecret[]): FilesPlan => {
	const notes: string[] = [];
	const files = plan.files.map(file => {
		const text = withoutSecrets(file.text, secrets, isCompose(file) ? variableOf : undefined);
		if (text === file.text) {
			return file;
		}

		const left = secrets.filter(secret => withoutSecrets(file.text, [secret]) !== file.text).map(({name}) => name);
		notes.push(
			`${file.name} held a secret in the clear: ${[...new Set(left)].join(', ')}. ` +
				(isCompose(file)
					? 'It is read from a variable of that name now: set it where you start the containers.'
					: 'It is left out: refer to a Secret for it, or put it in where you apply the file.'),
		);
		return {...file, text};
	});
	return {...plan, files, notes: [...plan.notes.map(note => withoutSecrets(note, secrets)), ...notes]};
};
