import type {JsonObject} from '../store/object.js';

/** An answer of the API that is not what was asked for: a Status object with its HTTP code. */
export type Refusal = Error & {readonly status: JsonObject; readonly code: number; readonly retryAfter?: number};

const reasons: Readonly<Record<number, string>> = {
	400: 'BadRequest',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'NotFound',
	405: 'MethodNotAllowed',
	409: 'Conflict',
	410: 'Expired',
	415: 'UnsupportedMediaType',
	422: 'Invalid',
	429: 'TooManyRequests',
	500: 'InternalError',
	503: 'ServiceUnavailable',
};

/** Makes a refusal. The reason follows from the code unless it is given. */
export const refusal = (
	code: number,
	message: string,
	more: {readonly reason?: string; readonly details?: JsonObject; readonly retryAfter?: number} = {},
): Refusal => {
	const details = {...more.details, ...(more.retryAfter !== undefined && {retryAfterSeconds: more.retryAfter})};
	return Object.assign(new Error(message), {
		code,
		...(more.retryAfter !== undefined && {retryAfter: more.retryAfter}),
		status: {
			kind: 'Status',
			apiVersion: 'v1',
			metadata: {},
			status: 'Failure',
			message,
			reason: more.reason ?? reasons[code] ?? 'Unknown',
			...(Object.keys(details).length > 0 && {details}),
			code,
		},
	});
};

/** Whether an error is an answer of the API. */
export const isRefusal = (error: unknown): error is Refusal =>
	error instanceof Error && 'status' in error && 'code' in error;

/** Something that does not exist. */
export const notFound = (plural: string, group: string, name: string): Refusal =>
	refusal(404, `${plural}${group === '' ? '' : `.${group}`} "${name}" not found`, {
		details: {name, group, kind: plural},
	});
