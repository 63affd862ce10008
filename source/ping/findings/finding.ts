/** How bad a finding is: it will not work, it may not work, or it is good to know. */
export type Severity = 'blocks' | 'warns' | 'informs';

/** A document or an object, and where it stands. */
export type Located = {
	/** An object of Kubernetes, values of the Helm chart, a Compose file, a Kustomization, or anything else. */
	readonly value: unknown;
	/** The file it was read from; left out where it comes from a cluster. */
	readonly file?: string;
	/** The line a field of it stands on. */
	readonly lineOf?: (field: string) => number | undefined;
	/** The file and the line of a field, where its fields were written in several files. */
	readonly placeOf?: (field: string) => {readonly file: string; readonly line?: number};
};

/** A file of a server profile. */
export type ProfileText = {readonly file: string; readonly text: string};

/** Something that will break, may break, or is good to know before the migration. */
export type Finding = {
	/** Stable, such as `fsgroup-missing`. */
	readonly code: string;
	readonly severity: Severity;
	/** What was seen, as it stands there. */
	readonly seen: string;
	readonly where: {
		readonly file?: string;
		readonly line?: number;
		/** Such as `StatefulSet/pingdirectory`. */
		readonly object: string;
		/** Such as `spec.template.spec.securityContext`. */
		readonly field: string;
	};
	/** What will happen, and why. */
	readonly means: string;
	/** Where that is written: repository, ref and path, or documentation. */
	readonly source: string;
	readonly todo: string;
};

/** What is the same for every finding of a code. */
export type Rule = {
	readonly severity: Severity;
	readonly means: string;
	readonly todo: string;
	readonly source: string;
};

/** One place where a rule applies. */
export type Seen<Code extends string = string> = {
	readonly code: Code;
	/** The object it stands in. */
	readonly on: unknown;
	readonly field: string;
	readonly seen: string;
	/** Where this place is worse or better than the rule says. */
	readonly severity?: Severity;
	readonly means?: string;
	readonly todo?: string;
};

/** A place in a text of a server profile. */
export type SeenInText<Code extends string = string> = Omit<Seen<Code>, 'on' | 'field'> & {
	readonly file: string;
	readonly line: number;
};

/** What one migrates to, where it is known. */
export type InspectTarget = {
	/** The new image, or its tag alone. */
	readonly image?: string;
	readonly strategy?: 'fresh' | 'root';
};
