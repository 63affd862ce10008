import {productWith, type Product} from '../../ping/catalogue/index.js';
import {pingAccessApi, pingFederateApi} from '../../profile/admin-api.js';
import {exportedProfile} from './exported.js';
import {generatedProfile} from './generated.js';
import type {Collecting, ProfileWay} from './way.js';

const dataText = ({data}: Product): string =>
	data.path === undefined ? '' : ` Its data (${data.what}) is carried by ${data.carriedBy}.`;

/** What an operator saves himself, and from where. */
const byHand: ProfileWay = {
	kind: 'leave',
	why: product =>
		`${product.title} writes no profile of itself: save it by hand. The profile has ` +
		`${product.profile.paths.join(', ')}; what stands below instance/ there lies below /opt/out/instance of ` +
		`the pod. Keep out of git: ${product.profile.neverCommit.join(', ')}.${dataText(product)}`,
};

const none: ProfileWay = {
	kind: 'leave',
	why: product =>
		`${product.title} has no server profile: its manifest is its whole configuration.${dataText(product)}`,
};

/** How each method of the catalogue is carried out. */
const ways: Readonly<Record<Product['profile']['method'], ProfileWay>> = {
	'generate-profile': generatedProfile,
	'bulk-export': exportedProfile(pingFederateApi),
	'config-export': exportedProfile(pingAccessApi),
	'by-hand': byHand,
	none,
};

/** How the configuration of a product is saved, or why it is left to the operator. */
export const profileWayOf = (id: string): Collecting | {readonly kind: 'leave'; readonly why: string} => {
	const product = productWith(id);
	if (!product) {
		return {
			kind: 'leave',
			why: `${id} is not a product that is known here: save its configuration as its documentation says.`,
		};
	}

	const way = ways[product.profile.method];
	return way.kind === 'collect' ? way : {kind: 'leave', why: way.why(product)};
};
