import {PassThrough, Writable} from 'node:stream';
import xterm from '@xterm/headless';

/** A terminal without a window: what a program writes is drawn by a real emulator. */
export type TestTerminal = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** The screen's rows, without the spaces at their ends. */
	readonly rows: () => readonly string[];
	readonly text: () => string;
	/** Everything that was written, sequences included. */
	readonly written: () => string;
	readonly cursor: () => {readonly x: number; readonly y: number};
	readonly press: (keys: string) => void;
	readonly resize: (columns: number, rows: number) => void;
};

/** Keys as a terminal sends them. */
export const keys = {
	up: '\u{1B}[A',
	down: '\u{1B}[B',
	right: '\u{1B}[C',
	left: '\u{1B}[D',
	home: '\u{1B}[H',
	end: '\u{1B}[F',
	pageDown: '\u{1B}[6~',
	pageUp: '\u{1B}[5~',
	enter: '\r',
	escape: '\u{1B}',
	interrupt: '\u{3}',
	tab: '\t',
	backspace: '\u{7F}',
} as const;

/** Text as a terminal sends it when it is pasted. */
export const pasted = (text: string): string => `\u{1B}[200~${text}\u{1B}[201~`;

export const createTerminal = (columns: number, rows: number): TestTerminal => {
	const terminal = new xterm.Terminal({
		cols: columns,
		rows,
		allowProposedApi: true,
		convertEol: true,
	});
	let written = '';
	const size = {columns, rows};
	const stdout = Object.assign(
		new Writable({
			decodeStrings: false,
			write(chunk: string, _encoding, done) {
				written += chunk;
				terminal.write(chunk, done);
			},
		}),
		{isTTY: true, ...size},
	) as unknown as NodeJS.WriteStream;
	const stdin = Object.assign(new PassThrough(), {
		isTTY: true,
		setRawMode: () => undefined,
		ref: () => undefined,
		unref: () => undefined,
	}) as unknown as NodeJS.ReadStream & PassThrough;
	const screen = (): readonly string[] => {
		const {active} = terminal.buffer;
		return Array.from(
			{length: terminal.rows},
			(_, index) => active.getLine(active.viewportY + index)?.translateToString(true) ?? '',
		);
	};

	return {
		stdin,
		stdout,
		rows: screen,
		text: () => screen().join('\n'),
		written: () => written,
		cursor: () => ({x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY}),
		press(pressed) {
			stdin.write(pressed);
		},
		resize(newColumns, newRows) {
			terminal.resize(newColumns, newRows);
			Object.assign(stdout, {columns: newColumns, rows: newRows});
			stdout.emit('resize');
		},
	};
};
