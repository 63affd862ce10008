/** What an image brings: who it runs as and its environment. */
export type ImageFacts = {
	readonly product: 'other' | 'pingdirectory';
	/** Whether it has the folders of Ping's images. */
	readonly isPing: boolean;
	/** The sprint, such as 2102; undefined where the tag has none. */
	readonly sprint: number | undefined;
	readonly version: string;
	readonly uid: number;
	readonly gid: number;
	/** Whether the image cannot be pulled: its tag begins with `missing`. */
	readonly isMissing: boolean;
	readonly environment: Readonly<Record<string, string>>;
};

// pingbase/Dockerfile of pingidentity-docker-builds: tags 2102, 2103 and 2109.
const oldPorts = {
	LDAP_PORT: '389',
	LDAPS_PORT: '636',
	HTTPS_PORT: '443',
	JMX_PORT: '689',
};
const newPorts = {
	LDAP_PORT: '1389',
	LDAPS_PORT: '1636',
	HTTPS_PORT: '1443',
	JMX_PORT: '1689',
};

const everywhere = {
	BASE: '/opt',
	IN_DIR: '/opt/in',
	STAGING_DIR: '/opt/staging',
	OUT_DIR: '/opt/out',
	SERVER_ROOT_DIR: '/opt/out/instance',
	SERVER_BITS_DIR: '/opt/server',
	BAK_DIR: '/opt/backup',
	LOGS_DIR: '/opt/logs',
	SECRETS_DIR: '/run/secrets',
	CONTAINER_ENV: '/opt/staging/.env',
	JAVA_HOME: '/opt/java',
	LICENSE_DIR: '/opt/out/instance',
	PATH: '/opt/java/bin:/opt:/opt/out/instance/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
	PING_IDENTITY_ACCEPT_EULA: 'NO',
	ROOT_USER: 'administrator',
	ROOT_USER_DN: 'cn=administrator',
	USER_BASE_DN: 'dc=example,dc=com',
	LOCATION: 'Docker',
	MAX_HEAP_SIZE: '384m',
	PD_PROFILE: '/opt/staging/pd.profile',
	REPLICATION_PORT: '8989',
	MAKELDIF_USERS: '0',
	ADMIN_USER_NAME: 'admin',
	PING_PRODUCT: 'PingDirectory',
};

const stepDown = {
	PING_CONTAINER_PRIVILEGED: 'true',
	PING_CONTAINER_UID: '9031',
	PING_CONTAINER_GID: '9999',
	PING_CONTAINER_UNAME: 'ping',
	PING_CONTAINER_GNAME: 'identity',
};

/** The image's user: root before 2103, 9031:9999 for 2103 to 2108, 9031:0 from 2109. */
const userOf = (sprint: number): {readonly uid: number; readonly gid: number} =>
	sprint < 2103 ? {uid: 0, gid: 0} : {uid: 9031, gid: sprint < 2109 ? 9999 : 0};

/** The name and the tag of an image. */
export const partsOfImage = (image: string): {readonly name: string; readonly tag: string} => {
	const {name = '', tag = 'latest'} =
		/(?:^|\/)(?<name>[^\/:@]+)(?::(?<tag>[^@]+))?(?:@.*)?$/v.exec(image)?.groups ?? {};
	return {name, tag};
};

/** Reads an image's name. Anything but PingDirectory with a sprint in its tag simply runs as root. */
export const imageFacts = (image: string): ImageFacts => {
	const {name, tag} = partsOfImage(image);
	const {sprint, version = '8.2.0.1'} =
		/^(?<sprint>\d{2}(?:0[1-9]|1[0-2]))(?:\.\d+)?(?:-(?<version>.+))?$/v.exec(tag)?.groups ?? {};
	const isMissing = tag.startsWith('missing');
	if (name !== 'pingdirectory') {
		const user = sprint === undefined ? {uid: 0, gid: 0} : userOf(Number(sprint));
		return {
			product: 'other',
			isPing: name.startsWith('ping'),
			sprint: sprint === undefined ? undefined : Number(sprint),
			version,
			...user,
			isMissing,
			environment: {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'},
		};
	}

	// A tag without a sprint is today's image.
	const number = sprint === undefined ? 2606 : Number(sprint);
	return {
		product: 'pingdirectory',
		isPing: true,
		sprint: number,
		version,
		...userOf(number),
		isMissing,
		environment: {
			...everywhere,
			...(number < 2103 ? {...oldPorts, ...stepDown} : newPorts),
			IMAGE_VERSION: `pingdirectory-alpine_3.13-az11-${version}-${number < 2103 ? '210302-2ae8' : '210401-e92e'}`,
		},
	};
};
