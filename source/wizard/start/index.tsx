import {render} from 'ink';
import {renderOptions} from '../terminal.js';
import {themeOf} from '../theme.js';
import {Start} from './app.js';
import type {StartChoice, StartOptions} from './choice.js';

/**
The screens of `unroot` without a command: what to do, then where.
*/
export const runStartMenu = async (options: StartOptions): Promise<StartChoice> => {
	const {colour, ascii, screenReader} = options;
	let choice: StartChoice = {kind: 'quit'};
	const app = render(
		<Start
			options={options}
			theme={themeOf({colour, ascii: ascii || screenReader})}
			onChoice={chosen => {
				choice = chosen;
			}}
		/>,
		renderOptions(options),
	);
	await app.waitUntilExit();
	return choice;
};
