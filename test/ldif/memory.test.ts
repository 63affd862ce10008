import {spawn} from 'node:child_process';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';

const script = fileURLToPath(new URL('large-directory.ts', import.meta.url));
const size = 150_000_000;

test('digests 150 MB in less memory than they have, with a heap of 64 MiB', async () => {
	const child = spawn(
		process.execPath,
		['--max-old-space-size=64', '--disable-warning=ExperimentalWarning', script, String(size)],
		{stdio: ['ignore', 'pipe', 'inherit']},
	);
	const {entries, bytes, peak} = JSON.parse(await text(child.stdout)) as {
		readonly entries: number;
		readonly bytes: number;
		readonly peak: number;
	};
	expect(bytes).toBeGreaterThanOrEqual(size);
	expect(entries % 500).toBe(0);
	// Node alone has about 50 MB.
	expect(peak).toBeLessThan(size + 20_000_000);
});
