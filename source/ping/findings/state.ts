import {fieldOf, joinField, listOf, textOf} from '../fields.js';
import type {Rule, Seen} from './finding.js';
import {hasClaim, type Look, type WorkloadLook} from './look.js';

/** What is said of what the images keep of their environment. */
export const stateRules = {
	'state-holds-secret': {
		severity: 'informs',
		means:
			'At each start the images write all variables with their values below /opt/out/container-state, mode 0644: ' +
			'the value lies on the volume for all to read, and in every copy of it, also after the migration.',
		todo:
			'Remove container-state/*/environment_variables from the old volume once you are done with it, and give the ' +
			'password by a mounted file (ROOT_USER_PASSWORD_FILE and its like) instead.',
		source: 'pingidentity-docker-builds 2102:35 and 2606:36 pingcommon/opt/staging/hooks/pingstate.lib.sh',
	},
} as const satisfies Readonly<Record<string, Rule>>;

type Code = keyof typeof stateRules;

/** Variables whose value is a secret itself, and no path to one. */
const secretName = /(?:PASSWORD|PASSPHRASE|SECRET|TOKEN|DEVOPS_KEY)$/v;

const stateFound = (look: WorkloadLook): ReadonlyArray<Seen<Code>> => {
	if (!look.main || !hasClaim(look)) {
		return [];
	}

	const {spec, path} = look.main.container;
	return listOf(spec.env).flatMap((entry, index) => {
		const name = textOf(fieldOf(entry, 'name')) ?? '';
		const isSet =
			textOf(fieldOf(entry, 'value')) !== undefined || fieldOf(entry, 'valueFrom', 'secretKeyRef') !== undefined;
		return isSet && secretName.test(name)
			? [
					{
						code: 'state-holds-secret' as const,
						on: look.object,
						field: `${joinField(path, 'env')}[${index}].name`,
						seen: `${name} is set in the environment`,
					},
				]
			: [];
	});
};

/** Findings about the secrets that the images write onto the volume. */
export const stateFindings = (look: Look): ReadonlyArray<Seen<Code>> =>
	look.workloads.flatMap(workload => stateFound(workload));
