import type {ProfileTree} from './tree.js';

/** A file that never goes into git, and why. */
export type NeverCommit = {readonly pattern: RegExp; readonly why: string};

/**
Files that never go into a repository.

Sources: getting-started 2506:docs/how-to/buildPingDirectoryProfile.md («REMOVE this», licence, pins); the images' own
scan (SECURITY_CHECKS_FILENAME `*.jwk *.pin`, docker-builds 2103:pingbase/Dockerfile); the rest are private keys, stores
and user data by their names.
*/
export const neverCommit: readonly NeverCommit[] = [
	{
		pattern: /(?:^|\/)setup-arguments\.txt$/v,
		why: 'the image writes it again; a committed one brings the old ports back and switches the port guard off',
	},
	{pattern: /\.lic$/iv, why: 'a licence belongs into a Secret'},
	{pattern: /\.pin$/iv, why: 'a pin opens a key store'},
	{pattern: /\.jwk$/iv, why: 'a key'},
	{pattern: /(?:^|\/)(?:ads-)?(?:keystore|truststore)(?:\.p12|\.jks)?$/iv, why: 'a key store belongs into a Secret'},
	{pattern: /\.(?:p12|pfx|jks|key)$/iv, why: 'a private key belongs into a Secret'},
	{pattern: /(?:^|\/)\.sec\//v, why: 'the folder of secrets'},
	{pattern: /(?:^|\/)encryption-settings(?:\/|-db|\.)/v, why: 'the keys that encrypt the data'},
	{pattern: /(?:^|\/)tools\.properties(?:\.orig)?$/v, why: 'it names the administrator and a password file'},
	{pattern: /(?:^|\/)(?:logs|db|changelogDb|bak)\//v, why: 'state of a running server'},
	{pattern: /\.mv\.db$/v, why: 'a database'},
	{pattern: /(?:^|\/)data\.zip$/v, why: 'a configuration archive holds the key that its secrets are encrypted with'},
	{
		pattern: /(?:^|\/)ldif\/userRoot\/.*\.ldif(?:\.gz)?$/v,
		why: 'user data is carried by export and import, never by git',
	},
];

/** A profile without what never goes into git, and what was taken out. */
export type CleanedProfile = {
	readonly kept: ProfileTree;
	readonly removed: ReadonlyArray<{readonly path: string; readonly why: string}>;
};

/** Takes out what never goes into git. */
export const cleanProfile = (tree: ProfileTree): CleanedProfile => {
	const reasonOf = (path: string): string | undefined => neverCommit.find(({pattern}) => pattern.test(path))?.why;
	const paths = tree.keys().toArray();
	return {
		kept: new Map([...tree].filter(([path]) => reasonOf(path) === undefined)),
		removed: paths.flatMap(path => {
			const why = reasonOf(path);
			return why === undefined ? [] : [{path, why}];
		}),
	};
};
