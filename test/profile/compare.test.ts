import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import {compareProfiles} from '../../source/profile/compare.js';
import {readSettings} from '../../source/profile/settings.js';

const treeOf = (files: Readonly<Record<string, string>>) =>
	new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));

const batch = 'pd.profile/dsconfig/00-config.dsconfig';

const variable = (name: string): string => ['$', '{', name, '}'].join('');

const compare = (committed: string, generated: string) =>
	compareProfiles(treeOf({[batch]: committed}), treeOf({[batch]: generated}), {LDAPS_PORT: '1636'});

test.each([
	['quotes and order', `set-x-prop --n 'a b' --set "p:1" --set q:2`, `set-x-prop --n "a b" --set q:2 --set p:1`],
	['lines', 'set-x-prop \\\n  --set p:1', 'dsconfig set-x-prop --set p:1'],
	['values in another order', 'create-x --n a --set p:1 --set p:2', 'create-x --n a --set p:2 --set p:1'],
	['a later file that sets it anew', 'set-x-prop --set p:1\nset-x-prop --set p:2', 'set-x-prop --set p:2'],
	['what is added, taken away and reset', 'set-x-prop --set p:1 --add p:2 --remove p:1', 'set-x-prop --set p:2'],
	['a known variable', `set-x-prop --set p:${variable('LDAPS_PORT')}`, 'set-x-prop --set p:1636'],
	['the same variable', `set-x-prop --set p:${variable('LDAPS_PORT')}`, `set-x-prop --set p:${variable('LDAPS_PORT')}`],
	['a value with a colon', 'set-x-prop --set url:ldap://a:1', `set-x-prop --set "url:ldap://a:1"`],
])('%s makes no difference', (_, committed, generated) => {
	expect(compare(committed, generated).differences).toEqual([]);
});

test.each([
	['a value', 'set-x-prop --set p:1', 'set-x-prop --set p:2', 'x: p', 'other'],
	['a value more', 'set-x-prop --set p:1', 'set-x-prop --set p:1 --set p:2', 'x: p', 'other'],
	['a setting', 'set-x-prop --set p:1 --set q:1', 'set-x-prop --set p:1', 'x: q', 'missing'],
	['a setting more', 'set-x-prop --set p:1', 'set-x-prop --set p:1 --set q:1', 'x: q', 'unexpected'],
	['an object', 'create-x --n a --type t', '', 'x, n a', 'missing'],
	['a port', `set-x-prop --set p:${variable('LDAPS_PORT')}`, 'set-x-prop --set p:636', 'x: p', 'other'],
	['a command that nobody knows', 'do-something --now yes', '', 'do-something', 'missing'],
])('%s is a difference that names its setting, and no value', (_, committed, generated, setting, what) => {
	expect(compare(committed, generated).differences).toEqual([{setting, what}]);
});

test('a value that an unknown variable decides is said to be so', () => {
	expect(compare(`set-x-prop --set p:a-${variable('ELSE')}`, 'set-x-prop --set p:a-b')).toMatchObject({
		differences: [],
		byVariable: ['x: p'],
	});
	expect(compare(`set-x-prop --set p:a-${variable('ELSE')}`, 'set-x-prop --set p:b').differences).toHaveLength(1);
});

test('definitions of the schema count one by one, whatever their file and spacing', () => {
	const folder = 'pd.profile/server-root/pre-setup/config/schema';
	const first = "dn: cn=schema\nattributeTypes: ( 1.2.3 NAME 'a' )\nobjectClasses: ( 1.2.4 NAME 'b' MAY a )\n";
	const again = "dn: cn=schema\nobjectClasses: ( 1.2.4  NAME 'b'\n   MAY a )\nattributeTypes: ( 1.2.3 NAME 'a' )\n";
	const {differences} = compareProfiles(
		treeOf({[`${folder}/77.ldif`]: first}),
		treeOf({[`${folder}/88.ldif`]: again}),
		{},
	);
	expect(differences).toEqual([]);
	expect(compareProfiles(treeOf({[`${folder}/77.ldif`]: first}), new Map(), {}).differences).toEqual([
		{setting: 'schema, attributeTypes 1.2.3', what: 'missing'},
		{setting: 'schema, objectClasses 1.2.4', what: 'missing'},
	]);
});

test('other files count by their bytes, and what the tool writes anew each time does not', () => {
	const committed = treeOf({
		'pd.profile/server-sdk-extensions/a.zip': 'one',
		'pd.profile/misc-files/README': 'generated at noon',
	});
	const generated = treeOf({
		'pd.profile/server-sdk-extensions/a.zip': 'other',
		'pd.profile/misc-files/README': 'generated at night',
	});
	expect(compareProfiles(committed, generated, {}).differences).toEqual([
		{setting: 'file pd.profile/server-sdk-extensions/a.zip', what: 'other'},
	]);
});

test('what is deleted takes its own settings along', () => {
	expect(
		readSettings(['create-x --n a --set p:1\ndelete-x --n a\nset-x-prop --n b --set p:1']).entries().toArray(),
	).toEqual([
		['x, n a', ['deleted']],
		['x, n b: p', ['1']],
	]);
});
