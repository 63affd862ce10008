import type {Product} from './catalogue/index.js';
import {fieldOf, integerOf, listOf, textOf, textsOf} from './fields.js';
import {readImage, type ImageReading} from './image.js';
import {isPrivileged, isPortVariable, variableOfOldPort, newPorts, portVariables} from './ports.js';
import {recognise} from './recognise.js';
import {sideOf, signsOf, stepsDown} from './side.js';
import type {Ports, PortVariable, Side, Sign} from './workload.js';

/** A service of a Compose file, or a container that `docker run` makes, as far as it says what it is. */
export type ServiceFacts = {
	readonly image: ImageReading;
	readonly product: Product | undefined;
	readonly side: Side;
	readonly signs: readonly Sign[];
	/** Ports it is known to listen on: set in its environment, or the container's side of a mapping. */
	readonly ports: Readonly<Partial<Ports>>;
	/** Whether it does without root already. */
	readonly isUnprivileged: boolean;
};

/** An image with the defaults of its variables in their place: `${TAG:-2102}` is 2102. */
export const withDefaults = (reference: string): string =>
	reference.replaceAll(/\$\{\w+:?-(?<fallback>[^\}]*)\}/gv, '$<fallback>');

/** The port in the container that an entry of `ports` leads to: the last number of "HOST:CONTAINER", or `target`. */
export const containerPort = (entry: unknown): number | undefined =>
	integerOf(fieldOf(entry, 'target')) ?? integerOf((textOf(entry) ?? '').split('/', 1)[0]?.split(':').at(-1));

const variablesOf = (environment: unknown): Readonly<Record<string, string>> =>
	Object.fromEntries([
		...listOf(environment).flatMap(entry => {
			const text = textOf(entry) ?? '';
			const cut = text.indexOf('=');
			return cut > 0 ? [[text.slice(0, cut), text.slice(cut + 1)] as const] : [];
		}),
		...Object.entries(textsOf(environment)),
	]);

const variableOfNewPort = (port: number | undefined): PortVariable | undefined =>
	portVariables.find(variable => newPorts[variable] === port);

const mappedPorts = (service: unknown, changed: readonly PortVariable[]): Readonly<Partial<Ports>> =>
	Object.fromEntries(
		['ports', 'expose']
			.flatMap(field => listOf(fieldOf(service, field)))
			.flatMap(entry => {
				const port = containerPort(entry);
				const variable = port === undefined ? undefined : (variableOfOldPort(port) ?? variableOfNewPort(port));
				return variable && changed.includes(variable) ? [[variable, port]] : [];
			}),
	);

const isRootUser = (user: string): boolean => /^(?:root|0)(?::|$)/v.test(user);

const isUnprivilegedService = (
	user: string | undefined,
	variables: Readonly<Record<string, string>>,
	ports: Readonly<Partial<Ports>>,
	{product, side}: Pick<ServiceFacts, 'product' | 'side'>,
): boolean => {
	const isOther =
		user === undefined
			? side === 'old' && product !== undefined && (product.identityBefore.uid !== 0 || stepsDown(variables))
			: !isRootUser(user);
	const listeners = [ports.LDAP_PORT, ports.LDAPS_PORT, ports.HTTPS_PORT].filter(port => port !== undefined);
	return isOther && !(listeners.length > 0 && listeners.every(port => isPrivileged(port)));
};

/** Reads what a service is: its product, its side, its ports. */
export const readServiceFacts = (name: string, service: unknown): ServiceFacts => {
	const reference = withDefaults(textOf(fieldOf(service, 'image')) ?? '');
	const variables = variablesOf(fieldOf(service, 'environment'));
	const mounts = listOf(fieldOf(service, 'volumes')).map(
		entry => textOf(fieldOf(entry, 'target')) ?? (textOf(entry) ?? '').split(':', 2)[1] ?? '',
	);
	const product = reference === '' ? undefined : recognise({image: reference, name, variables, mounts});
	const image = readImage(reference);
	const user = textOf(fieldOf(service, 'user'));
	const uid = integerOf(user?.split(':', 1)[0]);
	const signs = signsOf({
		...(product && {product}),
		...(image.sprint !== undefined && {sprint: image.sprint}),
		...(image.productVersion !== undefined && {productVersion: image.productVersion}),
		...(uid !== undefined && {declaredUid: uid}),
		declared: variables,
		logLines: [],
	});
	const side = sideOf(signs);
	const declared = Object.fromEntries(
		Object.entries(variables).flatMap(([variable, value]) => {
			const port = integerOf(value);
			return isPortVariable(variable) && port !== undefined ? [[variable, port]] : [];
		}),
	);
	const ports = {...mappedPorts(service, product?.changedPorts ?? []), ...declared};
	return {
		image,
		product,
		side,
		signs,
		ports,
		isUnprivileged: isUnprivilegedService(user, variables, ports, {product, side}),
	};
};
