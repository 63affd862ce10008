import process from 'node:process';
import {describe, expect, it} from 'vitest';
import {makeBareMachine, runScript} from './run-script.js';

type Row = readonly [
	script: string,
	stdout: string,
	more?: {
		readonly status?: number;
		readonly parameters?: readonly string[];
		readonly input?: string;
		readonly stderr?: RegExp;
	},
];

const rows: Readonly<Record<string, readonly Row[]>> = {
	'words and quotes': [
		['echo a   b', 'a b\n'],
		['echo "a   b" \'c  $x\'', 'a   b c  $x\n'],
		[String.raw`echo a\ b "q\"q" "\$x" "\n"`.replace('echo', 'printf "%s|"'), String.raw`a b|q"q|$x|\n|`],
		['x="1 2"; printf "<%s>" $x "$x"', '<1><2><1 2>'],
		['x=; printf "<%s>" a $x b "$x"', '<a><b><>'],
		['printf "<%s>" "$@"', '<a b><c>', {parameters: ['a b', 'c']}],
		['printf "<%s>" "x$@y"; echo $#', '<xa b><cy>2\n', {parameters: ['a b', 'c']}],
		['shift; echo "$1 $0"', 'c sh\n', {parameters: ['a b', 'c']}],
		['set -- x y; echo "$2$1"', 'yx\n', {parameters: ['a']}],
		['# nothing\necho a # b\necho c#d', 'a\nc#d\n'],
		['echo a \\\n b', 'a b\n'],
		['echo "${1}x${2:-none}"', 'axnone\n', {parameters: ['a']}],
	],
	parameters: [
		['x=/a/b.tar.gz; echo ${x##*/} ${x#*/} ${x%.*} ${x%%.*} ${#x}', 'b.tar.gz a/b.tar.gz /a/b.tar /a/b 11\n'],
		['echo ${y:-d} ${y-e} ${y:=f} $y', 'd e f f\n'],
		['y=; echo "${y-set}${y:-empty}${y:+no}${z+no}"', 'empty\n'],
		['p="*"; x="a*b"; echo "${x#"a$p"}"', 'b\n'],
		['x=$(echo a; echo b); echo "$x"', 'a\nb\n'],
		['echo $(echo $(echo deep)) `echo back`', 'deep back\n'],
		['echo $((1 + 2 * 3)) $(( (7 - 1) / 4 )) $((10 % 3)) $((2 > 1))', '7 1 1 1\n'],
		['n=5; n=$((n + 1)); echo $n $(($n*2))', '6 12\n'],
		['x=1; y=$(x=2; echo $x); echo $x$y', '12\n'],
		['x=$(false); echo $?; true; echo $?', '1\n0\n'],
	],
	flow: [
		['if true; then echo y; else echo n; fi', 'y\n'],
		['if false; then echo 1; elif [ 1 -eq 1 ]; then echo 2; else echo 3; fi', '2\n'],
		['for x in 1 "2 3" 4; do echo "$x"; done', '1\n2 3\n4\n'],
		['for x; do echo $x; done', 'a\nb\n', {parameters: ['a', 'b']}],
		['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done', '1\n3\n'],
		['until false; do echo once; break; done', 'once\n'],
		['for a in 1 2; do for b in 1 2; do [ $b = 2 ] && continue 2; echo $a$b; done; done', '11\n21\n'],
		['case abc in a*c) echo m;; *) echo n;; esac', 'm\n'],
		['case "$1" in x|y) echo xy ;; [0-9]*) echo digit ;; "*") echo star ;; esac', 'star\n', {parameters: ['*']}],
		['case 7up in x) echo no;; [!a-z]*) echo yes; esac', 'yes\n'],
		['true && echo a || echo b; false && echo c || echo d', 'a\nd\n'],
		['! false && echo not', 'not\n'],
		['(cd /; x=2; pwd); pwd; echo "[$x]"', '/\n/tmp\n[]\n'],
		['{ echo a; echo b; } | tr ab xy', 'x\ny\n'],
		['exit 3', '', {status: 3}],
		['(exit 4); echo $?', '4\n'],
		['false | true; echo $?; true | false', '0\n', {status: 1}],
		['set -e; false; echo never', '', {status: 1}],
		['set -e; false || true; if false; then :; fi; ! true; echo on', 'on\n'],
		['set -e; x=$(false); echo never', '', {status: 1}],
		["trap 'echo bye' EXIT; echo hi; exit 5", 'hi\nbye\n', {status: 5}],
		['nosuch; echo $?', '127\n', {stderr: /nosuch: not found/v}],
		['if then', '', {status: 2, stderr: /syntax error/v}],
		['A=1 env | grep ^A=; echo "[$A]"', 'A=1\n[]\n'],
		["export B=2; sh -c 'echo $B'", '2\n'],
		['unset HOME; echo "${HOME-gone}"', 'gone\n'],
		['command -v sed >/dev/null && echo has; command -v nosuch || echo not', 'has\nnot\n'],
	],
	redirections: [
		['echo a > f; echo b >> f; cat < f; cat f | wc -l', 'a\nb\n2\n'],
		['echo err >&2; echo out', 'out\n', {stderr: /^err\n$/v}],
		['{ echo a; echo b >&2; } 2>&1 | sort', 'a\nb\n'],
		['{ echo a; echo b >&2; } 2>/dev/null >f; cat f', 'a\n'],
		['cat /nosuch 2> e; cat e; echo $?', "cat: can't open '/nosuch': No such file or directory\n0\n"],
		['read x y; echo "$y-$x"; read z; echo $z', 'b c-a\nd\n', {input: 'a b c\nd\n'}],
		['while read -r line; do echo "<$line>"; done', '<a\\b>\n<c>\n', {input: 'a\\b\nc\n'}],
		['echo x > /nosuch/y; echo $?', '1\n', {stderr: /can't create \/nosuch\/y: nonexistent directory/v}],
		[String.raw`printf "1\n2\n" | while read n; do echo $((n*2)); done`, '2\n4\n'],
		['exec 3>f; echo three >&3; cat f', 'three\n'],
	],
	programs: [
		[String.raw`printf "%s-%d-%5.2s|%%\n" a 7 xyz`, 'a-7-   xy|%\n'],
		[String.raw`printf "b\na\nb\n" | sort | uniq -c | sed "s/^ *//"`, '1 a\n2 b\n'],
		[String.raw`printf "a:b:c\n" | cut -d: -f2-; printf "abc\n" | cut -c1,3`, 'b:c\nac\n'],
		[String.raw`printf "1\n2\n3\n4\n" | sed -n "2,3p"; printf "1\n2\n" | sed -n "\$p"`, '2\n3\n2\n'],
		[String.raw`echo "--ldapsPort 636 --x" | sed -n 's/.*--ldapsPort \([0-9]*\).*/\1/p'`, '636\n'],
		['echo aaa | sed s/a/b/; echo aaa | sed s/a/b/g; echo a/b | sed "s|/|.|"', 'baa\nbbb\na.b\n'],
		[String.raw`printf "dn: a\nx\ndn:: b\n" | grep -c "^dn:"; printf "a\n" | grep -q b; echo $?`, '2\n1\n'],
		[
			String.raw`printf "a.c\nabc\n" | grep -F a.c; printf "x1\ny\n" | grep -E "[0-9]+|z"; printf "A\n" | grep -in a`,
			'a.c\nx1\n1:A\n',
		],
		[
			String.raw`printf "a\nb\nc\n" | head -n 2; printf "a\nb\nc\n" | tail -n 1; printf abcdef | tail -c +3`,
			'a\nb\nc\ncdef',
		],
		['printf abcdef | head -c 2; printf abcdef > f; tail -c 2 f', 'abef'],
		['printf abc | tr -d b; echo aXb | tr "A-Z" "a-z"', 'acaxb\n'],
		[String.raw`printf "a b\nc\n" > f; wc -c < f; wc -l f`, '6\n2 f\n'],
		[
			'printf 0123456789 > f; dd if=f bs=2 skip=1 count=2 2>/dev/null; printf XY | dd of=f bs=2 seek=2 ' +
				'conv=notrunc 2>/dev/null; cat f',
			'23450123XY6789',
		],
		['printf abc | gzip -1 -c | gunzip -c; printf abc > f; gzip f; ls f*; gzip -d -c f.gz; rm f.gz', 'abcf.gz\nabc'],
		['printf abc | sha256sum', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n'],
		[
			'mkdir -p a/b; echo x > a/b/f; find a -type f; find a -maxdepth 1 -name "b"; rm -rf a; [ -e a ] || echo gone',
			'a/b/f\na/b\ngone\n',
		],
		['umask 077; echo > f; mkdir -p d; stat -c "%a %u %g %s %n" f; stat -c "%a %F" d', '600 0 0 1 f\n700 directory\n'],
		['echo a > f; chmod 640 f; stat -c %a f; chmod u+x,g-r f; stat -c %a f', '640\n700\n'],
		['rm -f *; touch b a; mv a c; for x in *; do echo "$x"; done; rm *; ls', 'b\nc\n'],
		[
			'mkdir t; echo 1 > t/x; tar -c -f - -C t x | tar -t -f -; mkdir u; tar cf - -C t . | tar xf - -C u; cat u/x',
			'x\n1\n',
		],
		['basename /a/b.c .c; dirname /a/b', 'b\n/a\n'],
		['id -u; id -g; hostname', '0\n0\ntoolbox-0\n'],
		['test -n "" || echo empty; [ 3 -gt 2 ] && [ a != b ] && echo yes; [ ! -d /tmp ] || echo tmp', 'empty\nyes\ntmp\n'],
		[
			'df -P -k /tmp | sed -n 2p | cut -c1-12 ; du -s -k /nosuch',
			'/dev/overlay\n',
			{status: 1, stderr: /No such file/v},
		],
		['find / -xdev -name passwd -type f', '/etc/passwd\n'],
		[String.raw`printf "b 2\na 10\n" | sort -k2 -n; printf "1\n3\n2\n" | sort -rn | head -1`, 'b 2\na 10\n3\n'],
		['ln -s /etc/passwd l; [ -L l ] && readlink l; grep -c root l', '/etc/passwd\n1\n'],
		['echo $(date +%s) | grep -c "^[0-9]*$"', '1\n'],
		[String.raw`printf "a\n\nb\n" | grep -v "^$" | tr "\n" ,`, 'a,b,'],
		['cat /dev/null | wc -c; echo gone > /dev/null', '0\n'],
		[String.raw`printf '\303\251\n' | grep -c é`, '1\n'],
	],
	processes: [
		['sleep 0 & wait $!; echo $?', '0\n'],
		[
			'(sleep 60) & p=$!; kill -0 $p && echo alive; kill $p; wait $p; echo $?; kill -0 $p 2>/dev/null || echo dead',
			'alive\n143\ndead\n',
		],
		['timeout 0.05 sleep 60; echo $?', '143\n'],
		['timeout 5 true; echo $?; timeout 5 false; echo $?', '0\n1\n'],
		['nohup sh -c "echo a > f" >/dev/null 2>&1 & wait; cat f', 'a\n'],
		// A reader of the pipe does not wait for what writes elsewhere: it would wait for itself here.
		[
			'{ sh -c "until [ -e go ]; do sleep 0.01; done; echo late > f" >/dev/null 2>&1 & echo begun; } | cat; ' +
				'touch go; until [ -e f ]; do sleep 0.01; done; cat f',
			'begun\nlate\n',
		],
		['yes() { :; }', '', {status: 2, stderr: /syntax error/v}],
		['cat /dev/zero | head -c 3 | wc -c', '3\n'],
		['echo $$ | grep -c "^[0-9]"; ps | grep -c "[s]h -c"', '1\n1\n'],
	],
};

describe('The shell', () => {
	for (const [group, table] of Object.entries(rows)) {
		describe(group, () => {
			for (const [script, stdout, {status = 0, parameters = [], input = '', stderr = /^$/v} = {}] of table) {
				it(`runs ${script}`, async () => {
					const result = await runScript(makeBareMachine(), script, parameters, input);
					expect({stdout: result.stdout, status: result.status}).toEqual({stdout, status});
					expect(result.stderr).toMatch(stderr);
				});
			}
		});
	}

	it('lets a process in the background outlive the script', async () => {
		const machine = makeBareMachine();
		const {stdout} = await runScript(machine, "sh -c 'sleep 0.05; echo done > /tmp/late' > /dev/null 2>&1 & echo $!");
		const late = machine.processes.get(Number(stdout));
		expect(late?.isAlive()).toBe(true);
		await late?.ended;
		expect(await runScript(machine, 'cat /tmp/late')).toMatchObject({stdout: 'done\n'});
	});

	it('keeps files from a user who may not use them', async () => {
		const machine = makeBareMachine('example.com/toolbox:1', {runAsUser: 1000});
		expect(
			await runScript(machine, 'echo x > /etc/x; cat /etc/passwd > /dev/null && echo readable; mkdir /opt'),
		).toMatchObject({
			stdout: 'readable\n',
			status: 1,
			stderr: "sh: can't create /etc/x: Permission denied\nmkdir: can't create directory '/opt': Permission denied\n",
		});
	});

	it('passes a hundred megabytes through a pipeline in bounded memory', async () => {
		const machine = makeBareMachine();
		const before = process.memoryUsage().arrayBuffers;
		const {stdout} = await runScript(
			machine,
			'dd if=/dev/zero bs=1M count=100 2>/dev/null | gzip -1 -c | gzip -d -c | wc -c',
		);
		expect(stdout).toBe('104857600\n');
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300_000_000);
	});
});
