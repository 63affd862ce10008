import {Buffer} from 'node:buffer';
/** A value of an attribute; bytes where it is no text. */
export type Value = string | Uint8Array;

/** An entry of a directory, its attributes in order. */
export type Entry = {readonly dn: string; readonly attributes: ReadonlyArray<readonly [name: string, value: Value]>};

/** The parts of a DN, cut at commas that are not escaped. */
export const rdns = (dn: string): string[] => (dn.trim() === '' ? [] : dn.split(/(?<!\\),/v).map(part => part.trim()));

/** A DN in the form in which equal ones are the same text. */
export const normalDn = (dn: string): string =>
	rdns(dn)
		.map(part => {
			const at = part.indexOf('=');
			return `${part.slice(0, at).trim()}=${part.slice(at + 1).trim()}`.toLowerCase();
		})
		.join(',');

/** The DN above, or an empty text at the top. */
export const parentDn = (dn: string): string => rdns(dn).slice(1).join(',');

/** Whether a DN is the base or below it. Both are normal. */
export const isBelow = (dn: string, base: string): boolean => base === '' || dn === base || dn.endsWith(`,${base}`);

/** The values of an attribute, as text. */
export const valuesOf = ({attributes}: Entry, name: string): string[] =>
	attributes.filter(([attribute]) => attribute.toLowerCase() === name.toLowerCase()).map(([, value]) => textOf(value));

export const textOf = (value: Value): string =>
	typeof value === 'string' ? value : Buffer.from(value).toString('latin1');

const operational =
	/^(?:createtimestamp|creatorsname|modifytimestamp|modifiersname|entryuuid|ds-sync-.*|ds-update-time|pwdchangedtime|subschemasubentry|numsubordinates)$/v;

/** Whether an attribute is only shown to who asks for it. */
export const isOperational = (name: string): boolean => operational.test(name.toLowerCase());

/** Whether an attribute is state of a replication topology. */
export const isReplication = (name: string): boolean => name.toLowerCase().startsWith('ds-sync-');
