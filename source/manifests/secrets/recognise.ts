import {isSecretName} from '../../ping/secret-names.js';
import {isVariables, secretForm, withoutVariables} from '../../ping/secret-values.js';

const switches = /^(?:true|false|yes|no)?$/iv;

/** Whether a text is nothing but a reference: Kubernetes puts variables in by `$(NAME)`. */
export const isReference = (text: string): boolean => /^(?:\$\(\w+\))+$/v.test(text) || isVariables(text);

/** Whether the value of a variable, or of anything that has a name, is a secret in the clear. */
export const isSecret = (name: string, text: string): boolean =>
	!isReference(text) &&
	((isSecretName(name) && !switches.test(withoutVariables(text))) || secretForm(text) !== undefined);

/** An assignment or a property in a file that a ConfigMap holds. */
const line = /^\s*(?:export\s+)?["']?(?<name>[\w\-.]+)["']?\s*[:=](?<value>.+)$/v;

const isSecretLine = (text: string): boolean => {
	const {name = '', value = ''} = line.exec(text)?.groups ?? {};
	return isSecret(name, value.trim().replaceAll(/^["']|["'],?$/gv, '')) || secretForm(text) !== undefined;
};

const keyBegin = /-----BEGIN (?:[\dA-Z]+ )*PRIVATE KEY(?: BLOCK)?-----|^\s*PuTTY-User-Key-File-\d/v;

const keyEnd = /-----END |^\s*Private-MAC:/v;

/** Whether a line may stand within a private key: it has its letters, is a header, or empty. */
const isKeyLine = (text: string): boolean => /^(?:[\w+\/=]*|[A-Z][\w\-]*:\s.*)$/v.test(text.trim());

/** How many lines a private key has that begins at a line; 0 where none does. */
const keyLength = (lines: readonly string[], index: number): number => {
	const first = lines[index] ?? '';
	if (!keyBegin.test(first)) {
		return 0;
	}

	if (keyEnd.test(first)) {
		return 1;
	}

	const rest = lines.slice(index + 1);
	const end = rest.findIndex(one => keyEnd.test(one) || !isKeyLine(one));
	if (end !== -1 && keyEnd.test(rest[end] ?? '')) {
		return end + 2;
	}

	// It is cut off: a short line may be anything.
	const other = rest.findIndex(one => !isKeyLine(one) || one.trim().length < 16);
	return 1 + (other === -1 ? rest.length : other);
};

/** Texts of a ConfigMap's value, or of a file, that are secret: all of it, or private keys and lines of the file that it is. */
export const secretTexts = (key: string, text: string): readonly string[] => {
	const lines = text.split('\n');
	if (lines.length === 1) {
		return isSecret(key, text) || isSecretLine(text) ? [text] : [];
	}

	const found: string[] = [];
	for (let index = 0; index < lines.length; index++) {
		const length = keyLength(lines, index);
		if (length > 0) {
			found.push(lines.slice(index, index + length).join('\n'));
			index += length - 1;
		} else if (isSecretLine(lines[index] ?? '')) {
			found.push(lines[index] ?? '');
		}
	}

	return found;
};
