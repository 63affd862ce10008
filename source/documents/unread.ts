import {readFile} from 'node:fs/promises';
import path from 'node:path';

/** Names of files that may deploy something and are not read: Terraform, makefiles, texts with commands in them. */
export const unreadFile =
	/\.(?:tf|tfvars|hcl|nomad|md|mk|ps1|bat|cmd|tpl|gotmpl|j2|jinja2?|cue|jsonnet|libsonnet)$|^(?:makefile|dockerfile|containerfile|jenkinsfile|justfile|tiltfile|vagrantfile|readme)[^\/]*$/iv;

/** What names an image of Ping's, or its chart. */
export const namesPing = (text: string): boolean =>
	/\bpingidentity\/ping[a-z]|\bping-devops\b|\bpingidentity\/ldap-sdk-tools/v.test(text);

/** A line that deploys something, in a text for people: most of what names an image there does not. */
const deploys = /\b(?:docker|podman)(?: +container)? +(?:run|create)\b|\bhelm +(?:install|upgrade)\b|^[\t ]*image:/mv;

const forPeople = /\.md$|^readme[^\/]*$/iv;

const most = 1_000_000;

/**
Why a file that is not read is told all the same: it names an image of Ping's, or its chart. Undefined where it does
not.
*/
export const whyUnread = async (file: string): Promise<string | undefined> => {
	const text = await readFile(file, 'utf8').catch(() => '');
	const base = path.basename(file);
	return text.length <= most && namesPing(text) && (!forPeople.test(base) || deploys.test(text))
		? `it names images of Ping's or their chart, and files such as ${base} are not read`
		: undefined;
};
