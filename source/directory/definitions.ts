import {readAnswers} from './answer.js';
import {runServerTool, type DirectoryServer} from './server.js';

/** Lists what `encryption-settings` knows; no definition leaves it, but for its id. */
const listDefinitions = 'encryption-settings list 2>/dev/null';

/**
The ids of the encryption-settings definitions of a server, sorted; empty where its tool says none. The same passphrase
gives the same id on every server.
*/
export const readDefinitions = async ({pods, target}: DirectoryServer): Promise<readonly string[]> => {
	const {stdout} = await pods.script(target, listDefinitions, []);
	return stdout
		.matchAll(/definition id:\s*(?<id>\S+)/giv)
		.map(({groups}) => groups?.id ?? '')
		.toArray()
		.toSorted();
};

/** A certificate of a listener, as a person looks at it. */
export type Certificate = {readonly subject: string; readonly until: string};

/** The certificates of the listeners' key store, without their keys. `$1` is the folder of the configuration. */
const listCertificates = `
store=$1/keystore
[ -f "$store" ] || store=$1/keystore.p12
manage-certificates list-certificates --keystore "$store" --keystore-password-file "$1/keystore.pin" 2>/dev/null
`;

/**
The certificates that a server's listeners show; empty where it has no key store of its own, or does not open it.
@see pingidentity/ldapsdk, unboundidds/tools/ManageCertificates.java (list-certificates; «Subject DN», «Validity End»)
*/
export const readCertificates = async ({pods, target}: DirectoryServer): Promise<readonly Certificate[]> => {
	const {stdout} = await pods.script(target, listCertificates, ['/opt/out/instance/config']);
	const found: Certificate[] = [];
	let subject: string | undefined;
	for (const line of stdout.split('\n')) {
		const {name, value = ''} =
			/^\s*(?<name>subject dn|validity end[^:]*|not valid after):(?<value>.+)$/iv.exec(line)?.groups ?? {};
		if (name?.toLowerCase() === 'subject dn') {
			subject = value.trim();
		} else if (name !== undefined && subject !== undefined) {
			found.push({subject, until: value.trim()});
			subject = undefined;
		}
	}

	return found;
};

/** The name, or else the identifier, that a definition of the schema goes by. */
const nameIn = (definition: string): string =>
	/\bNAME\s+(?:\(\s*)?'(?<name>[^']+)'/v.exec(definition)?.groups?.name ??
	/^\(\s*(?<id>\S+)/v.exec(definition)?.groups?.id ??
	'';

/** What a server knows of the schema: object classes and attribute types, by kind and name in lower case. */
export const readSchemaNames = async (server: DirectoryServer): Promise<ReadonlySet<string>> => {
	const words = ['--baseDN', 'cn=schema', '--scope', 'base', '(objectClass=*)', 'objectClasses', 'attributeTypes'];
	const {stdout} = await runServerTool(server, 'ldapsearch', words);
	const [answer] = readAnswers(stdout);
	const namesOf = (attribute: string, kind: string): readonly string[] =>
		(answer?.values(attribute) ?? []).map(definition => `${kind} ${nameIn(definition).toLowerCase()}`);
	return new Set([...namesOf('objectClasses', 'object class'), ...namesOf('attributeTypes', 'attribute')]);
};
