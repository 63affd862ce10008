import {Failure, type FailureParts} from '../../failure/failure.js';
import type {CommandResult} from '../../migration/world.js';
import {kubectlByHand, type Connection} from '../connection.js';
import {lastLines} from './lines.js';

type Sign = Pick<FailureParts, 'code' | 'means' | 'todo'> &
	Partial<Pick<FailureParts, 'exit' | 'retryable'>> & {readonly says: RegExp};

/** What kubectl writes to standard error, and what it means for the migration. The first that fits counts. */
const signs: readonly Sign[] = [
	{
		says: /violates podsecurity|pod security policy|podsecuritypolicy: unable/iv,
		code: 'pod-security',
		means: "The cluster's Pod Security rules forbid this pod. It would never start.",
		todo: 'Change what the rule names in the manifest, or have the rule for the namespace changed.',
		exit: 'blocked',
	},
	{
		says: /admission webhook .* denied the request/v,
		code: 'admission-denied',
		means: 'A rule of your own cluster (an admission webhook) forbids this object.',
		todo: 'Read what it wants, and change the manifest or have the rule changed.',
		exit: 'blocked',
	},
	{
		says: /exceeded quota/v,
		code: 'quota-exceeded',
		means: "The namespace's quota does not have room for this object.",
		todo: 'Have the quota raised, or something removed that is no longer needed.',
		exit: 'blocked',
		retryable: true,
	},
	{
		says: /\(Forbidden\)|is forbidden: User/v,
		code: 'forbidden',
		means: "unroot lacks a permission that it needs for this. The server's message names it.",
		todo: 'Have the right granted, then try again.',
		exit: 'blocked',
		retryable: true,
	},
	{
		says: /\(Unauthorized\)|You must be logged in to the server/v,
		code: 'unauthorized',
		means: 'The API server does not take the credentials of the kubeconfig: they are missing, wrong or have expired.',
		todo: 'Log in again the way your cluster wants it, then try again.',
		exit: 'blocked',
		retryable: true,
	},
	{
		says: /x509: |tls: (?:failed|handshake|unknown|bad|protocol|first record)/v,
		code: 'tls',
		means: 'kubectl and the API server do not agree on TLS.',
		todo:
			'Look at the certificate authority and the address in the kubeconfig. Verification is never switched off ' +
			'here.',
	},
	{
		says: /Unable to connect to the server|was refused - did you specify|connection (?:refused|reset|lost)|(?:i\/o|handshake) timeout|no such host|unexpected EOF/v,
		code: 'server-unreachable',
		means:
			'The API server could not be reached, or the connection was cut. Whether it did what was asked is not known.',
		todo: 'Look whether the cluster answers, then try again: what is done already is found.',
		retryable: true,
	},
	{
		says: /field is immutable|updates to statefulset spec for fields other than|forbidden: updates to .* are forbidden|is immutable after creation/iv,
		code: 'immutable-field',
		means: 'A field would change that Kubernetes never changes on an object that is there.',
		todo:
			'The object has to be created again under another name, or deleted first. Decide which; unroot deletes nothing ' +
			'unasked.',
		exit: 'blocked',
	},
	{
		says: /is invalid|\(Invalid\)|\(BadRequest\)|error validating|unknown field|strict decoding error|no matches for kind|failed to create typed patch object/v,
		code: 'manifest-refused',
		means: 'The API server does not take this manifest. Nothing of it was applied.',
		todo: 'Change what the server names in the manifest.',
		exit: 'blocked',
	},
	{
		says: /\(NotFound\)/v,
		code: 'not-found',
		means: 'An object that this needs is not there: it may have been renamed or removed.',
		todo: 'Look at what there is in the namespace, then try again.',
		retryable: true,
	},
	{
		says: /\(Conflict\)|the object has been modified/v,
		code: 'object-changed',
		means: 'Somebody else changed the object at the same moment.',
		todo: 'Try again.',
		retryable: true,
	},
	{
		says: /\(TooManyRequests\)|\(ServiceUnavailable\)|\(InternalError\)|\(Timeout\)|\(ServerTimeout\)|currently unable to handle the request|etcdserver:/v,
		code: 'server-busy',
		means: 'The API server cannot do this now.',
		todo: 'Wait until the cluster is well again, then try again.',
		retryable: true,
	},
];

/** Lines of kubectl that are no error: warnings of the server, and its own log. */
const chatter = /^(?:Warning: |[EIW]\d{4} )/v;

/** A Failure for a kubectl that did not end well, in the words of the server. */
export const serverFailure = (connection: Connection, argv: readonly string[], result: CommandResult): Failure => {
	const lines = lastLines(result.stderr).filter(line => !chatter.test(line));
	const known = signs.find(({says}) => says.test(result.stderr));
	const verb = argv[0] ?? '';
	const {says, ...parts} = known ?? {
		says: undefined,
		code: 'kubectl-failed',
		means: 'kubectl did not do what was asked, for a reason that is not known here.',
		todo: 'Read what it says, run the command by hand, then try again.',
		retryable: true,
	};
	// What was done before the error stands: a list is applied object by object.
	const done = lastLines(result.stdout).filter(line =>
		/(?:serverside-applied|created|configured|patched|scaled)$/v.test(line),
	);
	const details = [...lines.slice(1), ...done.map(line => `done before that: ${line}`)];
	return new Failure({
		seen:
			`kubectl ${verb} ended with ` +
			`${result.exitCode === undefined ? 'a signal' : `status ${result.exitCode}`}${lines[0] ? `: ${lines[0]}` : ''}`,
		byHand: kubectlByHand(connection, argv),
		...parts,
		...(details.length > 0 && {details}),
	});
};
