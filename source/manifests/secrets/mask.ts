/** What stands in place of a secret that an object holds in the clear. */
export const mask = '******';

/**
Whether a secret is looked for everywhere. A short one, and one that could be any word or name, is taken out only
where it is most likely meant: elsewhere the same word is something else, such as the name of a workload.
*/
export const isTelling = (text: string): boolean => text.length >= 6 && !/^[a-z][\-.a-z_]*$/iv.test(text);

/**
The lines of a secret of several, such as a private key, that are long enough to be looked for by themselves: an
indented text and a diff have them so.
*/
export const linesOf = (secret: string): readonly string[] =>
	secret.includes('\n')
		? secret
				.split('\n')
				.map(one => one.trim())
				.filter(one => one.length >= 16)
		: [];
