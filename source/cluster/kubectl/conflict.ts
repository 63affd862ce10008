import {Failure} from '../../failure/failure.js';
import {kubectlByHand, type Connection} from '../connection.js';

/** A field that another manager owns. */
export type FieldConflict = {readonly manager: string; readonly field: string};

/** The name under which this program owns fields. */
export const fieldManager = 'unroot';

/**
Reads the conflicts from what kubectl says of a server-side apply. One conflict of a manager stands on its line, several
stand on lines of their own. Empty where there is none.
Source: kubernetes/kubernetes, staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go, and
kubectl's apply.go.
*/
export const conflictsIn = (stderr: string): readonly FieldConflict[] => {
	const conflicts: FieldConflict[] = [];
	let manager: string | undefined;
	for (const line of stderr.split('\n')) {
		const head = /\bconflicts? with "(?<manager>(?:[^"\\]|\\.)*)"[^:]*(?:\d\d:\d\d:\d\d[^:]*)?:(?<field> \S.*)?$/v.exec(
			line,
		)?.groups;
		const item = /^- (?<field>\S.*)$/v.exec(line)?.groups;
		if (head) {
			manager = head.manager ?? '';
			const field = head.field?.trim();
			conflicts.push(...(field ? [{manager, field}] : []));
		} else if (manager !== undefined && item?.field) {
			conflicts.push({manager, field: item.field});
		} else {
			manager = undefined;
		}
	}

	return conflicts;
};

/** A Failure that names the managers and their fields. */
export const conflictFailure = (
	connection: Connection,
	argv: readonly string[],
	conflicts: readonly FieldConflict[],
): Failure => {
	const managers = [...new Set(conflicts.map(({manager}) => manager))];
	return new Failure({
		code: 'apply-conflict',
		seen:
			`${conflicts.length === 1 ? 'A field' : `${conflicts.length} fields`} of these objects ` +
			`${conflicts.length === 1 ? 'is' : 'are'} managed by ${managers.join(', ')}.`,
		means:
			'Somebody or something else set these fields. A tool that applies manifests again and again (GitOps, ' +
			'Helm, an operator) would set them back.',
		todo:
			'Change them where they come from, or stop that tool for the migration; then take the fields over ' +
			'deliberately.',
		byHand: kubectlByHand(connection, argv),
		exit: 'blocked',
		details: conflicts.map(({manager, field}) => `${manager}: ${field}`),
	});
};
