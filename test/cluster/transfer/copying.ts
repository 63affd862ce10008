import {readdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {createTransfer, type TransferOptions} from '../../../source/cluster/transfer/transfer.js';
import type {Fault} from './local-pod.js';

export const mebibyte = 1024 * 1024;
const connection = {
	kubeconfig: '/nowhere',
	context: 'test',
	namespace: 'identity',
	cacheFolder: '/nowhere',
};

/** A transfer in ranges of a mebibyte that does not wait before it tries again. */
export const transferWith = (options: TransferOptions): ReturnType<typeof createTransfer> =>
	createTransfer(connection, {
		rangeBytes: mebibyte,
		sleep: async () => undefined,
		...options,
	});

/** Whether a command in the pod sends ranges. */
export const isSending = (argv: readonly string[]): boolean => argv.some(word => word.includes('packer='));

/** Whether a command in the pod takes a range. */
export const isTaking = (argv: readonly string[]): boolean => argv.some(word => word.includes('conv=notrunc'));

/** Faults for the first sessions that send ranges, one each. */
export const faultsInTurn = (faults: readonly Fault[], applies = isSending) => {
	const left = [...faults];
	return (argv: readonly string[]): Fault | undefined => (applies(argv) ? left.shift() : undefined);
};

/** What lies in the folder of a file. */
export const filesOf = async (path: string): Promise<readonly string[]> => {
	const names = await readdir(dirname(path));
	return names.toSorted();
};
