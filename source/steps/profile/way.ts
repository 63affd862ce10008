import type {Inspection, Question, Reporter, StepContext} from '../../migration/step.js';
import type {Fingerprint} from '../../migration/world.js';
import type {Product} from '../../ping/catalogue/index.js';
import type {ProfileTree} from '../../profile/tree.js';

/** The question that says by which way, where a product has more than one. */
export const methodId = 'profile-method';

/** The way that every product has. */
export const methodByDefault = 'export';

/** What the profile step uses of the world. */
export type ProfileNeeds = 'cluster' | 'pods' | 'transfer' | 'files' | 'git';

/** What a profile needs and git must not hold, in files of mode 0600 in the run's folder. */
export type ProfileSecrets = {
	/** The values of the variables, and how many there are; null where the way makes no variables. */
	readonly values: {readonly path: string; readonly count: number} | null;
	/** The key they are encrypted with; null where it was not found. */
	readonly key: {readonly name: string; readonly path: string; readonly sha256: string} | null;
	/** The configuration archive, where that way was chosen. */
	readonly archive?: Fingerprint & {readonly path: string};
};

/** A profile before it is committed. */
export type ProfileDraft = {
	/** Files without secrets, relative to the profile's root. */
	readonly files: ProfileTree;
	readonly removed: readonly string[];
	/** Places that would pin the old server. */
	readonly toDecide: readonly string[];
	/** What else a new server must be given, a sentence each. */
	readonly toProvide: readonly string[];
	readonly secrets: ProfileSecrets | null;
};

/** A way to save a configuration from a running workload. */
export type Collecting = {
	readonly kind: 'collect';
	/** What made the profile, for the commit's message. */
	readonly madeBy: (context: Pick<StepContext, 'answers'>) => string;
	/** Where the images look for it. */
	readonly pathWhy: string;
	/** What stands against it, if anything; otherwise what was seen. Changes nothing. */
	readonly look: (context: StepContext<ProfileNeeds>) => Promise<Inspection>;
	readonly questions: readonly Question[];
	/** Asked last, for as long as there is no draft: they are for making it. */
	readonly secrets: (context: Pick<StepContext, 'answers'>) => readonly Question[];
	readonly preview: (context: StepContext<ProfileNeeds>) => Promise<{
		readonly summary: readonly string[];
		readonly commands: readonly string[];
		readonly files: readonly string[];
	}>;
	readonly draft: (context: StepContext<ProfileNeeds>, reporter: Reporter) => Promise<ProfileDraft>;
};

/** How the configuration of a product is saved: by this program, or by hand. */
export type ProfileWay = Collecting | {readonly kind: 'leave'; readonly why: (product: Product) => string};
