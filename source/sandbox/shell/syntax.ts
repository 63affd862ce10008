/** A word before it is expanded. */
export type Word = readonly Part[];

export type Part =
	| {readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean}
	| {
			readonly kind: 'parameter';
			readonly name: string;
			readonly operator: '' | ':-' | '-' | ':=' | '=' | ':+' | '+' | ':?' | '?' | '#' | '##' | '%' | '%%' | 'length';
			readonly word: Word;
			readonly isQuoted: boolean;
	  }
	| {readonly kind: 'command'; readonly script: Script; readonly isQuoted: boolean}
	| {readonly kind: 'arithmetic'; readonly expression: Word; readonly isQuoted: boolean};

export type Redirect = {
	readonly descriptor: number;
	readonly operator: '>' | '>>' | '<' | '>&' | '<&';
	readonly target: Word;
};

export type Command = {readonly redirects: readonly Redirect[]} & (
	| {
			readonly kind: 'simple';
			readonly assignments: ReadonlyArray<{readonly name: string; readonly value: Word}>;
			readonly words: readonly Word[];
	  }
	| {readonly kind: 'group' | 'subshell'; readonly body: Script}
	| {
			readonly kind: 'if';
			readonly branches: ReadonlyArray<{readonly test: Script; readonly body: Script}>;
			readonly otherwise?: Script;
	  }
	| {readonly kind: 'while'; readonly isUntil: boolean; readonly test: Script; readonly body: Script}
	| {readonly kind: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: Script}
	| {
			readonly kind: 'case';
			readonly word: Word;
			readonly items: ReadonlyArray<{readonly patterns: readonly Word[]; readonly body: Script}>;
	  }
);

export type Pipeline = {readonly isNegated: boolean; readonly commands: readonly Command[]};

/** Pipelines joined by `&&` and `||`. */
export type Chain = {
	readonly first: Pipeline;
	readonly rest: ReadonlyArray<{readonly operator: '&&' | '||'; readonly pipeline: Pipeline}>;
	readonly isBackground: boolean;
};

export type Script = readonly Chain[];

/** Makes the error of a script that cannot be read. */
export const syntaxError = (what: string): Error =>
	Object.assign(new Error(`syntax error: ${what}`), {isSyntaxError: true});
