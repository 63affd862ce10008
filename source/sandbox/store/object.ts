/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** An object of JSON. */
export type JsonObject = {[field: string]: Json | undefined};

/** One manager's share of an object, as server-side apply records it. */
export type ManagedFields = {
	manager: string;
	operation: 'Apply' | 'Update';
	apiVersion: string;
	time: string;
	fieldsType: 'FieldsV1';
	fieldsV1: JsonObject;
	subresource?: string;
};

/** Who an object belongs to. */
export type OwnerReference = {
	apiVersion: string;
	kind: string;
	name: string;
	uid: string;
	controller?: boolean;
	blockOwnerDeletion?: boolean;
};

/** The metadata of an object. */
export type Metadata = {
	name: string;
	namespace?: string;
	generateName?: string;
	uid?: string;
	resourceVersion?: string;
	generation?: number;
	creationTimestamp?: string;
	deletionTimestamp?: string;
	deletionGracePeriodSeconds?: number;
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	ownerReferences?: OwnerReference[];
	finalizers?: string[];
	managedFields?: ManagedFields[];
};

/** An object of the cluster. Fields that nobody here knows are kept as they came. */
export type KubeObject = {
	apiVersion: string;
	kind: string;
	metadata: Metadata;
	[field: string]: unknown;
};

/** Whether a value is an object of JSON. */
export const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object as plain JSON, for patches and field paths. */
export const asJson = (object: KubeObject): JsonObject => object as unknown as JsonObject;

/** Plain JSON as an object of the cluster. The caller has checked apiVersion, kind and name. */
export const asObject = (json: JsonObject): KubeObject => json as unknown as KubeObject;
