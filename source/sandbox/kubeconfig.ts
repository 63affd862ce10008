import {stringify} from 'yaml';

/** A kubeconfig with one context, `sandbox`. client-node speaks plain HTTP only where TLS is not checked. */
export const makeKubeconfig = (url: string, namespace: string): string =>
	stringify({
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': 'sandbox',
		clusters: [{name: 'sandbox', cluster: {server: url, 'insecure-skip-tls-verify': true}}],
		users: [{name: 'sandbox', user: {token: 'sandbox'}}],
		contexts: [{name: 'sandbox', context: {cluster: 'sandbox', user: 'sandbox', namespace}}],
	});
