import {parseImage} from '../image.js';
import {accessProducts} from './access.js';
import {directoryProducts} from './directory.js';
import type {Product} from './product.js';
import {toolProducts} from './tools.js';

export type {Product} from './product.js';

/** Every product, one row each. */
export const catalogue: readonly Product[] = [...directoryProducts, ...accessProducts, ...toolProducts];

const byImage = new Map(catalogue.flatMap(product => product.images.map(image => [image, product] as const)));
const byId = new Map(catalogue.map(product => [product.id, product] as const));

/** The variables of the ports a product listens on: those of the four whose default changed, and those of its own. */
export const listenerVariables = ({changedPorts, steadyPorts}: Product): readonly string[] => [
	...changedPorts,
	...steadyPorts.flatMap(({variable}) => variable ?? []),
];

/** Whether a product listens on the port that a variable names. */
export const listensOn = (product: Product | undefined, name: string): boolean =>
	product !== undefined && listenerVariables(product).includes(name);

/**
The product an image holds, by its name in the registry; undefined where the name is not one of Ping's. A name that only
resembles one is no product.
*/
export const productOf = (imageReference: string): Product | undefined => byImage.get(parseImage(imageReference).name);

/** Products that are released under one version with PingDirectory. */
const pingData = new Set([...directoryProducts.map(({id}) => id), 'pingdataconsole']);

/** Whether a product has its versions in common with PingDirectory. */
export const isPingData = (id: string): boolean => pingData.has(id);

/** The row with an id, such as `pingdirectory`. */
export const productWith = (id: string): Product | undefined => byId.get(id);

/** The product a block of the ping-devops chart's values belongs to, such as `pingaccess-admin`. */
export const productOfChartKey = (key: string): Product | undefined =>
	catalogue.find(({chart}) => chart.keys.includes(key));
