import type {StepContext} from '../../migration/step.js';
import {productWith} from '../../ping/catalogue/index.js';
import type {AdminApi} from '../../profile/admin-api.js';
import {outcomeOf} from '../outcomes.js';
import {countText} from '../run/words.js';
import type {ProfileSecrets} from './way.js';

/** What a new server must be given of the variables' values. */
export const valuesToProvide = ({path, count}: NonNullable<ProfileSecrets['values']>): readonly string[] =>
	count > 0
		? [
				`give the new server the ${countText(count, 'variable', 'variables')} of variables.txt: kubectl create ` +
					`secret generic NAME --from-env-file=${path}, and name it in envFrom`,
			]
		: [];

/** What a new server must be given of the key. */
export const keyToProvide = (
	{key: {name, remotePath, mountPath}, withoutKey}: AdminApi,
	key: ProfileSecrets['key'],
): string =>
	key
		? `mount ${name} at ${mountPath}, from a Secret made of ${key.path}: without the key of this export, ${withoutKey}`
		: `${name} was not found at ${remotePath}: find it and mount it at ${mountPath}; without it, ${withoutKey}`;

/** Files of a profile that no export holds. */
export const othersToProvide = (context: Pick<StepContext, 'outcomes'>, api: AdminApi): readonly string[] => {
	const product = productWith(outcomeOf(context, 'inventory').workload.product);
	const others = product?.profile.paths.filter(path => path !== api.file) ?? [];
	return others.length > 0 ? [`save by hand what was edited outside of the export: ${others.join(', ')}`] : [];
};
