import type {FreezeNeeds} from '../freeze/servers.js';
import type {LastRoundNeeds} from '../last-round/needs.js';
import type {OwnerNeeds} from '../owner/change.js';

/** What the cut-over uses of the world. */
export type Needs = FreezeNeeds | LastRoundNeeds | OwnerNeeds;
