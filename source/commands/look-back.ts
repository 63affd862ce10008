import {exitStatus} from '../failure/failure.js';
import {journalPath} from '../machine/journal.js';
import {checklistOf} from '../migration/words/checklist.js';
import {renderPage, renderReport, type ReportOptions} from '../report/report.js';
import {renderStatus, statusJson} from '../report/status.js';
import {checklist} from '../steps/index.js';
import {structuredText} from './print.js';
import {readRun} from './runs.js';
import type {Surroundings} from './surroundings.js';

/** `unroot status`: where a run stands. */
export const showStatus = async (surroundings: Surroundings): Promise<number> => {
	const {folder, state} = await readRun(surroundings);
	const {stdout, options, isAscii} = surroundings;
	stdout.write(
		options.output === 'text'
			? `${renderStatus(state, {
					checklist: checklistOf(checklist),
					now: new Date().toISOString(),
					ascii: isAscii,
				}).trimEnd()}\nfolder ${folder}\n`
			: structuredText({...statusJson(state), folder}, options.output),
	);
	return exitStatus.done;
};

/** `unroot report`: what was decided, done and proved, as Markdown or as a page of HTML. */
export const showReport = async (surroundings: Surroundings): Promise<number> => {
	const {folder, events, state} = await readRun(surroundings);
	const {stdout, options, program} = surroundings;
	const report: ReportOptions = {
		program,
		folder,
		journal: journalPath(folder),
		checklist: checklistOf(checklist),
	};
	if (options.isPage) {
		stdout.write(renderPage(events, report));
	} else {
		stdout.write(options.output === 'text' ? renderReport(events, report) : structuredText(state, options.output));
	}

	return exitStatus.done;
};
