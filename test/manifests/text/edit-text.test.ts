import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {applyEdits, remove, set, type Edit} from '../../../source/manifests/objects/edit.js';
import {editText} from '../../../source/manifests/text/edit-text.js';

const manifest = `# A directory of the old days
apiVersion: apps/v1   # stable
kind: StatefulSet
metadata:
  name: "users"
  labels: {app: users, team: 'iam'}
spec:
  replicas: 3 # three sites

  template:
    spec:
      containers:
      - image: pingdirectory:2102
        name: server
        # The directory's own ports
        ports:
        - containerPort: 636   # ldaps
        - containerPort: 389
        command:
        - sh
        - -c
        - |
          wait-for localhost:636
          exec start
      terminationGracePeriodSeconds: 300
`;
const spec = ['spec', 'template', 'spec'];
const server = [...spec, 'containers', 0];

/** Lines of a text that stand in the other one too, in order; both must be whole but for these. */
const changedLines = (
	before: string,
	after: string,
): {readonly gone: readonly string[]; readonly come: readonly string[]} => {
	const [old, next] = [before.split('\n'), after.split('\n')];
	return {gone: old.filter(line => !next.includes(line)), come: next.filter(line => !old.includes(line))};
};

const edited = (text: string, ...edits: readonly Edit[]): string => {
	const result = editText(text, edits);
	expect(result.isInPlace).toBe(true);
	expect(parse(result.text, {merge: true})).toEqual(applyEdits(parse(text, {merge: true}) as object, edits));
	return result.text;
};

describe('a text edited in place', () => {
	test('is the same text without edits, or with edits that change nothing', () => {
		expect(editText(manifest, []).text).toBe(manifest);
		expect(editText(manifest, [set(['spec', 'replicas'], 3)]).text).toBe(manifest);
	});

	test('keeps comments, quotes, blank lines and order around a changed scalar', () => {
		const text = edited(
			manifest,
			set(['spec', 'replicas'], 1),
			set(['metadata', 'name'], 'users-2109'),
			set([...server, 'ports', 0, 'containerPort'], 1636),
		);
		expect(changedLines(manifest, text)).toEqual({
			gone: ['  name: "users"', '  replicas: 3 # three sites', '        - containerPort: 636   # ldaps'],
			come: ['  name: "users-2109"', '  replicas: 1 # three sites', '        - containerPort: 1636   # ldaps'],
		});
	});

	test('adds keys and items in the style of their neighbours', () => {
		const text = edited(
			manifest,
			set([...spec, 'securityContext'], {runAsUser: 9031, fsGroup: 0}),
			set([...server, 'env'], [{name: 'A', value: 'YES'}]),
			set([...server, 'ports', 2], {containerPort: 443, protocol: 'TCP'}),
			set(['metadata', 'labels', 'role'], 'new'),
		);
		expect(text).toContain(
			'      terminationGracePeriodSeconds: 300\n      securityContext:\n        runAsUser: 9031\n        fsGroup: 0\n',
		);
		expect(text).toContain('        env:\n        - name: A\n          value: "YES"\n');
		expect(text).toContain('        - containerPort: 389\n        - containerPort: 443\n          protocol: TCP\n');
		expect(text).toContain('labels: {app: users, team: \'iam\', role: "new"}');
		expect(changedLines(manifest, text).gone).toEqual(["  labels: {app: users, team: 'iam'}"]);
	});

	test('removes keys and items with their lines', () => {
		const text = edited(
			manifest,
			remove([...server, 'ports', 0]),
			remove(['metadata', 'labels', 'app']),
			remove([...spec, 'terminationGracePeriodSeconds']),
			remove([...server, 'image']),
		);
		expect(changedLines(manifest, text)).toEqual({
			gone: [
				"  labels: {app: users, team: 'iam'}",
				'      - image: pingdirectory:2102',
				'        name: server',
				'        - containerPort: 636   # ldaps',
				'      terminationGracePeriodSeconds: 300',
			],
			come: ["  labels: {team: 'iam'}", '      - name: server'],
		});
	});

	test('leaves an empty list or map where the last of it is removed', () => {
		expect(edited('a:\n- 1\nb:\n  c: 2\nd: 3\n', remove(['a', 0]), remove(['b', 'c']))).toBe('a: []\nb: {}\nd: 3\n');
	});

	test('changes one line of a block text and leaves the others', () => {
		const text = edited(manifest, set([...server, 'command', 2], 'wait-for localhost:1636\nexec start\n'));
		expect(changedLines(manifest, text)).toEqual({
			gone: ['          wait-for localhost:636'],
			come: ['          wait-for localhost:1636'],
		});
	});

	test('replaces a whole value of another shape', () => {
		expect(
			edited('spec:\n  securityContext: fsGroup:9999\n  other: 1\n', set(['spec', 'securityContext'], {fsGroup: 9999})),
		).toBe('spec:\n  securityContext:\n    fsGroup: 9999\n  other: 1\n');
		expect(edited('ports:\n- a: 1\n  b: 2\n- a: 3\nlast: 1\n', set(['ports'], [{a: 9}]))).toBe(
			'ports:\n- a: 9\nlast: 1\n',
		);
		expect(edited('a:\n  b: 1\nc: 2\n', set(['a'], 5))).toBe('a: 5\nc: 2\n');
		expect(edited('empty:\nc: 2\n', set(['empty'], {x: 1}))).toBe('empty:\n  x: 1\nc: 2\n');
		expect(edited('empty:\nc: 2\n', set(['empty'], 7))).toBe('empty: 7\nc: 2\n');
	});

	test('keeps CRLF line ends', () => {
		const text = edited(
			manifest.replaceAll('\n', '\r\n'),
			set(['spec', 'replicas'], 1),
			set([...spec, 'hostname'], 'x'),
			remove([...server, 'ports', 0]),
		);
		expect(text.replaceAll('\r\n', '')).not.toMatch(/[\n\r]/v);
		expect(text).toContain('replicas: 1 # three sites\r\n');
	});

	test('keeps an anchor, and writes out what one of its aliases is to have for itself', () => {
		const anchored =
			'image: &image ping:2102\nfirst: {image: *image}\nsecond:\n  image: *image # same\nports: &ports\n- ' +
			'636\nother: *ports\n';
		expect(
			edited(
				anchored,
				set(['image'], 'ping:2109'),
				set(['first', 'image'], 'ping:2109'),
				set(['second', 'image'], 'ping:2109'),
			),
		).toBe(anchored.replace('2102', '2109'));
		expect(edited(anchored, set(['second', 'image'], 'ping:2109'), set(['other', 0], 1636))).toBe(
			'image: &image ping:2102\nfirst: {image: *image}\nsecond:\n  image: ping:2109 # same\nports: &ports\n- ' +
				'636\nother:\n- 1636\n',
		);
		expect(edited(anchored, set(['ports', 0], 1636))).toBe(
			'image: &image ping:2102\nfirst: {image: *image}\nsecond:\n  image: *image # same\nports: &ports\n- ' +
				'1636\nother:\n- 636\n',
		);
	});

	test('overrides what a merge key brings in', () => {
		const merged = 'base: &base\n  image: old\n  env:\n    A: 1\nservice:\n  <<: *base\n  name: x\n';
		expect(edited(merged, set(['service', 'image'], 'new'), set(['service', 'env', 'A'], 2))).toBe(
			'base: &base\n  image: old\n  env:\n    A: 1\nservice:\n  <<: *base\n  name: x\n  image: new\n  env:\n    A: 2\n',
		);
	});

	test('edits JSON as JSON', () => {
		const json = '{\n  "kind": "Service",\n  "ports": [\n    {"port": 636}\n  ]\n}\n';
		const text = edited(json, set(['ports', 0, 'targetPort'], 1636), set(['name'], 'users'));
		expect(JSON.parse(text)).toEqual({kind: 'Service', ports: [{port: 636, targetPort: 1636}], name: 'users'});
		expect(text).toBe(
			'{\n  "kind": "Service",\n  "ports": [\n    {"port": 636, "targetPort": 1636}\n  ],\n  "name": "users"\n}\n',
		);
	});

	test('works on a last line without a line break, and after a document marker', () => {
		expect(edited('--- # one\na: 1\nb: 2', set(['c'], 3), remove(['a']))).toBe('--- # one\nb: 2\nc: 3');
		expect(edited('---\na: 1\nb: 2', remove(['b']))).toBe('---\na: 1');
	});

	test('says so when a text had to be written anew, and then holds the right value still', () => {
		expect(editText('a: 1 # lost\n', [remove(['a'])])).toEqual({text: '{}\n', isInPlace: false});
	});

	test('holds for every single edit of a document', () => {
		const paths = (
			value: unknown,
			path: ReadonlyArray<string | number> = [],
		): ReadonlyArray<ReadonlyArray<string | number>> =>
			typeof value === 'object' && value !== null
				? Object.entries(value).flatMap(([key, part]) => [
						[...path, Array.isArray(value) ? Number(key) : key],
						...paths(part, [...path, Array.isArray(value) ? Number(key) : key]),
					])
				: [];
		for (const text of [manifest, manifest.replaceAll('\n', '\r\n'), JSON.stringify(parse(manifest), undefined, 2)]) {
			for (const path of paths(parse(text))) {
				for (const value of ['word', 7, {a: {b: [1]}}, ['x', {y: 'NO'}], {}, []]) {
					edited(text, set(path, value));
				}

				edited(text, remove(path));
			}
		}
	});
});
