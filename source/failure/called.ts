import {basename} from 'node:path';
import process from 'node:process';

/** The name that the program was called by, such as `unroot` or `kubectl-unroot`. */
export const calledName = basename(process.argv[1] ?? '');

/** Whether kubectl called it, as its plugin. */
export const isPlugin = calledName === 'kubectl-unroot';

/** What stands after the name in a command, and not in a sentence. A test holds this to the commands there are. */
export const commandNames =
	'migrate|resume|rehearse|inspect|plan|status|runs|verify|rollback|unfreeze|finish|report|ldif|completion|sandbox|' +
	'workloads|questions';

const command = new RegExp(String.raw`(?<![\w\-.\/=])(?<!kubectl )unroot(?= (?:--?[a-z]|(?:${commandNames})\b))`, 'gv');

/** A text whose commands can be typed as the program was called: as a plugin it is `kubectl unroot`. */
export const asCalled = (text: string, asPlugin: boolean = isPlugin): string =>
	asPlugin ? text.replaceAll(command, 'kubectl unroot') : text;
