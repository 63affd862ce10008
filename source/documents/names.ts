/** Names of files with objects, values, Compose files and the like. */
export const manifestFile = /\.(?:ya?ml|json)$/iv;

/** Names of scripts. */
export const scriptFile = /\.(?:sh|bash)$/iv;

/** Names of files of a server profile. */
export const profileFile = /^(?:setup-arguments\.txt|env[\-_]vars|.+\.dsconfig|.+\.properties|.+\.subst)(?:\.subst)?$/v;

/** The topology of PingDirectory in a server profile: JSON, and still no object. */
export const topologyFile = /^topology\.json$/v;
