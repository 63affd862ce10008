import {secretForm} from '../../ping/secret-values.js';
import {judge, type Found} from './judge.js';

type Line = {readonly line: number; readonly name: string; readonly value: string};

/**
Classes of entries that hold no person and no secret: what a tree is built of. Sources: RFC 4519, RFC 2247, RFC 3672,
PingDirectory's schema.
*/
const structure = new Set(
	`top domain dcobject organization organizationalunit country locality container nscontainer untypedobject glue alias
	groupofurls groupofnames groupofuniquenames groupofentries ds-virtual-static-group ldapsubentry subentry subschema
	domainrelatedobject extensibleobject ds-cfg-branch inheritableldapsubentry
	labeleduriobject ds-root-dse`
		.split(/\s+/v)
		.filter(Boolean),
);

/** Attributes of such entries. */
const attributes = new Set(
	`dn changetype add delete replace objectclass dc o ou c l st cn description aci memberurl businesscategory
	labeleduri attributetypes objectclasses ldapsyntaxes matchingrules matchingruleuse nameforms ditcontentrules
	ditstructurerules createtimestamp modifytimestamp creatorsname modifiersname entryuuid ds-entry-unique-id
	ds-sync-generation-id ds-sync-state version associateddomain ds-target-group-dn subtreespecification`
		.split(/\s+/v)
		.filter(Boolean),
);

/** Lines of a template that makes entries: how many, of which kind, with which values. */
const ofTemplate = /^(?:define|branch|template|subordinatetemplate|rdnattr|extends)\b/iv;

const linesOf = (text: string): readonly Line[] => {
	const whole: Array<{line: number; text: string}> = [];
	for (const [index, content] of text.split(/\r?\n/v).entries()) {
		const last = whole.at(-1);
		if (content.startsWith(' ') && last) {
			last.text += content.slice(1);
		} else {
			whole.push({line: index + 1, text: content});
		}
	}

	return whole.flatMap(({line, text: content}): readonly Line[] => {
		if (content.trim() === '' || content.startsWith('#') || content === '-') {
			return [];
		}

		const {
			name = '',
			mark = '',
			value = '',
		} = /^(?<name>[\dA-Za-z][\w\-.]*)(?:;[\w\-.;]+)?\s*:(?<mark>[:<]?)(?<value>.*)$/v.exec(content)?.groups ?? {};
		return [{line, name: name.toLowerCase(), value: mark === '' ? value.trim() : mark}];
	});
};

const oddClass = ({name, value}: Line): boolean => name === 'objectclass' && !structure.has(value.toLowerCase());

/**
LDIF of a profile: entries that a tree is built of, and the schema. Any other entry is carried by export and import.
*/
export const readStructure = (text: string): readonly Found[] =>
	linesOf(text).flatMap((entry): readonly Found[] => {
		const {line, name, value} = entry;
		if (name === '') {
			return [{line, what: 'a line that is no LDIF'}];
		}

		if (value === ':' || value === '<') {
			return [{line, field: name, what: 'a value in base64 or of a file'}];
		}

		if (!attributes.has(name) || oddClass(entry)) {
			return [{line, field: name, what: 'an entry of a kind that is not known to hold no user data'}];
		}

		const what = secretForm(value) ?? (name === 'description' ? judge(name, value, 'open') : undefined);
		return what === undefined ? [] : [{line, field: name, what}];
	});

/** A template that makes entries of chance: it holds no entry, though its values are read like any other's. */
export const readTemplate = (text: string): readonly Found[] =>
	text.split(/\r?\n/v).flatMap((content, index): readonly Found[] => {
		const {name = '', value = ''} = /^(?<name>[A-Za-z][\w\-.]*)\s*[:=](?<value>.*)$/v.exec(content)?.groups ?? {};
		const isMade = ofTemplate.test(content) || name === '' || /[<\{]/v.test(value);
		const what = secretForm(content) ?? (isMade ? undefined : judge(name, value, 'closed'));
		return what === undefined ? [] : [{line: index + 1, what}];
	});
