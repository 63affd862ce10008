import {catalogue, productOf, productWith, type Product} from './catalogue/index.js';
import {fieldOf, listOf, textOf} from './fields.js';
import {parseImage} from './image.js';
import type {Container} from './podspec.js';

/** What a container shows of what is in it. */
export type Traits = {
	readonly image: string;
	/** Its name; of a Compose service the service's. */
	readonly name: string;
	readonly variables: Readonly<Record<string, string>>;
	readonly mounts: readonly string[];
};

/**
Variables that no image but Ping's reads.
@see pingidentity-docker-builds, tags 2102 and 2606, pingbase/Dockerfile
*/
const onlyPing =
	/^(?:SERVER_PROFILE_(?:URL|PATH|BRANCH|PARENT)|PING_IDENTITY_(?:ACCEPT_EULA|DEVOPS_\w+|PASSWORD)|PING_CONTAINER_\w+|MAKELDIF_USERS|(?:ROOT|ADMIN)_USER_PASSWORD_FILE)$/v;

/**
Variables that one product alone reads.
@see pingidentity-docker-builds, tag 2103, the Dockerfiles of the products
*/
const ofOne: ReadonlyArray<{readonly pattern: RegExp; readonly product: string}> = [
	{pattern: /^(?:MAKELDIF_USERS|REPLICATION_PORT|PD_REBUILD_ON_RESTART|PD_PROFILE)$/v, product: 'pingdirectory'},
	{
		pattern: /^PF_(?:ADMIN_PORT|ENGINE_PORT|LOG_LEVEL|LOG_SIZE_MAX|CONSOLE_\w+|PROVISIONER_MODE)$/v,
		product: 'pingfederate',
	},
	{pattern: /^PA_(?:ADMIN_PASSWORD(?:_INITIAL)?|CONSOLE_HOST|ENGINE_NAME)$/v, product: 'pingaccess'},
	{pattern: /^PING_CENTRAL_\w+$/v, product: 'pingcentral'},
	{pattern: /^PD_DELEGATOR_\w+$/v, product: 'pingdelegator'},
];

const isOfImage = (mount: string): boolean => /^\/opt\/(?:in|out)(?:\/|$)/v.test(mount);

const wordsOf = (name: string): readonly string[] => name.toLowerCase().split(/[^\da-z]+/v);

/**
The product whose name stands in a name as a word of its own: `acme-pingdirectory`, but not `pingdirectoryexporter`.
*/
const productNamed = (name: string): Product | undefined =>
	catalogue.find(({images}) => images.some(image => wordsOf(name).includes(image)));

/** Whether a container is given what only images of Ping's read, whatever its own is called. */
export const isDerived = ({variables}: Traits): boolean => Object.keys(variables).some(name => onlyPing.test(name));

/**
The product in a container: by the name of its image, or, where that is a name of the operator's own, by what the
container is given. Undefined where it is none of Ping's, or does not tell which. What is mounted counts only beside a
product's own name: a sidecar that reads the logs mounts the same.
*/
export const recognise = (traits: Traits): Product | undefined => {
	const {image, name, variables, mounts} = traits;
	const inImage = productNamed(parseImage(image).name);
	if (isDerived(traits)) {
		const byVariable = ofOne.find(({pattern}) => Object.keys(variables).some(variable => pattern.test(variable)));
		return (
			productOf(image) ??
			productWith(variables.PING_PRODUCT?.toLowerCase() ?? '') ??
			inImage ??
			productNamed(name) ??
			(byVariable && productWith(byVariable.product))
		);
	}

	return productOf(image) ?? (mounts.some(mount => isOfImage(mount)) ? (inImage ?? productWith(name)) : undefined);
};

const variablesIn = (spec: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
	Object.fromEntries(
		listOf(spec.env).flatMap(entry => {
			const name = textOf(fieldOf(entry, 'name'));
			return name === undefined ? [] : [[name, textOf(fieldOf(entry, 'value')) ?? '']];
		}),
	);

/** What a container of a pod shows. */
export const traitsOf = ({image, name, spec}: Container): Traits => ({
	image,
	name,
	variables: variablesIn(spec),
	mounts: listOf(spec.volumeMounts).map(mount => textOf(fieldOf(mount, 'mountPath')) ?? ''),
});

/** The product in a container of a pod. */
export const productIn = (container: Container): Product | undefined => recognise(traitsOf(container));
