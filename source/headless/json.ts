import type {Ending} from '../migration/engine/session.js';
import type {RunEvent} from '../migration/event.js';
import type {JsonObject} from '../migration/json.js';

/* JSON may hold these as they are; a terminal must not get them. */
const unsafe = /[\u{7F}-\u{9F}\u{61C}\u{200E}\u{200F}\u{2028}\u{2029}\u{202A}-\u{202E}\u{2066}-\u{2069}]/gv;

/** One line of JSON that a terminal shows as it is. */
const jsonLine = (value: unknown): string =>
	JSON.stringify(value).replaceAll(
		unsafe,
		character => String.raw`\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
	);

/** An event as a line. */
export const eventLine = (event: RunEvent): string => jsonLine(event);

/** The last line of a run: how it ended, and whether writes are refused. */
export const endingLine = (run: string, folder: string, {exit, failure}: Ending, freeze: JsonObject | null): string =>
	jsonLine({
		type: 'ended',
		exit,
		run,
		folder,
		freeze,
		...(failure && {failure}),
	});
