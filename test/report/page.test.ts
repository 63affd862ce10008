import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, onTestFinished, test} from 'vitest';
import {renderPage, renderReport} from '../../source/report/report.js';
import {chromium, openPage} from './browser/chromium.js';
import {measure, type Measured} from './browser/measure.js';
import {finished, frozen, hostile, options, rolledBack} from './history.js';

test('the summary says what was moved, what clients felt, what is open and what it would cost to go back', () => {
	const report = renderReport(finished, options);
	for (const said of [
		'| Entries | 20 000 entries in 1 backend; the digests agree each time they were compared |',
		/\| Writes refused \| 2026-11-30, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC \(31 s\) \|/v,
		'Writes were refused for 31 s; searches were not. Clients moved at 2026-11-30 03:30:00 UTC',
		'| Clients are on | the new servers |',
		'| Open points | none |',
		'the cut-over took 31 s for the same. The more they have written, the longer it takes.',
	]) {
		if (typeof said === 'string') {
			expect(report).toContain(said);
		} else {
			expect(report).toMatch(said);
		}
	}
});

test('it says who started, took over and approved, what was recommended or chosen and why, and each try that failed', () => {
	const report = renderReport(finished, options);
	for (const said of [
		'| ann@bastion started the run with unroot 0.1.0 |',
		'| bob@bastion resumed the run with unroot 0.1.0, and took the namespace over from the run run-1 of ann@bastion on',
		'| bob@bastion approved «Cut over» by typing «identity» |',
		'| `strategy` | `fresh` | as recommended, given in advance | The old servers stay as they are. | ann@bastion |',
		'| chosen, instead of pingidentity/pingdirectory:2103-8.2.0.3 |',
		'| Import | 1 | The stream was cut. |',
	]) {
		expect(report).toContain(said);
	}
});

test('after a rollback both proofs stand in it', () => {
	const report = renderReport(rolledBack, options);
	expect(report).toMatch(/Checked when it was done, at 2026-11-30 [^\n]+:\n\n[^#]+selects the new pods/v);
	expect(report).toMatch(/Checked when it was undone, at 2026-11-30 [^\n]+:\n\n[^#]+selects the old pods/v);
	expect(report).toContain('| under the freeze, before the clients went back | Old server | 20 000 |');
	expect(report).toContain('None: the run was rolled back.');
	expect(report.match(/began the way back/gv)).toHaveLength(1);
});

test('its last line is the hash of all before it, and the page names the same', () => {
	const report = renderReport(finished, options);
	const lines = report.split('\n');
	const hash = createHash('sha256')
		.update(`${lines.slice(0, -2).join('\n')}\n`)
		.digest('hex');
	expect(lines.at(-2)).toBe(`SHA-256 of the lines above: \`${hash}\``);
	expect(renderPage(finished, options)).toContain(`<code>${hash}</code></footer>`);
});

test('the page holds no markup of others, and refuses whatever would come from outside', () => {
	const page = renderPage(rolledBack, options);
	expect(page).not.toContain(hostile);
	expect(page).not.toContain('\u{1B}');
	for (const [tag] of page.matchAll(/<[a-z][^<>]*>/gv)) {
		expect(tag).not.toMatch(/^<(?:script|img|link|iframe)|\s(?:href|src|style|on\w+)=/v);
	}

	expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
	expect(page).toContain('default-src &#39;none&#39;');
});

describe.skipIf(chromium === undefined)('in a browser', {timeout: 60_000}, () => {
	test('the page is whole, readable and asks for nothing, narrow and wide, light and dark, and on paper', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'unroot-page-'));
		onTestFinished(async () => rm(folder, {recursive: true, force: true}));
		const file = join(folder, 'report.html');
		await writeFile(file, renderPage(rolledBack, options));
		const address = pathToFileURL(file).href;
		const page = await openPage(chromium ?? '', address);
		onTestFinished(page.close);
		const papers = new Set<string>();
		for (const width of [400, 1200]) {
			await page.send('Emulation.setDeviceMetricsOverride', {
				width,
				height: 900,
				deviceScaleFactor: 1,
				mobile: false,
			});
			for (const scheme of ['light', 'dark']) {
				await page.send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: scheme}]});
				const seen = await page.value<Measured>(measure);
				const where = `${width} pixels, ${scheme}`;
				papers.add(seen.paper);
				expect(seen.scrollWidth, where).toBeLessThanOrEqual(seen.width);
				expect(seen.texts.length, where).toBeGreaterThan(100);
				expect(
					seen.texts.filter(
						({contrast, size, left, right, height}) =>
							contrast < 4.5 || size < 11 || left < 0 || right > seen.width || height === 0,
					),
					where,
				).toEqual([]);
				expect(seen.bars, where).toHaveLength(2);
				expect(Math.min(...seen.bars), where).toBeGreaterThanOrEqual(2);
				for (const said of ['Before', 'After', 'Old server', 'Copy', 'New server', 'clients are here']) {
					expect(
						seen.texts.map(({text}) => text),
						where,
					).toContain(said);
				}
			}
		}

		expect(papers.size).toBe(2);
		await page.send('Emulation.setEmulatedMedia', {media: 'print', features: []});
		const printed = await page.value<Measured>(measure);
		expect(printed.paper).toBe('rgb(255, 255, 255)');
		const {data} = await page.send('Page.printToPDF', {printBackground: true});
		const paper = Buffer.from(data as string, 'base64').toString('latin1');
		expect(paper.startsWith('%PDF-')).toBe(true);
		expect(paper.match(/\/Type\s*\/Page\b/gv)?.length).toBeGreaterThan(1);
		expect(page.requests()).toEqual([address]);
	});

	test('while writes are refused, that is the first thing on it', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'unroot-page-'));
		onTestFinished(async () => rm(folder, {recursive: true, force: true}));
		const file = join(folder, 'report.html');
		await writeFile(file, renderPage(frozen, options));
		const page = await openPage(chromium ?? '', pathToFileURL(file).href);
		onTestFinished(page.close);
		const {texts} = await page.value<Measured>(measure);
		expect(texts[1]?.text).toMatch(/^Writes are refused since \d\d:\d\d:\d\d UTC on pingdirectory-0/v);
	});
});
