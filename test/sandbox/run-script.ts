import {Buffer} from 'node:buffer';
import {makeFaults} from '../../source/sandbox/faults.js';
import {makeMachine} from '../../source/sandbox/pods/container.js';
import {imageFacts} from '../../source/sandbox/pods/image.js';
import type {Machine} from '../../source/sandbox/pods/machine.js';
import {fileReader, nothing, share} from '../../source/sandbox/processes/descriptor.js';
import {spawn} from '../../source/sandbox/shell/programs.js';
import {makeStore} from '../../source/sandbox/store/store.js';

/** A container with nothing in it but its image. */
export const makeBareMachine = (
	image = 'example.com/toolbox:1',
	securityContext?: {readonly runAsUser: number},
): Machine => {
	const container = {name: 'toolbox', image, ...(securityContext && {securityContext})};
	const pod = {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {name: 'toolbox-0', namespace: 'identity', uid: 'u'},
		spec: {containers: [container]},
	};
	const nobody = {
		tell() {
			/* nothing to break */
		},
		clear() {
			/* nothing to mend */
		},
	};
	return makeMachine({
		store: makeStore(),
		faults: makeFaults(nobody),
		pod,
		container,
		facts: imageFacts(image),
		volumes: new Map(),
	});
};

export type ScriptResult = {readonly status: number; readonly stdout: string; readonly stderr: string};

/** Runs `sh -c SCRIPT sh ARGUMENTS…` in a container and collects what it prints. */
export const runScript = async (
	machine: Machine,
	script: string,
	parameters: readonly string[] = [],
	input = '',
): Promise<ScriptResult> => {
	const collected: Record<1 | 2, Uint8Array[]> = {1: [], 2: []};
	const collect = (number: 1 | 2) =>
		share({
			read: async () => undefined,
			async write(bytes) {
				collected[number].push(Uint8Array.from(bytes));
			},
		});
	const text = Buffer.from(input);
	const inputFile = {
		size: () => text.length,
		readAt: () => [text],
		writeAt() {
			/* read only */
		},
		truncate() {
			/* read only */
		},
	};
	const process = spawn(
		{
			machine,
			cwd: '/tmp',
			umask: 0o022,
			environment: machine.environment,
			descriptors: new Map([
				[0, input === '' ? nothing() : fileReader(inputFile)],
				[1, collect(1)],
				[2, collect(2)],
			]),
		},
		['sh', '-c', script, 'sh', ...parameters],
		{isExec: true},
	);
	const status = await process.ended;
	return {status, stdout: Buffer.concat(collected[1]).toString(), stderr: Buffer.concat(collected[2]).toString()};
};
