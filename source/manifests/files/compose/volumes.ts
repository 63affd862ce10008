import {listOf, mapOf, textOf} from '../../../ping/fields.js';
import {set, type Edit} from '../../objects/edit.js';
import {without, type Path} from '../../objects/value.js';

/** A mount of a Compose service. */
type Mount = {
	readonly source: string | undefined;
	readonly target: string;
	readonly path: Path;
	readonly kind: 'volume' | 'bind' | 'anonymous';
	readonly rest: string;
	readonly isLine: boolean;
};

const mountOf = (entry: unknown, path: Path): Mount | undefined => {
	if (typeof entry === 'string') {
		const parts = /^(?:(?<source>[^:]+):)?(?<target>\/[^:]*)(?<rest>:\w[\w,]*)?$/v.exec(entry)?.groups;
		const source = parts?.source;
		return (
			parts && {
				source,
				target: parts.target ?? '',
				rest: parts.rest ?? '',
				path,
				isLine: true,
				kind: source === undefined ? 'anonymous' : /^[$.\/~]/v.test(source) ? 'bind' : 'volume',
			}
		);
	}

	const {type, source, target} = mapOf(entry);
	return {
		source: textOf(source),
		target: textOf(target) ?? '',
		rest: '',
		path,
		isLine: false,
		kind: type === 'bind' ? 'bind' : source === undefined ? 'anonymous' : 'volume',
	};
};

const holdsData = (target: string): boolean =>
	target === '/opt' || target === '/opt/out' || target.startsWith('/opt/out/');

/** What a fresh deployment does to the volumes of a service. */
export const freshMounts = (
	name: string,
	path: Path,
	service: unknown,
	suffix: string,
): {readonly edits: readonly Edit[]; readonly renamed: readonly string[]; readonly notes: readonly string[]} => {
	const edits: Edit[] = [];
	const renamed: string[] = [];
	const notes: string[] = [];
	for (const [index, entry] of listOf(mapOf(service).volumes).entries()) {
		const mount = mountOf(entry, [...path, 'volumes', index]);
		if (mount?.target.startsWith('/root/.ssh')) {
			const target = mount.target.replace('/root/', '/home/ping/');
			edits.push(
				mount.isLine
					? set(mount.path, `${mount.source === undefined ? '' : `${mount.source}:`}${target}${mount.rest}`)
					: set([...mount.path, 'target'], target),
			);
		}

		if (!mount || !holdsData(mount.target)) {
			continue;
		}

		if (mount.kind === 'volume' && mount.source !== undefined) {
			const volume = `${mount.source}-${suffix}`;
			renamed.push(mount.source);
			edits.push(
				mount.isLine
					? set(mount.path, `${volume}:${mount.target}${mount.rest}`)
					: set([...mount.path, 'source'], volume),
			);
		} else if (mount.kind === 'bind') {
			notes.push(
				`${name} keeps its data in the folder ${mount.source ?? ''} of the host, which the new user cannot ` +
					'write and which holds the old data: name an empty folder that belongs to that user. It was left as it ' +
					'is.',
			);
		} else {
			notes.push(
				`${name} keeps its data in a volume without a name, which Compose hands from the old container to the ` +
					'new one: use docker compose up --renew-anon-volumes after the export.',
			);
		}
	}

	return {edits, renamed, notes};
};

/** Declares the new volumes beside the old ones, which stay declared so that nothing removes them. */
export const declarationEdits = (compose: unknown, renamed: readonly string[], suffix: string): readonly Edit[] =>
	[...new Set(renamed)].flatMap(volume => {
		const declared = mapOf(mapOf(compose).volumes);
		const old = declared[volume];
		const {name} = mapOf(old);
		const definition = {
			...without(old, ['name', 'external']),
			...(typeof name === 'string' && {name: `${name}-${suffix}`}),
		};
		return [set(['volumes', `${volume}-${suffix}`], Object.keys(definition).length > 0 ? definition : null)];
	});
