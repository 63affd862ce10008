/** A sink that counts entries without reading them. */
type Counter = {
	readonly write: (chunk: Uint8Array) => void;
	readonly entries: () => number;
};

const newline = 0x0A;
const prefix = [0x64, 0x6E, 0x3A];

/**
Makes a counter of entries: lines that begin with `dn:` (or `dn::`) at column 0, as `grep -c -i '^dn:'` counts them. It knows nothing else of the format, so that it stands beside the reader as a second witness. A byte order mark before the first DN is allowed.
*/
export const createCounter = (): Counter => {
	let entries = 0;
	// How many bytes of «dn:» were seen since the start of the line; -1 within a line.
	let matched = 0;
	let isStart = true;
	return {
		write(chunk) {
			let at = 0;
			if (isStart && chunk.length > 0) {
				isStart = false;
				at = chunk[0] === 0xEF && chunk[1] === 0xBB && chunk[2] === 0xBF ? 3 : 0;
			}

			while (at < chunk.length) {
				if (matched < 0) {
					const found = chunk.indexOf(newline, at);
					if (found === -1) {
						return;
					}

					at = found + 1;
					matched = 0;
					continue;
				}

				const byte = chunk[at]!;
				if ((byte | 0x20) === prefix[matched] || byte === prefix[matched]) {
					matched += 1;
					if (matched === prefix.length) {
						entries += 1;
						matched = -1;
					}
				} else {
					matched = byte === newline ? 0 : -1;
				}

				at += 1;
			}
		},
		entries: () => entries,
	};
};

/** Counts the entries of a stream; see `createCounter`. */
export const countEntries = async (source: AsyncIterable<Uint8Array>): Promise<number> => {
	const counter = createCounter();
	for await (const chunk of source) {
		counter.write(chunk);
	}

	return counter.entries();
};
