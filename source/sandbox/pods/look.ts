import {type Buffer} from 'node:buffer';
import {makeView} from '../files/view.js';
import type {Entry} from '../ldap/entry.js';
import {bindTo, writeTo, type Refusal, type Write} from '../ldap/write.js';
import type {PodHost} from './host.js';

/** What a test sees of a container, past all permissions. */
export type PodLook = {
	readonly uid: number;
	readonly ports: readonly number[];
	/** The bytes of a file, or undefined where there is none. */
	readonly read: (path: string) => Buffer | undefined;
	readonly write: (path: string, bytes: Uint8Array | string) => void;
	readonly list: (path: string) => readonly string[];
	readonly stat: (path: string) => {readonly uid: number; readonly gid: number; readonly mode: number} | undefined;
	/** Entries of the directory that runs there, of all its backends or of one. */
	readonly entries: (backend?: string) => readonly Entry[];
	/** An LDAP client's write, bound as somebody who may: undefined is the server's acknowledgement. */
	readonly change: (write: Write) => Refusal | undefined;
	/** Sets every backend to take writes, as somebody else's `dsconfig` would. */
	readonly thaw: () => void;
	/** An LDAP client's login; gives whether the password is right. */
	readonly bind: (dn: string, password: string) => boolean;
	/** Commands of the processes that an exec started and that still run. */
	readonly execs: () => readonly string[];
	readonly log: () => readonly string[];
};

const notListening: Refusal = {code: 91, name: 'connect error', message: 'Connection refused'};

const almighty = {
	uid: 0,
	gid: 0,
	groups: new Set<number>(),
	capabilities: new Set(['DAC_OVERRIDE', 'FOWNER', 'CHOWN'] as const),
};

/** Looks into a running container of a pod, in any namespace. */
export const lookAt = (pods: PodHost, name: string, container?: string): PodLook | undefined => {
	const namespace = pods.state().find(pod => pod.name === name)?.namespace;
	const machine = namespace === undefined ? undefined : pods.container(namespace, name, container)?.machine;
	if (!machine) {
		return undefined;
	}

	const view = makeView(machine.tree, almighty, '/', 0o022);
	return {
		uid: machine.credentials.uid,
		ports: [...machine.ports],
		read: path => (view.exists(path) && view.node(path).kind !== 'folder' ? view.read(path) : undefined),
		write: view.write,
		list: view.list,
		stat(path) {
			if (!view.exists(path)) {
				return undefined;
			}

			const {uid, gid, mode} = view.node(path);
			return {uid, gid, mode};
		},
		entries: backend =>
			(machine.directory?.backends ?? [])
				.filter(({id}) => backend === undefined || id === backend)
				.flatMap(({entries}) => entries.values().toArray()),
		change: write =>
			machine.directory?.holding(write.dn)?.isEnabled()
				? writeTo(machine.directory.holding(write.dn)!, write, 'uid=application,ou=Services,dc=example,dc=com')
				: notListening,
		thaw() {
			machine.directory?.setWritability('enabled');
			for (const backend of machine.directory?.backends ?? []) {
				backend.setWritability('enabled');
			}
		},
		bind(dn, password) {
			const backend = machine.directory?.holding(dn);
			return backend?.isEnabled() === true && bindTo(backend, dn, password);
		},
		execs: () =>
			machine.processes
				.list()
				.filter(({isExec}) => isExec)
				.map(({command}) => command),
		log: () => machine.log.lines().map(({text}) => text),
	};
};
