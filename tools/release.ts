import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';

/*
npm runs this between writing the new version and committing it: what stands under «Unreleased» in the changelog becomes
that version's. A version that nobody would notice is refused.
*/
const path = 'changelog.md';
const version = process.env.npm_package_version ?? '';
const text = readFileSync(path, 'utf8');
const [before, after = ''] = text.split('## Unreleased\n', 2);
const [unreleased = ''] = after.split('\n## ', 1);
if (unreleased.trim() === '') {
	throw new Error(`Nothing stands under «Unreleased» in ${path}: what does ${version} bring?`);
}

const today = new Date().toISOString().slice(0, 10);
writeFileSync(path, `${before}## Unreleased\n\n## ${version}, ${today}\n${after}`);

// krew's manifest names the archive of the release, which is made after this: its hash is filled in then, and is all
// zeros until it is.
const krew = 'deploy/krew.yaml';
if (existsSync(krew)) {
	const {homepage = ''} = JSON.parse(readFileSync('package.json', 'utf8')) as {readonly homepage?: string};
	const [address = ''] = homepage.split('#', 1);
	const manifest = readFileSync(krew, 'utf8')
		.replace(/(?<=^ {2}version: ).*$/mv, () => `v${version}`)
		.replace(/(?<=^ {2}homepage: ).*$/mv, () => address)
		.replace(/(?<=^ {4}uri: ).*$/mv, () => `${address}/releases/download/v${version}/unroot-${version}.tgz`)
		.replace(/(?<=^ {4}sha256: ).*$/mv, () => `"${'0'.repeat(64)}"`);
	writeFileSync(krew, manifest);
	execFileSync('git', ['add', krew]);
}

execFileSync('git', ['add', path]);
