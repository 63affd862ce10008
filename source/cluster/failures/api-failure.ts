import {createHash} from 'node:crypto';
import {Failure, type FailureParts} from '../../failure/failure.js';
import {kubectlByHand, type Connection} from '../connection.js';
import {lastLines} from './lines.js';

/** What is asked of the API: enough to name the right it takes. */
export type ApiCall = {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	readonly path: string;
	/** The verb of RBAC. */
	readonly verb: string;
	/** What the verb is for, as RBAC writes it: `pods`, `pods/log`, `statefulsets.apps`. */
	readonly resource: string;
	readonly isNamespaced: boolean;
};

/** Codes of connection errors, and what they mean. Node and OpenSSL name them. */
const connectionErrors: ReadonlyArray<{
	readonly codes: RegExp;
	readonly code: string;
	readonly means: string;
	readonly todo: string;
	/** Whether the same can work a moment later. */
	readonly isPassing: boolean;
}> = [
	{
		codes: /^ECONNREFUSED$/v,
		code: 'server-refused',
		means:
			'Nothing listens at that address: the API server is down or restarting, or the address is not the right one.',
		todo:
			'Look whether the cluster runs and whether this machine may reach it (VPN, bastion, firewall), then try ' +
			'again.',
		isPassing: true,
	},
	{
		codes: /^(?:ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/v,
		code: 'server-name-unknown',
		means: 'The name of the API server cannot be looked up from this machine.',
		todo: 'Look at the network and the VPN, and at the address in the kubeconfig, then try again.',
		isPassing: true,
	},
	{
		codes:
			/^(?:CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*|ERR_OSSL_.*|EPROTO|HOSTNAME_MISMATCH)$/v,
		code: 'tls',
		means:
			'The API server and this machine do not agree on TLS: its certificate is not one that the kubeconfig ' +
			'trusts, has expired, is for another name, or no TLS is spoken there at all.',
		todo:
			'Look at the certificate authority and the address in the kubeconfig. Verification is never switched off ' +
			'here.',
		isPassing: false,
	},
	{
		codes: /^(?:ETIMEDOUT|ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH|ECONNABORTED|ABORT_ERR|UND_ERR.*)$/v,
		code: 'server-unreachable',
		means: 'The connection to the API server was cut, or no answer came in time.',
		todo: 'Look at the network between this machine and the cluster, then try again.',
		isPassing: true,
	},
];

const codeOf = (error: unknown): string => {
	if (error instanceof AggregateError && error.errors.length > 0) {
		return codeOf(error.errors[0]);
	}

	// A request is aborted for one reason alone: its time is over.
	if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
		return 'ETIMEDOUT';
	}

	return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
		? error.code
		: '';
};

const connectionErrorOf = (error: unknown): (typeof connectionErrors)[number] | undefined =>
	connectionErrors.find(({codes}) => codes.test(codeOf(error)));

/** Whether the same request can work a moment later. */
export const isPassingError = (error: unknown): boolean => connectionErrorOf(error)?.isPassing ?? false;

/** A Failure for a request that got no answer. */
export const connectionFailure = (connection: Connection, server: string, error: unknown): Failure => {
	const known = connectionErrorOf(error);
	const message =
		codeOf(error) === 'ETIMEDOUT'
			? 'no answer came in time'
			: (error instanceof Error && error.message) || codeOf(error) || String(error);
	return new Failure(
		{
			code: known?.code ?? 'server-unreachable',
			seen: `The API server ${server} of the context «${connection.context}» could not be asked: ${message}.`,
			means: known?.means ?? 'The connection failed for a reason that is not known here.',
			todo: known?.todo ?? 'Look whether kubectl gets an answer, then try again.',
			byHand: kubectlByHand(connection, ['version']),
			retryable: known?.isPassing ?? true,
		},
		{cause: error},
	);
};

/**
A Failure for a kubeconfig whose credentials cannot be had: a plugin that fails, a certificate file that is not there.
*/
export const credentialsFailure = (connection: Connection, error: unknown): Failure => {
	const details = lastLines(error instanceof Error ? error.message : String(error));
	return new Failure(
		{
			code: 'credentials',
			seen: `The credentials of the context «${connection.context}» could not be got from the kubeconfig.`,
			means:
				'Its credential plugin failed, or a certificate, key or token file cannot be read. The cluster was not asked.',
			todo: 'Log in again the way your cluster wants it, then try again.',
			byHand: kubectlByHand(connection, ['get', 'pods']),
			exit: 'blocked',
			retryable: true,
			...(details.length > 0 && {details}),
		},
		{cause: error},
	);
};

/** What an answer that is not a good one says: the message of a Kubernetes Status, or the text itself. */
export const saidIn = (body: string): string => {
	try {
		const status: unknown = JSON.parse(body);
		if (typeof status === 'object' && status !== null && 'message' in status && typeof status.message === 'string') {
			return status.message;
		}
	} catch {
		// Not a Status of Kubernetes: the text itself says it.
	}

	return lastLines(body).slice(0, 3).join(' ').slice(0, 500);
};

type Explanation = Pick<FailureParts, 'code' | 'means' | 'todo'> & Partial<FailureParts>;

/** A Failure for a namespace that the cluster does not have. */
export const namespaceUnknown = (connection: Connection): Failure =>
	new Failure({
		code: 'namespace-unknown',
		seen: `The cluster of the context «${connection.context}» has no namespace «${connection.namespace}».`,
		means: 'There is nothing to migrate there. Nothing was done.',
		todo: 'Name the namespace of the workload with --namespace.',
		byHand: kubectlByHand(connection, ['get', 'namespaces']),
		exit: 'usage',
	});

const explanationOf = (connection: Connection, call: ApiCall, status: number, said: string): Explanation => {
	if (status === 401) {
		return {
			code: 'unauthorized',
			means: 'The API server does not take the credentials of the kubeconfig: they are missing, wrong or have expired.',
			todo: 'Log in again the way your cluster wants it, then try again.',
			exit: 'blocked',
			retryable: true,
		};
	}

	if (status === 403) {
		const where = call.isNamespaced ? `in the namespace «${connection.namespace}»` : 'in the whole cluster';
		return {
			code: 'forbidden',
			means:
				`The right to ${call.verb} ${call.resource} ${where} is missing. unroot needs it for this and cannot go ` +
				'on without.',
			todo: `Have the right granted (verb ${call.verb}, resource ${call.resource}, ${where}), then try again.`,
			byHand: kubectlByHand(connection, ['auth', 'can-i', call.verb, call.resource]),
			exit: 'blocked',
			retryable: true,
		};
	}

	if (status === 429 || status >= 500) {
		return {
			code: 'server-busy',
			means: 'The API server, or something in front of it, cannot answer now. It was asked several times.',
			todo: 'Wait until the cluster is well again, then try again.',
			retryable: true,
		};
	}

	if (status === 404 && /^namespaces ".*" not found$/v.test(said)) {
		return namespaceUnknown(connection).parts;
	}

	if (status === 404) {
		return {
			code: 'not-served',
			means:
				`The server does not know ${call.path}. It may be no Kubernetes API, or one whose version unroot does ` +
				'not know.',
			todo: "Look whether the context's address is that of a Kubernetes API server of version 1.20 or newer.",
		};
	}

	return {
		code: 'server-refuses',
		means: 'The API server understood the request and does not do it.',
		todo: 'Read what it says. If it is a state that passes, try again.',
	};
};

/** A Failure for an answer that is not a good one. Names the right that is missing where it is one. */
export const answerFailure = (connection: Connection, call: ApiCall, status: number, body: string): Failure => {
	const said = saidIn(body);
	return new Failure({
		seen: `The API server answered ${status} to ${call.verb} ${call.resource}${said === '' ? '.' : `: ${said}`}`,
		byHand: kubectlByHand(connection, ['get', '--raw', call.path]),
		...explanationOf(connection, call, status, said),
	});
};

/** A Failure for an answer that is no JSON, such as the log-in page of a proxy. */
export const notJsonFailure = (connection: Connection, call: ApiCall, body: string): Failure =>
	new Failure({
		code: 'not-kubernetes',
		seen: `The answer to ${call.verb} ${call.resource} is not one that Kubernetes gives.`,
		means: 'Something that is not a Kubernetes API server answers at that address, such as the log-in page of a proxy.',
		todo: 'Look at the address and the proxy of the context, then try again.',
		byHand: kubectlByHand(connection, ['get', '--raw', call.path]),
		details: lastLines(body.slice(0, 500)),
	});

/** A short name for a cluster whose own UID may not be read. */
export const likenessHash = (likeness: string): string =>
	createHash('sha256').update(likeness).digest('hex').slice(0, 32);

/** A Failure for a list that does not end. */
export const endlessFailure = (connection: Connection, call: ApiCall, pages: number): Failure =>
	new Failure({
		code: 'list-endless',
		seen: `The list of ${call.resource} has no end: after ${pages} pages there was always another.`,
		means: 'The API server, or something in front of it, says the same again and again. What was listed is not used.',
		todo: 'Ask with kubectl how many there are, and look at what stands in front of the API server, then try again.',
		byHand: kubectlByHand(connection, ['get', call.resource]),
		retryable: true,
	});
