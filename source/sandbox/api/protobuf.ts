import {Buffer} from 'node:buffer';
import type {Json, JsonObject} from '../store/object.js';
import {refusal} from './refusal.js';

type Field = readonly [name: string, type: 'text' | 'bytes map' | 'text map' | 'flag' | MessageName];

type MessageName = 'Secret' | 'ObjectMeta' | 'DeleteOptions';

/**
The messages that are read, by the numbers of their fields: those that Helm's client sends, which keeps its releases in
Secrets. Fields that are not here are left out.
@see kubernetes, release-1.35, staging/src/k8s.io/api/core/v1/generated.proto and
  staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto
*/
const messages: Readonly<Record<MessageName, Readonly<Record<number, Field>>>> = {
	Secret: {
		1: ['metadata', 'ObjectMeta'],
		2: ['data', 'bytes map'],
		3: ['type', 'text'],
		4: ['stringData', 'text map'],
		5: ['immutable', 'flag'],
	},
	ObjectMeta: {
		1: ['name', 'text'],
		2: ['generateName', 'text'],
		3: ['namespace', 'text'],
		5: ['uid', 'text'],
		6: ['resourceVersion', 'text'],
		11: ['labels', 'text map'],
		12: ['annotations', 'text map'],
	},
	DeleteOptions: {},
};

const isMessage = (name: string): name is MessageName => Object.hasOwn(messages, name);

/** What every object in protobuf begins with; a message with the object's type and bytes follows. */
const magic = Buffer.from('k8s\0');

type Part = {readonly number: number; readonly value: Buffer | number};

const varint = (bytes: Buffer, from: number): {readonly value: number; readonly next: number} => {
	let value = 0;
	let factor = 1;
	for (let next = from; next < bytes.length; next++) {
		const byte = bytes[next]!;
		value += (byte % 128) * factor;
		if (byte < 128) {
			return {value, next: next + 1};
		}

		factor *= 128;
	}

	throw refusal(400, 'error decoding the body: a protobuf message ends in the middle of a number');
};

/** The fields of a message: numbers and stretches of bytes are all that the messages above hold. */
const partsOf = (bytes: Buffer): readonly Part[] => {
	const parts: Part[] = [];
	let place = 0;
	while (place < bytes.length) {
		const tag = varint(bytes, place);
		const number = Math.floor(tag.value / 8);
		const wire = tag.value % 8;
		const first = varint(bytes, tag.next);
		if (wire === 0) {
			parts.push({number, value: first.value});
			place = first.next;
		} else if (wire === 2) {
			place = first.next + first.value;
			parts.push({number, value: bytes.subarray(first.next, place)});
		} else {
			throw refusal(400, `error decoding the body: protobuf of wire type ${wire} is not read`);
		}
	}

	return parts;
};

const bytesOf = (parts: readonly Part[], number: number): Buffer => {
	const value = parts.find(part => part.number === number)?.value;
	return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
};

const readField = (type: Field[1], value: Part['value'], known: Json | undefined): Json => {
	const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
	switch (type) {
		case 'text': {
			return bytes.toString();
		}

		case 'flag': {
			return value === 1;
		}

		case 'bytes map':
		case 'text map': {
			const entry = partsOf(bytes);
			return {
				...(known as JsonObject | undefined),
				[bytesOf(entry, 1).toString()]: bytesOf(entry, 2).toString(type === 'bytes map' ? 'base64' : 'utf8'),
			};
		}

		case 'Secret':
		case 'ObjectMeta':
		case 'DeleteOptions': {
			return readMessage(type, bytes);
		}
	}
};

const readMessage = (name: MessageName, bytes: Buffer): JsonObject => {
	const message: JsonObject = {};
	for (const {number, value} of partsOf(bytes)) {
		const [field, type] = messages[name][number] ?? [];
		const isEmptyText = type === 'text' && Buffer.isBuffer(value) && value.length === 0;
		if (field !== undefined && type !== undefined && !isEmptyText) {
			message[field] = readField(type, value, message[field]);
		}
	}

	return message;
};

/**
Reads an object that came as protobuf. Kinds that are not in the table are refused, as an API server refuses what it
does not speak.
*/
export const readProtobuf = (body: Buffer): JsonObject => {
	const unknown = partsOf(body.subarray(magic.length));
	const type = partsOf(bytesOf(unknown, 1));
	const kind = bytesOf(type, 2).toString();
	if (!body.subarray(0, magic.length).equals(magic) || !isMessage(kind)) {
		throw refusal(
			415,
			'the body of the request was in an unknown format - accepted media types include: application/json, ' +
				'application/yaml, application/apply-patch+yaml',
		);
	}

	return {apiVersion: bytesOf(type, 1).toString(), kind, ...readMessage(kind, bytesOf(unknown, 2))};
};
