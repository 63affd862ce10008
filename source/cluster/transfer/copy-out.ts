import {pipeline} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {Failure} from '../../failure/failure.js';
import type {CopyReceipt, Fingerprint} from '../../migration/world.js';
import type {Pod} from './ask.js';
import {createMeter, type Copy} from './copy.js';
import {driveCopy, type CopySession} from './drive.js';
import {localFailure} from './failures.js';
import {createLedger} from './ledger.js';
import {bounded, hashesOf, lookAtFile, sumOf, type FileLook, type Sum} from './look.js';
import {openPartial, type PartialCopy} from './partial.js';
import {follow, recheckRanges} from './reading.js';
import {receive, type Receiver} from './receive.js';
import {blockBytes, sendScript} from './scripts.js';
import {openSession} from './session.js';
import {createSink} from './sink.js';
import type {Trouble} from './trouble.js';

type CopiedFile = {readonly bytes: number; readonly changed: string};

type Outward = Copy & {readonly onBytes?: (bytes: Uint8Array) => void; readonly expected?: Fingerprint};

const inflated = (stdout: Receiver['stream']): Receiver['stream'] =>
	pipeline(stdout, createGunzip({chunkSize: 256 * 1024}), () => undefined);

const sessionOut =
	(
		copy: Outward,
		look: FileLook,
		receiver: Omit<Receiver, 'stream' | 'run' | 'sink' | 'onChunk'>,
		partial: PartialCopy,
	): CopySession =>
	async (run, compressed, pod, seconds) => {
		const session = await openSession(pod, sendScript, [
			copy.remotePath,
			String(run.first),
			String(run.count),
			String(copy.rangeBytes / blockBytes),
			look.hash,
			compressed && (copy.streams ?? 1) === 1 ? 'before' : 'beside',
			...bounded(look, seconds, compressed ? ['gzip', '-1', '-c'] : ['cat']),
		]);
		const {stdout} = session.child;
		let begun: number | undefined;
		let trouble: Trouble | undefined;
		try {
			trouble = await receive({
				...receiver,
				run,
				stream: compressed ? inflated(stdout) : stdout,
				sink: createSink(partial.handle),
				onChunk() {
					begun ??= performance.now();
					session.watch.touch();
				},
			});
		} catch (error) {
			// An error of the file here has the name of a system call; all others are the stream's.
			const known = (error as NodeJS.ErrnoException).syscall === 'write' ? localFailure(error, copy.localPath) : error;
			if (known instanceof Failure) {
				await session.close({kind: 'cut', seen: known.parts.seen});
				throw known;
			}

			trouble = {kind: 'cut', seen: `The stream from the pod broke: ${(error as Error).message}.`};
		}

		const moved = (performance.now() - (begun ?? performance.now())) / 1000;
		return {seconds: moved, trouble: await session.close(trouble)};
	};

/** A copy whose ranges are all here. */
type Complete = {
	readonly copy: Outward;
	readonly look: FileLook;
	readonly partial: PartialCopy;
	readonly file: CopiedFile;
	/** SHA-256 of the ranges, as both sides made them. */
	readonly hashes: ReadonlyMap<number, string>;
	/** SHA-256 of the whole file here. */
	readonly whole: Promise<string>;
};

/** Tells which ranges do not agree, forgets them, and gives the Failure. Where all agree, all are forgotten. */
const disagreement = async (
	{copy, look, partial, hashes}: Complete,
	here: string,
	there: Sum | undefined,
): Promise<Failure> => {
	const inPod = await hashesOf(copy.pod, look, copy.remotePath, {
		count: hashes.size,
		blocks: copy.rangeBytes / blockBytes,
	});
	const bad = [...hashes].filter(([range, sha256]) => inPod.get(range) !== sha256).map(([range]) => range);
	await partial.forget(new Set(bad.length > 0 ? bad : hashes.keys()));
	return copy.failures.hashDiffers(copy.remotePath, here, there?.sha256 ?? '');
};

/** Gives the SHA-256 of the whole file here, once it agrees with the pod's. */
const proved = async (complete: Complete, signal: AbortSignal): Promise<string> => {
	const {
		copy: {pod, failures, remotePath, expected},
		look,
		file,
		whole,
	} = complete;
	if (expected?.bytes === file.bytes && expected.sha256 === (await whole)) {
		return expected.sha256;
	}

	const [here, there] = await Promise.all([whole, sumOf({...pod, signal}, look, remotePath, file.bytes)]);
	if (there?.sha256 === here && there.bytes === file.bytes) {
		if (expected) {
			throw failures.sourceChanged(remotePath);
		}

		return here;
	}

	throw there && (there.bytes !== file.bytes || there.changed !== file.changed)
		? failures.sourceChanged(remotePath)
		: await disagreement(complete, here, there);
};

const copyRanges = async (
	copy: Outward,
	look: FileLook,
	partial: PartialCopy,
	file: CopiedFile,
): Promise<CopyReceipt> => {
	const {pod, failures, rangeBytes, streams = 1} = copy;
	const begun = performance.now();
	const ledger = createLedger(file.bytes, rangeBytes);
	const hashes = new Map<number, string>();
	const meter = createMeter(copy, ledger, file.bytes);
	for (const range of partial.recorded.keys()) {
		if (range < ledger.count) {
			ledger.record(range);
		}
	}

	const stop = new AbortController();
	const signal = AbortSignal.any([pod.signal, stop.signal]);
	const follower = follow({handle: partial.handle, ledger, signal}, ledger.isVerified, copy.onBytes);
	// Where `onBytes` throws, there is no use in copying on.
	follower.whole.catch((error: unknown) => {
		stop.abort(error);
	});
	const onKnown = (range: number, sha256: string): void => {
		hashes.set(range, sha256);
		meter.report();
		follower.advance();
	};

	const session = sessionOut(
		copy,
		look,
		{
			ledger,
			onVerified(range, sha256) {
				ledger.verify(range);
				partial.record(range, sha256);
				onKnown(range, sha256);
			},
			onDiffers: meter.onRetry,
		},
		partial,
	);
	const clean = async (cleaned: Pod): Promise<void> => {
		const now = await lookAtFile({...cleaned, signal}, failures, copy.remotePath);
		if (typeof now.file === 'string') {
			throw failures.remoteMissing(copy.remotePath);
		}

		if (now.file.bytes !== file.bytes || now.file.changed !== file.changed) {
			throw failures.sourceChanged(copy.remotePath);
		}
	};

	try {
		let resumedFrom = 0;
		do {
			const rechecked = recheckRanges({handle: partial.handle, ledger, signal}, partial.recorded, onKnown);
			await Promise.all([
				driveCopy({
					pod: {...pod, signal},
					failures,
					ledger,
					totalBytes: file.bytes,
					rangeBytes,
					streams,
					session,
					clean,
					canCompress: look.hasGzip,
					onTurn: meter.onTurn,
					onTrouble: meter.onTrouble,
				}),
				rechecked,
			]);
			resumedFrom = Math.max(resumedFrom, await rechecked);
		} while (!ledger.isWhole());

		const here = await proved(
			{
				copy,
				look,
				partial,
				file,
				hashes,
				whole: follower.whole,
			},
			signal,
		);

		await partial.settled();
		await partial.place();
		return {
			bytes: file.bytes,
			sha256: here,
			ranges: ledger.count,
			retried: meter.retried(),
			resumedFrom,
			seconds: (performance.now() - begun) / 1000,
		};
	} catch (error) {
		stop.abort(error);
		throw error;
	}
};

/** Copies a file out of a pod. */
export const copyOut = async (copy: Outward): Promise<CopyReceipt> => {
	const {pod, failures, remotePath, localPath, rangeBytes, family} = copy;
	const look = await lookAtFile(pod, failures, remotePath, family);
	if (look.file === 'absent') {
		throw failures.remoteMissing(remotePath);
	}

	if (look.file === 'unreadable') {
		throw failures.remoteUnreadable(remotePath);
	}

	const {bytes, changed} = look.file;
	let partial: PartialCopy | undefined;
	try {
		partial = await openPartial(localPath, `unroot-copy 1 ${bytes} ${changed} ${rangeBytes} ${family}`, bytes);
		return await copyRanges(copy, look, partial, look.file);
	} catch (error) {
		throw localFailure(error, localPath);
	} finally {
		await partial?.close();
	}
};
