import {describe, expect, test} from 'vitest';
import {isMap, isNode, isSeq, parseDocument} from 'yaml';
import {unusual} from '../../source/documents/scalar.js';
import {readUsual} from '../../source/documents/usual.js';
import {valueOf} from '../../source/documents/value.js';

type Path = ReadonlyArray<string | number>;

/** What the whole parser makes of a text, which is what is true. */
const readWhole = (text: string): ReturnType<typeof valueOf> => {
	const document = parseDocument(text, {
		uniqueKeys: false,
		prettyErrors: false,
		logLevel: 'silent',
		stringKeys: false,
	});
	return valueOf(document, text);
};

/** The line the whole parser sees a field on; the first is 0. */
const lineOf = (text: string, path: Path): number => {
	const {contents} = parseDocument(text);
	let node: unknown = contents;
	let at = contents?.range?.[0] ?? 0;
	for (const step of path) {
		const pair = isMap(node) ? node.items.find(({key}) => String(key) === String(step)) : undefined;
		const place = isSeq(node) ? node.items[Number(step)] : pair?.key;
		at = isNode(place) ? (place.range?.[0] ?? at) : at;
		node = isSeq(node) ? place : pair?.value;
	}

	return text.slice(0, at).split('\n').length - 1;
};

/** Where the fast reader says anything, the whole parser must say the same. */
const expectAgreement = (text: string): boolean => {
	const told: Array<readonly [Path, number]> = [];
	const value = readUsual(text, (path, line) => {
		told.push([[...path], line]);
	});
	if (value === unusual) {
		return false;
	}

	expect({text, read: {value, repeats: []}}).toEqual({text, read: readWhole(text)});
	for (const [path, line] of told) {
		expect({text, path, line}).toEqual({text, path, line: lineOf(text, path)});
	}

	return true;
};

const manifest = String.raw`---
# Source: shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "portal"   # its name
  labels: {app: portal, "app.kubernetes.io/name": 'it''s', tier: "1"}
  annotations:
    checksum/config: 0123abc
    "a/b": "x\ty"
  empty:
spec:
  replicas: 2
  big: 12345678901
  version: 8.2.0.3
  list: [1, a b, [x], {}]
  nothing: {}
  template:
    spec:
      containers:
      - name: portal
        command: [sh, -c, "wait-for pd:389"]
        args:
        - --port
        - -Xmx512m
        env:
          - name: URL
            value: ldaps://pd:636
          - {name: A, value: "yes"}

      - name: second
  script: |-
    #!/bin/sh
    if true; then

      echo "a: b" # no comment
    fi

  text: |
    one
  last: it is # said
`;

describe('documents as they are usually written', () => {
	test('are read without the whole parser, and to the same value and lines', () => {
		expect(expectAgreement(manifest)).toBe(true);
		expect(expectAgreement(manifest.replaceAll('\n', '\r\n'))).toBe(true);
	});

	test.each([
		'a: 1\n',
		'a:\n- b\n- c: 1\n  d: 2\nb: x\n',
		'- a\n- b: c\n',
		'a: ""\n',
		'a: \'\'\nb: "#x"\n',
		'a: b#c\n',
		'a: b #c\n',
		'a: http://x:1/y\n',
		'a: 1 2\n',
		'a: [ ]\n',
		'a: { }\n',
		'a: null\nb: true\nc: false\n',
		'a: trueish\nb: nullable\n',
		'a: |\n  x\n\n\n# c\nb: 1\n',
		'a: |-\n\n  x\n   y\nb: 1\n',
		'"a b": c\n',
		'a-b/c.d: e\n',
		'\n\n# c\na: 1\n',
		'--- # c\na: 1\n',
		'a:\n  # c\n\n  b: 1\n',
		'a: é ü\n',
		'a: x: y\n'.replace('x: y', 'x:y'),
		'a:   b   \n',
		'a: 1',
		'- - a\n'.replace('- - a', '- a'),
		'-   a: 1\n    b: 2\n',
	])('%j is one of them', text => {
		expect(expectAgreement(text)).toBe(true);
	});

	test.each([
		'a: 1\na: 2\n',
		'a: {b: 1, b: 2}\n',
		'a:\n\tb: 1\n',
		'a: &x 1\n',
		'a: *x\n',
		'a: !!str 1\n',
		'<<: {a: 1}\n',
		'a: {{ x }}\n',
		'a: 1.0\n',
		'a: 0400\n',
		'a: 0x10\n',
		'a: 1e3\n',
		'a: .inf\n',
		'a: True\n',
		'a: ~\n',
		'1.0: a\n',
		'True: a\n',
		'__proto__: 1\n',
		'a: b: c\n',
		'a: b:\n',
		'a: - b\n',
		'a: b\n  c\n',
		'a: "b\n  c"\n',
		'a: "b" c\n',
		'a: "b"#c\n',
		'a: [b\n',
		'a: [b]]\n',
		'a: [b,]\n',
		'a: {b}\n',
		'a: @b\n',
		'a: `b\n',
		'a: %b\n',
		'a: >\n  b\n',
		'a: |2\n  b\n',
		'a: |+\n  b\n',
		'a: |\nb: 1\n',
		'a: |\n    b\n  c\n',
		'a: |\n  b',
		' a: 1\n',
		'a: 1\n b: 2\n',
		'  a: 1\nb: 2\n',
		'a:\n    b: 1\n  c: 2\n',
		'- a\nb: 1\n',
		'a: 1\n- b\n',
		'-\n  a: 1\n',
		'- - a\n',
		'? a\n',
		'a\n',
		'"a"\n',
		'--- a\n',
		'a: 1\n...\n',
		'%YAML 1.1\n---\na: 1\n',
		'a: \u{7}\n',
		'a: "\\x41"\n',
		'a: 1\rb: 2\n',
		': a\n',
		'a : 1\n',
		'[a]: b\n',
		'{a: 1}\n',
		'a: ? b\n',
		`a: ${'['.repeat(40)}${']'.repeat(40)}\n`,
		'',
	])('%j is left to the whole parser', text => {
		expect(readUsual(text)).toBe(unusual);
	});
});

/** Numbers that look like chance and are the same each time (a linear congruence modulo 2³¹). */
const chance = (seed: number): ((below: number) => number) => {
	let state = seed;
	return below => {
		state = Number((BigInt(state) * 1_103_515_245n + 12_345n) % 2_147_483_648n);
		return Math.floor((state / 2_147_483_648) * below);
	};
};

const pieces = [
	'\n',
	' ',
	'  ',
	':',
	': ',
	'- ',
	'-',
	'#',
	' #',
	'"',
	"'",
	'{',
	'}',
	'[',
	']',
	',',
	', ',
	'|',
	'|-',
	'>',
	'&a',
	'*a',
	'!',
	'?',
	'%',
	'@',
	'`',
	'~',
	'\\',
	String.raw`\n`,
	'1',
	'0',
	'.',
	'0x1',
	'1e3',
	'true',
	'null',
	'a',
	'a: b',
	'\n\n',
	'\n  ',
	'\n- ',
	'---',
	'\n---\n',
	'...',
	'\r\n',
	'\t',
	'<<',
	'é',
	'=',
	'+',
	'/',
	'$',
	'{}',
	'[]',
	'No',
	'.5',
	'-1',
	"''",
	'""',
	'x:y',
];

test.each([1, 2, 3])(
	'whatever is changed in a manifest, nothing is read otherwise than the whole parser reads it (seed %i)',
	seed => {
		const below = chance(seed);
		let agreed = 0;
		for (let round = 0; round < 1500; round += 1) {
			const lines = manifest.split('\n');
			const start = below(lines.length);
			let text = lines.slice(start, start + 1 + below(12)).join('\n');
			text = below(2) === 0 ? text.replaceAll(new RegExp(`^ {1,${2 + below(8)}}`, 'gmv'), '') : text;
			for (let change = below(3); change >= 0; change -= 1) {
				const at = below(text.length + 1);
				text =
					text.slice(0, at) + (pieces[below(pieces.length)] ?? '') + text.slice(at + (below(3) === 0 ? below(4) : 0));
			}

			agreed += expectAgreement(text) ? 1 : 0;
		}

		expect(agreed).toBeGreaterThan(50);
	},
);
