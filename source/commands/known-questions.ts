/** A question that a run can ask, as an answers file has it. */
export type KnownQuestion = {
	readonly id: string;
	/** What is asked, in a few words. */
	readonly asks: string;
	/** What can be answered, where that is a small set. */
	readonly choices?: readonly string[];
	/** What is recommended whatever is found; left out where it depends on that, or nothing is recommended. */
	readonly recommended?: string;
	/** A word that is typed before something is done to production: a rehearsal keeps none. */
	readonly isTyped?: true;
};

/** Every question, in the order of the checklist. A test holds them to those in the code. */
export const knownQuestions: readonly KnownQuestion[] = [
	{id: 'rehearse', asks: 'the namespace that a real rehearsal may work in', isTyped: true},
	{id: 'workload', asks: 'which workload, such as StatefulSet/pingdirectory'},
	{id: 'side', asks: 'which side of sprint 2103 the image is on, where no sign settles it', choices: ['old', 'new']},
	{id: 'strategy', asks: 'fresh deployment, or run as root', choices: ['fresh', 'root']},
	{id: 'image', asks: 'the tag to move to, or a whole image reference'},
	{
		id: 'identity',
		asks: 'user and group of the image, where its tag names no sprint',
		choices: ['9031:9999', '9031:0'],
	},
	{id: 'root-until', asks: 'as root: until when, a date; 90 days are recommended'},
	{id: 'root-why', asks: 'as root: why', recommended: 'A fresh deployment is planned for later.'},
	{id: 'rehearsal-differences', asks: 'the names of the differences from the rehearsal that you accept'},
	{id: 'profile-repository', asks: 'the folder of the repository for the server profile; else one of the run'},
	{id: 'profile-path', asks: "the profile's folder in the repository; the product is recommended"},
	{
		id: 'profile-method',
		asks: 'what a configuration is saved as',
		choices: ['export', 'archive'],
		recommended: 'export',
	},
	{id: 'profile-admin-user', asks: "the administrator of a product's API"},
	{id: 'profile-admin-password-file', asks: 'the file that holds its password, in the place of typing it'},
	{id: 'profile-dirty', asks: 'whether to go on with uncommitted changes', choices: ['go-on'], recommended: 'go-on'},
	{id: 'profile-detached', asks: 'whether to begin at a detached HEAD', choices: ['go-on'], recommended: 'go-on'},
	{id: 'git-locks', asks: 'what to do with locks of a git that was killed', choices: ['remove', 'leave']},
	{id: 'profile-let-in', asks: 'names of what is held back from the commit and may go in', recommended: ''},
	{id: 'profile-let-in-2', asks: 'the same, once more, for what is still held back', recommended: ''},
	{id: 'profile-let-in-3', asks: 'the same, for the last time', recommended: ''},
	{id: 'git-name', asks: "the committer's name, where git has none"},
	{id: 'git-email', asks: "the committer's e-mail, where git has none"},
	{id: 'profile-push', asks: 'whether to push the branch', choices: ['no', 'push'], recommended: 'no'},
	{
		id: 'profile-delivery',
		asks: 'how the new servers get the profile',
		choices: ['clone', 'config-map', 'secret', 'claim', 'none'],
	},
	{id: 'profile-clone-url', asks: 'the address under which pods clone it'},
	{id: 'profile-claim', asks: 'the claim that holds it'},
	{
		id: 'profile-secrets',
		asks: 'what the new servers must be given and git must not hold',
		choices: ['create', 'by-hand'],
	},
	{id: 'encryption', asks: 'whether the export is encrypted', choices: ['none', 'passphrase'], recommended: 'none'},
	{id: 'passphrase-file', asks: 'the file that holds the passphrase'},
	{
		id: 'freeze',
		asks: 'whether clients go on writing during the move',
		choices: ['catch-up', 'freeze'],
		recommended: 'catch-up',
	},
	{
		id: 'reversible-passwords',
		asks: 'passwords that the new server cannot read',
		choices: ['stop', 'accept'],
		recommended: 'stop',
	},
	{id: 'freeze-budget', asks: 'for how long writes may be refused, such as 120s'},
	{id: 'catch-up-until', asks: 'until when rounds go on: now, or a time of day', recommended: 'now'},
	{id: 'catch-up-interval', asks: 'minutes between two rounds', recommended: '15'},
	{
		id: 'manifests-commit',
		asks: 'whether the manifests are committed beside the profile',
		choices: ['commit', 'keep'],
		recommended: 'commit',
	},
	{
		id: 'workload-secret',
		asks: 'who makes the Secret for what the old workload has in the clear',
		choices: ['make', 'mine'],
		recommended: 'make',
	},
	{id: 'apply-owner', asks: 'who changes the workload that Helm or GitOps owns', choices: ['wait', 'upgrade', 'patch']},
	{id: 'helm-chart', asks: 'where the chart of the release is', recommended: 'pingidentity/ping-devops'},
	{id: 'owner-repository', asks: 'the repository that the owner applies'},
	{id: 'owner-push', asks: 'whether to push the change to it', choices: ['no', 'push'], recommended: 'no'},
	{id: 'restart', asks: 'as root: the namespace whose servers may restart', isTyped: true},
	{
		id: 'configuration-differences',
		asks: 'settings of the new server that differ: look-again, or the acceptance that the run names',
	},
	{id: 'configuration-seen', asks: 'the word that accepts the configuration as it was seen', isTyped: true},
	{
		id: 'cut-over-owner',
		asks: 'who moves the Service that Helm or GitOps owns',
		choices: ['wait', 'upgrade', 'patch'],
	},
	{id: 'cut-over', asks: 'the namespace whose clients may be moved', isTyped: true},
	{
		id: 'carry-back',
		asks: 'on the way back: what clients wrote on the new servers',
		choices: ['apply', 'file', 'leave'],
		recommended: 'apply',
	},
	{id: 'roll-back', asks: 'the namespace whose clients may be moved back', isTyped: true},
	{id: 'copies', asks: 'the copies on this machine', choices: ['keep', 'seal', 'shred'], recommended: 'keep'},
	{id: 'seal-passphrase-file', asks: 'the file that holds the passphrase for sealing them'},
];

const lineOf = ({id, asks, choices, recommended, isTyped}: KnownQuestion): readonly string[] => {
	const told = [
		asks,
		...(choices ? [`one of ${choices.join(', ')}`] : []),
		...(isTyped ? ['typed at the moment; a rehearsal keeps none'] : []),
	].join('; ');
	const value = recommended === undefined ? '' : JSON.stringify(recommended);
	return [`  # ${told}`, recommended === undefined ? `  # ${id}:` : `  ${id}: ${value}`];
};

/** An answers file with every question: what is always recommended is filled in, the rest is left to be. */
export const questionsText = (): string =>
	[
		'# Every question that a run can ask, in the order of the checklist. A question is asked only where it applies.',
		'# What stands behind # has no answer yet: it is asked, or --yes takes what is recommended then.',
		'answers:',
		...knownQuestions.flatMap(question => lineOf(question)),
		'',
	].join('\n');
