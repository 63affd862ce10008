import {expect, test} from 'vitest';
import {conflictsIn} from '../../../source/cluster/kubectl/conflict.js';

const advice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
`;

test.each([
	[
		'one field of one manager',
		`error: Apply failed with 1 conflict: conflict with "helm": .spec.replicas\n${advice}`,
		[{manager: 'helm', field: '.spec.replicas'}],
	],
	[
		'several fields of one manager',
		'error: Apply failed with 2 conflicts: conflicts with "helm":\n- .spec.replicas\n- ' +
			`.spec.template.spec.containers[name="c"].env[name="A"].value\n${advice}`,
		[
			{manager: 'helm', field: '.spec.replicas'},
			{manager: 'helm', field: '.spec.template.spec.containers[name="c"].env[name="A"].value'},
		],
	],
	[
		'fields of several managers, with version, subresource and time',
		[
			'Error from server (Conflict): Apply failed with 3 conflicts: conflicts with "kubectl-client-side-apply" ' +
				'using apps/v1 at 2026-11-24T11:22:16Z:',
			'- .spec.replicas',
			'- .spec.serviceName',
			'conflicts with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
		].join('\n'),
		[
			{manager: 'kubectl-client-side-apply', field: '.spec.replicas'},
			{manager: 'kubectl-client-side-apply', field: '.spec.serviceName'},
			{manager: 'kubectl', field: '.spec.replicas'},
		],
	],
	['no conflict', 'The Deployment "d" is invalid: spec.selector: field is immutable\n- not: a conflict\n', []],
	[
		'a plain conflict of versions',
		'Error from server (Conflict): Operation cannot be fulfilled on pods "a": the object has been modified\n',
		[],
	],
])("kubectl's words name %s", (_, stderr, conflicts) => {
	expect(conflictsIn(stderr)).toEqual(conflicts);
});
