/*
How long `unroot inspect -f` takes for 2,000 objects in files, as a user waits for it: a process of its own is not part
of it, reading and judging is. Then the same of a cluster, see inspect-cluster.ts.
*/
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {runSources} from '../tools/run-sources.ts';
import {benchCluster} from './inspect-cluster.ts';

runSources();
const {runInspect} = await import('../source/commands/inspect/index.js');

const secondsAllowed = 2;
const namespaces = 200;

/** Ten objects of one namespace: a workload of Ping's, its Services and ConfigMaps, and neighbours that talk to it. */
const objectsOf = (index: number): string => {
	const namespace = `team-${index}`;
	const meta = (name: string): string =>
		`metadata:\n  name: ${name}\n  namespace: ${namespace}\n  labels:\n    app.kubernetes.io/name: ${name}`;
	const neighbours = Array.from(
		{length: 5},
		(_, number) => `apiVersion: apps/v1
kind: Deployment
${meta(`portal-${number}`)}
spec:
  replicas: 2
  selector:
    matchLabels:
      app: portal-${number}
  template:
    metadata:
      labels:
        app: portal-${number}
    spec:
      containers:
        - name: portal
          image: example/portal:${number}
          ports:
            - containerPort: 443
          env:
            - name: DIRECTORY
              value: ldaps://pingdirectory:636
            - name: API
              value: https://api.example.com:443/v1
          livenessProbe:
            httpGet:
              port: 443
              path: /
`,
	);
	return [
		`apiVersion: apps/v1
kind: StatefulSet
${meta('pingdirectory')}
spec:
  replicas: 3
  serviceName: pingdirectory-cluster
  selector:
    matchLabels:
      role: pingdirectory
  template:
    metadata:
      labels:
        role: pingdirectory
    spec:
      initContainers:
        - name: wait
          image: pingidentity/pingtoolkit:2102
          command: [wait-for, "pingdirectory-cluster:389"]
      containers:
        - name: pingdirectory
          image: pingidentity/pingdirectory:2102-8.2.0.1
          envFrom:
            - configMapRef:
                name: environment
          ports:
            - containerPort: 636
            - containerPort: 443
          volumeMounts:
            - name: out-dir
              mountPath: /opt/out
  volumeClaimTemplates:
    - metadata:
        name: out-dir
      spec:
        resources:
          requests:
            storage: 8Gi
`,
		`apiVersion: v1
kind: Service
${meta('pingdirectory')}
spec:
  selector:
    role: pingdirectory
  ports:
    - name: ldaps
      port: 636
`,
		`apiVersion: v1
kind: Service
${meta('pingdirectory-cluster')}
spec:
  clusterIP: None
  selector:
    role: pingdirectory
  ports:
    - name: ldaps
      port: 636
`,
		`apiVersion: v1
kind: ConfigMap
${meta('environment')}
data:
  MAKELDIF_USERS: "0"
  SERVER_PROFILE_URL: https://git.example.com/profiles.git
  notes: |
    a text of some length that names the port 636 and nothing else of interest
`,
		`apiVersion: networking.k8s.io/v1
kind: Ingress
${meta('pingdirectory')}
spec:
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: pingdirectory
                port:
                  number: 443
`,
		...neighbours,
	].join('---\n');
};

const noInput = async function* (): AsyncGenerator<string> {
	yield '';
};

const folder = await mkdtemp(path.join(tmpdir(), 'inspect-bench-'));
try {
	for (let index = 0; index < namespaces; index += 1) {
		await writeFile(path.join(folder, `team-${index}.yaml`), objectsOf(index));
	}

	let characters = 0;
	const start = performance.now();
	const status = await runInspect({
		files: [folder],
		async readCluster() {
			throw new Error('The cluster is not part of this.');
		},
		output: 'json',
		stdin: noInput(),
		write(text) {
			characters += text.length;
		},
	});
	const seconds = (performance.now() - start) / 1000;
	process.stdout.write(
		`inspect -f, ${namespaces * 10} objects in ${namespaces} files: ${seconds.toFixed(2)} s (at most ` +
			`${secondsAllowed} s), status ${status}, ${characters} characters of JSON\n`,
	);
	if (seconds > secondsAllowed) {
		process.exitCode = 1;
	}
} finally {
	await rm(folder, {recursive: true});
}

await benchCluster();
