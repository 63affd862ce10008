import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Connection} from '../../cluster/connection.js';
import {exitStatus} from '../../failure/failure.js';
import {plainLine} from '../../failure/plain.js';
import {blocksText, moveText, sideText} from '../../migration/words/workloads.js';
import {runOfRow, type WorkloadRow} from '../../migration/workload-row.js';
import {connectionFor} from '../connect.js';
import {refuseUnknownNamespace} from '../look.js';
import {structuredText} from '../print.js';
import {selectorOf} from '../selector.js';
import type {Surroundings} from '../surroundings.js';
import {table} from '../table.js';
import {createWorld, noHold} from '../world.js';
import {surveyAll, surveyNamespace, type Survey} from './survey.js';

/** Columns of the table: a heading, and whether it is only printed with `-o wide`. */
const columns: ReadonlyArray<{
	readonly title: string;
	readonly isWide?: true;
	readonly cell: (row: WorkloadRow, now: Date) => string;
}> = [
	{title: 'NAME', cell: ({kind, name}) => `${kind.toLowerCase()}/${name}`},
	{title: 'PRODUCT', cell: ({product}) => product},
	{title: 'VERSION', cell: ({version}) => version ?? '-'},
	{title: 'SIDE', cell: ({side}) => sideText[side]},
	{title: 'REPLICAS', cell: ({replicas}) => String(replicas)},
	{title: 'MOVE', cell: (row, now) => moveText(row, now)},
	{title: 'BLOCKS', cell: row => blocksText(row)},
	{title: 'RUN', isWide: true, cell: row => runOfRow(row) ?? '-'},
	{title: 'IMAGE', isWide: true, cell: ({image}) => image},
	{title: 'WHY HERE', isWide: true, cell: ({order}) => order},
];

/** The table of some workloads, as kubectl would print it. */
export const workloadsTable = (
	rows: readonly WorkloadRow[],
	{isWide, hasNamespace, now}: {readonly isWide: boolean; readonly hasNamespace: boolean; readonly now: Date},
): string => {
	const shown = columns.filter(column => isWide || !column.isWide);
	return table([
		[...(hasNamespace ? ['NAMESPACE'] : []), ...shown.map(({title}) => title)],
		...rows.map(row => [...(hasNamespace ? [row.namespace] : []), ...shown.map(({cell}) => cell(row, now))]),
	]);
};

const surveys = async (surroundings: Surroundings, connection: Connection): Promise<readonly Survey[]> => {
	if (surroundings.options.allNamespaces) {
		return surveyAll(surroundings, connection);
	}

	const world = createWorld(connection, surroundings.home, noHold);
	await refuseUnknownNamespace(world, connection);
	return [await surveyNamespace(surroundings, connection, world)];
};

/**
`unroot workloads`: the Ping workloads of a namespace, or of all, and where the move of each stands.
The order is the sensible one.
*/
export const showWorkloads = async (surroundings: Surroundings): Promise<number> => {
	const {stdout, stderr, options} = surroundings;
	const {kubeconfig, context, namespace} = options.values;
	const cacheFolder = await mkdtemp(join(tmpdir(), 'unroot-'));
	try {
		const connection = await connectionFor(surroundings, {
			cacheFolder,
			...(kubeconfig !== undefined && {kubeconfig}),
			...(context !== undefined && {context}),
			...(namespace !== undefined && {namespace}),
		});
		const found = await surveys(surroundings, connection);
		const {selector, workload} = options.values;
		const fits = selector === undefined ? undefined : selectorOf(selector);
		const rows = found
			.flatMap(survey => survey.rows)
			.filter(row => fits?.(row.labels) ?? true)
			.filter(({kind, name}) => workload === undefined || [name, `${kind}/${name}`.toLowerCase()].includes(workload));
		for (const what of found.flatMap(({unseen}) => unseen)) {
			stderr.write(`Not looked at: ${plainLine(what)}\n`);
		}

		if (options.output !== 'text') {
			stdout.write(structuredText(rows, options.output));
		} else if (rows.length === 0) {
			stderr.write(`No Ping workloads found${options.allNamespaces ? '' : ` in namespace ${connection.namespace}`}.\n`);
		} else {
			stdout.write(
				workloadsTable(rows, {
					isWide: options.isWide,
					hasNamespace: options.allNamespaces,
					now: new Date(),
				}),
			);
		}

		return exitStatus.done;
	} finally {
		await rm(cacheFolder, {recursive: true, force: true});
	}
};
