import {join} from 'node:path';
import {changesBetween, countOf} from '../../ldif/changes.js';
import type {Evidence, Reporter, StepContext} from '../../migration/step.js';
import type {CopiedFile} from '../outcomes.js';
import {countText} from '../run/words.js';
import {oldServer} from '../servers/old-server.js';

/*
While changes are applied to the first old server, it takes writes from whoever addresses it by its own name: no
Service leads there. What it holds is looked at as soon as it refuses writes again, and what it was not given is kept
before it is undone.
*/

/** What was found on the first old server that was not carried to it. */
export type DirectWrites = {
	/** Keeps what a server holds beyond what it was given, as change records. */
	readonly keep: (held: CopiedFile, wanted: CopiedFile) => Promise<void>;
	/** What was kept, and where; nothing where there was nothing. */
	readonly evidence: () => Promise<readonly Evidence[]>;
};

const fileOf = ({run}: Pick<StepContext, 'run'>, backend: string, number: number): string =>
	join(run.folder, `written-directly-${backend}${number === 1 ? '' : `-${number}`}.ldif`);

/** Begins to look for them. */
export const createDirectWrites = (
	context: StepContext<'files' | 'pods'>,
	reporter: Pick<Reporter, 'log'>,
): DirectWrites => {
	const {files} = context.world;
	const kept: Array<{readonly backend: string; readonly path: string; readonly count: number}> = [];
	const {pod} = oldServer(context).target;
	return {
		async keep(held, wanted) {
			const {backend} = wanted;
			const path = fileOf(context, backend, kept.filter(one => one.backend === backend).length + 1);
			const sink = await files.begin(path);
			const changes = await changesBetween(
				() => files.stream(wanted.path),
				() => files.stream(held.path),
				{onText: sink.write},
			);
			await sink.close();
			const count = countOf(changes) - changes.remade;
			kept.push({backend, path, count});
			reporter.log(
				`${countText(count, 'entry', 'entries')} of ${backend} on ${pod} ${count === 1 ? 'is' : 'are'} not as ` +
					'applied: ' +
					`written directly meanwhile, or refused by it. What it held is kept in ${path}`,
			);
		},
		evidence: async () =>
			Promise.all(
				kept.map(async ({backend, path, count}): Promise<Evidence> => {
					const file = await files.stat(path);
					return {
						label: `${backend} beside what was carried back`,
						value:
							`${countText(count, 'entry', 'entries')} on ${pod} ${count === 1 ? 'was' : 'were'} not as applied ` +
							`(written directly meanwhile, or refused); what it held is in ${path} (user data, mode 0600), not on ` +
							'the server',
						holds: file !== undefined && file.bytes > 0,
					};
				}),
			),
	};
};
