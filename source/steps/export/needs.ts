import type {FreezeNeeds} from '../freeze/servers.js';

/** What the export uses of the world. */
export type Needs = FreezeNeeds | 'files' | 'transfer';
