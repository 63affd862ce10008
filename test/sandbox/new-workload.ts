/** A ConfigMap with files of a server profile, by their paths. */
export const profileMap = (name: string, files: Readonly<Record<string, string>>) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name, namespace: 'identity'},
	data: Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replaceAll('/', '.'), text])),
});

/** Its volume, and its mount at the place where the images look: by sub-path, so that what is found there are files. */
export const profileVolume = (name: string, files: Readonly<Record<string, string>>) => ({
	volumes: [
		{
			name: 'profile',
			configMap: {name, items: Object.keys(files).map(path => ({key: path.replaceAll('/', '.'), path}))},
		},
	],
	mounts: [...new Set(Object.keys(files).map(path => path.split('/', 1)[0]!))].map(top => ({
		name: 'profile',
		mountPath: `/opt/in/${top}`,
		subPath: top,
	})),
});

/** A PingDirectory of the new days, as an operator would write it: headless Service aside. */
export const newWorkload = (
	name: string,
	change: {
		readonly image?: string;
		readonly podSecurity?: Record<string, unknown>;
		readonly containerSecurity?: Record<string, unknown>;
		readonly environment?: Readonly<Record<string, string>>;
		readonly claims?: boolean;
		readonly volumes?: readonly unknown[];
		readonly mounts?: readonly unknown[];
	} = {},
) => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: {name, namespace: 'identity'},
	spec: {
		replicas: 1,
		serviceName: name,
		selector: {matchLabels: {app: name}},
		template: {
			metadata: {labels: {app: name}},
			spec: {
				securityContext: change.podSecurity ?? {fsGroup: 9999},
				...(change.volumes && {volumes: change.volumes}),
				containers: [
					{
						name: 'pingdirectory',
						image: change.image ?? 'pingidentity/pingdirectory:2103-8.2.0.3',
						env: Object.entries({
							PING_IDENTITY_ACCEPT_EULA: 'YES',
							PING_IDENTITY_PASSWORD: 'new-root-password',
							...change.environment,
						}).map(([variable, value]) => ({
							name: variable,
							value,
						})),
						ports: [{name: 'ldaps', containerPort: 1636}],
						readinessProbe: {exec: {command: ['/opt/readiness.sh']}},
						...(change.containerSecurity && {securityContext: change.containerSecurity}),
						volumeMounts: [{name: 'out-dir', mountPath: '/opt/out'}, ...(change.mounts ?? [])],
					},
				],
			},
		},
		...((change.claims ?? true) && {
			volumeClaimTemplates: [
				{metadata: {name: 'out-dir'}, spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}}},
			],
		}),
	},
});
