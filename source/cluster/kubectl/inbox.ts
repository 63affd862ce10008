import type {Readable} from 'node:stream';

/** What arrived on a stream and was not taken yet. */
export type Inbox = {
	/** Takes a line and what stands before it, and gives the latter. Undefined where the line has not arrived. */
	readonly take: (line: string) => string | undefined;
	/** Characters that wait to be taken. */
	readonly size: () => number;
};

/** Reads a stream into an inbox; `onArrival` is called after each piece. */
export const inboxOf = (stream: Readable, onArrival: () => void): Inbox => {
	let text = '';
	stream.setEncoding('utf8').on('data', (piece: string) => {
		text += piece;
		onArrival();
	});
	return {
		take(line) {
			const isFirst = text.startsWith(`${line}\n`);
			const at = isFirst ? 0 : text.indexOf(`\n${line}\n`);
			if (at === -1) {
				return undefined;
			}

			const before = text.slice(0, at);
			text = text.slice(at + line.length + (isFirst ? 1 : 2));
			return before;
		},
		size: () => text.length,
	};
};
