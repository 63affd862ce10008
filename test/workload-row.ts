import type {WorkloadRow} from '../source/migration/workload-row.js';

/** An old directory of three replicas in a table of workloads, whose move is not begun. */
export const workloadRow = (changes: Partial<WorkloadRow> = {}): WorkloadRow => ({
	context: 'prod',
	namespace: 'identity',
	kind: 'StatefulSet',
	name: 'pingdirectory',
	labels: {},
	product: 'pingdirectory',
	version: '8.2.0.1',
	image: 'pingidentity/pingdirectory:2102-8.2.0.1',
	side: 'old',
	replicas: 3,
	move: {kind: 'not-begun'},
	frozen: null,
	blocks: [],
	warns: 0,
	order: '',
	...changes,
});
