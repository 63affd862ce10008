import type {Question} from '../../migration/step.js';

/** Plain, or with a passphrase that both servers are given. */
export const encryptionQuestion: Question = {
	kind: 'choice',
	id: 'encryption',
	title: 'Is the export to be encrypted?',
	why:
		"Ping's images encrypt exports by default, with a key that only this server has: a fresh deployment could " +
		'never read such a file. So the export is plain, or encrypted with a passphrase that both servers are given.',
	recommended: 'none',
	options: [
		{
			value: 'none',
			label: 'Plain (--doNotEncrypt)',
			reason:
				'unroot can look into it: entries are counted and compared by digest. The file has mode 0600 and is ' +
				'removed from the pod at the end.',
			cost: 'Until then, password hashes and personal data lie readable on the volume and on this machine.',
		},
		{
			value: 'passphrase',
			label: 'Encrypted with a passphrase (--encryptionPassphraseFile)',
			reason: 'No readable copy lies anywhere.',
			cost: 'No digest can be computed: the proof is then by counts and by the hash of the file.',
		},
	],
};

/** Where the passphrase lies. */
export const passphraseQuestion: Question = {
	kind: 'text',
	id: 'passphrase-file',
	title: 'Which file holds the passphrase?',
	why:
		'Its content goes into a file of mode 0600 in the pod through standard input, and is removed at the end. It ' +
		'is never an argument and never in the journal.',
	pattern: {source: '/.+', says: 'The path must start with /.'},
};
