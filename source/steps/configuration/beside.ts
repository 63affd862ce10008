import {readCertificates, readDefinitions, readSchemaNames, type Certificate} from '../../directory/definitions.js';
import type {Fact, StepContext} from '../../migration/step.js';
import {outcomeOf} from '../outcomes.js';
import {countText} from '../run/words.js';
import {newServer} from '../servers/new-server.js';
import {oldServer} from '../servers/old-server.js';
import {holdsDirectoryData} from '../servers/products.js';

const names = (all: readonly string[]): string => all.join(', ') || 'none';

const definitionsFact = (old: readonly string[], now: readonly string[]): Fact => {
	const missing = old.filter(id => !now.includes(id));
	return {
		label: 'encryption settings',
		value:
			missing.length === 0
				? `the new server has ${old.length === 0 ? 'none to lack' : `the definition ${names(old)}`}`
				: `the new server lacks the definition ${names(missing)} of the old one (it has ${names(now)}): exports and ` +
					'AES256 passwords that were encrypted with it cannot be read there. encryption-settings export and import ' +
					'carry it',
		mark: missing.length === 0 ? 'good' : 'warning',
	};
};

const certificateText = (certificates: readonly Certificate[]): string =>
	certificates.map(({subject, until}) => `${subject}, valid until ${until}`).join('; ') || 'not readable by its tool';

const certificateFacts = (old: readonly Certificate[], now: readonly Certificate[]): readonly Fact[] => [
	{label: 'certificate of the old server', value: certificateText(old)},
	{
		label: 'certificate of the new server',
		value: `${certificateText(now)}. No key was carried: clients that trust the old one by itself must be told`,
		mark: 'warning',
	},
];

const schemaFact = (old: ReadonlySet<string>, now: ReadonlySet<string>): Fact => {
	const missing = old
		.values()
		.filter(name => !now.has(name))
		.toArray();
	return {
		label: 'schema',
		value:
			missing.length === 0
				? `the new server knows all ${countText(old.size, 'definition')} of the old one, those that were added ` +
					'over LDAP too'
				: `the new server does not know ${countText(missing.length, 'definition')} of the old one, such as ` +
					`${missing.slice(0, 5).join(', ')}: what was added over LDAP lies in config/schema/99-user.ldif`,
		mark: missing.length === 0 ? 'good' : 'warning',
	};
};

/**
Looks, on both servers, at what travels neither as LDIF nor in a profile: definitions of the encryption settings by
their ids, certificates by subject and expiry, and definitions of the schema by name. No key is read.
*/
export const lookBeside = async (context: StepContext<'pods'>): Promise<readonly Fact[]> => {
	const {strategy} = outcomeOf(context, 'strategy');
	if (strategy === 'root' || !holdsDirectoryData(outcomeOf(context, 'inventory').workload.product)) {
		return [];
	}

	const both = [oldServer(context), newServer(context)] as const;
	const [definitions, certificates, schemas] = await Promise.all([
		Promise.all(both.map(async server => readDefinitions(server))),
		Promise.all(both.map(async server => readCertificates(server))),
		Promise.all(both.map(async server => readSchemaNames(server))),
	]);
	return [
		definitionsFact(definitions[0]!, definitions[1]!),
		...certificateFacts(certificates[0]!, certificates[1]!),
		schemaFact(schemas[0]!, schemas[1]!),
	];
};
