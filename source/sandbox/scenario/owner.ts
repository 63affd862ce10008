import type {KubeObject} from '../store/object.js';

/** Somebody who applies the scenario's objects in the operator's place. */
export type ScenarioOwner = 'helm' | 'argocd' | 'flux';

type Marks = {
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: (object: KubeObject) => Readonly<Record<string, string>>;
};

/** The name of the release, or of the application. */
const ownerName = 'directory';

/**
The marks that each leaves on its objects. A release's record is not among them: the real helm makes it when it installs
a chart over these objects.
@see helm, tag v3.18.0, pkg/action/validate.go; argo-cd, tag v3.0.0, common/common.go; fluxcd/kustomize-controller, tag
  v1.6.0, internal/controller/kustomization_controller.go
*/
const marksOf: Readonly<Record<ScenarioOwner, Marks>> = {
	helm: {
		labels: {
			'app.kubernetes.io/managed-by': 'Helm',
			'app.kubernetes.io/instance': ownerName,
			'helm.sh/chart': 'ping-devops-0.9.10',
		},
		annotations: ({metadata}) => ({
			'meta.helm.sh/release-name': ownerName,
			'meta.helm.sh/release-namespace': metadata.namespace ?? '',
		}),
	},
	argocd: {
		labels: {},
		annotations: ({apiVersion, kind, metadata}) => ({
			'argocd.argoproj.io/tracking-id': [
				ownerName,
				`${apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : ''}/${kind}`,
				`${metadata.namespace ?? ''}/${metadata.name}`,
			].join(':'),
		}),
	},
	flux: {
		labels: {'kustomize.toolkit.fluxcd.io/name': ownerName, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system'},
		annotations: () => ({}),
	},
};

/** Under which name each writes its fields. */
export const fieldManagerOf: Readonly<Record<ScenarioOwner, string>> = {
	helm: 'helm',
	argocd: 'argocd-controller',
	flux: 'kustomize-controller',
};

/** An object with the marks of its owner. */
export const owned = (object: KubeObject, owner: ScenarioOwner): KubeObject => {
	const {labels, annotations} = marksOf[owner];
	return {
		...object,
		metadata: {
			...object.metadata,
			labels: {...object.metadata.labels, ...labels},
			annotations: {...object.metadata.annotations, ...annotations(object)},
		},
	};
};
