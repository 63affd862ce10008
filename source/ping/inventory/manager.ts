import {fieldOf, textsOf} from '../fields.js';
import type {Manager, Manifest} from '../workload.js';

/**
Who applies an object's manifests, by the labels and annotations that Helm, Argo CD and Flux leave. A GitOps tool goes
before Helm, since it would take back whatever is changed behind it.
*/
export const managerOf = (object: Manifest): Manager => {
	const labels = textsOf(fieldOf(object, 'metadata', 'labels'));
	const annotations = textsOf(fieldOf(object, 'metadata', 'annotations'));
	const argo =
		annotations['argocd.argoproj.io/tracking-id']?.split(':', 1)[0] ??
		labels['argocd.argoproj.io/instance'] ??
		annotations['argocd.argoproj.io/instance'];
	if (argo !== undefined) {
		return {kind: 'gitops', tool: 'argocd', application: argo};
	}

	const flux = labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name'];
	if (flux !== undefined) {
		return {kind: 'gitops', tool: 'flux', application: flux};
	}

	const isHelm =
		labels['app.kubernetes.io/managed-by'] === 'Helm' ||
		labels.heritage === 'Helm' ||
		annotations['meta.helm.sh/release-name'] !== undefined;
	if (!isHelm) {
		return {kind: 'nobody'};
	}

	const chart = labels['helm.sh/chart'] ?? labels.chart;
	return {
		kind: 'helm',
		release: annotations['meta.helm.sh/release-name'] ?? labels['app.kubernetes.io/instance'] ?? labels.release ?? '',
		...(chart !== undefined && {chart}),
	};
};
