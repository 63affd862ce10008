import type {FreezeNeeds} from '../freeze/servers.js';
import type {RoundNeeds} from '../rounds/pictures.js';

/** What the last round needs of the world. */
export type LastRoundNeeds = FreezeNeeds | RoundNeeds;
