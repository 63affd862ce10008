import type {View} from '../files/view.js';

const accounts = (view: View, path: string): ReadonlyArray<readonly [name: string, id: number]> =>
	view.exists(path)
		? view
				.read(path)
				.toString()
				.split('\n')
				.filter(Boolean)
				.map(line => line.split(':'))
				.map(([name, , id]) => [name!, Number(id)] as const)
		: [];

/** The name of a user, or its number where it has none. */
export const nameOfUser = (view: View, uid: number): string =>
	accounts(view, '/etc/passwd').find(([, id]) => id === uid)?.[0] ?? String(uid);

/** The name of a group, or its number where it has none. */
export const nameOfGroup = (view: View, gid: number): string =>
	accounts(view, '/etc/group').find(([, id]) => id === gid)?.[0] ?? String(gid);
