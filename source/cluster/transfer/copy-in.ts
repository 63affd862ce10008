import {type Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {open, type FileHandle} from 'node:fs/promises';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {tellableDetails} from '../../failure/tellable.js';
import type {CopyReceipt} from '../../migration/world.js';
import {ask} from './ask.js';
import {createMeter, type Copy, type Meter} from './copy.js';
import {driveCopy, type CopySession} from './drive.js';
import {localFailure} from './failures.js';
import {createLedger, type Ledger, type RangeRun} from './ledger.js';
import {bounded, hashesOf, isHash, lookAtFile, readRanges, readSum, sumOf, type FileLook} from './look.js';
import {follow, piecesOf, recheckRanges} from './reading.js';
import {beginScript, blockBytes, endMark, placeScript, takeScript} from './scripts.js';
import {linesOf, openSession, type OpenSession} from './session.js';
import type {Trouble} from './trouble.js';

/** A whole copy whose hash does not agree is repaired so often. */
const repairs = 2;

const longestLine = 4096;

type Inward = Copy & {
	readonly handle: FileHandle;
	readonly bytes: number;
	readonly ledger: Ledger;
	readonly meter: Meter;
	/** SHA-256 of the ranges here. */
	readonly hashes: Map<number, string>;
};

const noRoom = /no space left|quota exceeded|file too large/iv;

/** What the pipes on the way swallow before the pod has read anything. */
const inPipes = 1024 * 1024;

async function* runOf(
	{handle, ledger, hashes}: Inward,
	run: RangeRun,
	onPiece: (bytes: number) => void,
): AsyncGenerator<Buffer> {
	for (let range = run.first; range < run.first + run.count; range += 1) {
		const hash = createHash('sha256');
		for await (const piece of piecesOf(handle, ledger.offsetOf(range), ledger.bytesOf(range), true)) {
			onPiece(piece.length);
			hash.update(piece);
			yield piece;
		}

		hashes.set(range, hash.digest('hex'));
	}
}

/** Reads the pod's hashes of a run, and verifies those that agree. */
const readHashes = async (
	{hashes, ledger, meter}: Inward,
	run: RangeRun,
	session: OpenSession,
): Promise<Trouble | undefined> => {
	let next = run.first;
	let trouble: Trouble | undefined;
	for await (const line of linesOf(session.child.stdout, longestLine)) {
		session.watch.touch();
		if (line === 'stopped') {
			return {kind: 'cut', seen: 'The pod could not write what it was sent.'};
		}

		if (line === endMark && next === run.first + run.count) {
			return trouble;
		}

		const [word, range, sha256] = line.split(' ', 3);
		if (word !== 'range' || range !== String(next)) {
			return {kind: 'refused', seen: 'The pod answered something else than the hashes of what it was sent.'};
		}

		if (isHash(sha256) && sha256 === hashes.get(next)) {
			ledger.verify(next);
			meter.report();
		} else {
			meter.onRetry();
			trouble ??= {kind: 'differs', seen: `The hash of range ${next} made in the pod is not the one made here.`};
		}

		next += 1;
	}

	return {kind: 'cut', seen: "The end of the pod's answer was not seen."};
};

const sessionIn =
	(copy: Inward, look: FileLook): CopySession =>
	async (run, compressed, pod, seconds) => {
		// The last session is proved by the hash of the whole file, which follows at once.
		const isLast = copy.ledger.missing() === 0;
		const session = await openSession(pod, takeScript, [
			copy.remotePath,
			String(run.first),
			String(isLast ? 0 : run.count),
			String(copy.rangeBytes / blockBytes),
			look.hash,
			...bounded(look, seconds, compressed ? ['gzip', '-d', '-c'] : ['cat']),
		]);
		const {stdin} = session.child;
		let begun = performance.now();
		let sentBytes = 0;
		const onPiece = (bytes: number): void => {
			session.watch.touch();
			if (sentBytes < inPipes) {
				begun = performance.now();
			}

			sentBytes += bytes;
		};

		const send = async (): Promise<void> => {
			if (!stdin) {
				return;
			}

			try {
				const pieces = runOf(copy, run, onPiece);
				await (compressed ? pipeline(pieces, createGzip({level: 1}), stdin) : pipeline(pieces, stdin));
			} catch (error) {
				if ((error as NodeJS.ErrnoException).syscall === 'read') {
					throw localFailure(error, copy.localPath);
				}
				// A pod that stopped reading says why on its other streams.
			}
		};

		const sent = send();
		sent.catch(() => undefined);
		let trouble: Trouble | undefined;
		try {
			trouble = await readHashes(copy, isLast ? {...run, count: 0} : run, session);
		} catch (error) {
			trouble = {kind: 'cut', seen: `The stream from the pod broke: ${(error as Error).message}.`};
		}

		const moved = (performance.now() - begun) / 1000;
		const end = await session.close(trouble);
		await sent;
		if (end && noRoom.test(end.stderr ?? '')) {
			throw copy.failures.podDiskFull(copy.remotePath, tellableDetails([end.stderr ?? '']));
		}

		if (isLast && !end) {
			for (let range = run.first; range < run.first + run.count; range += 1) {
				copy.ledger.verify(range);
			}
		}

		return {seconds: moved, trouble: end};
	};

/** Says how far the pod is, or makes it begin, and checks that there is room. */
const begin = async (
	{pod, failures, remotePath, rangeBytes, bytes}: Inward,
	source: string,
): Promise<ReadonlyMap<number, string>> => {
	const lines = await ask(pod, beginScript, [remotePath, source]);
	if (lines.includes('refused')) {
		throw failures.remoteUnwritable(remotePath);
	}

	const after = (word: string): string => lines.find(line => line.startsWith(`${word} `))?.slice(word.length + 1) ?? '';
	const there = Number(after('part')) || 0;
	const room = /^\S+\s+\d+\s+\d+\s+(?<free>\d+)\s/v.exec(after('room'))?.groups?.free;
	const recorded = new Map(
		[...readRanges(lines, '')].filter(([range]) => Math.min((range + 1) * rangeBytes, bytes) <= there),
	);
	if (room !== undefined && bytes - recorded.size * rangeBytes > Number(room) * 1024) {
		throw failures.podDiskFull(remotePath);
	}

	return recorded;
};

/** Whether the whole file is in place already. */
const isInPlace = async (copy: Inward, look: FileLook, sha256: () => Promise<string>): Promise<boolean> => {
	if (typeof look.file === 'string' || look.file.bytes !== copy.bytes) {
		return false;
	}

	const there = await sumOf(copy.pod, look, copy.remotePath, copy.bytes);
	return there?.bytes === copy.bytes && there.sha256 === (await sha256());
};

const sendRanges = async (copy: Inward, look: FileLook, recorded: ReadonlyMap<number, string>): Promise<number> => {
	const {pod, failures, ledger, hashes, handle, rangeBytes, bytes, streams = 1, meter} = copy;
	const onKnown = (range: number, sha256: string): void => {
		hashes.set(range, sha256);
		meter.report();
	};

	let resumedFrom = 0;
	do {
		const rechecked = recheckRanges({handle, ledger, signal: pod.signal}, recorded, onKnown);
		await Promise.all([
			driveCopy({
				pod,
				failures,
				ledger,
				totalBytes: bytes,
				rangeBytes,
				streams,
				session: sessionIn(copy, look),
				canCompress: look.hasGzip,
				onTurn: meter.onTurn,
				onTrouble: meter.onTrouble,
				async clean(cleaned) {
					await lookAtFile(cleaned, failures, copy.remotePath);
				},
			}),
			rechecked,
		]);
		resumedFrom = Math.max(resumedFrom, await rechecked);
	} while (!ledger.isWhole());

	return resumedFrom;
};

/** Puts the copy in place in the pod. Gives the SHA-256 there where it is not the one here. */
const place = async (
	{pod, remotePath, bytes}: Inward,
	look: FileLook,
	sha256: string,
): Promise<{readonly there: string} | undefined> => {
	const lines = await ask(pod, placeScript, [remotePath, sha256, String(bytes), look.hash], bytes);
	if (lines.includes('placed')) {
		return undefined;
	}

	// The answer of an earlier try may have been lost after it put the file in place.
	const now = await sumOf(pod, look, remotePath, bytes);
	return now?.sha256 === sha256 ? undefined : {there: readSum(lines)?.sha256 ?? ''};
};

const copyRanges = async (
	copy: Inward,
	look: FileLook,
	source: string,
	whole: () => Promise<string>,
): Promise<CopyReceipt> => {
	const {pod, ledger, hashes, remotePath, rangeBytes, bytes, meter} = copy;
	const begun = performance.now();
	const receipt = async (resumedFrom: number): Promise<CopyReceipt> => ({
		bytes,
		sha256: await whole(),
		ranges: ledger.count,
		retried: meter.retried(),
		resumedFrom,
		seconds: (performance.now() - begun) / 1000,
	});
	if (await isInPlace(copy, look, whole)) {
		return receipt(bytes);
	}

	const recorded = await begin(copy, source);
	for (const range of recorded.keys()) {
		ledger.record(range);
	}

	let resumedFrom = 0;
	for (let repair = 0; ; repair += 1) {
		resumedFrom = Math.max(resumedFrom, await sendRanges(copy, look, repair === 0 ? recorded : new Map()));
		const here = await whole();
		const wrong = await place(copy, look, here);
		if (!wrong) {
			meter.report();
			return receipt(resumedFrom);
		}

		const inPod = await hashesOf(pod, look, `${remotePath}.part`, {
			count: ledger.count,
			blocks: rangeBytes / blockBytes,
		});
		const bad = [...hashes].filter(([range, sha256]) => inPod.get(range) !== sha256).map(([range]) => range);
		if (repair >= repairs || bad.length === 0) {
			throw copy.failures.hashDiffers(remotePath, here, wrong.there);
		}

		for (const range of bad) {
			meter.onRetry();
			ledger.forget(range);
		}
	}
};

/** Copies a file into a pod. */
export const copyIn = async (copy: Copy): Promise<CopyReceipt> => {
	const {pod, failures, remotePath, localPath, rangeBytes, family} = copy;
	const look = await lookAtFile(pod, failures, remotePath, family);
	const stop = new AbortController();
	let handle: FileHandle | undefined;
	try {
		handle = await open(localPath, 'r');
		const {size, mtimeMs} = await handle.stat();
		const ledger = createLedger(size, rangeBytes);
		const follower = follow({handle, ledger, signal: AbortSignal.any([pod.signal, stop.signal])}, () => true);
		return await copyRanges(
			{
				...copy,
				handle,
				bytes: size,
				ledger,
				meter: createMeter(copy, ledger, size),
				hashes: new Map(),
			},
			look,
			`unroot-copy 1 ${size} ${Math.trunc(mtimeMs)} ${rangeBytes}`,
			async () => follower.whole,
		);
	} catch (error) {
		throw localFailure(error, localPath);
	} finally {
		stop.abort();
		await handle?.close();
	}
};
