import {quoted} from '../../failure/quoted.js';
import type {RunFacts} from '../step.js';

/**
What `unroot resume` and `unroot rollback` are to be given for a run: its id, or its folder where that was named by the
operator, and the kubeconfig where one was.
*/
export const runName = ({
	id,
	folder,
	kubeconfig,
	actsAs,
}: Pick<RunFacts, 'id' | 'folder' | 'kubeconfig' | 'actsAs'>): string =>
	[
		folder.endsWith(`/${id}`) ? id : quoted(folder),
		...(kubeconfig === undefined ? [] : ['--kubeconfig', quoted(kubeconfig)]),
		...(actsAs ? ['--as', quoted(actsAs.user), ...actsAs.groups.flatMap(group => ['--as-group', quoted(group)])] : []),
	].join(' ');
