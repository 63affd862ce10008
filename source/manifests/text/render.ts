import {stringify} from 'yaml';

/** How a document is written, so that what is added looks like what is there. */
export type Style = {
	readonly newline: string;
	/** Whether the dashes of a list stand further in than the key above them. */
	readonly indentsLists: boolean;
};

/** The style of a text, from the first list found in it. */
export const styleOf = (text: string): Style => ({
	newline: text.includes('\r\n') ? '\r\n' : '\n',
	indentsLists: !/^(?<indent> *)(?:- )?[\w\-.\/]+: *(?:&\S+ *)?\r?\n\k<indent>- /mv.test(text),
});

const isCollection = (value: unknown): value is object =>
	typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** A value on one line, as it may stand inside brackets; JSON is YAML. */
export const flowText = (value: unknown): string => JSON.stringify(value);

/** A scalar, or an empty map or list, on one line. */
export const scalarText = (value: unknown): string => {
	if (typeof value !== 'string') {
		return JSON.stringify(value);
	}

	const text = stringify(value, {compat: 'yaml-1.1', lineWidth: 0}).trimEnd();
	return text.includes('\n') ? JSON.stringify(value) : text;
};

/** A string in the quotes that another one had. */
export const quotedLike = (before: string, value: string): string => {
	if (before.startsWith('"')) {
		return JSON.stringify(value);
	}

	return before.startsWith("'") && !/[\n\r]/v.test(value) ? `'${value.replaceAll("'", "''")}'` : scalarText(value);
};

const blockLines = (value: object, style: Style): readonly string[] =>
	stringify(value, {
		compat: 'yaml-1.1',
		lineWidth: 0,
		aliasDuplicateObjects: false,
		indentSeq: style.indentsLists,
	})
		.trimEnd()
		.split('\n');

/** What follows `key:` in a block map whose keys stand in the given column. */
export const afterKey = (value: unknown, column: number, style: Style): string => {
	if (!isCollection(value)) {
		return ` ${scalarText(value)}`;
	}

	const indent = ' '.repeat(Array.isArray(value) && !style.indentsLists ? column : column + 2);
	return blockLines(value, style)
		.map(line => `${style.newline}${line === '' ? '' : indent + line}`)
		.join('');
};

/** What follows the `-` of a block list whose dashes stand in the given column. */
export const afterDash = (value: unknown, column: number, style: Style): string => {
	if (!isCollection(value)) {
		return ` ${scalarText(value)}`;
	}

	const indent = ' '.repeat(column + 2);
	return ` ${blockLines(value, style)
		.map((line, index) => (index === 0 || line === '' ? line : indent + line))
		.join(style.newline)}`;
};

/** A key of a block map. */
export const keyText = (key: string): string => scalarText(key);
