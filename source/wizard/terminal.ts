import type {RenderOptions} from 'ink';

/** What the terminal can do, as the caller found out. */
export type Terminal = {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** Whether colours may be used (NO_COLOR, TERM=dumb). */
	readonly colour: boolean;
	/** Whether only ASCII is shown for sure (TERM=dumb, a locale that is not UTF-8). */
	readonly ascii: boolean;
	/** Plain linear text for a screen reader (INK_SCREEN_READER=true). */
	readonly screenReader: boolean;
};

/** How Ink draws on that terminal. The caller has checked that it is one, and the screens own Ctrl-C. */
export const renderOptions = ({stdin, stdout, screenReader}: Terminal): RenderOptions => ({
	stdin,
	stdout,
	interactive: true,
	alternateScreen: !screenReader,
	incrementalRendering: true,
	isScreenReaderEnabled: screenReader,
	exitOnCtrlC: false,
	patchConsole: false,
});
