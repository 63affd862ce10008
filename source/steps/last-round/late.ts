import {Failure} from '../../failure/failure.js';
import type {Reporter, StepContext} from '../../migration/step.js';
import type {CopiedFile} from '../outcomes.js';
import {compare} from '../rounds/carry.js';
import {pictureHere, takePicture} from '../rounds/pictures.js';
import type {BaseLine} from '../rounds/round.js';
import {countText} from '../run/words.js';
import {oldServer} from '../servers/old-server.js';
import type {LastRoundNeeds} from './needs.js';

/**
Attributes that a login writes: its time, its failures, and what follows from them. They are the server's own
writes, which `internal-only` lets pass.
*/
const isLoginState = (name: string): boolean =>
	/^(?:ds-pwp-|pwdfailuretime|pwdaccountlockedtime|pwdgraceusetime|ds-last-access)/v.test(name);

/** The code of the Failure, and what is noted when it was told. */
const writtenLate = 'written-late';

/** Whether the operator was told of exactly this, and goes on. */
const isSeen = ({notes}: Pick<StepContext, 'notes'>, {backend, digest}: CopiedFile): boolean =>
	notes.some(note => note.kind === writtenLate && note.backend === backend && note.digest === digest);

/** What came into the old side after the last round, seen once the clients had moved. */
export type Late = {readonly logins: number};

/** What differs now from what was proved: in login state alone, and otherwise. */
const lateDifferences = async (
	context: StepContext<LastRoundNeeds>,
	proved: CopiedFile,
	now: CopiedFile,
): Promise<{readonly ofLogins: number; readonly other: number}> => {
	let ofLogins = 0;
	let other = 0;
	await compare(context, proved, now, difference => {
		if (difference.kind === 'differs' && difference.attributes.every(name => isLoginState(name))) {
			ofLogins += 1;
		} else {
			other += 1;
		}
	});
	return {ofLogins, other};
};

/**
Looks once more at the old side before it is stopped: it must still hold what was proved. What logins wrote is
counted; anything else is a Failure with the changes in a file, since clients have moved and neither side may be
taken by itself.
*/
export const lookOnceMore = async (
	context: StepContext<LastRoundNeeds>,
	{pictures}: BaseLine,
	reporter: Reporter,
): Promise<Late> => {
	const {files} = context.world;
	let logins = 0;
	const comparable = pictures.filter(({digest}) => digest !== null);
	for (const picture of comparable) {
		const {backend} = picture;
		const now = await takePicture(context, oldServer(context), {backend, picture: 'round', name: 'late'}, reporter);
		if (now.digest !== picture.digest) {
			const {ofLogins, other} = await lateDifferences(context, picture, now);
			logins += ofLogins;
			if (other > 0 && isSeen(context, now)) {
				reporter.log(
					`${countText(other, 'entry', 'entries')} of ${backend} that changed late on the old server: seen in ` +
						pictureHere(context, backend, 'changes'),
				);
				await files.shred(now.path);
				continue;
			}

			if (other > 0) {
				await reporter.note({kind: writtenLate, backend, digest: now.digest});
				throw new Failure({
					code: writtenLate,
					seen:
						`${countText(other, 'entry', 'entries')} of ${backend} changed on the old server after the ` +
						'proof, though it was frozen.',
					means: 'Clients are on the new server, which does not have these changes.',
					todo:
						`${pictureHere(context, backend, 'changes')} (user data, mode 0600) has them as change ` +
						'records. Look at them, apply on the new server what is right, then try again: the run goes on.',
					byHand: `less ${pictureHere(context, backend, 'changes')}`,
					retryable: true,
				});
			}

			await files.shred(pictureHere(context, backend, 'changes'));
		}

		await files.shred(pictureHere(context, backend, 'late'));
	}

	if (logins > 0) {
		reporter.log(
			`${countText(logins, 'entry', 'entries')} got another login state on the old server during the switch`,
		);
	}

	return {logins};
};
