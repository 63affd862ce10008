/** The parts of a pod's specification that the sandbox acts on. Other fields are kept and shown, and do nothing. */
export type PodSpec = {
	readonly containers: readonly ContainerSpec[];
	readonly initContainers?: readonly ContainerSpec[];
	readonly volumes?: readonly VolumeSpec[];
	readonly securityContext?: {
		readonly runAsUser?: number;
		readonly runAsGroup?: number;
		readonly runAsNonRoot?: boolean;
		readonly fsGroup?: number;
		readonly fsGroupChangePolicy?: 'Always' | 'OnRootMismatch';
		readonly supplementalGroups?: readonly number[];
	};
};

export type ContainerSpec = {
	readonly name: string;
	readonly image: string;
	readonly env?: readonly EnvironmentEntry[];
	readonly envFrom?: ReadonlyArray<{
		readonly prefix?: string;
		readonly configMapRef?: {readonly name: string; readonly optional?: boolean};
		readonly secretRef?: {readonly name: string; readonly optional?: boolean};
	}>;
	readonly volumeMounts?: ReadonlyArray<{
		readonly name: string;
		readonly mountPath: string;
		readonly subPath?: string;
		readonly readOnly?: boolean;
	}>;
	readonly readinessProbe?: {
		readonly exec?: {readonly command?: readonly string[]};
		readonly tcpSocket?: {readonly port: number | string};
		readonly httpGet?: {readonly port: number | string};
	};
	readonly ports?: ReadonlyArray<{readonly name?: string; readonly containerPort: number}>;
	readonly securityContext?: {
		readonly runAsUser?: number;
		readonly runAsGroup?: number;
		readonly runAsNonRoot?: boolean;
		readonly capabilities?: {readonly add?: readonly string[]; readonly drop?: readonly string[]};
	};
};

export type EnvironmentEntry = {
	readonly name: string;
	readonly value?: string;
	readonly valueFrom?: {
		readonly configMapKeyRef?: {readonly name: string; readonly key: string; readonly optional?: boolean};
		readonly secretKeyRef?: {readonly name: string; readonly key: string; readonly optional?: boolean};
		readonly fieldRef?: {readonly fieldPath: string};
	};
};

/** Which keys of an object become files, and where; without items each key is a file of its name. */
export type Projection = {
	readonly optional?: boolean;
	readonly items?: ReadonlyArray<{readonly key: string; readonly path: string}>;
};

export type VolumeSpec = {
	readonly name: string;
	readonly persistentVolumeClaim?: {readonly claimName: string};
	readonly configMap?: Projection & {readonly name: string; readonly defaultMode?: number};
	readonly secret?: Projection & {readonly secretName: string; readonly defaultMode?: number};
	readonly projected?: {
		readonly defaultMode?: number;
		readonly sources?: ReadonlyArray<{
			readonly configMap?: Projection & {readonly name: string};
			readonly secret?: Projection & {readonly name: string};
		}>;
	};
	readonly hostPath?: {readonly path: string};
	readonly emptyDir?: unknown;
};

/** Why a container waits and is not started: a reason and a message as the kubelet words them. */
export type Waiting = Error & {readonly reason: string};

export const waiting = (reason: string, message: string): Waiting => Object.assign(new Error(message), {reason});

export const isWaiting = (error: unknown): error is Waiting => error instanceof Error && 'reason' in error;
