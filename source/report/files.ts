import {quoted} from '../failure/quoted.js';
import type {ListedFile} from '../migration/listed.js';
import type {RunState} from '../migration/state.js';
import {code, paragraph, table, type Block, type Line} from './document.js';

const whereOf = ({place}: ListedFile): Line => (place.kind === 'here' ? 'here' : ['in the pod ', code(place.pod)]);

/** The command that removes a file of which nothing was settled, as one that was left has it. */
const byHandOf = ({place, path}: ListedFile, {context, namespace}: RunState, folder: string): string =>
	place.kind === 'here'
		? `rm -f ${quoted(`${folder}/${path}`)}`
		: `kubectl --context ${quoted(context)} --namespace ${quoted(namespace)} exec ${quoted(place.pod)} -c ` +
			`${quoted(place.container)} -- rm -rf ${quoted(path)}`;

const endOf = (file: ListedFile, state: RunState, folder: string): Line => {
	const {end} = file;
	switch (end?.kind) {
		case 'removed': {
			return 'removed, and looked for again';
		}

		case 'kept': {
			return `kept: ${end.why}`;
		}

		case 'left': {
			return [{strong: 'still there:'}, ` ${end.why} `, code(end.byHand)];
		}

		case undefined: {
			return ['not settled yet; to remove it: ', code(byHandOf(file, state, folder))];
		}
	}
};

/** Files whose end is to be read first come first. */
const weightOf = ({end}: ListedFile): number => ({left: 0, open: 1, kept: 2, removed: 3})[end?.kind ?? 'open'];

/** Every file that the run made, here and in pods, and what became of it. */
export const filesBlock = (state: RunState, folder: string): Block =>
	state.files.length === 0
		? paragraph('The run has made no file yet.')
		: table(
				['File', 'Where', 'What became of it'],
				state.files
					.toSorted((one, other) => weightOf(one) - weightOf(other))
					.map(file => [code(file.path), whereOf(file), endOf(file, state, folder)]),
			);
