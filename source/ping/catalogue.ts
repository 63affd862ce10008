import {parseImage} from './image.js';
import {portVariables} from './ports.js';
import type {Identity, PortVariable} from './workload.js';

export type Product = {
	readonly id: string;
	readonly images: readonly string[];
	readonly changedPorts: readonly PortVariable[];
	readonly identityBefore: Identity;
};

const root: Identity = {uid: 0, gid: 0};
const row = (id: string, changedPorts: readonly PortVariable[], identityBefore: Identity = root): Product => ({
	id, images: [id], changedPorts, identityBefore,
});

export const catalogue: readonly Product[] = [
	row('pingdirectory', portVariables),
	row('pingdirectoryproxy', portVariables),
	row('pingdatasync', portVariables),
	row('pingdatagovernance', portVariables),
	row('pingdatagovernancepap', ['HTTPS_PORT']),
	row('pingauthorize', portVariables),
	row('pingauthorizepap', ['HTTPS_PORT']),
	row('pingfederate', []),
	row('pingaccess', ['HTTPS_PORT']),
	row('pingcentral', []),
	row('pingdelegator', [], {uid: 100, gid: 101}),
	row('pingdataconsole', []),
	row('pingintelligence', []),
	row('pingtoolkit', []),
	row('ldap-sdk-tools', []),
	row('apache-jmeter', []),
];

/** The product an image holds, by its name in the registry; undefined where the name is not Ping's. */
export const productOf = (imageReference: string): Product | undefined => {
	const {name} = parseImage(imageReference);
	return catalogue.find(({images}) => images.includes(name));
};
