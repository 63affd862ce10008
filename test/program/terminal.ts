import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {spawn, type IPty} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import type {TestContext} from 'vitest';
import type {Picture, Stretch} from '../../tools/recording.js';

/** A whole frame, as an operator sees it. */
export type Frame = {
	/** The window's rows, without the spaces at their ends. */
	readonly rows: readonly string[];
	readonly text: string;
	/** Whether the wizard's screen is shown, and not the one that was there before it. */
	readonly isWizard: boolean;
	/** Whether a row ran over into the next. */
	readonly isWrapped: boolean;
};

/** The program on a terminal of its own. */
export type ProgramTerminal = {
	readonly press: (keys: string) => void;
	/** Resolves with the first frame that shows it; rejects when the program ends before. */
	readonly until: (shows: (frame: Frame) => boolean) => Promise<Frame>;
	/** What is on the screen with its colours. */
	readonly picture: () => Picture;
	/** What is on the screen, and above it. */
	readonly scrollback: () => string;
	/** Everything that was written, sequences included. */
	readonly written: () => string;
	readonly kill: (signal: 'SIGKILL' | 'SIGTERM') => void;
	/** The exit status, once all that was written is drawn. */
	readonly ended: Promise<number>;
};

/** How the program is started. */
export type Start = {
	readonly onTestFinished: TestContext['onTestFinished'];
	readonly environment: Readonly<Record<string, string>>;
	readonly columns?: number;
	readonly rows?: number;
	/** Sees every whole frame. */
	readonly onFrame?: (frame: Frame) => void;
};

/** Keys as a terminal sends them. */
export const keys = {enter: '\r', down: '\u{1B}[B', interrupt: '\u{3}'} as const;

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/**
Starts the built program in a pseudo-terminal, with an emulator as its screen. It is killed when the test is over.
*/
export const startProgram = (
	words: readonly string[],
	{onTestFinished, environment, columns = 80, rows = 24, onFrame}: Start,
): ProgramTerminal => {
	const screen = new xterm.Terminal({
		cols: columns,
		rows,
		allowProposedApi: true,
		scrollback: 1000,
	});
	const program: IPty = spawn(process.execPath, [cli, ...words], {
		name: 'xterm-256color',
		cols: columns,
		rows,
		env: {...environment},
	});
	const listeners = new Set<() => void>();
	let written = '';
	let status: number | undefined;
	let drawing: Promise<void> = Promise.resolve();

	const frame = (): Frame => {
		const {active} = screen.buffer;
		const lines = Array.from({length: rows}, (_, index) => active.getLine(active.baseY + index));
		const shown = lines.map(line => line?.translateToString(true) ?? '');
		return {
			rows: shown,
			text: shown.join('\n'),
			isWizard: active.type === 'alternate',
			isWrapped: lines.some(line => line?.isWrapped === true),
		};
	};

	const picture = (): Picture => {
		const {active} = screen.buffer;
		return Array.from({length: rows}, (_, index) => {
			const line = active.getLine(active.baseY + index);
			const stretches: Stretch[] = [];
			for (let column = 0; column < columns; column++) {
				const cell = line?.getCell(column);
				if (cell === undefined || cell.getWidth() === 0) {
					continue;
				}

				const look = {
					...(cell.isFgPalette() && {colour: cell.getFgColor()}),
					isBold: cell.isBold() !== 0,
					isDim: cell.isDim() !== 0,
					isInverse: cell.isInverse() !== 0,
				};
				const last = stretches.at(-1);
				const text = cell.getChars() || ' ';
				const isSame =
					last?.colour === look.colour &&
					last?.isBold === look.isBold &&
					last.isDim === look.isDim &&
					last.isInverse === look.isInverse;
				stretches.splice(isSame ? -1 : stretches.length, isSame ? 1 : 0, {
					...look,
					text: (isSame ? last.text : '') + text,
				});
			}

			return stretches;
		});
	};

	const tell = (): void => {
		for (const listener of listeners) {
			listener();
		}
	};

	const draw = async (chunk: string): Promise<void> =>
		new Promise(resolve => {
			screen.write(chunk, () => {
				// Within a synchronized update the screen is half drawn, and a terminal does not show it.
				if (!screen.modes.synchronizedOutputMode) {
					onFrame?.(frame());
					tell();
				}

				resolve();
			});
		});
	program.onData(chunk => {
		written += chunk;
		drawing = draw(chunk);
	});
	const ended = new Promise<number>(resolve => {
		program.onExit(({exitCode, signal}) => {
			void drawing.then(() => {
				status = signal ? 128 + signal : exitCode;
				tell();
				resolve(status);
			});
		});
	});
	onTestFinished(() => {
		if (status === undefined) {
			program.kill('SIGKILL');
		}

		screen.dispose();
	});

	return {
		press(pressed) {
			program.write(pressed);
		},
		until: async shows =>
			new Promise((resolve, reject) => {
				const look = (): void => {
					const now = frame();
					if (shows(now)) {
						listeners.delete(look);
						resolve(now);
					} else if (status !== undefined) {
						listeners.delete(look);
						reject(new Error(`The program ended with ${status} and shows:\n${now.text}`));
					}
				};

				listeners.add(look);
				look();
			}),
		picture,
		scrollback() {
			const {normal} = screen.buffer;
			return Array.from(
				{length: normal.length},
				(_, index) => normal.getLine(index)?.translateToString(true) ?? '',
			).join('\n');
		},
		written: () => written,
		kill(signal) {
			program.kill(signal);
		},
		ended,
	};
};
