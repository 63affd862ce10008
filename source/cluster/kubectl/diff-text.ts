/**
What `kubectl diff` prints, as a plain unified diff: the names of its temporary files become the objects' own.
*/
export const plainDiff = (text: string): string =>
	text
		.split('\n')
		.filter(line => !/^diff -u -N \S*LIVE-\S+ \S*MERGED-\S+$/v.test(line))
		.map(line => {
			const header = /^(?<sign>---|\+\+\+) \S*[\/\\](?<side>LIVE|MERGED)-\d+[\/\\](?<object>\S+)/v.exec(line)?.groups;
			return header ? `${header.sign} ${header.side === 'LIVE' ? 'now' : 'then'}/${header.object}` : line;
		})
		.join('\n');
