import {type Buffer} from 'node:buffer';
import {parseFault} from '../faults.js';
import type {Cluster} from './cluster.js';
import {refusal} from './refusal.js';
import type {Reply} from './reply.js';

/**
What only a sandbox has: `POST /sandbox/faults` with a fault or a list of them, `DELETE /sandbox/faults`, `GET
/sandbox/faults`, and `GET /sandbox/state`, what the pods do right now.
*/
export const answerControl = ({faults, pods}: Cluster, method: string, url: URL, body: Buffer, reply: Reply): void => {
	if (method === 'GET' && url.pathname === '/sandbox/state') {
		reply.json(200, {pods: pods.state()});
		return;
	}

	if (url.pathname !== '/sandbox/faults') {
		throw refusal(404, 'the sandbox has /sandbox/state and /sandbox/faults');
	}

	if (method === 'POST') {
		try {
			const value = JSON.parse(body.toString()) as unknown;
			for (const fault of Array.isArray(value) ? value : [value]) {
				faults.tell(parseFault(fault));
			}
		} catch (error) {
			throw refusal(400, error instanceof Error ? error.message : String(error));
		}
	} else if (method === 'DELETE') {
		faults.clear();
	}

	reply.json(200, {faults: faults.pending()});
};
