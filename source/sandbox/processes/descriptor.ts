import type {OpenFile} from '../files/open-file.js';

/** An open file, pipe or socket of a process. It is shared: the last one to release it closes it. */
export type Descriptor = {
	/** The next bytes, or undefined at the end. */
	readonly read: () => Promise<Uint8Array | undefined>;
	/** Resolves when the bytes are taken; rejects with EPIPE where nobody reads. */
	readonly write: (bytes: Uint8Array) => Promise<void>;
	/** Only of a file: it can be read and written anywhere. */
	readonly file?: OpenFile;
	readonly retain: () => void;
	readonly release: () => void;
};

/** The descriptors of a process, by number. */
export type Descriptors = ReadonlyMap<number, Descriptor>;

/** Nobody reads what is written: a process that does not care is ended by SIGPIPE. */
const brokenPipe = (): Error => Object.assign(new Error('Broken pipe'), {code: 'EPIPE'});

/** Adds the counting of users to what reads, writes and closes. */
export const share = (
	parts: Pick<Descriptor, 'read' | 'write' | 'file'>,
	close: () => void = () => {
		/* nothing to close */
	},
): Descriptor => {
	let users = 1;
	return {
		...parts,
		retain() {
			users++;
		},
		release() {
			users--;
			if (users === 0) {
				close();
			}
		},
	};
};

/** Retains all descriptors, for a process that inherits them. */
export const inherit = (descriptors: Descriptors): Map<number, Descriptor> => {
	for (const descriptor of descriptors.values()) {
		descriptor.retain();
	}

	return new Map(descriptors);
};

export const releaseAll = (descriptors: Descriptors): void => {
	for (const descriptor of descriptors.values()) {
		descriptor.release();
	}
};

const notPossible = async (): Promise<never> => {
	throw Object.assign(new Error('Bad file descriptor'), {code: 'EBADF'});
};

/** `/dev/null`, and the standard input of an exec that has none. */
export const nothing = (): Descriptor =>
	share({
		read: async () => undefined,
		async write() {
			/* gone */
		},
	});

/** A file that is open for reading from its start. */
export const fileReader = (file: OpenFile): Descriptor => {
	const pieces = file.readAt(0)[Symbol.iterator]();
	return share({
		async read() {
			const next = pieces.next();
			return next.done ? undefined : next.value;
		},
		write: notPossible,
		file,
	});
};

/** A file that is open for writing, at its start or at its end. */
export const fileWriter = (file: OpenFile, append: boolean): Descriptor => {
	let position = 0;
	return share({
		read: notPossible,
		async write(bytes) {
			file.writeAt(append ? file.size() : position, bytes);
			position += bytes.length;
		},
		file,
	});
};

const pipeCapacity = 262_144;

/** A pipe: writers wait while it is full, readers while it is empty. */
export const pipe = (): {readonly reader: Descriptor; readonly writer: Descriptor} => {
	const waiting: Uint8Array[] = [];
	const state = {
		bytes: 0,
		isWritable: true,
		isReadable: true,
		wake: Promise.withResolvers<undefined>(),
	};
	const changed = (): void => {
		state.wake.resolve(undefined);
		state.wake = Promise.withResolvers<undefined>();
	};

	return {
		reader: share(
			{
				async read() {
					while (state.isWritable && waiting.length === 0) {
						await state.wake.promise;
					}

					const chunk = waiting.shift();
					state.bytes -= chunk?.length ?? 0;
					changed();
					return chunk;
				},
				write: notPossible,
			},
			() => {
				state.isReadable = false;
				waiting.length = 0;
				changed();
			},
		),
		writer: share(
			{
				read: notPossible,
				async write(chunk) {
					while (state.isReadable && state.bytes >= pipeCapacity) {
						await state.wake.promise;
					}

					if (!state.isReadable) {
						throw brokenPipe();
					}

					if (chunk.length === 0) {
						return;
					}

					waiting.push(chunk);
					state.bytes += chunk.length;
					changed();
				},
			},
			() => {
				state.isWritable = false;
				changed();
			},
		),
	};
};
