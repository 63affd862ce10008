import {readClasses} from '../../directory/schema.js';
import type {DirectoryServer} from '../../directory/server.js';
import {Failure} from '../../failure/failure.js';
import {outsideNeeds} from '../../ldif/outside.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {CopiedFile} from '../outcomes.js';
import {countText} from '../run/words.js';

type Needs = 'files';

const missingSchema = ({target, pods}: DirectoryServer, missing: readonly string[]): Failure =>
	new Failure({
		code: 'schema-missing',
		seen:
			`${target.pod} does not know ${countText(missing.length, 'object class', 'object classes')} of the export: ` +
			`${missing.slice(0, 5).join(', ')}.`,
		means: 'Entries of these classes would be rejected. Nothing was imported.',
		todo:
			'The schema belongs into the server profile (pd.profile/server-root/pre-setup/config/schema). Schema that ' +
			'was added to the old server over LDAP lies in its config/schema/99-user.ldif and is in no generated ' +
			'profile: add it to the new server, then try again.',
		byHand: pods.byHand(target, ['ldapsearch', '--baseDN', 'cn=schema', '--scope', 'base', '(&)', 'objectClasses']),
		exit: 'blocked',
		retryable: true,
		details: missing,
	});

/**
Looks at what a copy needs of the server that is to import it: its schema comes first; conflicts and deleted entries
that are kept are named. An encrypted copy cannot be looked at, and that is said.
@throws Failure `schema-missing`, `no-schema`
*/
export const checkOutside = async (
	context: StepContext<Needs>,
	copy: CopiedFile,
	server: DirectoryServer,
	reporter: Reporter,
): Promise<void> => {
	if (copy.digest === null) {
		reporter.log(`${copy.backend}: the copy is encrypted, so its schema was not looked at`);
		return;
	}

	const [needs, known] = await Promise.all([outsideNeeds(context.world.files.stream(copy.path)), readClasses(server)]);
	const missing = needs.classes
		.values()
		.filter(name => !known.has(name))
		.toArray();
	if (missing.length > 0) {
		throw missingSchema(server, missing);
	}

	if (needs.conflicts + needs.softDeleted > 0) {
		reporter.log(
			`${copy.backend}: ${countText(needs.conflicts, 'entry', 'entries')} left by conflicts of replication, ` +
				`and ${countText(needs.softDeleted, 'deleted entry that is kept', 'deleted entries that are kept')}: ` +
				'they travel as data, and no ordinary search shows them',
		);
	}
};
