import type {Fingerprint} from '../../migration/world.js';
import {ask, type Pod} from './ask.js';
import type {CopyFailures} from './failures.js';
import {hashesScript, lookScript, sumScript} from './scripts.js';

/** The hash tools the look script tries, in its order: OpenSSL's is up to five times as fast as coreutils'. */
const hashTools = new Set([
	'openssl dgst -sha256 -r',
	'sha256sum',
	'shasum -a 256',
	'busybox sha256sum',
	'digest -a sha256',
]);

/** What a pod has for a copy, and what the file is there. */
export type FileLook = {
	readonly hash: string;
	readonly hasGzip: boolean;
	readonly hasTimeout: boolean;
	readonly file: 'absent' | 'unreadable' | {readonly bytes: number; readonly changed: string};
};

const count = (word: string | undefined): number | undefined =>
	word !== undefined && /^\d{1,15}$/v.test(word) ? Number(word) : undefined;

const fileOf = (words: readonly string[]): FileLook['file'] => {
	const bytes = count(words[0]);
	return bytes === undefined
		? words[0] === 'absent'
			? 'absent'
			: 'unreadable'
		: {bytes, changed: /^\d{1,12}$/v.test(words[1] ?? '') ? (words[1] ?? '') : 'unknown'};
};

/**
Ends what earlier tries left in the pod (whatever carries the mark `ends`), then looks at the file and the tools.
Rejects with a Failure where there is no hash tool.
*/
export const lookAtFile = async (
	pod: Pod,
	failures: CopyFailures,
	path: string,
	ends = pod.mark,
): Promise<FileLook> => {
	// It must not find itself.
	const lines = await ask({...pod, mark: 'look.'}, lookScript, [path, ends]);
	const after = (word: string): string | undefined =>
		lines.find(line => line.startsWith(`${word} `))?.slice(word.length + 1);
	const hash = after('hash') ?? '';
	if (!hashTools.has(hash)) {
		throw failures.noHashTool();
	}

	return {
		hash,
		hasGzip: after('gzip') === 'yes',
		hasTimeout: after('timeout') === 'yes',
		file: fileOf((after('file') ?? '').split(' ')),
	};
};

/** A SHA-256 as the pod's tools print it. */
export const isHash = (word: string | undefined): word is string => word !== undefined && /^[\da-f]{64}$/v.test(word);

/** What a file in the pod is. */
export type Sum = Fingerprint & {readonly changed: string};

/** Reads a `sum` line. Undefined where the pod could not read the file. */
export const readSum = (lines: readonly string[]): Sum | undefined => {
	const [, sha256, length, changed = 'unknown'] = lines.find(line => line.startsWith('sum '))?.split(' ') ?? [];
	const bytes = count(length);
	return bytes !== undefined && isHash(sha256) ? {sha256, bytes, changed} : undefined;
};

/** SHA-256 and length of a file in the pod. */
export const sumOf = async (pod: Pod, look: FileLook, path: string, bytes: number): Promise<Sum | undefined> =>
	readSum(await ask(pod, sumScript, [path, look.hash], bytes));

/** Reads `range` lines, or the lines of a list of ranges where `word` is empty. Later lines win. */
export const readRanges = (lines: readonly string[], word: string): ReadonlyMap<number, string> => {
	const ranges = new Map<number, string>();
	for (const line of lines) {
		const [range, sha256] = line.slice(word.length).trimStart().split(' ', 2);
		const index = count(range);
		if (index !== undefined && line.startsWith(word) && isHash(sha256)) {
			ranges.set(index, sha256);
		}
	}

	return ranges;
};

/** SHA-256 of every range of a file in the pod. */
export const hashesOf = async (
	pod: Pod,
	look: FileLook,
	path: string,
	{count: ranges, blocks}: {readonly count: number; readonly blocks: number},
): Promise<ReadonlyMap<number, string>> =>
	readRanges(await ask(pod, hashesScript, [path, '0', String(ranges), String(blocks), look.hash]), 'range ');

/** The words of a command that ends itself in the pod after so many seconds, where the pod can do that. */
export const bounded = (look: FileLook, seconds: number, argv: readonly string[]): readonly string[] =>
	look.hasTimeout ? ['timeout', String(seconds), ...argv] : argv;
