import type {Screen} from '../screen.js';
import {failedScreen, lookingScreen, openingScreen, previewScreen, workingScreen} from './doing.js';
import {endedScreen} from './over.js';
import {choiceScreen, writtenScreen} from './question.js';
import type {Parts, Shown} from './shown.js';

/** Draws a screen. */
export const showScreen = (screen: Screen, parts: Parts): Shown => {
	const {question} = parts.state.live;
	switch (screen.kind) {
		case 'choice':
		case 'written': {
			if (!question) {
				return lookingScreen(screen.step, parts);
			}

			return question.kind === 'choice' ? choiceScreen(question, parts) : writtenScreen(question, parts);
		}

		case 'opening': {
			return openingScreen(parts);
		}

		case 'looking': {
			return lookingScreen(screen.step, parts);
		}

		case 'preview': {
			return previewScreen(screen.step, parts);
		}

		case 'working': {
			return workingScreen(screen.step, parts);
		}

		case 'failed': {
			return failedScreen(screen.step, parts);
		}

		case 'ended': {
			return endedScreen(parts);
		}
	}
};
