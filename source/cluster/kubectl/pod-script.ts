import {gunzip as inflate} from 'node:zlib';

/**
What runs in the container around every command. It proves the end: standard output is compressed, so that its length
and checksum stand at its end and a cut is always noticed, and the last thing in it is a mark with the command's exit
status. Standard error ends with the same mark. Input is read whole, and measured, before the command starts.

`$1` mark, `$2` seconds the command may take, `$3` bytes of input, `$4` the most bytes of output; the rest is the
command.
*/
export const wrapper = `mark=$1
limit=$2
bytes=$3
most=$4
shift 4
if command -v timeout >/dev/null 2>&1; then set -- timeout "$limit" "$@"; fi
begun=$(date +%s)
{
if [ "$bytes" -eq 0 ]; then
"$@" </dev/null
status=$?
else
input=$(head -c "$bytes"; printf x)
if [ "$(printf %s "\${input%x}" | wc -c)" -eq "$bytes" ]; then
printf %s "\${input%x}" | "$@"
status=$?
else
status=short
fi
fi
printf '\\n%s %s %s' "$mark" "$status" "$(($(date +%s) - begun))"
} | head -c "$most" | gzip -1 -c
printf '\\n%s' "$mark" >&2
`;

/** What a command printed in the container, and how it ended there. */
export type PodOutput =
	| {
			readonly kind: 'whole';
			readonly exitCode: number;
			readonly seconds: number;
			readonly stdout: string;
			readonly stderr: string;
	  }
	/** The input did not arrive whole: the command was not started. */
	| {readonly kind: 'input-cut'}
	| {readonly kind: 'too-long'}
	/** The end was not seen. */
	| {readonly kind: 'cut'};

const gunzip = async (bytes: Uint8Array, most: number): Promise<Uint8Array | undefined> => {
	const {promise, resolve} = Promise.withResolvers<Uint8Array | undefined>();
	inflate(bytes, {maxOutputLength: most + 1}, (error, whole) => {
		resolve(error ? undefined : whole);
	});
	return promise;
};

/**
Reads what the wrapper printed. Anything but a whole stream with its mark at the end is told apart and never taken for a
result.
*/
export const readOutput = async (
	stdout: Uint8Array,
	stderr: string,
	mark: string,
	most: number,
): Promise<PodOutput> => {
	const whole = await gunzip(stdout, most);
	if (!whole) {
		return {kind: 'cut'};
	}

	const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(whole);
	const end = new RegExp(String.raw`\n${mark} (?<status>\d+|short) (?<seconds>-?\d+)$`, 'v').exec(text);
	if (!end?.groups) {
		return {kind: whole.length >= most ? 'too-long' : 'cut'};
	}

	if (end.groups.status === 'short') {
		return {kind: 'input-cut'};
	}

	const errorEnd = stderr.lastIndexOf(`\n${mark}`);
	return errorEnd === -1
		? {kind: 'cut'}
		: {
				kind: 'whole',
				exitCode: Number(end.groups.status),
				seconds: Number(end.groups.seconds),
				stdout: text.slice(0, end.index),
				stderr: stderr.slice(0, errorEnd),
			};
};
