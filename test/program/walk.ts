import {expect} from 'vitest';
import {keys, type Frame, type ProgramTerminal} from './terminal.js';

/** The step's side of the screen as one text, without what only tells how much is hidden. */
export const paneOf = ({rows}: Frame): string =>
	rows
		.slice(2, -3)
		.map(line => line.replace(/^.*?│ ?/v, '').trim())
		.filter(line => !/^[↑↓] \d/v.test(line))
		.join(' ');

/** The line of the keys that work. */
export const keysOf = ({rows}: Frame): string => rows.at(-2) ?? '';

/** What an operator types on a screen before Enter. */
const typedOn = (pane: string): string =>
	pane.includes('Which image is it to run?')
		? '2103-8.2.0.3'
		: (/Type «(?<word>[^»]+)» to go on/v.exec(pane)?.groups?.word ?? '');

/**
Walks by keys alone: what is recommended, but for the image and the words that have to be typed. Gives the frame that
ends the walk.
*/
export const walk = async (terminal: ProgramTerminal, isThere: (frame: Frame) => boolean): Promise<Frame> => {
	let answered = '';
	for (;;) {
		// Each screen is waited for before it is answered.
		const before = answered;
		const frame = await terminal.until(
			now =>
				isThere(now) ||
				keysOf(now).includes(' try again') ||
				(/^Enter (?:accept|start|go on)/v.test(keysOf(now)) && paneOf(now) !== before),
		);
		if (isThere(frame)) {
			return frame;
		}

		expect(keysOf(frame), frame.text).not.toContain('try again');
		const text = typedOn(paneOf(frame));
		terminal.press(text);

		const typed =
			text === ''
				? frame
				: await terminal.until(
						now =>
							now.text.includes(`❯ ${text}`) &&
							now.text.includes('Enter takes what you typed') === paneOf(frame).includes('Which image'),
					);
		answered = paneOf(typed);
		terminal.press(keys.enter);
	}
};

/** Whether the checklist is done. */
export const isDone = (frame: Frame): boolean => keysOf(frame).startsWith('Enter leave');
