/** A line of a container's log. */
export type LogLine = {readonly time: Date; readonly text: string};

/** What a container has printed. */
export type Log = {
	readonly write: (...lines: readonly string[]) => void;
	readonly lines: () => readonly LogLine[];
	/** Tells of every new line until the container ends. Returns what stops it. */
	readonly follow: (onLine: (line: LogLine) => void, onEnd: () => void) => () => void;
	readonly end: () => void;
};

export const makeLog = (): Log => {
	const lines: LogLine[] = [];
	const followers = new Map<(line: LogLine) => void, () => void>();
	return {
		write(...texts) {
			for (const text of texts) {
				const line = {time: new Date(), text};
				lines.push(line);
				for (const onLine of followers.keys()) {
					onLine(line);
				}
			}
		},
		lines: () => lines,
		follow(onLine, onEnd) {
			followers.set(onLine, onEnd);
			return () => {
				followers.delete(onLine);
			};
		},
		end() {
			for (const onEnd of followers.values()) {
				onEnd();
			}
		},
	};
};
