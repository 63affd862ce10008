import type {PodShell, PodTarget} from '../migration/world.js';

/** What can be said of a pod before its administration API is asked. */
export type AdminLook = {readonly hasCurl: boolean; readonly mode: string};

const look = `
echo "mode $(printenv OPERATIONAL_MODE)"
if command -v curl >/dev/null 2>&1; then echo "curl yes"; fi
`;

/**
Looks which node of a cluster a pod is, and whether it has curl. OPERATIONAL_MODE is the images' own variable
(docker-builds 2103:pingfederate/Dockerfile and pingaccess/Dockerfile).
*/
export const lookAtAdmin = async (pods: PodShell, target: PodTarget): Promise<AdminLook> => {
	const {stdout} = await pods.script(target, look);
	const lines = stdout.split('\n');
	return {
		hasCurl: lines.includes('curl yes'),
		mode:
			lines
				.find(line => line.startsWith('mode '))
				?.slice('mode '.length)
				.trim() ?? '',
	};
};
