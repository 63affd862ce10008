import {quoted} from '../../failure/quoted.js';
import type {RunFacts} from '../step.js';

/** What `unroot resume` and `unroot rollback` are to be given for a run: its id, or its folder where that was named by the operator. */
export const runName = ({id, folder}: Pick<RunFacts, 'id' | 'folder'>): string =>
	folder.endsWith(`/${id}`) ? id : quoted(folder);
