import {readArchive} from './archive.js';
import {readProperties, readVariables} from './assignments.js';
import {readBinary, readCertificate, readNothing} from './binary.js';
import {readBatch, readScript} from './commands.js';
import {readJsonFile} from './json.js';
import type {Found} from './judge.js';
import {readStructure, readTemplate} from './ldif.js';
import {readMessages, readPlainText, readProse} from './prose.js';
import {readXml} from './xml.js';
import {readYaml} from './yaml.js';

/** How files of a kind are read. */
type Kind = {
	/** What it is called when it is listed. */
	readonly kind: string;
	/** Of the path below the profile's root, without `.subst` and `.default` at its end. */
	readonly pattern: RegExp;
} & (
	| {readonly read: (text: string) => readonly Found[]}
	/** A file that is no text. */
	| {readonly readBytes: (path: string, bytes: Uint8Array) => readonly Found[]}
);

/** A path that ends in one of these, from a folder's name on. */
const named = (names: readonly string[]): RegExp => new RegExp(String.raw`(?:^|\/)(?:${names.join('|')})$`, 'v');

/** What people read, and lists of what they install. */
const forPeople: readonly string[] = [
	'README|LICEN[CS]E|NOTICE|DISCLAIMER|CHANGELOG|CODEOWNERS|motd',
	String.raw`MANIFEST\.MF|\.gitignore`,
	String.raw`(?:variables-ignore|variables|configuration-archive)\.txt`,
	String.raw`[\w\-.]+\.md|extensions\/[\w\-.]+\.list|[\w\-.]+\.remote\.list`,
];

const archives: readonly string[] = [
	String.raw`(?:deploy|lib|ext-lib|instance\/conf)\/(?:[\w\-.]+\/)*[\w\-.]+\.[jw]ar`,
	String.raw`server-sdk-extensions\/[\w\-.]+\.(?:zip|jar)`,
];

/**
Files that a server profile is made of. What is not here is held back.

Sources: getting-started 2506:docs/reference/profileStructures.md; trees of pingidentity-server-profiles 166e2c7;
manage-profile generate-profile (PingDirectory 8.0 to 11.0).
*/
const kinds: readonly Kind[] = [
	{kind: 'a batch of dsconfig', pattern: /\.dsconfig$/v, read: readBatch},
	{kind: 'variables', pattern: /(?:^|\/)env[\-_]vars(?:\.\w+)?$/v, read: readVariables},
	{
		kind: 'schema',
		pattern: /(?:^|\/)config\/schema\/[\w\-.]+\.ldif$/v,
		read: readStructure,
	},
	{kind: 'the structure of a tree', pattern: /(?:^|\/)ldif\/[\w\-.]+\/[\w\-.]+\.ldif$/v, read: readStructure},
	{kind: 'a template of entries', pattern: /(?:^|\/)ldif\/[\w\-.]+\/[\w\-.]+\.template$/v, read: readTemplate},
	{
		kind: 'a script',
		pattern: /(?:^|\/)(?:hooks\/[\w\-.]+\.sh(?:\.pre|\.post|\.disabled)?|(?:bin\/)?[\w\-.]+\.sh)$/v,
		read: readScript,
	},
	{kind: 'JSON', pattern: /\.(?:json|sdp|snapshot)$/iv, read: readJsonFile},
	{kind: 'XML', pattern: /\.(?:xml|xsd|wsdl)$/v, read: readXml},
	{kind: 'YAML', pattern: /\.ya?ml$/v, read: readYaml},
	{kind: 'a language pack', pattern: /(?:^|\/)language-packs\/[\w\-.]+\.properties$/v, read: readMessages},
	{
		kind: 'properties',
		pattern: /\.(?:properties|options|conf|cfg|ini)$/v,
		read: readProperties,
	},
	{
		kind: 'a page',
		pattern: /(?:^|\/)(?:conf\/template|webapps|deploy|docs)\/.*\.(?:html?|css|scss|less|map|js|txt|vm|jsp|tld|svg)$/v,
		read: readProse,
	},
	{
		kind: 'text for people',
		pattern: named(forPeople),
		read: readProse,
	},
	{kind: 'text', pattern: /\.txt$/v, read: readPlainText},
	{
		kind: 'an archive of Java',
		pattern: named(archives),
		readBytes: readArchive,
	},
	{
		kind: 'a picture or a font',
		pattern: /\.(?:png|jpe?g|gif|ico|webp|woff2?|ttf|otf)$/iv,
		readBytes: readBinary,
	},
	{
		kind: 'code of Java',
		pattern: /(?:^|\/)(?:deploy|webapps)\/.*\/WEB-INF\/classes\/.*\.class$/v,
		readBytes: readBinary,
	},
	{kind: 'a certificate', pattern: /\.(?:cer|crt|pem|der)$/iv, readBytes: readCertificate},
	{kind: 'an empty file', pattern: /(?:^|\/)\.(?:placeholder|gitkeep|keep)$/v, readBytes: readNothing},
];

/** How a file is read by its path; undefined where it is of no kind that is known. */
export const fileKindOf = (path: string): Kind | undefined => {
	const plain = path.replace(/(?:\.subst)?(?:\.default)?$/v, '');
	return kinds.find(({pattern}) => pattern.test(plain));
};
