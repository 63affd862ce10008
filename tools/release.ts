import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
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
execFileSync('git', ['add', path]);
