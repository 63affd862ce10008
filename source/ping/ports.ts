import type {Ports, PortVariable} from './workload.js';

/** The variables, in the order in which the port guard prints them. */
export const portVariables: readonly PortVariable[] = ['LDAP_PORT', 'LDAPS_PORT', 'HTTPS_PORT', 'JMX_PORT'];

/**
Defaults of images up to sprint 2102.
@see pingidentity-docker-builds, tag 2102, pingbase/Dockerfile, lines 137 to 143
*/
export const oldPorts: Ports = {
	LDAP_PORT: 389,
	LDAPS_PORT: 636,
	HTTPS_PORT: 443,
	JMX_PORT: 689,
};

/**
Defaults of images from sprint 2103 on.
@see pingidentity-docker-builds, tag 2103, pingbase/Dockerfile, lines 135 to 141
*/
export const newPorts: Ports = {
	LDAP_PORT: 1389,
	LDAPS_PORT: 1636,
	HTTPS_PORT: 1443,
	JMX_PORT: 1689,
};

/** The variable whose old default a number is, or undefined where it is none. */
export const variableOfOldPort = (port: number): PortVariable | undefined =>
	portVariables.find(variable => oldPorts[variable] === port);

/** What an old default became with sprint 2103, or undefined where the number is no old default. */
export const newPortOf = (port: number): number | undefined => {
	const variable = variableOfOldPort(port);
	return variable && newPorts[variable];
};

/** Whether a port can only be bound by root, or with NET_BIND_SERVICE. */
export const isPrivileged = (port: number): boolean => port > 0 && port < 1024;

/** Whether the name of a variable is one of the four. */
export const isPortVariable = (name: string): name is PortVariable => Object.hasOwn(oldPorts, name);
