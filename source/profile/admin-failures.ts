import {Failure, type FailureParts} from '../failure/failure.js';
import {tellableDetails} from '../failure/tellable.js';
import type {AdminApi, Exportable} from './admin-api.js';

/** What was asked for and where, and how an operator asks for it by hand: curl prompts for the password there. */
export type Asked = {
	readonly api: AdminApi;
	readonly wanted: Exportable;
	readonly pod: string;
	readonly user: string;
	readonly byHand: string;
};

const failureOf = (
	{byHand}: Asked,
	parts: Pick<FailureParts, 'code' | 'seen' | 'means' | 'todo'>,
	said: readonly string[] = [],
): Failure => new Failure({...parts, byHand, retryable: true, details: tellableDetails(said)}, {said});

const unsaved = 'The configuration is not saved yet. The server goes on as before.';

/** No curl: another tool would take the password as an argument, where every process of the node can read it. */
export const noCurl = (asked: Asked): Failure =>
	failureOf(asked, {
		code: 'no-curl-in-pod',
		seen: `There is no curl in ${asked.pod}.`,
		means: `${unsaved} Other tools would show the password in the process list.`,
		todo: `Forward the port, fetch the ${asked.wanted.title} with a curl of your own, and ${asked.wanted.saveIt}.`,
	});

/** What an answer of the API other than 200 means. */
export const refused = (asked: Asked, status: string, details: readonly string[]): Failure => {
	const {api, wanted, pod, user} = asked;
	switch (status) {
		case '000':
		case '': {
			return failureOf(
				asked,
				{
					code: 'admin-api-unreachable',
					seen: `Nothing answers on the administration port in ${pod}.`,
					means: `${unsaved} The pod may be an engine, the port may be another, or the console is not up.`,
					todo:
						`Look that the pod is the administration node and ready, and that ${api.portVariable} names its ` +
						'port; then try again.',
				},
				details,
			);
		}

		case '401': {
			return failureOf(asked, {
				code: 'admin-password-refused',
				seen: `The administration API in ${pod} refuses the password of ${user} (401).`,
				means: `${unsaved} An account may be locked after a few wrong passwords.`,
				todo:
					'Try again with the right one: it is read from its file or asked for again. Or go back and name another ' +
					'administrator.',
			});
		}

		case '400':
		case '403': {
			return failureOf(asked, {
				code: 'admin-api-refused',
				seen: `The administration API in ${pod} refuses the export (${status}).`,
				means:
					`${unsaved} The administrator may not be allowed to export, or the API asks for another header than ` +
					`«${api.header}».`,
				todo: 'Name an administrator that may export, then try again.',
			});
		}

		default: {
			return failureOf(
				asked,
				{
					code: 'admin-api-failed',
					seen: `The administration API in ${pod} answers the ${wanted.title} with ${status}.`,
					means: unsaved,
					todo: "Look at the server's log, then try again.",
				},
				details,
			);
		}
	}
};

/** An answer that is no export. */
export const notAnExport = (asked: Asked, why: string): Failure =>
	failureOf(asked, {
		code: 'not-an-export',
		seen: `What ${asked.pod} answered is no ${asked.wanted.title}: ${why}`,
		means: `${unsaved} Nothing of the answer was kept.`,
		todo: 'Ask by hand and look at the answer, then try again.',
	});

/** An export whose place in a profile is not known: a new server would pass over it without a word. */
export const unknownVersion = (asked: Asked, version: string | undefined, from: string): Failure =>
	failureOf(asked, {
		code: 'export-version',
		seen:
			`The ${asked.wanted.title} that ${asked.pod} answered names ` +
			`${/^[\w\-.]{1,40}$/v.test(version ?? '') ? `the version «${version ?? ''}»` : 'no version'}; known are ` +
			`${from} and later.`,
		means:
			`${unsaved} Where a new server looks for such an export is not known, and one in the wrong place is passed ` +
			'over without a word.',
		todo: `Bring the old server to ${from} or later and try again, or set the new server up by hand.`,
	});

/** What was fetched, and is to go, is still there. */
export const stillThere = (asked: Asked, left: readonly string[]): Failure =>
	failureOf(asked, {
		code: 'export-left',
		seen: `The ${asked.wanted.title} was read, but ${left.join('; ')}.`,
		means: 'It is full of secrets, and whoever may look there could read it.',
		todo: 'Try again: what is left is removed then. Or remove it by hand.',
	});
