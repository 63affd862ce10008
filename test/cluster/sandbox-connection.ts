import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {readConnection} from '../../source/cluster/api/kubeconfig.js';
import type {Connection} from '../../source/cluster/connection.js';
import {startSandbox, type Sandbox, type SandboxOptions} from '../../source/sandbox/sandbox.js';
import {temporaryFolder} from './temporary-folder.js';

/** A sandbox for one test, and a connection to it. */
export const withSandbox = async (
	options: SandboxOptions = {},
): Promise<{readonly sandbox: Sandbox; readonly connection: Connection}> => {
	const sandbox = await startSandbox({entries: 10, ...options});
	onTestFinished(sandbox.close);
	const folder = await temporaryFolder();
	const kubeconfig = join(folder, 'kubeconfig');
	await writeFile(kubeconfig, sandbox.kubeconfig, {mode: 0o600});
	return {
		sandbox,
		connection: await readConnection({
			kubeconfig,
			environment: {},
			home: folder,
			cacheFolder: join(folder, 'cache'),
		}),
	};
};
