import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {Failure} from '../failure/failure.js';
import {isAbsent} from '../machine/file-failure.js';
import {isWhole, sealed, type Certificate} from '../migration/certificate.js';
import type {Json} from '../migration/json.js';
import type {RunState} from '../migration/state.js';
import type {StepId} from '../migration/step.js';
import {rehearsalOf} from '../report/rehearsal.js';
import {outcomeIfAny} from '../steps/outcomes.js';
import {rehearsedFrom} from '../steps/rehearsed/compare.js';

/** What the certificate is called in the folder of a rehearsal, and in that of a run that goes by it. */
export const certificateName = 'certificate.json';
export const rehearsedName = 'rehearsed.json';

const text = z.string();
const texts = z.array(text);
const counts = z.record(text, z.number());
const seconds = z.number().nullable();
const tools = z.record(text, z.boolean()).nullable();
const files = z.strictObject({files: texts, sha256: text}).nullable();

const rehearsed = z.strictObject({
	strategy: text,
	image: text,
	'old-image': text,
	kubernetes: text,
	kubectl: text,
	tools,
	schema: text.nullable(),
	replicas: z.number(),
	size: counts,
	rights: texts,
	findings: texts,
});

const schema = z.strictObject({
	schema: z.literal(1),
	program: text,
	run: text,
	at: text,
	sandbox: z.boolean(),
	rehearsed,
	answers: z.record(text, text),
	steps: counts,
	figures: z.strictObject({refusedSeconds: seconds, forecastSeconds: seconds, bytes: counts}),
	manifests: files,
	sha256: text,
});

const bad = (path: string, seen: string): Failure =>
	new Failure({
		code: 'certificate',
		seen: `${path} ${seen}`,
		means: "A run goes by a rehearsal's certificate only as it was written. Nothing was changed.",
		todo: 'Take the file as the rehearsal left it in its folder, or rehearse again. To go by none, move it away.',
		byHand: `ls -l ${path}`,
		exit: 'usage',
	});

const textOf = async (path: string): Promise<string | undefined> => {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (isAbsent(error)) {
			return undefined;
		}

		throw bad(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
};

/** Reads a certificate; undefined where there is no file. Rejects with a Failure where it is not as it was sealed. */
export const readCertificate = async (path: string): Promise<Certificate | undefined> => {
	const content = await textOf(path);
	if (content === undefined) {
		return undefined;
	}

	let json: unknown;
	try {
		json = JSON.parse(content);
	} catch {
		throw bad(path, 'is no JSON.');
	}

	const read = schema.safeParse(json);
	if (!read.success) {
		const [issue] = read.error.issues;
		throw bad(path, `is no certificate of a rehearsal: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
	}

	if (!isWhole(read.data)) {
		throw bad(path, 'was changed after the rehearsal: its content does not have the hash that it names.');
	}

	return read.data;
};

/** The certificate that a run is to go by: the one that is named, or the one beside the answers. */
export const givenCertificate = async (
	named: string | undefined,
	answers: string | undefined,
): Promise<Certificate | undefined> => {
	if (named !== undefined) {
		const certificate = await readCertificate(named);
		if (!certificate) {
			throw bad(named, 'is not there.');
		}

		return certificate;
	}

	return answers === undefined ? undefined : readCertificate(join(dirname(answers), certificateName));
};

/** What a rehearsal found, sealed; undefined where it did not come to its end. */
export const certificateOf = (
	state: RunState,
	{folder, program}: {readonly folder: string; readonly program: string},
): Certificate | undefined => {
	const outcomes = Object.fromEntries(
		state.steps.flatMap(({id, outcome}) => (outcome === undefined ? [] : [[id, outcome]])),
	) as Readonly<Partial<Record<StepId, Json>>>;
	const decided = outcomeIfAny({outcomes}, 'strategy');
	if (state.status !== 'finished' || !decided || !outcomeIfAny({outcomes}, 'inventory')) {
		return undefined;
	}

	const {answers, steps} = rehearsalOf(state, folder);
	const preview = outcomeIfAny({outcomes}, 'preview');
	return sealed({
		schema: 1,
		program,
		run: state.run,
		at:
			state.steps
				.map(({endedAt}) => endedAt ?? '')
				.toSorted()
				.at(-1) ?? state.openedAt,
		sandbox: state.sandbox,
		rehearsed: rehearsedFrom({outcomes}, decided),
		answers,
		steps,
		figures: {
			refusedSeconds: outcomeIfAny({outcomes}, 'cut-over')?.gate?.refusedSeconds ?? null,
			forecastSeconds: outcomeIfAny({outcomes}, 'catch-up')?.forecastSeconds ?? null,
			bytes: Object.fromEntries(
				(outcomeIfAny({outcomes}, 'copy-out')?.files ?? []).map(({backend, bytes}) => [backend, bytes]),
			),
		},
		manifests: preview
			? {
					files: preview.files.map(file => (file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file)),
					sha256: preview.plan.sha256,
				}
			: null,
	});
};
