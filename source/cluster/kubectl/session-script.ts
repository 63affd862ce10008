import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';

/** What a container without the tools of a session says instead of the greeting. */
export const noSession = 'unroot-no-session';

/** Asks for the greeting once more. */
export const knock = 'knock\n';

/**
What runs in a container as long as a session is open: it reads one request a line, runs it, answers, and waits for the
next, until its standard input ends.

A request is a mark, the seconds the command may take, the most bytes it may print, the SHA-256 of the rest, and the
rest: `-` or the input, then the command's words, each with the letter `w` before it and in the escapes of `printf %b`.
One that did not arrive as it was sent is not run. The answer is the command's standard output, compressed (so that its
length and checksum stand at its end) in base64, with the mark, the exit status and the seconds it took as its last
line, then a line with the mark alone; standard error ends with such a line too.

`$1` is the greeting, printed on both streams at the start and after each knock: what a container prints before kubectl
has its streams may be lost.
*/
export const sessionScript = `for tool in base64 gzip head date sha256sum; do
command -v "$tool" >/dev/null 2>&1 || { echo ${noSession}; exit; }
done
limits=; command -v timeout >/dev/null 2>&1 && limits=yes
echo "$1"
echo "$1" >&2
while read -r mark limit most sum rest; do
if [ "$mark" = ${knock.trim()} ]; then
echo "$1"
echo "$1" >&2
continue
fi
begun=$(date +%s)
{
found=$(printf %s "$rest" | sha256sum)
if [ "\${found%% *}" = "$sum" ]; then
set -- $rest
input=$1
shift
left=$#
while [ "$left" -gt 0 ]; do
word=$(printf '%bx' "\${1#w}")
shift
set -- "$@" "\${word%x}"
left=$((left - 1))
done
if [ "$limits" ]; then set -- timeout "$limit" "$@"; fi
if [ "$input" = - ]; then
"$@" </dev/null
status=$?
else
printf %b "\${input#w}" | "$@"
status=$?
fi
else
status=short
fi
printf '\\n%s %s %s' "$mark" "$status" "$(($(date +%s) - begun))"
} | head -c "$most" | gzip -1 -c | base64
echo "$mark"
printf '\\n%s\\n' "$mark" >&2
done
`;

/** Everything but letters, digits and a few signs becomes an octal escape of `printf %b`, byte by byte. */
const escaped = (text: string): string =>
	`w${Buffer.from(text)
		.toString('latin1')
		.replaceAll(/[^\w+,\-.\/:=@]/gv, sign => String.raw`\0${sign.codePointAt(0)!.toString(8).padStart(3, '0')}`)}`;

/** What a session is asked to run. */
export type SessionRequest = {
	readonly mark: string;
	readonly timeoutSeconds: number;
	/** The most bytes it may print. */
	readonly most: number;
	readonly input: string;
	readonly command: readonly string[];
};

/** A request as the line that is sent, with its end. */
export const requestLine = ({mark, timeoutSeconds, most, input, command}: SessionRequest): string => {
	const rest = [input === '' ? '-' : escaped(input), ...command.map(word => escaped(word))].join(' ');
	const sum = createHash('sha256').update(rest).digest('hex');
	return `${mark} ${timeoutSeconds} ${most} ${sum} ${rest}\n`;
};
