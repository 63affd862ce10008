import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {
	commandLine,
	connectionFlags,
	helmByHand,
	kubectlByHand,
	type Connection,
} from '../../source/cluster/connection.js';

const connection: Connection = {
	kubeconfig: '/home/ada/.kube/config',
	context: 'production',
	namespace: 'identity',
	cacheFolder: '/runs/1/cache',
};

test('every call names context, namespace and cache', () => {
	expect(connectionFlags(connection)).toEqual([
		'--context',
		'production',
		'--namespace',
		'identity',
		'--cache-dir',
		'/runs/1/cache',
	]);
});

test('a command that is shown means the same to a shell', () => {
	const words = ['printf', '%s\n', 'plain', 'two words', "it's", '$(whoami)', '', 'a;b', '*'];
	expect(execFileSync('sh', ['-c', commandLine(words)], {encoding: 'utf8'})).toBe(`${words.slice(2).join('\n')}\n`);
});

test('a command by hand names the kubeconfig only where kubectl would not find it', () => {
	expect(kubectlByHand(connection, ['get', 'pods'])).toBe('kubectl --context production --namespace identity get pods');
	expect(kubectlByHand({...connection, kubeconfig: '/tmp/sandbox'}, ['get', 'pods'])).toBe(
		'kubectl --kubeconfig /tmp/sandbox --context production --namespace identity get pods',
	);
	expect(kubectlByHand({...connection, kubeconfig: '/a:/b'}, ['get', 'pods'])).toBe(
		'kubectl --context production --namespace identity get pods',
	);
});

test('whoever is acted as stands in every call of kubectl and helm, and in what is shown', () => {
	const acting: Connection = {...connection, actsAs: {user: 'ada', groups: ['operators', 'two words']}};
	const flags = ['--as', 'ada', '--as-group', 'operators', '--as-group', 'two words'];
	expect(connectionFlags(acting).slice(-6)).toEqual(flags);
	expect(kubectlByHand(acting, ['get', 'pods'])).toContain("--as ada --as-group operators --as-group 'two words' get");
	expect(helmByHand(acting, ['list'])).toMatch(
		/--kube-as-user ada --kube-as-group operators --kube-as-group 'two words'$/v,
	);
});
