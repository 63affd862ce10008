import {resolve} from 'node:path';
import {exitStatus, Failure} from '../failure/failure.js';
import {unseal} from '../machine/seal.js';
import type {Surroundings} from './surroundings.js';

const usage = (seen: string): Failure =>
	new Failure({
		code: 'usage',
		seen,
		means: 'The call was not understood. Nothing was done.',
		todo: 'Name the sealed file, and the file that holds its passphrase.',
		byHand: 'unroot ldif unseal FILE.sealed --passphrase-file FILE',
		exit: 'usage',
	});

/** Opens a sealed copy beside itself. */
const openSealed = async ({options, stdout}: Surroundings, path: string | undefined): Promise<number> => {
	const {'passphrase-file': passphrase} = options.values;
	if (path === undefined || passphrase === undefined) {
		throw usage('unroot ldif unseal needs a file and --passphrase-file.');
	}

	const target = path.replace(/\.sealed$/v, '');
	if (target === path) {
		throw usage(`${path} does not end in .sealed.`);
	}

	const {bytes, sha256} = await unseal(resolve(path), passphrase, resolve(target));
	stdout.write(
		options.output === 'json'
			? `${JSON.stringify({path: target, bytes, sha256})}\n`
			: `${target}: ${bytes} bytes, SHA-256 ${sha256}\n`,
	);
	return exitStatus.done;
};

/** `unroot ldif`: digest, diff and unseal. */
export const ldif = async (surroundings: Surroundings): Promise<number> => {
	const {options, stdout, stderr} = surroundings;
	if (options.positionals[0] === 'unseal') {
		return openSealed(surroundings, options.positionals[1]);
	}

	const {runLdif} = await import('./ldif.js');
	return runLdif(options.positionals, options.output === 'json' ? 'json' : 'text', {stdout, stderr});
};
